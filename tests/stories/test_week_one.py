"""The first week: the goods come in, a tax changes at midnight, the clocks go back, the power goes in mid-payment."""

import asyncio
import csv
import io
import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

import pytest

from edge.clock import Clock
from edge.countries.profile import load_profile
from edge.sim.stage.assortment import gtin, piece, pieces, stock_csv
from edge.sim.stage.cashier import Cashier, Json
from edge.sim.stage.replay import price
from edge.sim.stage.texts import Ports, hq_toml
from edge.sim.stage.world import MAIN, MANAGER, PIN
from edge.units import BasisPoints
from tests.stories.premises import Premises, premises
from tests.stories.proof import agree, numbers, printed, sold
from tests.stories.town import CODES, NAMES, town

SOCK = piece("ro", "grey", "40-43")
_TAXES = "SELECT rate, gross FROM takings_by_tax ORDER BY rate"
_HOURS = "SELECT hour, sales FROM takings_by_hour WHERE sales > 0 ORDER BY hour"
_STOCK = "SELECT sku, received FROM stock WHERE store = 'harbour' AND received <> 0 ORDER BY sku"
DELIVERY = "store,sku,quantity\nharbour,ro-grey-40-43,12\nharbour,no-such-thing,3\nharbour,cap-red,5\n"
CAP = gtin(999)
NEW_GOODS = f"""article,name,sku,colour,code,price,currency,tax_label
cap,Sol Cap,cap-red,red,{CAP},199.00,DKK,standard
hat,Sol Hat,hat-red,red,5712345009980,249.00,DKK,standard
"""


@dataclass(slots=True)
class Time:
    """A clock that runs from a given moment, and jumps when told."""

    ahead: timedelta

    @classmethod
    def at(cls, moment: datetime) -> "Time":
        return cls(moment - datetime.now(UTC))

    def clock(self) -> Clock:
        return Clock(lambda: datetime.now(UTC) + self.ahead, time.monotonic)

    def pass_(self, much: timedelta) -> None:
        self.ahead += much


def _sell(cashier: Cashier) -> Json:
    cashier.ring([SOCK.code])
    return _pays(cashier)


def _pays(cashier: Cashier) -> Json:
    """The basket is paid, and the sale has its evidence."""
    cashier.pay()
    patience = time.monotonic() + 15
    while not (sale := cast("Json", cashier.state()["last_sale"]))["closed"]:
        assert time.monotonic() < patience, sale
        time.sleep(0.02)
    return sale


def _on_hand(cashier: Cashier, code: str) -> object:
    cashier.ring([code])
    lines = cast("list[Json]", cast("Json", cashier.basket())["lines"])
    cashier.do("void-basket", reason="only looking")
    return lines[0]["on_hand"]


async def _import(shop: Premises, name: str, sheet: str) -> str:
    """`hq import`, as somebody at headquarters types it; what it says."""
    (shop.folder / name).write_text(sheet, encoding="utf-8")
    config = shop.folder / "hq.toml"
    config.write_text(hq_toml("dk", shop.folder, Ports(1883, 0, 0, {})), encoding="utf-8")
    hq = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hq.cli", "import", str(shop.folder / name), "--config", str(config),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await hq.communicate()
    return said.decode()


def _comes_in(cashier: Cashier, wanted: int) -> None:
    patience = time.monotonic() + 15
    while (found := _on_hand(cashier, SOCK.code)) != wanted:
        assert time.monotonic() < patience, found
        time.sleep(0.2)


async def test_the_goods_come_in_from_a_spreadsheet_once_and_what_is_wrong_with_it_is_said_in_words(
    tmp_path: Path, seed: int
) -> None:
    async with premises(tmp_path, seed) as shop:
        opening = {row["sku"]: int(row["quantity"]) for row in csv.DictReader(io.StringIO(stock_csv([MAIN]).decode()))
                   if row["store"] == MAIN}  # fmt: skip
        before = opening[SOCK.sku]
        await shop.at_till("1", lambda till: _comes_in(till, before))
        said = await _import(shop, "caps.csv", NEW_GOODS)
        assert "1 refused" in said
        assert "5712345009980 has a wrong check digit" in said
        for _ in range(2):
            said = await _import(shop, "delivery-1.csv", DELIVERY)
            assert "1 refused" in said
            assert "no-such-thing" in said
        await shop.at_till("1", lambda till: till.wait_for("Sol Cap"))
        await shop.at_till("1", lambda till: _comes_in(till, before + 12))
        assert await shop.at_till("1", lambda till: _on_hand(till, CAP)) == 5
        await agree(shop.books)
        received = {str(sku): quantity for sku, quantity in shop.rows(_STOCK)}
        assert received == opening | {SOCK.sku: before + 12, "cap-red": 5}
        assert {piece.sku for piece in pieces()} >= opening.keys()


