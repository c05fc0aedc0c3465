"""One conversation with a printer: what it says about itself, and whether what was sent has been printed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from edge.errors import DeviceLost
from edge.pos.printer.link import Link
from edge.pos.printer.model import Fence
from edge.pos.printer.port import Port
from edge.pos.printer.status import HINTS, Decoder, Status

T = TypeVar("T")
TELL = b"\x1da\x0f"
"""`GS a`: tell every change of drawer, line, error and paper by yourself."""
RESYNC = bytes(2400) + b"\x1b@"
"""Longer than any of our commands: whatever a lost connection left half said ends in it. Printers ignore NUL."""
SLOWEST = 500
"""Bytes a second of the slowest printer; a fence may take so much longer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for: an answer, between two questions, a fence, the drawer's switch."""

    answer: float = 2.0
    poll: float = 1.0
    fence: float = 8.0
    drawer: float = 0.6


class Talk:
    """From connecting to losing it. Whatever is awaited here ends with DeviceLost when the printer is lost."""

    def __init__(self, name: str, port: Port, patience: Patience, changed: Callable[[Status], None]) -> None:
        self.name, self.patience = name, patience
        self.busy = False
        """In the middle of a paper: nothing may be put between its bytes."""
        self._changed, self._window = changed, port.window
        self._decoder = Decoder()
        self._asking = asyncio.Lock()
        self._link = Link(port, self._received)

    @property
    def status(self) -> Status:
        return self._decoder.status

    @property
    def free(self) -> bool:
        """Nothing is on its way to the printer and no paper half sent."""
        return self._link.empty and not self.busy

    async def open(self, *, resync: bool) -> None:
        """Connect and hear from it; silence is a loss."""
        await self._link.open()
        if resync:
            self._link.put(RESYNC)
        await self.ask()
        self._link.put(TELL)

    async def close(self) -> None:
        await self._link.close()

    def put(self, data: bytes) -> None:
        """Send after what is waiting."""
        self._link.put(data)

    def lose(self, lost: DeviceLost) -> None:
        """End every wait."""
        self._link.lose(lost)

    async def until(self, true: Callable[[], bool], within: float | None = None) -> bool:
        """Wait until it is so, looking again whenever something came or went; False when `within` seconds passed."""
        return await self._link.until(true, within)

    async def besides(self, wait: Callable[[], Awaitable[T]]) -> T:
        """Wait for something else, but no longer than the line is there."""
        waiting = asyncio.ensure_future(wait())
        waiting.add_done_callback(lambda _: self._link.ring())
        try:
            await self._link.until(waiting.done)
            return waiting.result()
        finally:
            waiting.cancel()

    async def ask(self) -> None:
        """Ask all four questions; silence is a loss."""
        async with self._asking:
            self._decoder.unasked.clear()
            self._link.put(self._decoder.ask())
            if not await self._link.until(lambda: not self._decoder.unasked, self.patience.answer):
                raise self._silent("does not answer")

    async def watch(self) -> None:
        """Ask now and then, never between the bytes of a paper."""
        while True:
            await self._link.until(lambda: False, self.patience.poll)
            if self.free:
                await self.ask()

    async def ready(self) -> None:
        """Until it can print, freshly asked."""
        await self._link.until(lambda: self.status.ready)
        await self.ask()
        while not self.status.ready:
            await self._link.until(lambda: self.status.ready)
            await self.ask()

    async def send(self, piece: bytes, fence: Fence) -> None:
        """Hand a piece of a paper over; where the line has no flow control, until it is worked off."""
        self.busy = True
        try:
            self._link.put(piece + TELL)
            await self._drain()
        finally:
            self.busy = False
        if self._window is not None:
            await self.proof(fence, b"next", len(piece))

    async def _drain(self) -> None:
        """Until all has left; a stopped printer may take for ever, one that is ready must go on taking."""
        while not self._link.empty:
            moving = await self._link.until(partial(self._moved, self._link.waiting), self.patience.fence)
            if not moving and self.status.ready:
                raise self._silent("takes nothing any more")

    def _moved(self, left: int) -> bool:
        return self._link.waiting < left

    async def find_fence(self, best: Fence) -> Fence:
        """The best fence this very printer answers."""
        order = {Fence.PROCESS_ID: (Fence.PROCESS_ID, Fence.STATUS), Fence.STATUS: (Fence.STATUS,), Fence.NONE: ()}
        for fence in order[best]:
            if await self._barrier(fence, b"edge", self.patience.answer):
                return fence
        await self.ask()
        return Fence.NONE

    async def proof(self, fence: Fence, name: bytes, size: int) -> None:
        """Until the fence after `size` bytes is answered; time only counts while it could print."""
        if fence is Fence.NONE:
            return
        if not await self._barrier(fence, name, self.patience.fence + size / SLOWEST):
            raise self._silent("did not say whether the paper came out")

    async def _barrier(self, fence: Fence, name: bytes, within: float) -> bool:
        decoder, turns = self._decoder, self._decoder.turns
        decoder.echoes.discard(name)
        self._link.put(b"\x1d(H\x06\x00\x30\x30" + name if fence is Fence.PROCESS_ID else b"\x1dr\x01")

        def answered() -> bool:
            return name in decoder.echoes if fence is Fence.PROCESS_ID else decoder.turns > turns

        while not answered():
            if not self.status.ready:
                await self._link.until(lambda: answered() or self.status.ready)
            elif not await self._link.until(lambda: answered() or not self.status.ready, within):
                return False
        return True

    def _received(self, data: bytes) -> None:
        before = self.status
        self._decoder.feed(data)
        if self.status != before:
            self._changed(self.status)

    def _silent(self, what: str) -> DeviceLost:
        return DeviceLost(f"{self.name} {what}", hint=HINTS["silent"])
