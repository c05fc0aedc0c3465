"""Verdicts at the door: what the record and the tables say afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.clock import system_clock
from edge.commands import Door
from edge.errors import Refused
from edge.facts import (
    DisplayHandled,
    ShelfCalibrated,
    ShelfCounted,
    ShelfRestored,
    ShelfUnknown,
    ShelfWithdrawn,
    TaskDone,
    TaskOpened,
)
from edge.ids import seeded_ids
from edge.journal.store import Journal, Setup
from edge.shelf.handlers import HANDLERS
from edge.shelf.tables import ON_SHELF, RECOUNT, ROOM, OnShelf, on_shelf, plate_row
from edge.shelf.verdict import (
    CHANGED_WHILE_BLIND,
    REMOVED,
    CalibratePlate,
    CountPlate,
    DoubtPlate,
    HandleDisplay,
    RecountPlate,
    RestorePlate,
    RevertCalibration,
    WithdrawPlate,
)
from edge.units import ArticleId, Grams, Identity, Key, PlateId, Seq, Sku, UserId

A, B, BOOT = PlateId("a"), PlateId("b"), Sku("boot")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await Journal.open(Setup(tmp_path / "j.db", Identity("s_n"), "aa", system_clock(), (ROOM,)))
    yield journal
    await journal.close()


@pytest.fixture
def door(journal: Journal) -> Door:
    return Door(journal, HANDLERS, seeded_ids(3), lambda tx, user, right: user == "mona")


async def shelf(journal: Journal) -> OnShelf | None:
    return await journal.transact(lambda tx: on_shelf(tx.db, BOOT), cause=Key("look"))


async def filled(door: Door) -> None:
    await door.send(RestorePlate(A, BOOT, 5, Grams(1000)), key=Key("1"))
    await door.send(RestorePlate(B, BOOT, 3, Grams(600)), key=Key("2"))


def pick(count: int) -> CountPlate:
    return CountPlate(A, BOOT, count, -1, Grams(-200), 12, Grams(count * 200))


async def test_the_plates_of_an_article_are_summed_and_a_pick_lowers_the_sum_once(journal: Journal, door: Door) -> None:
    await filled(door)
    for _ in range(3):
        reply = await door.send(pick(4), key=Key("shelf:n1/0/7:a"))
    assert reply.facts() == (ShelfCounted(A, BOOT, 4, -1, Grams(-200), 12, Grams(800)),)
    found = await shelf(journal)
    assert found is not None
    assert (found.count, found.blind, found.plates, found.seq) == (7, "", 2, 3)


async def test_a_count_that_does_not_fit_the_record_is_refused(journal: Journal, door: Door) -> None:
    await filled(door)
    for wrong in (pick(3), CountPlate(PlateId("x"), BOOT, 4, -1, Grams(-200), 0, Grams(0))):
        with pytest.raises(Refused, match="is another"):
            await door.send(wrong, key=Key("k"))
    with pytest.raises(Refused, match="is another"):
        await door.send(RestorePlate(A, BOOT, 6, Grams(1200)), key=Key("k"))
    assert journal.head.seq == 2


async def test_a_blind_plate_withdraws_the_sum_until_it_is_restored(journal: Journal, door: Door) -> None:
    await filled(door)
    await door.send(WithdrawPlate(A, "saturated", BOOT), key=Key("3"))
    found = await shelf(journal)
    assert found is not None
    assert (found.count, found.blind) == (None, "saturated")
    assert [dict(row)["count"] for row in await journal.rows(ON_SHELF)] == [None]
    again = await door.send(WithdrawPlate(A, "saturated", BOOT), key=Key("4"))
    assert again.facts() == ()
    reply = await door.send(RestorePlate(A, BOOT, 5, Grams(1000)), key=Key("5"))
    assert reply.facts() == (ShelfRestored(A, BOOT, 5, Grams(1000)),)
    found = await shelf(journal)
    assert found is not None
    assert (found.count, found.blind) == (8, "")


async def test_a_plate_nobody_ever_saw_hides_the_sum_too(journal: Journal, door: Door) -> None:
    await door.send(RestorePlate(A, BOOT, 5, Grams(1000)), key=Key("1"))
    await door.send(WithdrawPlate(B, "silent", BOOT), key=Key("2"))
    found = await shelf(journal)
    assert found is not None
    assert (found.count, found.blind) == (None, "silent")
    await door.send(WithdrawPlate(B, REMOVED, BOOT), key=Key("3"))
    found = await shelf(journal)
    assert found is not None
    assert (found.count, found.plates) == (5, 1)


async def test_an_unknown_step_hides_the_number_and_keeps_its_evidence(journal: Journal, door: Door) -> None:
    await filled(door)
    reply = await door.send(DoubtPlate(A, BOOT, Grams(90), Grams(1090), 450), key=Key("3"))
    assert reply.facts() == (ShelfUnknown(A, BOOT, Grams(90), Grams(1090), 450),)
    found = await shelf(journal)
    assert found is not None
    assert (found.count, found.blind) == (None, "unknown-step")


async def test_a_recount_is_asked_for_once_and_answered_by_a_person(journal: Journal, door: Door) -> None:
    await filled(door)
    changed = WithdrawPlate(A, CHANGED_WHILE_BLIND, BOOT, recount=True)
    withdrawn, task = (await door.send(changed, key=Key("3"))).facts()
    assert withdrawn == ShelfWithdrawn(A, CHANGED_WHILE_BLIND, BOOT)
    assert isinstance(task, TaskOpened)
    assert (task.kind, task.subject) == (RECOUNT, "a")
    assert (await door.send(changed, key=Key("4"))).facts() == ()
    recount = RecountPlate(A, BOOT, 2, Grams(420))
    with pytest.raises(Refused, match="may not stock"):
        await door.send(recount, key=Key("5"), actor=UserId("kim"))
    reply = await door.send(recount, key=Key("5"), actor=UserId("mona"))
    assert reply.facts() == (ShelfRestored(A, BOOT, 2, Grams(420)), TaskDone(task.task, UserId("mona")))
    row = await journal.transact(lambda tx: plate_row(tx.db, A), cause=Key("look"))
    assert row is not None
    assert (row.count, row.weight, row.blind) == (2, 420, "")
    again = await door.send(changed, key=Key("6"))
    assert [type(fact) for fact in again.facts()] == [ShelfWithdrawn, TaskOpened]


async def test_a_sample_that_is_handled_changes_no_number(journal: Journal, door: Door) -> None:
    await filled(door)
    boot = ArticleId("boot")
    for number, what in enumerate(["present", "lifted", "back", "back", "gone"]):
        await door.send(HandleDisplay(PlateId("d"), boot, what), key=Key(f"d{number}"))
    facts = [entry.fact() for entry in await journal.entries(after=Seq(2))]
    assert facts == [DisplayHandled(PlateId("d"), boot, what) for what in ("present", "lifted", "back", "gone")]
    found = await shelf(journal)
    assert found is not None
    assert found.count == 8


async def test_a_calibration_is_versioned_proved_and_reversible(door: Door) -> None:
    mona = UserId("mona")
    new = CalibratePlate(A, 0, 100, 200_100, Grams(500), 80_100, Grams(200))
    (first,) = (await door.send(new, key=Key("1"), actor=mona)).facts()
    assert first == ShelfCalibrated(A, 1, 100, 200_100, Grams(500), 80_100, Grams(200))
    with pytest.raises(Refused, match="meanwhile"):
        await door.send(new, key=Key("2"), actor=mona)
    with pytest.raises(Refused, match="wrong"):
        await door.send(CalibratePlate(A, 1, 0, 1000, Grams(500), 700, Grams(200)), key=Key("3"), actor=mona)
    (second,) = (await door.send(RevertCalibration(A, 1, 0, 5, 6, Grams(7)), key=Key("4"), actor=mona)).facts()
    assert isinstance(second, ShelfCalibrated)
    assert (second.version, second.zero, second.loaded, second.mass, second.reverts) == (2, 5, 6, 7, 0)
    back = RevertCalibration(A, 2, 1, 100, 200_100, Grams(500))
    (third,) = (await door.send(back, key=Key("5"), actor=mona)).facts()
    assert isinstance(third, ShelfCalibrated)
    assert (third.version, third.zero, third.reverts) == (3, 100, 1)
    with pytest.raises(Refused, match="no calibration 9"):
        await door.send(RevertCalibration(A, 3, 9, 1, 2, Grams(3)), key=Key("6"), actor=mona)


async def test_a_rebuild_gives_the_same_tables(journal: Journal, door: Door) -> None:
    await filled(door)
    await door.send(pick(4), key=Key("3"))
    await door.send(WithdrawPlate(A, CHANGED_WHILE_BLIND, BOOT, recount=True), key=Key("4"))
    await door.send(HandleDisplay(PlateId("d"), ArticleId("boot"), "lifted"), key=Key("5"))
    before, after = await journal.rebuild()
    assert before == after
