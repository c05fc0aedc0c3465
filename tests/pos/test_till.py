"""A till from float to Z, on a real journal."""

from pathlib import Path
from typing import TypeVar

import pytest

from edge.commands import fingerprint
from edge.effects import tables as effects
from edge.effects.machine import Event
from edge.errors import Refused
from edge.facts import (
    BasketOpened,
    CashCounted,
    Denomination,
    EffectIntended,
    Evidence,
    Fact,
    FiscalRefused,
    FiscalReported,
    HoldOverridden,
    LineAdded,
    LineVoided,
    QuantityChanged,
    SaleClosed,
    SalePaid,
    ShiftClosed,
    TaskOpened,
    VarianceSeen,
)  # fmt: skip
from edge.journal.store import Journal
from edge.journal.verify import verify
from edge.pos.day.handlers import takings
from edge.pos.load import open_basket
from edge.pos.shop import Choose
from edge.pos.verbs import (
    Add,
    CloseSale,
    CloseShift,
    Count,
    Offered,
    OpenShift,
    Pay,
    RefuseSale,
    RetryFiscal,
    Scan,
    SeeVariance,
    SetQuantity,
    VoidBasket,
    VoidLine,
)  # fmt: skip
from edge.staff.approving import Approve
from edge.stock.handlers import Hold
from edge.stock.tables import stock_of
from edge.units import EffectId, EffectKind, Key, LineId, Minor, OrderId, SaleId, TenderKind, UserId
from tests.pos.till_world import BOOT_43, BOOT_CODE, SOCK, SOCK_CODE, TILL, TillWorld, setup, till_world

F = TypeVar("F", bound=Fact)


def one(facts: tuple[Fact, ...], kind: type[F]) -> F:
    (found,) = [fact for fact in facts if isinstance(fact, kind)]
    return found


def cash(total: int, tendered: int, **more: str) -> Pay:
    return Pay(TILL, (Offered(TenderKind.CASH, Minor(tendered)),), Minor(total), **more)


