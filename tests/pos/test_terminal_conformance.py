"""One suite for every kind of terminal, at a running shop: what it did and what the books say are the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Protocol

import pytest

from edge.facts import SaleClosed, SalePaid, TenderCaptured, TenderDeclined, TenderReversed, TenderSettled
from edge.sim.stage.cashier import Cashier
from edge.sim.zvt import ZvtSim
from edge.sim.zvt.terminal import FAULTS
from tests.pos.money_world import BOOT, PAIR, MoneyTill, ask, money_till, refused, zvt_sim
from tests.waiting import until

SOCK_CODE, BOOT_CODE = "5701234500001", "5701234567431"


class Hands(Protocol):
    """The customer's and the cashier's hands at one kind of terminal."""

    till: MoneyTill

    async def ask(self, amount: int, *, approve: bool = True) -> str: ...
    async def reverse(self, tender: str, *, approve: bool = True) -> str: ...
    def holds(self) -> list[int]: ...


class ByHand:
    """A terminal without a wire; the cashier says what it did."""

    def __init__(self, till: MoneyTill) -> None:
        self.till = till
        self.slips: dict[str, int] = {}

    async def ask(self, amount: int, *, approve: bool = True) -> str:
        tender = await self.till.work(lambda cashier: ask(cashier, amount))
        if approve:
            self.slips[tender] = amount
        return await self._say(tender, approve=approve)

    async def reverse(self, tender: str, *, approve: bool = True) -> str:
        await self.till.work(lambda cashier: cashier.do("reverse-tender", tender=tender))
        if approve:
            del self.slips[tender]
        return await self._say(tender, approve=approve)

    async def _say(self, tender: str, *, approve: bool) -> str:
        slip = f"S{len(self.slips)}" if approve else ""
        await self.till.work(lambda cashier: cashier.do("confirm-tender", tender=tender, approved=approve, slip=slip))
        return tender

    def holds(self) -> list[int]:
        return sorted(self.slips.values())


class ByZvt:
    """A pretend terminal that speaks ZVT."""

    def __init__(self, till: MoneyTill, sim: ZvtSim) -> None:
        self.till, self.sim = till, sim

    async def ask(self, amount: int, *, approve: bool = True) -> str:
        self.sim.terminal.next = "" if approve else "decline"
        tender = await self.till.work(lambda cashier: ask(cashier, amount))
        await self.till.tender_is("captured", "declined")
        return tender

    async def reverse(self, tender: str, *, approve: bool = True) -> str:
        self.sim.terminal.next = "" if approve else "decline"
        await self.till.work(lambda cashier: cashier.do("reverse-tender", tender=tender))
        await self.till.tender_is("reversed", "captured")
        return tender

    async def at_work(self) -> None:
        """Until the terminal has been told of the charge, and the customer is busy at it."""
        async with asyncio.timeout(10):
            while not (await self.till.store.journal.rows("SELECT 1 FROM effects WHERE state = 'sent'")):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await until(lambda: self.sim.terminal.paying)

    def holds(self) -> list[int]:
        return sorted(self.sim.terminal.truth.standing().values())


@asynccontextmanager
async def hands(folder: Path, kind: str) -> AsyncIterator[Hands]:
    if kind == "manual":
        async with money_till(folder) as till:
            yield ByHand(till)
        return
    sim = await zvt_sim(folder)
    try:
        async with money_till(folder, sim.address) as till:
            yield ByZvt(till, sim)
    finally:
        await sim.stop()


EVERY = pytest.mark.parametrize("kind", ["manual", "zvt"])


@EVERY
async def test_approved_in_full_pays_and_closes_the_sale_once(tmp_path: Path, kind: str) -> None:
    async with hands(tmp_path, kind) as at:
        await at.till.work(lambda cashier: cashier.ring([BOOT_CODE]))
        await at.ask(BOOT)
        (closed,) = [fact for fact in await at.till.facts() if isinstance(fact, SaleClosed)]
        assert (closed.payable, closed.rounding, closed.change) == (BOOT, 0, 0)
        assert closed.tenders[0].reference
        assert at.holds() == [BOOT]
        assert (await at.till.work(lambda cashier: cashier.state()))["tenders"] == []


@EVERY
async def test_declined_takes_nothing_and_the_next_try_may_succeed(tmp_path: Path, kind: str) -> None:
    async with hands(tmp_path, kind) as at:
        await at.till.work(lambda cashier: cashier.ring([SOCK_CODE]))
        await at.ask(PAIR, approve=False)
        assert at.holds() == []
        basket = await at.till.work(lambda cashier: cashier.basket())
        assert basket is not None
        assert basket["rest_minor"] == PAIR
        await at.ask(PAIR)
        assert at.holds() == [PAIR]


@EVERY
async def test_a_part_by_card_given_back_leaves_nothing_anywhere(tmp_path: Path, kind: str) -> None:
    async with hands(tmp_path, kind) as at:
        await at.till.work(lambda cashier: cashier.ring([BOOT_CODE]))
        first = await at.ask(50_000)
        assert at.holds() == [50_000]
        await at.reverse(first, approve=False)
        assert at.holds() == [50_000]
        await at.reverse(first)
        assert at.holds() == []
        await at.till.work(lambda cashier: cashier.do("void-basket", reason="no money"))
        assert not [fact for fact in await at.till.facts() if isinstance(fact, SalePaid)]


@EVERY
async def test_card_and_cash_together_pay_one_sale(tmp_path: Path, kind: str) -> None:
    async with hands(tmp_path, kind) as at:
        await at.till.work(lambda cashier: cashier.ring([BOOT_CODE]))
        await at.ask(70_000)
        await at.till.work(lambda cashier: cashier.pay(60_000))
        (closed,) = [fact for fact in await at.till.facts() if isinstance(fact, SaleClosed)]
        assert [(tender.kind, int(tender.amount)) for tender in closed.tenders] == [("card", 70_000), ("cash", 50_000)]
        assert closed.change == 10_000
        assert at.holds() == [70_000]


@EVERY
async def test_what_was_asked_before_a_restart_is_still_there_after_it(tmp_path: Path, kind: str) -> None:
    async with hands(tmp_path, kind) as at:
        await at.till.work(lambda cashier: cashier.ring([BOOT_CODE]))
        await at.ask(70_000)
    async with hands(tmp_path, kind) as at:
        basket = await at.till.work(lambda cashier: cashier.basket())
        assert basket is not None
        assert basket["rest_minor"] == 50_000
        await at.ask(50_000)
        (closed,) = [fact for fact in await at.till.facts() if isinstance(fact, SaleClosed)]
        assert len(closed.tenders) == 2


async def test_a_question_to_the_cashier_outlives_the_power(tmp_path: Path) -> None:
    async with money_till(tmp_path) as till:
        await till.work(lambda cashier: cashier.ring([BOOT_CODE]))
        tender = await till.work(lambda cashier: ask(cashier, BOOT))
    async with money_till(tmp_path) as till:
        await till.tender_is("asked")
        paid = await till.work(lambda c: c.do("confirm-tender", tender=tender, approved=True, slip="9"))
        assert paid["payable_minor"] == BOOT


@asynccontextmanager
async def zvt_till(folder: Path, **changes: int) -> AsyncIterator[ByZvt]:
    sim = await zvt_sim(folder, **changes)
    try:
        async with money_till(folder, sim.address) as till:
            yield ByZvt(till, sim)
    finally:
        await sim.stop()


@pytest.mark.parametrize(
    ("fault", "taken"),
    [("drop-answer", True), ("half-answer", True), ("no-slip", True), ("other-amount", True), ("hang-up", False),
     ("silent", False), ("no-ack", False), ("gives-back", False), ("declined-then-hangs-up", False)],
)  # fmt: skip
async def test_after_any_fault_the_till_asks_and_the_books_say_what_the_terminal_did(
    tmp_path: Path, fault: str, taken: bool
) -> None:
    async with zvt_till(tmp_path) as at:
        await at.till.work(lambda cashier: cashier.ring([SOCK_CODE]))
        at.sim.terminal.next = fault
        await at.till.work(lambda cashier: ask(cashier, PAIR))
        state = await at.till.tender_is("captured", "declined")
        assert (state == "captured") is taken
        assert at.holds() == ([PAIR] if taken else [])
        closed = [fact for fact in await at.till.facts() if isinstance(fact, SaleClosed)]
        assert len(closed) == taken


async def test_a_terminal_that_comes_back_as_another_leaves_it_to_a_manager(tmp_path: Path) -> None:
    """Somebody paid at it meanwhile, so it cannot say: no card, cash always; the slip decides, written down."""
    async with zvt_till(tmp_path) as at:
        await at.till.work(lambda cashier: cashier.ring([SOCK_CODE]))
        await at.ask(PAIR)
        await at.till.work(lambda cashier: cashier.ring([BOOT_CODE]))
        at.sim.terminal.work_ms = 60_000
        tender = await at.till.work(lambda cashier: ask(cashier, BOOT))
        await at.at_work()
        await at.sim.stop()
        await at.till.tender_is("unknown")
        at.sim.terminal.pay_by_itself(1_234)
        await at.sim.start()
        await until(lambda: at.till.store.health.snapshot()["terminal/t1"].up)
        assert await at.till.work(lambda cashier: refused(lambda: ask(cashier, BOOT))) == "card-unknown"
        say = {"tender": tender, "happened": True, "slip": "17"}
        assert await at.till.work(lambda c: refused(lambda: c.do("settle-tender", **say))) == "approval-needed"
        manager = {"user": "bo", "pin": "2222"}
        paid = await at.till.work(lambda cashier: cashier.approved("settle-tender", manager, **say))
        assert paid["payable_minor"] == BOOT
        (settled,) = [fact for fact in await at.till.facts() if isinstance(fact, TenderSettled)]
        assert (settled.user, settled.slip, settled.happened) == ("bo", "17", True)


async def test_an_unplugged_terminal_takes_nothing_later_and_cash_goes_on(tmp_path: Path) -> None:
    async with zvt_till(tmp_path) as at:
        await at.till.work(lambda cashier: cashier.ring([SOCK_CODE]))
        await at.sim.stop()
        await until(lambda: not at.till.store.health.snapshot()["terminal/t1"].up)
        assert await at.till.work(lambda cashier: refused(lambda: ask(cashier, PAIR))) == "terminal-down"
        await at.till.work(lambda cashier: cashier.pay())
        await at.sim.start()
        await until(lambda: at.till.store.health.snapshot()["terminal/t1"].up)
        assert at.holds() == []


async def test_stop_at_the_terminal_is_the_terminal_s_word(tmp_path: Path) -> None:
    async with zvt_till(tmp_path, work_ms=6_000) as at:
        await at.till.work(lambda cashier: cashier.ring([SOCK_CODE]))
        tender = await at.till.work(lambda cashier: ask(cashier, PAIR))
        await at.at_work()
        await at.till.work(lambda cashier: cashier.do("cancel-tender", tender=tender))
        assert await at.till.tender_is("captured", "declined") == "declined"
        assert at.holds() == []


async def test_a_wrong_password_keeps_the_terminal_down_and_says_where_it_stands(tmp_path: Path) -> None:
    sim = await zvt_sim(tmp_path)
    sim.terminal.password = "123456"
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3), money_till(tmp_path, sim.address):
                pass
    finally:
        await sim.stop()


def _sell(cashier: Cashier, chance: Random) -> None:
    if cashier.basket() is None:
        cashier.ring([chance.choice([SOCK_CODE, BOOT_CODE])])


@pytest.mark.seconds(120)
async def test_whatever_goes_wrong_no_money_is_taken_twice_and_none_is_called_paid_that_was_not(
    tmp_path: Path, chance: Random
) -> None:
    """Any order of faults: in the end the terminal holds what the books say it took, to the last one."""
    async with zvt_till(tmp_path) as at:
        for _ in range(12):
            await at.till.work(lambda cashier: _sell(cashier, chance))
            at.sim.terminal.next = chance.choice(["", *FAULTS])
            basket = await at.till.work(lambda cashier: cashier.basket())
            assert basket is not None
            rest = basket["rest_minor"]
            assert isinstance(rest, int)
            amount = chance.choice([rest, max(1, rest // 2)])
            await at.till.work(lambda cashier, amount=amount: ask(cashier, amount))  # type: ignore[misc]
            await at.till.tender_is("captured", "declined")
        await _agree(at)


async def _agree(at: ByZvt) -> None:
    facts = await at.till.facts()
    taken = {fact.tender: int(fact.amount) for fact in facts if isinstance(fact, TenderCaptured)}
    for fact in facts:
        if isinstance(fact, TenderReversed):
            taken.pop(fact.tender)
    assert sorted(taken.values()) == at.holds()
    declined = {fact.tender for fact in facts if isinstance(fact, TenderDeclined)}
    assert not declined & taken.keys()
    for paid in (fact for fact in facts if isinstance(fact, SalePaid)):
        assert all(taken[tender.tender] == tender.amount for tender in paid.tenders if tender.tender)
        assert sum(tender.amount for tender in paid.tenders) == paid.payable
    assert not [fact for fact in facts if isinstance(fact, TenderSettled)]
