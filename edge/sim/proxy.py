"""A bad line: a TCP proxy that cuts, delays, hangs half-open, and can drop, double and re-order MQTT packets.

The demo's *cut the line* is `cut()`; the cable's tests use all of it.
"""

import asyncio
from collections.abc import Callable, Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from edge.sim.listening import shut


class Way(StrEnum):
    """Which way bytes go: towards the target (up) or back (down)."""

    UP = "up"
    DOWN = "down"


Mangle = Callable[[Way, bytes], Sequence[bytes]]
"""What becomes of one MQTT packet: nothing, itself, itself twice, others held back before."""
_CHUNK = 65536
_HELD = 1000


class Proxy:
    """Listens on `port` (0: a free one) and forwards to `target` (`mqtt://host:port`, `tcp://host:port`)."""

    def __init__(self, target: str, port: int = 0, *, mangle: Mangle | None = None) -> None:
        url = urlsplit(target)
        self._scheme, self._target = url.scheme, (url.hostname or "127.0.0.1", url.port or 1883)
        self.port = port
        self.mangle = mangle
        self.delay = 0.0
        """Seconds everything is under way longer."""
        self.cut_after: int | None = None
        """After this many more bytes upwards the line is cut, in mid-packet."""
        self._open = asyncio.Event()
        self._open.set()
        self._alive = True
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where to connect instead of the target."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def is_cut(self) -> bool:
        return not self._alive

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every connection and stop listening."""
        server, self._server = self._server, None
        if server is not None:
            await shut(server)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket in the next round

    def cut(self) -> None:
        """End every connection; new ones end at once."""
        self._alive = False
        for task in list(self._tasks):
            task.cancel()

    def hang(self) -> None:
        """Nothing gets through any more, and nobody is told: the line is half open."""
        self._open.clear()

    def restore(self) -> None:
        """The line is good again; connections that hung are ended."""
        if not self._open.is_set():
            self.cut()
        self._alive, self.cut_after = True, None
        self._open.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if not self._alive or task is None:
            writer.transport.abort()
            return
        self._tasks.add(task)
        try:
            await self._join(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # a line that ends, for whatever reason, is what this is for
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        ways = [
            asyncio.create_task(self._carry(Way.UP, reader, far_writer)),
            asyncio.create_task(self._carry(Way.DOWN, far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            far_writer.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What is read leaves again `delay` later; what comes meanwhile does not wait in line for it."""
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=_HELD)
        sending = asyncio.create_task(self._send(way, held, writer))
        try:
            chunk = b"?"
            while chunk and not sending.done():
                chunk = await self._read(reader)
                await held.put((asyncio.get_running_loop().time() + self.delay, chunk))
            await sending
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        if self.mangle is None:
            return await reader.read(_CHUNK)
        try:
            return await _packet(reader)
        except asyncio.IncompleteReadError:
            return b""

    async def _send(self, way: Way, held: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        while True:
            due, chunk = await held.get()
            await self._open.wait()
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            if not chunk:
                return
            for piece in self.mangle(way, chunk) if self.mangle else (chunk,):
                writer.write(self._shortened(way, piece))
            await writer.drain()
            if self.cut_after == 0:
                self.cut()

    def _shortened(self, way: Way, piece: bytes) -> bytes:
        if way is Way.DOWN or self.cut_after is None:
            return piece
        piece = piece[: self.cut_after]
        self.cut_after -= len(piece)
        return piece


async def _packet(reader: asyncio.StreamReader) -> bytes:
    """One whole MQTT packet."""
    head = await reader.readexactly(1)
    length, shift = 0, 0
    while True:
        digit = await reader.readexactly(1)
        head += digit
        length |= (digit[0] & 0x7F) << shift
        shift += 7
        if digit[0] < 0x80 or shift > 21:
            return head + await reader.readexactly(length)
