"""The receipt printer: prints what its queue holds, each paper once, and says what keeps it from printing.

A paper is sent, then the fence; the printer's answer to the fence proves that it came out. Out of paper or cover open
with the connection alive re-sends nothing: the printer goes on by itself. Only a lost connection or an unanswered
fence makes a paper unknown.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from edge.clock import Clock
from edge.effects.queue import Job
from edge.errors import DeviceLost
from edge.pos.drawer import DrawerLog, Jobs
from edge.pos.printer.drawer import Drawer, DrawerPort
from edge.pos.printer.model import Fence, PrinterModel
from edge.pos.printer.pace import pieces
from edge.pos.printer.port import Port
from edge.pos.printer.status import Status
from edge.pos.printer.talk import Patience, Talk
from edge.supervise import Emit
from edge.units import EffectId


@dataclass(frozen=True, slots=True)
class Setup:
    """`name` is the device's (`till1/printer`)."""

    name: str
    model: PrinterModel
    drawer: DrawerPort = field(default_factory=DrawerPort)
    patience: Patience = field(default_factory=Patience)
    apart: bytes = b"\n\x1dVB\x00"
    """Printed first where a paper may hang out half printed; a cut (`edge.pos.receipt.escpos.apart`)."""


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
        self._setup, self._port, self._papers, self._kicks = setup, port, queues.papers, queues.kicks
        self._drawer = Drawer(setup.drawer, setup.model, queues.kicks, queues.movements, clock)
        self._talk: Talk | None = None
        self._emit: Emit[Status] | None = None
        self._fence: Fence | None = None
        self._half_said = True
        """Bytes of a paper may be missing: the printer may be waiting for the rest of a command."""
        self._torn: bool | None = None
        """A paper may hang out half printed; None before the first look at what was left by whoever printed before."""

    async def open(self) -> None:
        """Connect and hear from it; a printer that does not answer is lost. What was left half done is unknown."""
        for queue in (self._papers, self._kicks):
            await queue.interrupted()
        if self._torn is None:
            self._torn = await self._papers.stopped_halfway()
        self._talk = Talk(self.name, self._port, self._setup.patience, self._see)
        try:
            await self._talk.open(resync=self._half_said)
        except DeviceLost:
            await self._drawer.drop_late()
            raise
        self._half_said = False

    async def run(self, emit: Emit[Status]) -> None:
        """Print and watch until it is lost."""
        talk = self._talk
        if talk is None:
            raise DeviceLost(f"{self.name} is not open")
        self._emit = emit
        emit(self.status)
        workers = [talk.watch(), self._print_papers(talk), self._drawer.serve(talk), self._drawer.note(talk)]
        tasks = [asyncio.create_task(worker, name=self.name) for worker in workers]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            talk.lose(_first_loss(tasks) or DeviceLost(f"{self.name} stopped"))
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        bugs = [task.exception() for task in tasks if not isinstance(task.exception(), DeviceLost)]
        raise next(filter(None, bugs), None) or _first_loss(tasks) or DeviceLost(f"{self.name} stopped")

    async def close(self) -> None:
        """Let go; a paper on its way stays on its way."""
        if self._talk is not None:
            await self._talk.close()
            self._talk = None
        self._see(Status())
        self._emit = None

    def _see(self, status: Status) -> None:
        if status == self.status:
            return
        self.status = status
        self._drawer.see(status)
        if self._emit is not None:
            self._emit(status)

    async def _print_papers(self, talk: Talk) -> None:
        while True:
            await talk.besides(self._papers.next)
            await talk.ready()
            if self._torn:
                talk.put(self._setup.apart)
                self._torn = False
            self._fence = self._fence or await talk.find_fence(self._setup.model.fence)
            await self._print(talk, self._fence, await talk.besides(self._papers.next))

    async def _print(self, talk: Talk, fence: Fence, job: Job) -> None:
        await self._papers.sent(job.effect)
        self._half_said = self._torn = True
        try:
            for piece in pieces(job.payload, self._port.window):
                await talk.send(piece, fence)
            await self._papers.fenced(job.effect)
            await talk.proof(fence, _process_id(job.effect), len(job.payload))
        except DeviceLost as lost:
            await self._papers.unknown(job.effect, lost.message)
            raise
        self._half_said = self._torn = False
        await self._papers.done(job.effect, proven=fence is not Fence.NONE)


def _process_id(effect: EffectId) -> bytes:
    """Four printable characters that name this effect, so that no other's echo proves it."""
    digest = sha256(effect.encode()).digest()
    return bytes(0x30 + byte % 0x4B for byte in digest[:4])


def _first_loss(tasks: Sequence[asyncio.Task[None]]) -> DeviceLost | None:
    ends = (task.exception() for task in tasks if task.done())
    return next((end for end in ends if isinstance(end, DeviceLost)), None)
