"""The day's report: every figure is the Z's, and headquarters' own."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge.clock import moment
from edge.facts import ShiftClosed
from edge.pos.books.report import report
from edge.pos.books.shifts import Book
from edge.pos.cash.verbs import OpenDrawer
from edge.pos.verbs import OpenShift, Scan, VoidBasket
from edge.units import Minor, Seq, TenderKind
from edge.web.views.office import office_view
from hq.folds import Place, Tally
from tests.pos.test_books import give_back, read, take_z
from tests.pos.test_cash import SECOND, sell_by_card, step
from tests.pos.till_world import SOCK_CODE, TILL, TillWorld, till_world


def local(at: str) -> datetime:
    return moment(at).astimezone(ZoneInfo("Europe/Copenhagen"))


async def a_day(world: TillWorld) -> list[ShiftClosed]:
    """Two shifts with everything in them."""
    await world.do(OpenShift(SECOND, Minor(0)))
    for number in range(3):
        await step(world, "sale", 1)
        world.time.pass_(hours=1)
        await sell_by_card(world, 2)
        if number == 1:
            await give_back(world, number)
    await world.do(Scan(TILL, SOCK_CODE))
    await world.do(VoidBasket(TILL, "gone"))
    await world.do(OpenDrawer(TILL, "change"))
    await step(world, "in", 5000)
    first = await take_z(world)
    await world.do(OpenShift(TILL, Minor(0)))
    await step(world, "sale", 1)
    return [first, await take_z(world)]


async def seen(world: TillWorld) -> Any:  # JSON
    return office_view(await read(world), local, {"anna": "Anna"})


async def test_every_figure_is_the_zs(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        zs = await a_day(world)
        view = await seen(world)
    totals = view["totals"]
    assert totals["gross_sales_minor"] == sum(z.gross_sales for z in zs) > 0
    assert totals["gross_returns_minor"] == sum(z.gross_returns for z in zs) > 0
    assert totals["gross_minor"] == totals["gross_sales_minor"] - totals["gross_returns_minor"]
    assert totals["rounding_minor"] == sum(z.rounding for z in zs)
    assert (totals["sales"], totals["returns"]) == (sum(z.sales for z in zs), sum(z.returns for z in zs))
    for rows, of in (("taxes", "gross_minor"), ("products", "gross_minor"), ("cashiers", "gross_minor"),
                     ("hours", "gross_minor")):  # fmt: skip
        assert sum(row[of] for row in view[rows]) == totals["gross_minor"], rows
    for kind in (TenderKind.CASH, TenderKind.CARD):
        mine = [each for z in zs for each in z.tenders if each.kind is kind]
        (row,) = [row for row in view["tenders"] if row["kind"] == kind]
        assert (row["gross_minor"], row["sales"]) == (sum(e.amount for e in mine), sum(e.count for e in mine))
    assert sum(row["voided_baskets"] for row in view["cashiers"]) == sum(z.voided_baskets for z in zs) == 1
    assert view["counts"]["no_sales"] == sum(z.no_sales for z in zs) == 1
    assert [row["z_number"] for row in view["z"]] == [1, 2]
    assert [row["till"] for row in view["open"]] == [SECOND]
    assert {event["kind"] for event in view["events"]} == {"void", "no-sale", "return"}
    assert {row["name"] for row in view["cashiers"]} == {"Anna"}


async def test_every_figure_is_headquarters(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await a_day(world)
        view, tally = await seen(world), Tally()
        for entry in await world.journal.entries(Seq(0), 100_000):
            fact = entry.fact()
            if fact is not None:
                tally.add(Place("cph_box", "cph", entry.epoch, entry.seq, entry.time, entry.data), fact)
    hours: Sequence[list[int]] = list(tally.hours.values())
    assert sum(row[3] for row in hours) == view["totals"]["gross_sales_minor"]
    assert sum(row[4] for row in hours) == view["totals"]["gross_returns_minor"]
    assert sum(row[5] for row in hours) == view["totals"]["rounding_minor"]
    assert {key[4]: row[0] for key, row in tally.tenders.items()} == {
        row["kind"]: row["gross_minor"] for row in view["tenders"]
    }
    assert {key[4]: tuple(row) for key, row in tally.taxes.items()} == {
        row["label"]: (row["net_minor"], row["tax_minor"], row["gross_minor"]) for row in view["taxes"]
    }


async def test_the_hour_that_comes_twice_is_two_and_an_hour_of_several_days_is_one(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        world.time.at = moment("2026-10-25T00:30:00.000Z")
        await world.do(OpenShift(TILL, Minor(0)))
        await step(world, "sale", 1)
        world.time.pass_(hours=1)
        await step(world, "sale", 1)
        world.time.pass_(days=1)
        await step(world, "sale", 1)
        found = await read(world, "2026-10-25", "2026-10-25")
        hours = office_view(found, local, {})["hours"]
    assert [(row["hour"], row["sales"]) for row in hours] == [  # type: ignore[attr-defined]
        ("02 +02:00", 1), ("02 +01:00", 1), ("02", 1),
    ]  # fmt: skip


def test_no_books_are_a_report_of_nothing() -> None:
    made = report([], local)
    assert (made.total.gross, dict(made.hours), made.events) == (0, {}, [])
    assert office_view([Book(TILL)], local, {})["z"] == []
