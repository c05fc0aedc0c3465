"""What people must do: opened by rooms, taken and finished by people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.clock import system_clock
from edge.commands import Door
from edge.errors import Refused
from edge.facts import NothingChanged, TaskOpened
from edge.ids import seeded_ids
from edge.journal.store import Journal, Setup
from edge.tasks.handlers import HANDLERS, FinishTask, TakeTask
from edge.tasks.tables import OPEN, ROOM
from edge.units import Identity, Key, TaskId, UserId

ANNA, BO = UserId("anna"), UserId("bo")
COUNT = TaskId("t1")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await Journal.open(Setup(tmp_path / "j.db", Identity("a_b"), "aa", system_clock(), (ROOM,)))
    opened = TaskOpened(COUNT, "shelf.recount", "a1", "Count the plate.")
    await journal.transact(lambda tx: tx.record(opened), cause=Key("opened"))
    yield journal
    await journal.close()


async def _open(journal: Journal) -> list[tuple[str, str | None]]:
    return [(row["task"], row["taken_by"]) for row in await journal.rows(OPEN, (10,))]


async def test_a_task_is_taken_taken_over_and_done(journal: Journal) -> None:
    door = Door(journal, HANDLERS, seeded_ids(1), lambda tx, user, right: True)
    assert await _open(journal) == [("t1", None)]
    await door.send(TakeTask(COUNT), key=Key("1"), actor=ANNA)
    assert (await door.send(TakeTask(COUNT), key=Key("2"), actor=ANNA)).facts() == (NothingChanged("TakeTask"),)
    await door.send(TakeTask(COUNT), key=Key("3"), actor=BO)
    assert await _open(journal) == [("t1", "bo")]
    await door.send(FinishTask(COUNT), key=Key("4"), actor=BO)
    assert await _open(journal) == []
    with pytest.raises(Refused, match="not open"):
        await door.send(FinishTask(COUNT), key=Key("5"), actor=ANNA)
    before, after = await journal.rebuild()
    assert before == after
