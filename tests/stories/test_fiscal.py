"""Poland, Serbia, Korea: what the law's device or service says is what happens, also when its cable is pulled."""

import time
from pathlib import Path
from typing import cast

import pytest

from edge.facts import EffectSettled, EffectUnknown, SalePaid
from edge.sim.fiscal.device import Faults
from edge.sim.stage.assortment import piece
from edge.sim.stage.cashier import Cashier, Json, Problem
from tests.stories.premises import premises
from tests.stories.proof import agree, facts, printed, sold
from tests.waiting import until

SOCK, BOOT = piece("ro", "grey", "40-43"), piece("fjeld", "brown", "43")


def _pay(cashier: Cashier) -> Json:
    cashier.ring([SOCK.code])
    return cashier.pay()


def _paid_and_closed(cashier: Cashier) -> Json:
    """Pay, and wait until the sale has its evidence."""
    _pay(cashier)
    return _closed(cashier)


def _closed(cashier: Cashier) -> Json:
    patience = time.monotonic() + 15
    while not (sale := cast("Json", cashier.state()["last_sale"]))["closed"]:
        assert time.monotonic() < patience, sale
        time.sleep(0.02)
    return sale


def _refused(cashier: Cashier) -> Problem:
    with pytest.raises(Problem) as refusal:
        cashier.pay()
    return refusal.value


async def test_in_poland_a_fiscal_device_without_paper_stops_the_payment_before_the_money(
    tmp_path: Path, seed: int
) -> None:
    async with premises(tmp_path, seed, "pl") as shop:
        shop.fiscal[0].device.faults.paper = False
        await shop.at_till("1", lambda till: till.ring([SOCK.code]))
        await shop.at_till("1", lambda till: _wait_for(till, "down"))
        refusal = await shop.at_till("1", _refused)
        assert (refusal.code, refusal.hint) == ("fiscal-down", "Put a new roll into the fiscal device.")
        shop.fiscal[0].device.faults.paper = True
        await shop.at_till("1", lambda till: _wait_for(till, "up"))
        await shop.at_till("1", lambda till: (till.pay(), _closed(till)))
        assert len(shop.fiscal[0].device.receipts) == 1


def _wait_for(cashier: Cashier, state: str) -> None:
    patience = time.monotonic() + 15
    while (device := cast("Json", cashier.state()["fiscal"]))["state"] != state:
        assert time.monotonic() < patience, device
        time.sleep(0.05)


async def test_in_poland_nothing_is_sold_while_the_fiscal_device_is_unplugged(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed, "pl") as shop:
        await shop.at_till("1", _paid_and_closed)
        await shop.fiscal[0].stop()
        await until(lambda: "fiscal/f1" in shop.down())
        await shop.at_till("1", lambda till: till.ring([SOCK.code]))
        recorded = len(facts(shop.journal))
        refusal = await shop.at_till("1", _refused)
        assert refusal.code == "fiscal-down"
        assert "fiscal device" in str(refusal)
        assert refusal.hint == "Switch the fiscal device on and check its cable."
        assert not [fact for fact in facts(shop.journal)[recorded:] if isinstance(fact, SalePaid)]
        assert len(shop.fiscal[0].device.receipts) == 1
        other = await shop.at_till("2", _paid_and_closed)
        assert other["closed"], "the other till has its own device"
        await shop.fiscal[0].start()
        await until(lambda: not shop.down(), 15)
        await shop.at_till("1", lambda till: (till.pay(), _closed(till)))
        closed = sold(shop.journal)
        assert [(sale.evidence.regime, sale.evidence.printed) for sale in closed] == [("device", True)] * 3
        numbers = {receipt.evidence.number for sim in shop.fiscal for receipt in sim.device.receipts}
        assert {sale.evidence.number for sale in closed} == numbers
        assert not any(printer.papers for printer in shop.printers), "the device prints the legal receipt itself"
        await agree(shop.books)


def _fail(faults: Faults, how: str) -> None:
    """Once."""
    setattr(faults, how, True)


async def test_in_poland_a_plug_pulled_in_mid_receipt_leaves_one_receipt_and_one_evidence(
    tmp_path: Path, seed: int
) -> None:
    async with premises(tmp_path, seed, "pl") as shop:
        device = shop.fiscal[0].device
        _fail(device.faults, "drop_answer")
        sale = await shop.at_till("1", _paid_and_closed)
        told = facts(shop.journal)
        (lost,) = [fact.effect for fact in told if isinstance(fact, EffectUnknown)]
        assert [(fact.effect, fact.happened, fact.by) for fact in told if isinstance(fact, EffectSettled)] == [
            (lost, True, "device")
        ]
        (receipt,) = device.receipts
        (closed,) = sold(shop.journal)
        assert (closed.sale, closed.evidence) == (sale["sale"], receipt.evidence)
        _fail(device.faults, "swallow")
        await shop.at_till("1", _pay)
        patience = time.monotonic() + 20
        while not (state := await shop.at_till("1", Cashier.state))["unfinished"] or _fiscal(state) != "refused":
            assert time.monotonic() < patience, state["last_sale"]
        assert len(device.receipts) == 1, "the request was lost: nothing was made"
        again = cast("Json", state["last_sale"])["sale"]
        await shop.at_till("1", lambda till: (till.do("retry-fiscal", sale=again), _closed(till)))
        assert [sale.evidence for sale in sold(shop.journal)] == [receipt.evidence for receipt in device.receipts]
        assert len(sold(shop.journal)) == 2
        await agree(shop.books)


def _fiscal(state: Json) -> object:
    return cast("Json", cast("Json", state["last_sale"])["fiscal"])["state"]


async def test_in_serbia_the_services_text_and_qr_are_printed_unchanged(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed, "rs") as shop:
        await shop.at_till("1", _paid_and_closed)
        await printed(shop.journal)
        (closed,) = sold(shop.journal)
        (receipt,) = shop.fiscal[0].device.receipts
        assert closed.evidence == receipt.evidence
        assert closed.evidence.text
        assert closed.evidence.qr
        (paper,) = shop.printers[0].papers
        assert "\n".join(closed.evidence.text) in paper.text
        assert paper.symbols[0] == closed.evidence.qr


def _without_a_number(cashier: Cashier) -> Problem:
    cashier.ring([BOOT.code])
    return _refused(cashier)


async def test_in_korea_the_till_asks_for_the_cash_receipt_and_keeps_only_a_mask(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed, "kr") as shop:
        small = await shop.at_till("1", _paid_and_closed)
        assert cast("int", small["total_minor"]) < 100_000
        refusal = await shop.at_till("1", _without_a_number)
        assert refusal.code == "buyer-needed"
        await shop.at_till("1", lambda till: (till.pay(buyer="010-1234-5678"), _closed(till)))
        big = sold(shop.journal)[-1]
        assert big.total >= 100_000
        await until(lambda: len(shop.fiscal[0].device.receipts) == 1)
        assert (big.evidence.regime, big.evidence.number, big.buyer) == ("deferred", "SIM0001-1", "010******78")
        await agree(shop.books)
        await shop.close_shop()
        for file in (shop.journal, *shop.journal.parent.glob("journal.db-*"), shop.folder / "hq.db"):
            for number in (b"01012345678", b"010-1234-5678"):
                assert number not in file.read_bytes(), f"the customer's number is left in {file}"
