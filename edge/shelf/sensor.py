"""The driver of a serial bus of shelf nodes, through pyserial.

The port is read by the event loop itself when the kernel says there are bytes: no thread, nothing polled. Every
sample is stamped here, on arrival, by the edge's own monotonic clock.
"""

import asyncio
import termios
from collections import deque
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import serial

from edge.clock import Clock
from edge.errors import DeviceLost, Refused
from edge.shelf.frame import Echo, Reading, Splitter, encode_command
from edge.supervise import Emit

SILENT = 5.0
"""Seconds without one whole line after which a port is not a shelf's."""
LOOKS = 5
"""How often in that time it is looked whether a line came."""
_CHUNK = 4096
_REPLUG = "Check the shelf sensor's USB cable and its power; it is picked up again by itself."


@dataclass(frozen=True, slots=True)
class Sample:
    """A reading and when it arrived, in seconds of the edge's monotonic clock."""

    bus: str
    reading: Reading
    at: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The bus went away at `at`: nothing on it can be vouched for."""

    bus: str
    at: float


Heard = Sample | Lost


class Sensor:
    """A device for the supervisor. `url` is `serial:///dev/…[?baud=115200]`; use the stable link udev makes."""

    def __init__(self, name: str, url: str, clock: Clock, silent: float = SILENT) -> None:
        self.name = name
        self.bad = 0
        """Broken lines since the start."""
        self._path, self._baud = address(url)
        self._clock, self._silent = clock, silent
        self._port: serial.Serial | None = None
        self._waiting: deque[tuple[str, asyncio.Future[Echo]]] = deque()

    async def open(self) -> None:
        """Take the port for ourselves alone; DeviceLost says what to check."""
        try:
            self._port = serial.Serial(self._path, self._baud, timeout=0, write_timeout=1, exclusive=True)
        except (OSError, termios.error, ValueError) as error:
            raise DeviceLost(f"{self._path} cannot be opened: {error}", hint=_REPLUG) from error

    async def run(self, emit: Emit[Heard]) -> None:
        """Emit every sample in the order it arrived; ends with DeviceLost after a last `Lost`."""
        port = self._opened()
        loop, splitter, lost = asyncio.get_running_loop(), Splitter(), asyncio.Event()
        why: list[str] = []
        lines, quiet = 0, 0

        def readable() -> None:
            nonlocal lines
            try:
                frames = splitter.feed(port.read(_CHUNK))
            except (OSError, termios.error) as error:
                loop.remove_reader(descriptor)
                why.append(str(error))
                lost.set()
                return
            at = self._clock.monotonic()
            lines += len(frames)
            for frame in frames:
                if isinstance(frame, Reading):
                    emit(Sample(self.name, frame, at))
                else:
                    self._answered(frame)

        descriptor = port.fileno()
        loop.add_reader(descriptor, readable)
        before = self.bad
        try:
            while not lost.is_set():
                self.bad = before + splitter.bad
                before_look = lines
                await _within(lost, self._silent / LOOKS)
                quiet = 0 if lines > before_look else quiet + 1
                if quiet == LOOKS and not lost.is_set():  # looks, not time: the box itself may have been asleep
                    why.append(f"no reading for {self._silent:g} s, {splitter.bad} broken lines")
                    break
        finally:
            loop.remove_reader(descriptor)
            self.bad = before + splitter.bad
        emit(Lost(self.name, self._clock.monotonic()))
        raise DeviceLost(f"{self._path}: {why[0]}", hint=_REPLUG)

    async def close(self) -> None:
        """Let go of the port."""
        port, self._port = self._port, None
        while self._waiting:
            self._waiting.popleft()[1].cancel()
        if port is not None:
            try:
                port.close()
            except (OSError, termios.error):  # an unplugged port cannot be put back as it was
                return

    async def ask(self, command: str, within: float = 1.0) -> Echo:
        """Send `?V ?S !Z !G` and give the node's echo; Refused when none comes."""
        port = self._opened()
        answer: asyncio.Future[Echo] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, answer))
        try:
            port.write(encode_command(command))
            async with asyncio.timeout(within):
                return await answer
        except (OSError, termios.error, TimeoutError) as error:
            raise Refused(
                f"{self.name} does not answer {command}", hint=_REPLUG, code="sensor-silent", status=504
            ) from error
        finally:
            if (command, answer) in self._waiting:
                self._waiting.remove((command, answer))

    def _answered(self, echo: Echo) -> None:
        for waiting in self._waiting:
            if waiting[0] == echo.command and not waiting[1].done():
                waiting[1].set_result(echo)
                return

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise DeviceLost(f"{self._path} is not open", hint=_REPLUG)
        return self._port


async def _within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def address(url: str) -> tuple[str, int]:
    """Path and baud rate of `serial:///dev/…[?baud=115200]`; raises ValueError."""
    parts = urlsplit(url)
    options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    baud = options.pop("baud", ["115200"])[0]
    if parts.scheme != "serial" or parts.netloc or not parts.path.startswith("/") or parts.fragment or options:
        raise ValueError(f"{url!r} is not serial:///dev/…[?baud=115200]")
    if not baud.isascii() or not baud.isdigit() or not 1200 <= int(baud) <= 4_000_000:
        raise ValueError(f"baud rate {baud!r} is not 1200 to 4000000")
    return parts.path, int(baud)
