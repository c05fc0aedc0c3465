"""The receipt printer: prints what its queue holds, each paper once, and says what keeps it from printing.

A paper is sent, then the fence; the printer's answer to the fence proves that it came out. Out of paper or cover open
with the connection alive re-sends nothing: the printer goes on by itself. Only a lost connection or an unanswered
fence makes a paper unknown.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Protocol, TypeVar

from edge.clock import Clock
from edge.effects.queue import Job
from edge.errors import DeviceLost
from edge.pos.drawer import DrawerLog, kick, kick_at_once
from edge.pos.link import Link
from edge.pos.models import Fence, PrinterModel
from edge.pos.pace import pieces
from edge.pos.status import HINTS, Decoder, Status
from edge.pos.transport import Port
from edge.supervise import Emit
from edge.units import EffectId

T = TypeVar("T")
RESYNC = bytes(2400) + b"\x1b@"
"""Longer than any of our commands: whatever a lost connection left half said ends in it. Printers ignore NUL."""
TELL = b"\x1da\x0f"
"""`GS a`: tell every change of drawer, line, error and paper by yourself."""
SLOWEST = 500
"""Bytes a second of the slowest printer; a fence may take so much longer."""
KICK_WITHIN = 2.0
"""Seconds after its intent a drawer may still be opened."""


class Jobs(Protocol):
    """What one device has to do (`edge.effects.queue.EffectQueue`); every call is durable when it returns."""

    async def next(self) -> Job: ...
    async def sent(self, effect: EffectId) -> None: ...
    async def fenced(self, effect: EffectId) -> None: ...
    async def done(self, effect: EffectId, *, proven: bool) -> None: ...
    async def unknown(self, effect: EffectId, why: str) -> None: ...
    async def dropped(self, effect: EffectId, why: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for: an answer, between two questions, a fence, the drawer's switch."""

    answer: float = 2.0
    poll: float = 1.0
    fence: float = 8.0
    drawer: float = 0.6


@dataclass(frozen=True, slots=True)
class DrawerPort:
    """The drawer on this printer: its pin (0 or 1), whether it has a switch, and the switch's level when open."""

    pin: int = 0
    switch: bool = False
    open_high: bool = True


@dataclass(frozen=True, slots=True)
class Setup:
    """`name` is the device's (`till1/printer`)."""

    name: str
    model: PrinterModel
    drawer: DrawerPort = field(default_factory=DrawerPort)
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class Queues:
    """Two queues, so that no drawer waits behind a paper; `movements` takes what the drawer did."""

    papers: Jobs
    kicks: Jobs
    movements: DrawerLog


