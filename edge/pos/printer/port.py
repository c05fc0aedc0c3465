"""How bytes get to a printer and back: python-escpos' transports behind one port. Blocking; one thread each.

Only this module touches python-escpos. Its 3.1 is blocking, knows no partial write, and leaks the socket of a failed
connect: so a port takes the open device from it and moves bytes by `step`, which says how many left.
"""

import os
import select
import shutil
import socket
from collections.abc import Callable
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

from edge.errors import DeviceLost, Refused

CONNECT_TIMEOUT = 3.0
_READ = 4096
T = TypeVar("T")
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


class Port(Protocol):
    """One device; all methods are called from one thread."""

    window: int | None
    """Bytes that may be on their way before the printer has answered, where the line has no flow control."""

    def open(self) -> None:
        """Raises DeviceLost."""

    def step(self, out: bytes, wait: float) -> tuple[int, bytes]:
        """Write what fits of `out`, read what is there; waits at most `wait` seconds. Raises DeviceLost."""

    def close(self) -> None:
        """Never raises."""


class TcpPort:
    """`tcp://host:port`; a dead peer is noticed by keep-alive within twelve seconds."""

    window: int | None = None

    def __init__(self, host: str, port: int) -> None:
        self._host, self._number = host, port
        self._socket: socket.socket | None = None
        self._hang_up: Callable[[], None] = _nothing

    def open(self) -> None:
        from escpos.printer import Network  # noqa: PLC0415  (a third of a second, paid on the printer's thread)

        _tidy()
        try:
            line = socket.create_connection((self._host, self._number), timeout=CONNECT_TIMEOUT)
        except OSError as error:
            raise DeviceLost(
                f"no printer at {self._host}:{self._number} ({error})",
                hint="Check that the printer is switched on and its network cable is in.",
            ) from error
        for option, value in ((socket.TCP_KEEPIDLE, 4), (socket.TCP_KEEPINTVL, 2), (socket.TCP_KEEPCNT, 4)):
            line.setsockopt(socket.IPPROTO_TCP, option, value)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setblocking(False)
        printer = Network(self._host, self._number)
        printer.device = line
        self._socket, self._hang_up = line, printer.close

    def step(self, out: bytes, wait: float) -> tuple[int, bytes]:
        if self._socket is None:
            raise DeviceLost("the printer's connection is closed")
        return _step(self._socket.fileno(), out, wait)

    def close(self) -> None:
        self._hang_up()
        self._hang_up, self._socket = _nothing, None


class SerialPort:
    """`serial:///dev/ttyS0?baud=19200`; paced by the printer's own answers, because cables lie about flow control."""

    def __init__(self, device: str, baud: int, window: int = 1024) -> None:
        self._device, self._baud = device, baud
        self.window: int | None = window
        self._descriptor = -1
        self._kept: object = None
        """python-escpos closes the device when its own object is collected."""
        self._hang_up: Callable[[], None] = _nothing

    def open(self) -> None:
        from escpos.exceptions import Error  # noqa: PLC0415
        from escpos.printer import Serial  # noqa: PLC0415

        _tidy()
        printer = Serial(self._device, baudrate=self._baud, timeout=0)
        try:
            printer.open()
        except (Error, OSError) as error:
            raise DeviceLost(
                f"no printer on {self._device} ({error})", hint="Check that the printer's cable is in."
            ) from error
        self._descriptor, self._kept = printer.device.fileno(), printer
        self._hang_up = printer.device.close

    def step(self, out: bytes, wait: float) -> tuple[int, bytes]:
        return _step(self._descriptor, out, wait)

    def close(self) -> None:
        try:
            self._hang_up()
        except OSError:
            self._descriptor = -1  # unplugged: there is nothing left to close
        self._descriptor, self._hang_up, self._kept = -1, _nothing, None


class UsbPipe(Protocol):
    """The two bulk endpoints. A time-out is a TimeoutError, anything else an OSError."""

    def write(self, data: bytes, timeout: int) -> int: ...
    def read(self, timeout: int) -> bytes: ...
    def close(self) -> None: ...