async def test_a_basket_open_when_the_tax_changes_at_midnight_pays_the_new_days_tax(tmp_path: Path, seed: int) -> None:
    """Romania, the last of July 2025: 19 % becomes 21 %; the device is told at midnight, the price stays."""
    night = Time.at(datetime(2025, 7, 31, 20, 58, tzinfo=UTC))
    async with premises(tmp_path, seed, "ro", clock=night.clock()) as shop:
        await shop.at_till("1", _sell)
        await shop.at_till("1", lambda till: till.ring([SOCK.code]))
        night.pass_(timedelta(minutes=3))
        august = load_profile("ro").tax_table(night.clock().now().astimezone(shop.config.store.zone).date())
        shop.fiscal[0].device.table = {rate.label: BasisPoints(rate.rate) for rate in august}
        await shop.at_till("1", _pays)
        old, new = sold(shop.journal)
        assert (old.total, old.taxes[0].rate, new.total, new.taxes[0].rate) == (new.total, 1900, old.total, 2100)
        for sale in (old, new):
            (tax,) = sale.taxes
            assert tax.net + tax.tax == tax.gross == sale.total
            assert abs(tax.tax * 10_000 - tax.net * tax.rate) <= 10_000
        await agree(shop.books)
        assert shop.rows(_TAXES) == [(1900, old.total), (2100, new.total)]


async def test_the_night_the_clocks_go_back_the_hour_that_comes_twice_stays_two_hours(
    tmp_path: Path, seed: int
) -> None:
    night = Time.at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    async with premises(tmp_path, seed, clock=night.clock()) as shop:
        await shop.at_till("1", _sell)
        await printed(shop.journal)
        night.pass_(timedelta(hours=1))
        await shop.at_till("1", _sell)
        await printed(shop.journal)
        times = [re.findall(r"Paid .* 02:3\d:\d\d (\+0\d:00)", paper.text) for paper in shop.printers[0].papers]
        assert times == [["+02:00"], ["+01:00"]]
        first, second = sold(shop.journal)
        assert first.paid_at < second.paid_at
        assert first.business_date == second.business_date == "2026-10-25"
        await agree(shop.books)
        assert shop.rows(_HOURS) == [("2026-10-25T00", 1), ("2026-10-25T01", 1)]


@pytest.mark.chaos
async def test_after_a_power_cut_in_mid_payment_the_first_screen_says_what_was_paid_and_what_was_printed(
    tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    async with town(tmp_path) as world:
        port, journal = world.ports.stores[MAIN][0], world.folder / MAIN / "journal.db"
        cashier, page = Cashier(port, "1"), Cashier(port, "1")
        try:
            await asyncio.to_thread(_begin, cashier)
            for wait in (0.0, 0.004, 0.03):
                names = chance.sample(NAMES, 2)
                rung = await asyncio.to_thread(cashier.ring, [CODES[name] for name in names])
                total = sum(price(name) for name in names)
                paying = asyncio.create_task(asyncio.to_thread(cashier.pay, total))
                await asyncio.sleep(wait + chance.uniform(0, 0.01))
                await world.pull_plug()
                recorded = {fact.sale: fact for fact in sold(journal)}
                await world.power()
                first = await asyncio.to_thread(page.state)
                paid = await paying
                last = cast("Json | None", first["last_sale"])
                if rung["id"] in recorded:
                    assert last is not None
                    assert (last["sale"], last["total_minor"], last["closed"]) == (rung["id"], total, True)
                    assert first["basket"] is None
                    paper = cast("Json | None", last["paper"])
                    assert paper is None or paper["state"] in ("waiting", "printing", "done", "unknown")
                else:
                    kept = cast("Json | None", first["basket"])
                    assert (kept or last or {})["id" if kept else "sale"] == rung["id"], "the basket survived"
                assert paid["sale"] == rung["id"]
                assert [fact.sale for fact in sold(journal)].count(paid["sale"]) == 1  # type: ignore[arg-type]
            await printed(journal)
            state = await asyncio.to_thread(page.state)
            asked = {str(paper["number"]) for paper in cast("list[Json]", state["papers"])}
            out = numbers(world.printers)
            assert all(number in asked or out[number] == 1 for number in (sale.number for sale in sold(journal)))
            await agree(world.books)
        finally:
            cashier.close()
            page.close()


def _begin(cashier: Cashier) -> None:
    cashier.wait_for(CODES[NAMES[-1]])
    cashier.sign_in(MANAGER, PIN)
    cashier.do("open-shift", float_minor=0)