class Printer:
    """A Device; emits its Status whenever it changes."""

    def __init__(self, setup: Setup, port: Port, queues: Queues, clock: Clock) -> None:
        self.name = setup.name
        self.status = Status()
        self._setup, self._port, self._queues, self._clock = setup, port, queues, clock
        self._link: Link | None = None
        self._decoder = Decoder()
        self._emit: Emit[Status] | None = None
        self._asking = asyncio.Lock()
        self._fence: Fence | None = None
        self._fresh = False
        self._half_said = True
        self._torn = False
        self._busy = False
        self._drawer_open: bool | None = None
        self._moves: deque[tuple[bool, bool]] = deque()
        self._kicked_at = float("-inf")

    async def open(self) -> None:
        """Connect and hear from it; a printer that does not answer is lost."""
        self._decoder, self._fresh, self._busy = Decoder(), False, False
        self._link = Link(self._port, self._received)
        try:
            await self._link.open()
            if self._half_said:
                self._link.put(RESYNC)
            if not await self._ask():
                raise DeviceLost(f"{self.name} does not answer", hint=HINTS["silent"])
            self._half_said = False
        except DeviceLost:
            self._see(Status())
            await self._drop_late_kicks()
            raise
        self._link.put(TELL)

    async def run(self, emit: Emit[Status]) -> None:
        """Print and watch until it is lost."""
        self._emit = emit
        emit(self.status)
        workers = [self._watch(), self._print_papers(), self._kick_drawer(), self._note_drawer()]
        tasks = [asyncio.create_task(worker, name=self.name) for worker in workers]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self._line.lose(_first_loss(tasks) or DeviceLost(f"{self.name} stopped"))
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._emit = None
        bugs = [task.exception() for task in tasks if not isinstance(task.exception(), DeviceLost)]
        raise next(filter(None, bugs), None) or _first_loss(tasks) or DeviceLost(f"{self.name} stopped")

    async def close(self) -> None:
        """Let go; a paper on its way stays on its way."""
        if self._link is not None:
            await self._link.close()
            self._link = None
        self.status = Status()

    @property
    def _line(self) -> Link:
        if self._link is None:
            raise DeviceLost(f"{self.name} is not open")
        return self._link

    def _received(self, data: bytes) -> None:
        self._decoder.feed(data)
        self._see(self._decoder.status)

    def _see(self, status: Status) -> None:
        if status == self.status:
            return
        self.status = status
        self._see_drawer(status)
        if self._emit is not None:
            self._emit(status)

    def _see_drawer(self, status: Status) -> None:
        """The switch moved: a fact, unless it is the first we see of it."""
        if status.pin3 is None or not self._setup.drawer.switch:
            return
        now_open = status.pin3 == self._setup.drawer.open_high
        if self._drawer_open is not None and now_open != self._drawer_open:
            kicked = self._clock.monotonic() - self._kicked_at <= KICK_WITHIN
            self._moves.append((now_open, kicked))
        self._drawer_open = now_open

    async def _ask(self) -> bool:
        """Ask all four questions; False when it stays silent."""
        async with self._asking:
            self._decoder.unasked.clear()
            self._line.put(self._decoder.ask())
            return await self._line.until(lambda: not self._decoder.unasked, self._setup.patience.answer)

    async def _watch(self) -> None:
        """Ask now and then, never between the bytes of a paper; silence is a loss."""
        while True:
            await self._line.until(lambda: False, self._setup.patience.poll)
            if self._line.empty and not self._busy and not await self._ask():
                raise DeviceLost(f"{self.name} does not answer", hint=HINTS["silent"])

    async def _print_papers(self) -> None:
        while True:
            await self._unless_lost(self._queues.papers.next)
            await self._prepare()
            await self._print(await self._unless_lost(self._queues.papers.next))

    async def _unless_lost(self, wait: Callable[[], Awaitable[T]]) -> T:
        """Wait for something besides the line, but no longer than the line is there."""
        waiting = asyncio.ensure_future(wait())
        waiting.add_done_callback(self._ring)
        try:
            await self._line.until(waiting.done)
            return waiting.result()
        finally:
            waiting.cancel()

    def _ring(self, _: object) -> None:
        if self._link is not None:
            self._link.ring()

    async def _prepare(self) -> None:
        """Wait until it can print, freshly asked; cut off what a lost connection left."""
        while True:
            await self._line.until(lambda: self.status.ready)
            if not await self._ask():
                raise DeviceLost(f"{self.name} does not answer", hint=HINTS["silent"])
            if self.status.ready:
                break
        if self._fresh:
            return
        if self._torn:
            self._line.put(b"\n\x1dVB\x00" if self._setup.model.cutter else b"\n\x1bd\x06")
        self._line.put(TELL)
        self._fence = self._fence or await self._find_fence()
        self._fresh, self._torn = True, False

    async def _find_fence(self) -> Fence:
        """The best fence this very printer answers."""
        order = {
            Fence.PROCESS_ID: (Fence.PROCESS_ID, Fence.STATUS),
            Fence.STATUS: (Fence.STATUS,),
            Fence.NONE: (),
        }
        for fence in order[self._setup.model.fence]:
            if await self._barrier(fence, b"edge", self._setup.patience.answer):
                return fence
        if not await self._ask():
            raise DeviceLost(f"{self.name} does not answer", hint=HINTS["silent"])
        return Fence.NONE

    async def _print(self, job: Job) -> None:
        fence = self._fence or Fence.NONE
        await self._queues.papers.sent(job.effect)
        self._half_said = self._torn = True
        try:
            for piece in pieces(job.payload, self._port.window):
                await self._send(piece, fence)
            self._half_said = self._torn = False
            await self._queues.papers.fenced(job.effect)
            await self._proof(fence, _process_id(job.effect), len(job.payload))
        except DeviceLost as lost:
            await self._queues.papers.unknown(job.effect, lost.message)
            raise
        await self._queues.papers.done(job.effect, proven=fence is not Fence.NONE)

    async def _send(self, piece: bytes, fence: Fence) -> None:
        """Hand a piece over; where the line has no flow control, wait until it is worked off."""
        self._busy = True
        try:
            self._line.put(piece + TELL)
            await self._drain()
        finally:
            self._busy = False
        if self._port.window is not None:
            await self._proof(fence, b"next", len(piece))

    async def _drain(self) -> None:
        """Until all has left; a stopped printer may take for ever, one that is ready must go on taking."""
        while not self._line.empty:
            left = self._line.waiting
            moving = await self._line.until(partial(self._moved, left), self._setup.patience.fence)
            if not moving and self.status.ready:
                raise DeviceLost(f"{self.name} takes nothing any more", hint=HINTS["silent"])

    def _moved(self, left: int) -> bool:
        return self._line.waiting < left

    async def _proof(self, fence: Fence, name: bytes, size: int) -> None:
        """Until the fence is answered. Time only counts while it could print."""
        if fence is Fence.NONE:
            return
        if not await self._barrier(fence, name, self._setup.patience.fence + size / SLOWEST):
            raise DeviceLost(f"{self.name} did not say whether the paper came out", hint=HINTS["silent"])

    async def _barrier(self, fence: Fence, name: bytes, within: float) -> bool:
        decoder, turns = self._decoder, self._decoder.turns
        decoder.echoes.discard(name)
        if fence is Fence.PROCESS_ID:
            self._line.put(b"\x1d(H\x06\x00\x30\x30" + name)
        else:
            self._line.put(b"\x1dr\x01")

        def answered() -> bool:
            return name in decoder.echoes if fence is Fence.PROCESS_ID else decoder.turns > turns

        while not answered():
            if not self.status.ready:
                await self._line.until(lambda: answered() or self.status.ready)
            elif not await self._line.until(lambda: answered() or not self.status.ready, within):
                return False
        return True

    async def _kick_drawer(self) -> None:
        while True:
            job = await self._unless_lost(self._queues.kicks.next)
            left = KICK_WITHIN - self._age(job)
            if left <= 0 or not await self._line.until(self._may_kick, left):
                await self._queues.kicks.dropped(job.effect, "not sent within two seconds")
                continue
            await self._kick(job)

    def _age(self, job: Job) -> float:
        return (self._clock.now() - job.intended_at).total_seconds()

    def _may_kick(self) -> bool:
        """Never between the bytes of a paper; out of paper only where the model can."""
        if self._busy or not self._line.empty:
            return False
        return self.status.ready or (self._setup.model.real_time_pulse and self.status.heard and not self.status.failed)

    async def _kick(self, job: Job) -> None:
        at_once = self._setup.model.real_time_pulse
        await self._queues.kicks.sent(job.effect)
        self._kicked_at = self._clock.monotonic()
        pin = self._setup.drawer.pin
        try:
            self._line.put(kick_at_once(pin) if at_once else job.payload or kick(pin))
            await self._line.until(lambda: self._line.empty)
            opened = False
            if self._setup.drawer.switch:
                opened = await self._line.until(lambda: bool(self._drawer_open), self._setup.patience.drawer)
        except DeviceLost as lost:
            await self._queues.kicks.unknown(job.effect, lost.message)
            raise
        await self._queues.kicks.done(job.effect, proven=opened)

    async def _drop_late_kicks(self) -> None:
        """A printer that is away opens no drawer later."""
        while True:
            try:
                async with asyncio.timeout(0.05):
                    job = await self._queues.kicks.next()
            except TimeoutError:
                return
            if self._age(job) < KICK_WITHIN:
                return
            await self._queues.kicks.dropped(job.effect, "the printer was away for two seconds")

    async def _note_drawer(self) -> None:
        while True:
            await self._line.until(lambda: bool(self._moves))
            now_open, kicked = self._moves.popleft()
            if now_open:
                await self._queues.movements.opened(kicked=kicked)
            else:
                await self._queues.movements.closed()


def _process_id(effect: EffectId) -> bytes:
    """Four printable characters that name this effect, so that no other's echo proves it."""
    digest = sha256(effect.encode()).digest()
    return bytes(0x30 + byte % 0x4B for byte in digest[:4])


def _first_loss(tasks: Sequence[asyncio.Task[None]]) -> DeviceLost | None:
    ends = (task.exception() for task in tasks if task.done())
    return next((end for end in ends if isinstance(end, DeviceLost)), None)
