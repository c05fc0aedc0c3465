"""The business date is that of the opening until the Z: over midnight, an hour that comes twice, a bad clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.errors import Refused
from edge.facts import Denomination, SaleClosed, ShiftClosed, ShiftOpened
from edge.pos.cash.verbs import MoveCash
from edge.pos.receipt.shift import z_report
from edge.pos.receipt.text import plain_text
from edge.pos.verbs import CloseShift, Count, OpenShift
from edge.units import Minor, MoveKind, Seq, UserId
from tests.pos.sold import CHAIN, SHOP
from tests.pos.test_cash import one, sell
from tests.pos.till_world import TILL, TillWorld, till_world

BO = UserId("bo")
MIDNIGHT = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
"""In Copenhagen 25 October begins, the day whose hour from two to three comes twice."""


async def closed(world: TillWorld) -> SaleClosed:
    await sell(world)
    facts = [entry.fact() for entry in await world.journal.entries(Seq(0))]
    return [fact for fact in facts if isinstance(fact, SaleClosed)][-1]


async def take_z(world: TillWorld, counted: int) -> ShiftClosed:
    await world.do(Count(TILL, (Denomination(Minor(50), counted // 50),)))
    return one(await world.do(CloseShift(TILL)), ShiftClosed)


async def test_a_till_left_open_over_midnight_sells_on_yesterdays_date_until_its_z(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        world.time.at = MIDNIGHT - timedelta(hours=3)
        await world.do(OpenShift(TILL, Minor(0)))
        world.time.at = MIDNIGHT + timedelta(hours=9)
        late = await closed(world)
        moved = await world.do(MoveCash(TILL, MoveKind.PAY_IN, Minor(100), "float"))
        z = await take_z(world, 4950 + 100)
        assert late.business_date == z.business_date == "2026-10-24"
        assert moved
        dates = await world.journal.rows("SELECT DISTINCT businessdate FROM entries WHERE actor = 'anna'")
        assert [row[0] for row in dates] == ["2026-10-24"]
        opened = one(await world.do(OpenShift(TILL, Minor(0))), ShiftOpened)
        assert opened.business_date == "2026-10-25"


async def test_several_shifts_of_one_day_have_their_own_numbers(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        found = []
        for _ in range(3):
            await world.do(OpenShift(TILL, Minor(0)))
            await sell(world)
            found.append(await take_z(world, 4950))
        assert [(z.z_number, z.business_date, z.sales) for z in found] == [(n, "2026-06-06", 1) for n in (1, 2, 3)]
        assert [z.grand_total for z in found] == [4925, 9850, 14775]


async def test_in_the_night_the_clocks_go_back_both_hours_are_one_day_and_can_be_told_apart(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        world.time.at = MIDNIGHT + timedelta(minutes=30)
        await world.do(OpenShift(TILL, Minor(0)))
        world.time.at = MIDNIGHT + timedelta(hours=2, minutes=30)
        first = await closed(world)
        world.time.at = MIDNIGHT + timedelta(hours=3, minutes=30)
        second = await closed(world)
        z = await take_z(world, 9900)
        assert (first.business_date, second.business_date) == ("2026-10-25", "2026-10-25")
        said = [SHOP.when(sale.paid_at) for sale in (first, second)]
        assert [words.partition("2026 ")[2] for words in said] == ["02:30:00 +02:00", "02:30:00 +01:00"]
        paper = plain_text(z_report(z, CHAIN, SHOP))
        assert "00:30:00 +02:00" in paper
        assert "02:30:00 +01:00" in paper
        assert z.sales == 2


async def test_a_clock_set_back_in_the_middle_of_a_shift_loses_nothing(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        world.time.at = MIDNIGHT + timedelta(hours=10)
        await world.do(OpenShift(TILL, Minor(0)))
        await sell(world)
        world.time.at = MIDNIGHT - timedelta(days=3)
        back = await closed(world)
        z = await take_z(world, 9900)
        assert (back.business_date, z.business_date, z.sales, z.variance) == ("2026-10-25", "2026-10-25", 2, 0)
        assert z.closed_at < z.opened_at


async def test_a_till_is_not_opened_on_a_day_that_is_over_unless_a_manager_says_the_clock_is_right(
    tmp_path: Path,
) -> None:
    async with till_world(tmp_path, open_=False, staffed=True) as world:
        world.time.at = MIDNIGHT + timedelta(days=300)
        await world.do(OpenShift(TILL, Minor(0)))
        await take_z(world, 0)
        world.time.at = MIDNIGHT + timedelta(hours=10)
        with pytest.raises(Refused) as refused:
            await world.do(OpenShift(TILL, Minor(0)))
        asked = refused.value.details
        assert (refused.value.code, asked["why"], asked["after"]) == ("approval-needed", "clock-back", "2026-10-25")
        opened = one(await world.approved(OpenShift(TILL, Minor(0))), ShiftOpened)
        assert (opened.business_date, opened.approved_by) == ("2026-10-25", BO)
        await take_z(world, 0)
        again = one(await world.do(OpenShift(TILL, Minor(0))), ShiftOpened)
        assert again.approved_by is None
