import asyncio
from pathlib import Path

from edge.clock import system_clock
from edge.facts import TaskDone
from edge.journal.chain import genesis
from edge.journal.store import Journal, Setup
from edge.units import Identity, Key, Seq, TaskId, UserId


async def test_a_box_may_fork_twice_at_one_place_and_even_before_its_first_entry(tmp_path: Path) -> None:
    box = Identity("aarhus_box1")
    setup = Setup(tmp_path / "j.db", box, "a" * 16, system_clock())
    journal = await Journal.open(setup)
    first = await journal.relabel(Seq(0), "b" * 16)
    again = await journal.relabel(Seq(0), "c" * 16)
    assert first == again
    assert (first.epoch, first.seq, first.hash) == ("a" * 16, 0, genesis(box, "a" * 16))
    bell = asyncio.Event()
    with journal.ringing(bell):
        await journal.transact(lambda tx: tx.record(TaskDone(TaskId("t"), UserId("u"))), cause=Key("k"))
        await asyncio.wait_for(bell.wait(), 1)
    assert [entry.epoch for entry in await journal.entries(Seq(0))] == ["c" * 16]
    await journal.close()
    reopened = await Journal.open(setup)
    assert (reopened.head.epoch, reopened.head.seq) == ("c" * 16, 1)
    await reopened.close()