class UsbPort:
    """`usb:04b8:0e15`; what reaches the metal is `connect`. Not proven on metal."""

    window: int | None = None

    def __init__(self, connect: Callable[[], UsbPipe]) -> None:
        self._connect = connect
        self._pipe: UsbPipe | None = None

    def open(self) -> None:
        try:
            self._pipe = self._connect()
        except OSError as error:
            raise DeviceLost(f"no printer on USB ({error})", hint="Check that the printer's cable is in.") from error

    def step(self, out: bytes, wait: float) -> tuple[int, bytes]:
        if self._pipe is None:
            raise DeviceLost("the printer's USB is closed")
        patience = max(1, int(wait * 1000))
        try:
            written = _in_time(lambda pipe: pipe.write(out[:512], patience), self._pipe, 0) if out else 0
            return written, _in_time(lambda pipe: pipe.read(1 if written else patience), self._pipe, b"")
        except OSError as error:
            raise DeviceLost(f"the printer's USB is gone ({error})", hint="Check the printer's cable.") from error

    def close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        self._pipe = None


def port_at(address: str, *, usb: Callable[[int, int], UsbPipe] | None = None) -> Port:
    """The port of a printer's URL; `usb(vendor, product)` opens USB devices. Refused when it is no such URL."""
    url = urlsplit(address)
    try:
        if url.scheme == "tcp" and url.hostname:
            return TcpPort(url.hostname, url.port or 9100)
        if url.scheme == "serial" and url.path:
            options = parse_qs(url.query)
            return SerialPort(url.path, int(options.get("baud", ["9600"])[0]))
        if url.scheme == "usb":
            vendor, _, product = url.path.partition(":")
            ids = int(vendor, 16), int(product, 16)
            return UsbPort(lambda: (usb or open_usb)(*ids))
    except ValueError:
        pass
    raise Refused(
        f"{address!r} is no address of a printer",
        hint="Write tcp://192.168.1.50:9100, serial:///dev/ttyS0?baud=19200 or usb:04b8:0e15.",
        code="bad-address",
    )


def _tidy() -> None:
    """Take away the temporary folder that python-escpos makes whenever it is imported, and never uses again."""
    from escpos.capabilities import pickle_dir  # noqa: PLC0415

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(pickle_dir, ignore_errors=True)


def open_usb(vendor: int, product: int) -> UsbPipe:
    """The printer's endpoints by python-escpos and pyusb."""
    from escpos.exceptions import Error  # noqa: PLC0415
    from escpos.printer import Usb  # noqa: PLC0415

    _tidy()
    printer = Usb(vendor, product)
    try:
        printer.open()
    except Error as error:
        raise OSError(str(error)) from error
    return _Usb(printer.device, printer.out_ep, printer.in_ep, printer.close)


class _Usb:
    def __init__(self, device: "_Device", out: int, into: int, close: Callable[[], None]) -> None:
        self._device, self._out, self._in, self.close = device, out, into, close

    def write(self, data: bytes, timeout: int) -> int:
        return self._device.write(self._out, data, timeout)

    def read(self, timeout: int) -> bytes:
        import usb.core  # noqa: PLC0415

        try:
            return bytes(self._device.read(self._in, 64, timeout))
        except usb.core.USBTimeoutError as late:
            raise TimeoutError(str(late)) from late


class _Device(Protocol):
    def write(self, endpoint: int, data: bytes, timeout: int) -> int: ...
    def read(self, endpoint: int, size: int, timeout: int) -> bytes: ...


def _in_time(call: Callable[[UsbPipe], T], pipe: UsbPipe, late: T) -> T:
    try:
        return call(pipe)
    except TimeoutError:
        return late


def _nothing() -> None:
    """Nothing is open."""


def _step(descriptor: int, out: bytes, wait: float) -> tuple[int, bytes]:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | (select.POLLOUT if out else 0))
    written, read = 0, b""
    try:
        for _, event in poll.poll(wait * 1000):
            if event & (select.POLLIN | _GONE):
                read = os.read(descriptor, _READ)
                if not read:
                    raise DeviceLost("the printer hung up", hint="Check that the printer is on and its cable is in.")
            if event & select.POLLOUT:
                written = os.write(descriptor, out)
    except BlockingIOError:
        pass
    except OSError as error:
        raise DeviceLost(
            f"the printer is gone ({error})", hint="Check that the printer is on and its cable is in."
        ) from error
    return written, read