async def test_scan_choose_a_size_pay_cash_and_the_sale_is_complete(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        with pytest.raises(Choose) as choose:
            await world.do(Scan(TILL, BOOT_CODE))
        assert choose.value.article == "boot"
        assert one(await world.do(Add(TILL, BOOT_43)), LineAdded).name == "Fjeld Boot, brown, 43"
        await world.do(Scan(TILL, SOCK_CODE))
        again = await world.do(Scan(TILL, SOCK_CODE))
        assert one(again, QuantityChanged).quantity == 2
        facts = await world.do(cash(99900 + 2 * 4925, 110000))
        paid, closed = one(facts, SalePaid), one(facts, SaleClosed)
        assert (paid.total, paid.rounding, paid.payable, paid.change) == (109750, 0, 109750, 250)
        assert closed.number == "cph-1A-1"
        assert [line.quantity for line in closed.lines] == [1, 2]
        assert sum(tax.gross for tax in closed.taxes) == closed.total == sum(line.gross for line in closed.lines)
        assert closed.evidence == Evidence("none")
        kick = one(facts, EffectIntended)
        assert (kick.kind, kick.target) == (EffectKind.DRAWER, "1/drawer")
        assert await world.journal.read(lambda db: stock_of(db, BOOT_43)) == (await _stock(world.journal, "boot-43"))
        assert (await _stock(world.journal, "boot-43")).on_hand == 1


async def _stock(journal: Journal, sku: str):  # type: ignore[no-untyped-def]
    return await journal.read(lambda db: stock_of(db, sku))


async def test_a_payment_sent_twice_is_one_sale(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Scan(TILL, SOCK_CODE))
        first = await world.do(cash(4925, 5000), key="the cashier pressed once")
        again = await world.do(cash(4925, 5000), key="the cashier pressed once")
        assert first == again
        assert len(await world.journal.rows("SELECT 1 FROM sales")) == 1


async def test_a_payment_sent_again_after_the_device_went_away_answers_the_same(tmp_path: Path) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        await world.do(Scan(TILL, SOCK_CODE))
        first = await world.do(cash(4925, 5000), key="pay")
        again = await world.do(cash(4925, 5000, fiscal_hint="Plug it in."), key="pay")
        assert again == first


async def test_receipt_numbers_have_no_gap_and_a_fork_opens_letters_of_its_own(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        numbers = []
        for n in range(5):
            await world.do(Scan(TILL, SOCK_CODE))
            if n == 3:
                await world.journal.relabel(world.journal.head.seq, "00000000000000bb")
            numbers.append(one(await world.do(cash(4925, 5000)), SaleClosed).number)
        assert numbers == ["cph-1A-1", "cph-1A-2", "cph-1A-3", "cph-1AKMBBBB-1", "cph-1AKMBBBB-2"]
        before, after = await world.journal.rebuild()
        assert before == after


async def test_a_total_the_cashier_did_not_see_takes_nothing(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Scan(TILL, SOCK_CODE))
        with pytest.raises(Refused) as refusal:
            await world.do(cash(4900, 5000))
        assert refusal.value.code == "total-changed"
        assert await world.journal.rows("SELECT 1 FROM sales") == []


@pytest.mark.parametrize(("code", "word"), [("5701234567890", "bad-code"), ("4006381333931", "unknown-code")])
async def test_a_code_that_fails_or_matches_nothing_adds_nothing(tmp_path: Path, code: str, word: str) -> None:
    async with till_world(tmp_path) as world:
        with pytest.raises(Refused) as refusal:
            await world.do(Scan(TILL, code))
        assert refusal.value.code == word
        assert await world.journal.read(lambda db: open_basket(db, TILL)) is None


async def test_lines_are_changed_and_voided_and_a_basket_given_up(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        opened = one(await world.do(Scan(TILL, SOCK_CODE)), BasketOpened)
        await world.do(SetQuantity(TILL, LineId(1), 3))
        one(await world.do(VoidLine(TILL, LineId(1))), LineVoided)
        with pytest.raises(Refused, match="not in this basket"):
            await world.do(VoidLine(TILL, LineId(1)))
        await world.do(Scan(TILL, SOCK_CODE))
        with pytest.raises(Refused, match="needs a reason"):
            await world.do(VoidBasket(TILL, " "))
        await world.do(VoidBasket(TILL, "customer left"))
        assert one(await world.do(Scan(TILL, SOCK_CODE)), BasketOpened).basket != opened.basket


async def test_a_basket_survives_a_restart(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Scan(TILL, SOCK_CODE))
        await world.do(SetQuantity(TILL, LineId(1), 4))
        before = await world.journal.read(lambda db: open_basket(db, TILL))
        shop, time = world.shop, world.time
    journal = await Journal.open(setup(tmp_path, shop, time))
    after = await journal.read(lambda db: open_basket(db, TILL))
    await journal.close()
    assert after == before
    assert after is not None
    assert after.basket.units == 4


async def test_the_till_asks_before_it_sells_a_held_unit(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Hold(OrderId("web 7"), LineId(1), 1, BOOT_43, 1))
        await world.do(Add(TILL, BOOT_43))
        with pytest.raises(Refused) as refusal:
            await world.do(Add(TILL, BOOT_43))
        assert refusal.value.code == "held"
        assert refusal.value.details["available"] == 1
        facts = await world.do(Add(TILL, BOOT_43, override_hold=True))
        assert one(facts, HoldOverridden).quantity == 1
        assert one(facts, TaskOpened).kind == "shortage"
        one(await world.do(cash(2 * 99900, 200000)), SaleClosed)
        assert (await _stock(world.journal, "boot-43")).on_hand == 0


async def test_missing_stock_never_blocks_a_sale_and_goes_below_nothing(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, SOCK, 12))
        await world.do(cash(12 * 4925, 60000))
        assert (await _stock(world.journal, "sock")).on_hand == -2


async def test_nothing_is_sold_before_the_till_is_open(tmp_path: Path) -> None:
    async with till_world(tmp_path, open_=False) as world:
        with pytest.raises(Refused) as refusal:
            await world.do(Scan(TILL, SOCK_CODE))
        assert refusal.value.code == "not-open"


async def test_a_blind_count_fifty_short_needs_a_recount_a_manager_and_a_reason(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Scan(TILL, SOCK_CODE))
        await world.do(cash(4925, 5000))
        short = Count(TILL, (Denomination(Minor(20000), 2), Denomination(Minor(10000), 1), Denomination(Minor(50), 0)))
        assert one(await world.do(short), CashCounted).total == 50000
        await world.do(short)
        for command in (short, CloseShift(TILL, "no idea"), SeeVariance(TILL)):
            with pytest.raises(Refused) as refusal:
                await world.do(command)
            assert (refusal.value.code, refusal.value.details["right"]) == ("approval-needed", "variance")
        seen = SeeVariance(TILL)
        await world.do(Approve(TILL, UserId("bo"), "variance", fingerprint(seen).hex()))
        assert one(await world.do(seen), VarianceSeen).user == "bo"
        with pytest.raises(Refused, match="differs"):
            await world.do(CloseShift(TILL, ""))
        z = one(await world.do(CloseShift(TILL, "wrong change given")), ShiftClosed)
        assert (z.z_number, z.expected_cash, z.counted_cash, z.variance) == (1, 54950, 50000, -4950)
        assert (z.sales, z.gross_sales, z.user) == (1, 4925, "bo")
        before, after = await world.journal.rebuild()
        assert before == after


async def test_z_numbers_and_the_grand_total_go_on(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        totals = []
        for n in range(3):
            if n:
                await world.do(OpenShift(TILL, Minor(0)))
            await world.do(Add(TILL, SOCK, 4))
            await world.do(cash(4 * 4925, 20000))
            x = await world.journal.transact(lambda tx: takings(tx, TILL), cause=Key(f"x {n}"))
            coins = tuple(
                Denomination(Minor(value), count)
                for value, count in [(10000, x.expected_cash // 10000), (100, x.expected_cash % 10000 // 100)]
            )
            await world.do(Count(TILL, coins))
            totals.append(one(await world.do(CloseShift(TILL)), ShiftClosed))
        assert [z.z_number for z in totals] == [1, 2, 3]
        assert [z.grand_total for z in totals] == [19700, 39400, 59100]
        assert all(z.variance == 0 for z in totals)


async def test_in_poland_an_unplugged_device_makes_the_till_refuse_in_words(tmp_path: Path) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        await world.do(Scan(TILL, SOCK_CODE))
        with pytest.raises(Refused) as refusal:
            await world.do(cash(4925, 5000, fiscal_hint="Plug the fiscal printer in."))
        assert (refusal.value.code, refusal.value.hint) == ("fiscal-down", "Plug the fiscal printer in.")
        assert await world.journal.rows("SELECT 1 FROM sales") == []


async def _paid_in_poland(world: TillWorld) -> tuple[SaleId, EffectId]:
    await world.do(Scan(TILL, SOCK_CODE))
    facts = await world.do(cash(4925, 5000))
    assert not [fact for fact in facts if isinstance(fact, SaleClosed)]
    asked = next(fact for fact in facts if isinstance(fact, EffectIntended) and fact.kind is EffectKind.FISCAL)
    await world.journal.transact(
        lambda tx: effects.move(tx, asked.effect, Event.SEND), cause=Key(f"{asked.effect}:sent")
    )
    return one(facts, SalePaid).sale, asked.effect


PROOF = Evidence("device", "TST 123", "88", "2026-06-06T09:00:01.000Z", printed=True)


async def test_paid_then_evidence_then_closed(tmp_path: Path) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        sale, effect = await _paid_in_poland(world)
        await world.do(Scan(TILL, SOCK_CODE))
        with pytest.raises(Refused) as refusal:
            await world.do(cash(4925, 5000))
        assert refusal.value.code == "sale-unfinished"
        closed = one(await world.do(CloseSale(sale, effect, PROOF)), SaleClosed)
        assert (closed.sale, closed.evidence, closed.number) == (sale, PROOF, "cph-1A-1")
        one(await world.do(cash(4925, 5000)), SalePaid)


async def test_a_refused_receipt_leaves_the_sale_paid_and_is_asked_for_again(tmp_path: Path) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        sale, effect = await _paid_in_poland(world)
        with pytest.raises(Refused, match="still being asked"):
            await world.do(RetryFiscal(TILL, sale))
        refused = one(await world.do(RefuseSale(sale, effect, "TST 123", "no paper")), FiscalRefused)
        assert refused.why == "no paper"
        again = one(await world.do(RetryFiscal(TILL, sale)), EffectIntended)
        assert again.effect != effect
        send = Key("sent again")
        await world.journal.transact(lambda tx: effects.move(tx, again.effect, Event.SEND), cause=send)
        one(await world.do(CloseSale(sale, again.effect, PROOF)), SaleClosed)
        rows = await world.journal.rows("SELECT payload FROM effects WHERE kind = 'fiscal'")
        assert [row["payload"] for row in rows] == [b"", b""]


async def test_korea_asks_for_the_cash_receipt_from_a_hundred_thousand_won(tmp_path: Path) -> None:
    async with till_world(tmp_path, "kr", boot=120000, sock=9900, fiscal=True) as world:
        await world.do(Add(TILL, BOOT_43))
        with pytest.raises(Refused) as refusal:
            await world.do(cash(120000, 120000))
        assert refusal.value.code == "buyer-needed"
        facts = await world.do(cash(120000, 120000, buyer="010-1234-5678", fiscal_hint="the line is down"))
        closed, paid = one(facts, SaleClosed), one(facts, SalePaid)
        assert "12345678" not in repr(paid) + repr(closed)
        assert closed.evidence.deadline
        (effect,) = [f.effect for f in facts if isinstance(f, EffectIntended) and f.kind is EffectKind.FISCAL]
        await world.journal.transact(lambda tx: effects.move(tx, effect, Event.SEND), cause=Key("sent"))
        proof = Evidence("deferred", "NTS", "A-77", "2026-06-06T10:00:00.000Z")
        assert one(await world.do(CloseSale(closed.sale, effect, proof)), FiscalReported).number == "A-77"


async def test_the_whole_day_verifies(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        for _ in range(20):
            await world.do(Scan(TILL, SOCK_CODE))
            await world.do(cash(4925, 5000))
        path = world.journal.path
    assert verify(path).ok
