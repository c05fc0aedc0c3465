"""A real journal, the real driver under the real supervisor, and a simulated printer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from edge.clock import Clock, system_clock
from edge.effects.queue import EffectQueue
from edge.effects.tables import ROOM, Intent, intend
from edge.facts import DrawerClosed, DrawerOpened, EffectDropped
from edge.health import Health
from edge.ids import seeded_ids
from edge.journal.store import Journal, Setup
from edge.pos.drawer import DrawerJournal, kick
from edge.pos.printer.drawer import DrawerPort
from edge.pos.printer.driver import Printer, Queues
from edge.pos.printer.driver import Setup as PrinterSetup
from edge.pos.printer.model import MODELS, PrinterModel
from edge.pos.printer.port import Port, port_at
from edge.pos.printer.status import Status
from edge.pos.printer.talk import Patience
from edge.pos.receipt.escpos import BEGIN, CUT
from edge.sim.mechanism import Kind
from edge.sim.printer import SimPrinter
from edge.supervise import Supervisor
from edge.units import EffectId, EffectKind, Identity, Key, Seq, TillId

QUICK = Patience(answer=0.3, poll=0.05, fence=0.4, drawer=0.3)
PRINTER, DRAWER = "till1/printer", "till1/drawer"
WAIT = 8.0


async def soon(true: Callable[[], bool]) -> None:
    """Wait until it is so; fails after some seconds."""
    async with asyncio.timeout(WAIT):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@dataclass
class Rig:
    sim: SimPrinter
    journal: Journal
    printer: Printer
    supervisor: Supervisor
    seen: list[Status] = field(default_factory=list)

    def go(self) -> None:
        self.supervisor.watch(self.printer, self.seen.append)

    async def owe(self, effect: str, text: str = "", payload: bytes = b"") -> None:
        """A paper that says `text` is owed."""
        paper = payload or BEGIN + (text or f"paper of {effect}").encode() + b"\n" + CUT
        await self._intend(effect, EffectKind.PAPER, PRINTER, paper)

    async def owe_kick(self, effect: str) -> None:
        await self._intend(effect, EffectKind.DRAWER, DRAWER, kick(0))

    async def _intend(self, effect: str, kind: EffectKind, target: str, payload: bytes) -> None:
        intent = Intent(EffectId(effect), kind, "sale", target, payload)
        await self.journal.transact(lambda tx: tx.record(intend(tx, intent)), cause=Key(effect))

    async def state(self, effect: str) -> tuple[str, int]:
        """State and whether it is proven."""
        (row,) = await self.journal.rows("SELECT state, proven FROM effects WHERE effect = ?", (effect,))
        return str(row["state"]), int(row["proven"])

    async def becomes(self, effect: str, *states: str) -> str:
        """Wait until the effect is in one of `states`."""
        async with asyncio.timeout(WAIT):
            while (state := (await self.state(effect))[0]) not in states:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return state

    def said(self) -> list[str]:
        """What stands on the papers that came out, blank ones left out."""
        return [paper.text.strip() for paper in self.sim.papers if not paper.blank]

    async def movements(self) -> list[str]:
        """What the drawer did, as facts tell it."""
        told = []
        for entry in await self.journal.entries(Seq(0)):
            match entry.fact():
                case DrawerOpened(kicked=kicked):
                    told.append("kicked open" if kicked else "opened")
                case DrawerClosed():
                    told.append("closed")
                case EffectDropped():
                    told.append("dropped")
        return told


@asynccontextmanager
async def rig(
    path: Path,
    *,
    model: PrinterModel = MODELS["tm-t20"],
    kind: Kind | None = None,
    sim: SimPrinter | None = None,
    port: Callable[[SimPrinter], Port] = lambda sim: port_at(sim.url),
    clock: Clock | None = None,
    patience: Patience = QUICK,
) -> AsyncIterator[Rig]:
    """Everything but the start of the driver (`go`)."""
    clock = clock or system_clock()
    sim = sim or SimPrinter(kind)
    await sim.start()
    till = TillId("till1")
    journal = await Journal.open(Setup(path / "j.db", Identity("a_b"), "aa", clock, (ROOM,)))
    setup = PrinterSetup(PRINTER, model, DrawerPort(switch=True), patience)
    queues = Queues(
        EffectQueue(journal, PRINTER), EffectQueue(journal, DRAWER), DrawerJournal(journal, till, seeded_ids(1).new)
    )
    printer = Printer(setup, port(sim), queues, clock)
    supervisor = Supervisor(Health(clock), Random(1))
    try:
        yield Rig(sim, journal, printer, supervisor)
    finally:
        await supervisor.stop()
        await sim.stop()
        await journal.close()


def with_fence(model: str, **changes: object) -> PrinterModel:
    return replace(MODELS[model], **changes)  # type: ignore[arg-type]
