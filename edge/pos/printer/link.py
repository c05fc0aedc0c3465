"""A printer's line: one thread moves the bytes of a port, the event loop sees them come and go."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from edge.errors import DeviceLost
from edge.pos.printer.port import Port

IDLE = 0.03
"""Seconds the thread waits for the printer to say something."""
_CHUNK = 4096


class Link:
    """Open it, `send`, wait `until` something is true; every wait ends with DeviceLost when the line is lost."""

    def __init__(self, port: Port, received: Callable[[bytes], None]) -> None:
        self._port, self._received = port, received
        self._thread = ThreadPoolExecutor(1, "printer")
        self._out = bytearray()
        self._bells: set[asyncio.Event] = set()
        self._pump: asyncio.Task[None] | None = None
        self._lost: DeviceLost | None = None

    async def open(self) -> None:
        """Connect, or raise DeviceLost."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._port.open)
        self._pump = asyncio.create_task(self._move(), name="printer line")

    async def close(self) -> None:
        """Let go of the port and the thread, also when cancelled meanwhile."""
        if self._pump is not None:
            self._pump.cancel()
        closed = asyncio.get_running_loop().run_in_executor(self._thread, self._port.close)
        self._thread.shutdown(wait=False)
        await asyncio.shield(closed)
        if self._pump is not None:
            await asyncio.gather(self._pump, return_exceptions=True)

    @property
    def empty(self) -> bool:
        """Everything sent has left."""
        return not self._out

    @property
    def waiting(self) -> int:
        """Bytes that have not left yet."""
        return len(self._out)

    def put(self, data: bytes) -> None:
        """Send `data` after what is waiting."""
        self._out += data

    def lose(self, lost: DeviceLost) -> None:
        """Nothing more is to be expected of this line."""
        self._lost = self._lost or lost
        self.ring()

    def ring(self) -> None:
        """Something changed: whoever waits looks again."""
        for bell in self._bells:
            bell.set()

    async def until(self, true: Callable[[], bool], within: float | None = None) -> bool:
        """Wait until `true()`; False when `within` seconds have passed first. Raises DeviceLost."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            async with asyncio.timeout(within):
                while True:
                    bell.clear()
                    if self._lost is not None:
                        raise DeviceLost(self._lost.message, hint=self._lost.hint)
                    if true():
                        return True
                    await bell.wait()
        except TimeoutError:
            return False
        finally:
            self._bells.discard(bell)

    async def _move(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                chunk = bytes(self._out[:_CHUNK])
                written, read = await loop.run_in_executor(self._thread, self._port.step, chunk, IDLE)
                del self._out[:written]
                if read:
                    self._received(read)
                if read or written:
                    self.ring()
        except DeviceLost as lost:
            self.lose(lost)
