"""A Saturday: two cashiers at two tills, customers who change their minds, rolls that end, and the Z in the evening."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import cast

from edge.app.offline import rebuilt
from edge.sim.printer import SimPrinter
from edge.sim.stage.assortment import display_code, pieces
from edge.sim.stage.cashier import Cashier, Json
from tests.stories.premises import FLOAT, premises
from tests.stories.proof import agree, notes, numbers, one_paper_each, printed, sold

SALES = 10
CEILING = 1_400_000
"""Danish law: no more cash than this (and what a customer may tender beyond it)."""
_EFFECTS = "SELECT state, count(*) FROM effects WHERE kind = 'drawer' GROUP BY state"
_Z = """SELECT till, sales, line_count, gross_sales, rounding, expected_cash, counted_cash, variance FROM z_reports
ORDER BY till"""


@dataclass(slots=True)
class Day:
    """What one cashier did, by her own account."""

    sales: int = 0
    lines: int = 0
    gross: int = 0
    rounding: int = 0
    cash: int = FLOAT
    z: Json = field(default_factory=dict)


def _serve(cashier: Cashier, chance: Random, day: Day) -> None:
    """One customer: some pieces, perhaps a change of mind, cash."""
    codes = [piece.code for piece in pieces()]
    for _ in range(chance.randint(1, 4)):
        cashier.do("scan", code=chance.choice(codes), quantity=chance.choice((1, 1, 1, 2, 3)))
    if chance.random() < 0.4:
        asked = cashier.do("scan", code=display_code("fjeld"))
        assert asked == {"kind": "choose", "article": "fjeld"}
        cashier.do("add", sku="fjeld-brown-43")
    lines = _lines(cashier)
    if chance.random() < 0.4:
        cashier.do("set-quantity", line=chance.choice(lines)["line"], quantity=chance.randint(1, 5))
    if chance.random() < 0.3 and len(lines) > 1:
        cashier.do("void-line", line=chance.choice(lines)["line"])
    total = cast("int", cast("Json", cashier.basket())["total_minor"])
    if chance.random() < 0.1 or total > CEILING:
        cashier.do("void-basket", reason="the customer left")
        return
    _take_money(cashier, chance, day)


def _take_money(cashier: Cashier, chance: Random, day: Day) -> None:
    basket = cast("Json", cashier.basket())
    lines, total = cast("list[Json]", basket["lines"]), cast("int", basket["total_minor"])
    assert sum(cast("int", line["gross_minor"]) for line in lines) == total
    payable = cast("int", cast("Mapping[str, object]", basket["cash"])["payable_minor"])
    given = payable + chance.choice((0, 0, 50, 1000, 20_000))
    paid = cashier.pay(given)
    assert (paid["payable_minor"], paid["change_minor"]) == (payable, given - payable)
    day.sales, day.lines, day.gross = day.sales + 1, day.lines + len(lines), day.gross + total
    day.rounding, day.cash = day.rounding + payable - total, day.cash + payable


def _lines(cashier: Cashier) -> list[Json]:
    return cast("list[Json]", cast("Json", cashier.basket())["lines"])


def _whole_day(cashier: Cashier, chance: Random) -> Day:
    day = Day()
    while day.sales < SALES:
        _serve(cashier, chance, day)
    counted = cashier.do("count", pieces=notes(day.cash))
    assert (counted["agrees"], counted["total_minor"]) == (True, day.cash)
    day.z = cast("Json", cashier.do("close-shift")["z"])
    return day


async def _rolls_end(printers: list[SimPrinter], chance: Random) -> None:
    """The paper runs out here and there; somebody puts a new roll in."""
    while True:
        printer = chance.choice(printers)
        printer.paper_out()
        await asyncio.sleep(chance.uniform(0.05, 0.4))
        printer.new_roll()
        await asyncio.sleep(chance.uniform(0.05, 0.3))


async def test_a_saturday_with_two_cashiers_adds_up_on_paper_in_the_drawer_and_at_headquarters(
    tmp_path: Path, seed: int
) -> None:
    async with premises(tmp_path, seed) as shop:
        chance = Random(seed)
        trouble = asyncio.create_task(_rolls_end(shop.printers, Random(seed)))
        own = {till: Random(chance.getrandbits(32)) for till in ("1", "2")}
        days = await asyncio.gather(*(shop.at_till(till, partial(_whole_day, chance=own[till])) for till in own))
        trouble.cancel()
        await asyncio.gather(trouble, return_exceptions=True)
        for printer in shop.printers:
            printer.new_roll()
        await printed(shop.journal)
        await agree(shop.books)
        for day in days:
            sums = (day.z["sales"], day.z["gross_sales_minor"], day.z["rounding_minor"], day.z["expected_minor"])
            assert sums == (day.sales, day.gross, day.rounding, day.cash)
        assert shop.rows(_Z) == [
            (till, day.sales, day.lines, day.gross, day.rounding, day.cash, day.cash, 0)
            for till, day in zip(("1", "2"), days, strict=True)
        ]
        assert len(sold(shop.journal)) == 2 * SALES
        one_paper_each(shop.journal, shop.printers)
        kicked = {str(state): int(count) for state, count in await shop.store.journal.rows(_EFFECTS)}
        assert sum(kicked.values()) == 2 * SALES
        assert sum(printer.kicks for printer in shop.printers) == kicked["done"]
        await shop.close_shop()
        await _checked_by_hand(shop.folder / "store.toml")
        before, after = await rebuilt(shop.config, shop.world)
        assert before == after
        assert sum(numbers(shop.printers).values()) == 2 * SALES, "a rebuild prints nothing"


async def _checked_by_hand(config: Path) -> None:
    """`edge verify`, as somebody at the box types it."""
    edge = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "edge.cli", "verify", "--config", str(config), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await edge.communicate()
    assert edge.returncode == 0, said.decode()
    assert "every hash right" in said.decode()
