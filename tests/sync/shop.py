"""A box with a real journal and a real cable, for tests; quick waits, seeded chance."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from edge.clock import system_clock
from edge.facts import TaskDone
from edge.health import Health
from edge.journal.store import Journal, Setup
from edge.supervise import Supervisor
from edge.sync.cable import Cable, CableSetup
from edge.sync.inbox import Rhythm
from edge.sync.replicator import Chance, Forked, Me, Pace
from edge.sync.tables import Applies, sync_room
from edge.units import Identity, Key, Seq, TaskId, UserId

BOX = Identity("aarhus_box1")
QUICK = Pace(retry_cap=0.2, patience=0.3, answer_time=0.2, check_every=2.0, save_every=0.05, fenced_every=0.4)
LIVELY = Rhythm(answer_time=0.3, retry_cap=0.3, hint_spread=0.05, look_every=5.0)


async def open_journal(path: Path, *, epoch: str = "a" * 16, applies: Applies | None = None) -> Journal:
    return await Journal.open(Setup(path, BOX, epoch, system_clock(), [sync_room(applies or {})]))


async def record(journal: Journal, count: int, who: str = "anna") -> None:
    """`count` entries, ten to a transaction."""

    def work(first: int, size: int) -> Callable[..., None]:
        facts = [TaskDone(TaskId(f"{who}{first + n}"), UserId(who)) for n in range(size)]
        return lambda tx: tx.record_all(facts)

    start = journal.head.seq
    for first in range(0, count, 10):
        await journal.transact(work(first, min(10, count - first)), cause=Key(f"{who}-{start + first}"))


async def acked(journal: Journal) -> Seq:
    return await journal.transact(lambda tx: tx.position("hq"), cause=Key("look"))


@asynccontextmanager
async def on_the_cable(
    journal: Journal,
    address: str,
    chance: Random,
    *,
    boot: str = "boot1",
    applies: Applies | None = None,
    forked: Callable[[Forked], None] = lambda fork: None,
) -> AsyncIterator[Cable]:
    clock = system_clock()
    luck = Chance(chance.random, lambda: chance.getrandbits(64))
    setup = CableSetup(
        address, journal, Me(boot, "0.1.0"), clock, luck, applies or {}, pace=QUICK, rhythm=LIVELY, forked=forked,
        ack_timeout=1.5,
    )  # fmt: skip
    cable = Cable(setup)
    supervisor = Supervisor(Health(clock), chance)
    supervisor.watch(cable, lambda nothing: None)
    try:
        yield cable
    finally:
        await supervisor.stop()
        await asyncio.sleep(0)
