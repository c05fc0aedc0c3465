"""A serial (or USB-serial) barcode scanner: each code ends with CR or LF."""

import asyncio
import termios
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import serial

from edge.errors import DeviceLost, Halt
from edge.supervise import Emit

MAX_CODE = 512
"""Bytes of the longest code; what is longer is noise and dropped up to its end."""
_CHUNK = 4096
_REPLUG = "Plug the scanner in again; until then type the code or search by name."


@dataclass(frozen=True, slots=True)
class Code:
    """What a scanner read, as it said it."""

    scanner: str
    text: str


class Scanner:
    """A device for the supervisor; `url` is `serial:///dev/…[?baud=9600]`."""

    def __init__(self, name: str, url: str) -> None:
        parts = urlsplit(url)
        baud = parse_qs(parts.query).get("baud", ["9600"])[0]
        if parts.scheme != "serial" or not parts.path.startswith("/") or not (baud.isascii() and baud.isdigit()):
            raise Halt(f"{name}: {url!r} is no address of a scanner", hint="Write serial:///dev/…?baud=9600.")
        self.name, self._path, self._baud = name, parts.path, int(baud)
        self._port: serial.Serial | None = None

    async def open(self) -> None:
        """Take the port for ourselves alone."""
        try:
            self._port = serial.Serial(self._path, self._baud, timeout=0, exclusive=True)
        except (OSError, termios.error, ValueError) as error:
            raise DeviceLost(f"{self._path} cannot be opened: {error}", hint=_REPLUG) from error

    async def run(self, emit: Emit[Code]) -> None:
        """Emit every code; ends with DeviceLost when the cable is pulled."""
        port = self._port
        if port is None:
            raise DeviceLost(f"{self._path} is not open", hint=_REPLUG)
        loop, codes = asyncio.get_running_loop(), Codes()
        lost: asyncio.Future[str] = loop.create_future()

        def readable() -> None:
            try:
                texts = codes.feed(port.read(_CHUNK))
            except (OSError, termios.error) as error:
                loop.remove_reader(descriptor)
                if not lost.done():
                    lost.set_result(str(error))
                return
            for text in texts:
                emit(Code(self.name, text))

        descriptor = port.fileno()
        loop.add_reader(descriptor, readable)
        try:
            why = await lost
        finally:
            loop.remove_reader(descriptor)
        raise DeviceLost(f"{self._path}: {why}", hint=_REPLUG)

    async def close(self) -> None:
        """Let go of the port."""
        port, self._port = self._port, None
        if port is not None:
            try:
                port.close()
            except (OSError, termios.error):  # an unplugged port cannot be put back as it was
                return


class Codes:
    """Pure: splits a scanner's bytes into codes; what is too long or no text is dropped."""

    def __init__(self) -> None:
        self._held = b""
        self._noise = False

    def feed(self, data: bytes) -> list[str]:
        """The codes that `data` completes."""
        *done, self._held = (self._held + data).replace(b"\n", b"\r").split(b"\r")
        if self._noise and done:
            done, self._noise = done[1:], False
        if len(self._held) > MAX_CODE:
            self._held, self._noise = b"", True
        return [text for line in done if (text := _text(line))]


def _text(line: bytes) -> str:
    if not 0 < len(line) <= MAX_CODE:
        return ""
    return line.decode("utf-8", errors="ignore").strip()
