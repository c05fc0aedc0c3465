"""Rolls that end and lines that die in the middle of a paper: every customer gets one, nobody two."""

import time
from collections import Counter
from pathlib import Path
from typing import cast

from edge.sim.stage.assortment import piece
from edge.sim.stage.cashier import Cashier, Json
from tests.stories.premises import Premises, premises
from tests.stories.proof import numbers, one_paper_each, printed, sold
from tests.waiting import until

SOCK = piece("ro", "grey", "40-43").code


def _one_customer(cashier: Cashier) -> Json:
    cashier.ring([SOCK])
    return cashier.pay()


def _three_customers(cashier: Cashier) -> None:
    for _ in range(3):
        _one_customer(cashier)


def _printer_says(cashier: Cashier, cause: str) -> Json:
    patience = time.monotonic() + 5
    while (printer := cast("Json", cashier.state()["printer"]))["cause"] != cause:
        assert time.monotonic() < patience, printer
        time.sleep(0.02)
    return printer


def _papers(cashier: Cashier) -> list[Json]:
    return cast("list[Json]", cashier.state()["papers"])


async def test_out_of_paper_with_three_customers_a_new_roll_brings_exactly_three_papers(
    tmp_path: Path, seed: int
) -> None:
    async with premises(tmp_path, seed) as shop:
        printer = shop.printers[0]
        await shop.at_till("1", _one_customer)
        await printed(shop.journal)
        printer.paper_out()

        def without_paper(cashier: Cashier) -> Json:
            said = _printer_says(cashier, "paper-end")
            _three_customers(cashier)
            assert cast("Json", cast("Json", cashier.state()["last_sale"])["paper"])["state"] in ("waiting", "printing")
            return said

        said = await shop.at_till("1", without_paper)
        assert said["state"] != "up"
        assert said["hint"]
        assert len(numbers([printer])) == 1
        assert shop.printers[0].kicks == 4, "the drawer opens without paper too"
        printer.new_roll()
        await printed(shop.journal)
        one_paper_each(shop.journal, shop.printers)
        assert [number[-1] for number in numbers([printer])] == ["1", "2", "3", "4"]
        assert await shop.at_till("1", _papers) == []


async def _half_a_paper(shop: Premises) -> Json:
    """The line to the printer dies in the middle of a receipt; gives the paper that the till asks about."""
    printer = shop.printers[0]
    await shop.at_till("1", _one_customer)
    await printed(shop.journal)
    printer.faults.cut_after = 400
    await shop.at_till("1", _one_customer)
    await printed(shop.journal)
    await until(lambda: not shop.down())
    (asked,) = await shop.at_till("1", _papers)
    assert asked["state"] == "unknown"
    return asked


async def test_a_paper_cut_short_by_its_line_is_asked_for_and_printed_again_marked(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed) as shop:
        asked = await _half_a_paper(shop)
        assert numbers(shop.printers).keys() == {"harbour-1A-1"}
        await shop.at_till("1", lambda till: till.do("settle-paper", effect=asked["effect"], came_out=False))
        await until(lambda: bool(numbers(shop.printers, second=True)))
        assert numbers(shop.printers, second=True) == Counter({asked["number"]: 1})
        await shop.at_till("1", _one_customer)
        await printed(shop.journal)
        assert numbers(shop.printers) == Counter({"harbour-1A-1": 1, "harbour-1A-3": 1})
        assert await shop.at_till("1", _papers) == []


async def test_a_roll_that_ends_in_mid_paper_and_a_line_that_dies_then_give_one_paper_when_somebody_saw_it(
    tmp_path: Path, seed: int
) -> None:
    """The printer finishes from its own memory on the new roll; the box cannot know that, the cashier can."""
    async with premises(tmp_path, seed) as shop:
        printer = shop.printers[0]
        printer.roll_ends_after(300)
        await shop.at_till("1", _one_customer)
        await until(lambda: printer.machine.condition.paper == "out")
        printer.hang_up()
        await printed(shop.journal)
        (asked,) = await shop.at_till("1", _papers)
        assert (asked["state"], numbers(shop.printers)) == ("unknown", Counter())
        printer.new_roll()
        await until(lambda: bool(numbers(shop.printers)))
        await shop.at_till("1", lambda till: till.do("settle-paper", effect=asked["effect"], came_out=True))
        await shop.at_till("1", _one_customer)
        await printed(shop.journal)
        one_paper_each(shop.journal, shop.printers)
        assert len(sold(shop.journal)) == 2
