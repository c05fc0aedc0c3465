"""Goods come back, on a real journal: stock, drawer, Z and receipts follow; never more than was sold, never twice."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.errors import Refused
from edge.facts import (
    BasketOpened,
    Denomination,
    EffectIntended,
    Evidence,
    Fact,
    FiscalRefused,
    FiscalReported,
    LineAdded,
    RefundDecided,
    RefundDropped,
    SaleClosed,
    SalePaid,
    SaleReturned,
    ShiftClosed,
    Tender,
)
from edge.feedwords import PriceValue, SettingValue
from edge.journal.verify import verify
from edge.pos.day.handlers import takings
from edge.pos.day.zreport import Takings
from edge.pos.fiscal.document import DocumentKind, decode
from edge.pos.load import shift_of
from edge.pos.returns.due import Back
from edge.pos.returns.load import sale_named
from edge.pos.returns.verbs import (
    CloseRefund,
    DropRefund,
    Exchange,
    Loose,
    Refund,
    RefundLoose,
    RefuseRefund,
    RetryRefund,
)
from edge.pos.verbs import Add, CloseSale, CloseShift, Count, Offered, OpenShift, Pay, RefuseSale
from edge.stock.tables import Stock, stock_of
from edge.units import EffectId, EffectKind, Key, LineId, Minor, SaleId, Sku, StoreId, TenderKind, UserId
from tests.pos.till_world import BOOT_43, SOCK, TILL, TillWorld, till_world

F = TypeVar("F", bound=Fact)
MANAGER = UserId("bo")


def one(facts: tuple[Fact, ...], kind: type[F]) -> F:
    (found,) = [fact for fact in facts if isinstance(fact, kind)]
    return found


async def sell(world: TillWorld, sku: Sku = SOCK, quantity: int = 1, price: int = 4925) -> SaleClosed:
    await world.do(Add(TILL, sku, quantity))
    total = Minor(quantity * price)
    facts = await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(total + 100)),), total))
    return one(facts, SaleClosed)


async def sell_fiscal(world: TillWorld, number: str = "F-1", **more: str) -> SaleClosed:
    await world.do(Add(TILL, SOCK, 2))
    facts = await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(9850)),), Minor(9850), **more))
    effect = next(fact.effect for fact in facts if isinstance(fact, EffectIntended) and fact.kind == "fiscal")
    await sent(world, effect)
    answer = Evidence(world.shop.profile.fiscal.regime, number=number, printed=world.shop.profile.fiscal.device_prints)
    return one(await world.do(CloseSale(one(facts, SalePaid).sale, effect, answer)), SaleClosed)


async def no_z(world: TillWorld) -> str:
    """Why the day is not closed."""
    with pytest.raises(Refused) as refused:
        await world.do(CloseShift(TILL))
    return refused.value.code


async def sent(world: TillWorld, effect: EffectId) -> None:
    await world.journal.transact(
        lambda tx: tx.db.execute("UPDATE effects SET state = 'sent' WHERE effect = ?", (effect,)), cause=Key(effect)
    )


def refund(sale: SaleClosed, quantity: int, amount: int, line: int = 1, **more: object) -> Refund:
    return Refund(TILL, sale.sale, (Back(LineId(line), quantity),), Minor(amount), "too small", **more)  # type: ignore[arg-type]


async def x_of(world: TillWorld) -> Takings:
    world.sent += 1
    return await world.journal.transact(lambda tx: takings(tx, TILL), cause=Key(f"x {world.sent}"))


async def stocked(world: TillWorld, sku: str) -> Stock:
    found = await world.journal.read(lambda db: stock_of(db, sku))
    assert found is not None
    return found


async def agree(world: TillWorld) -> None:
    """The drawer a count is held against is the Z's; a rebuild is identical; the chain holds."""
    x = await x_of(world)
    shift = await world.journal.read(lambda db: shift_of(db, TILL))
    assert shift is not None
    assert shift.expected == x.expected_cash
    before, after = await world.journal.rebuild()
    assert before == after
    assert verify(world.journal.path).ok


async def test_a_sale_and_its_full_return_are_nought_in_every_ledger(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world, SOCK, 2)
        assert (sale.rounding, sale.payable) == (0, 9850)
        facts = await world.do(refund(sale, 2, 9850))
        decided, back = one(facts, RefundDecided), one(facts, SaleReturned)
        assert (back.sale, back.original, back.number, back.total) == (sale.sale, "cph-1A-1", "cph-1A-2", 9850)
        assert back.taxes == sale.taxes
        assert [(each.kind, each.amount) for each in back.tenders] == [(TenderKind.CASH, 9850)]
        assert (decided.returned, back.evidence, back.sellable) == (back.returned, Evidence("none"), True)
        assert one(facts, EffectIntended).effect == f"drawer.{back.returned}"
        assert facts.index(back) < facts.index(one(facts, EffectIntended)), "durable with it, and never before it"
        x = await x_of(world)
        assert (x.gross_sales, x.gross_returns, x.returns, x.expected_cash, x.rounding) == (9850, 9850, 1, 50000, 0)
        assert all((row.net, row.tax, row.gross) == (0, 0, 0) for row in x.taxes)
        assert all(row.amount == 0 for row in x.tenders)
        assert await stocked(world, "sock") == Stock(10, 0, 0)
        await agree(world)


async def test_a_return_sent_twice_is_one_return(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world, SOCK, 2)
        first = await world.do(refund(sale, 1, 4900), key="pressed once")
        again = await world.do(refund(sale, 1, 4900), key="pressed once")
        assert first == again
        assert len(await world.journal.rows("SELECT 1 FROM refunds")) == 1


async def test_parts_come_back_until_nothing_is_left_and_the_last_gives_the_remainder(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world, SOCK, 3)
        assert (sale.total, sale.payable) == (14775, 14800)
        given_back = [
            one(await world.do(refund(sale, 1, amount)), SaleReturned).tenders[0].amount for amount in (4900, 4900)
        ]
        with pytest.raises(Refused) as refused:
            await world.do(refund(sale, 1, 4900))
        assert refused.value.code == "total-changed"
        given_back.append(one(await world.do(refund(sale, 1, 5000)), SaleReturned).tenders[0].amount)
        assert sum(given_back) == sale.payable
        with pytest.raises(Refused) as refused:
            await world.do(refund(sale, 1, 4900))
        assert (refused.value.code, refused.value.details) == ("too-much-back", {"line": 1, "sold": 3, "back": 3})
        x = await x_of(world)
        assert (x.rounding, x.expected_cash, x.gross_returns) == (0, 50000, sale.total)
        await agree(world)


async def test_damaged_goods_come_back_but_cannot_be_sold(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world, SOCK, 2)
        back = (Back(LineId(1), 2, damaged=True),)
        facts = await world.do(Refund(TILL, sale.sale, back, Minor(9850), "a hole"))
        assert not one(facts, SaleReturned).sound(LineId(1))
        assert await stocked(world, "sock") == Stock(10, 2, 0)
        assert (await stocked(world, "sock")).available == 8
        await agree(world)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 3), min_size=2, max_size=6), st.integers(1, 6))
def test_two_tills_returning_the_same_receipt_at_once_never_give_back_more_than_was_sold(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[int], sold: int
) -> None:
    async def at_once(path: Path) -> None:
        async with till_world(path, sock=5000) as world:
            sale = await sell(world, SOCK, sold, 5000)
            tries = [world.do(refund(sale, pieces, 5000 * pieces), key=f"till {n}") for n, pieces in enumerate(wanted)]
            answers = await asyncio.gather(*tries, return_exceptions=True)
            done = [one(answer, SaleReturned) for answer in answers if isinstance(answer, tuple)]
            pieces = sum(line.quantity for back in done for line in back.lines)
            assert pieces <= sold
            assert sum(back.total for back in done) == 5000 * pieces
            for answer in answers:
                assert isinstance(answer, tuple) or (isinstance(answer, Refused) and answer.code == "too-much-back")
            numbers = [row["number"] for row in await world.journal.rows("SELECT number FROM refunds ORDER BY number")]
            assert numbers == [f"cph-1A-{n}" for n in range(2, 2 + len(done))]
            await agree(world)

    asyncio.run(at_once(tmp_path_factory.mktemp("j")))


async def test_above_the_limit_a_manager_must_say_yes_and_is_named(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.feed(SettingValue("return.limit", "4000"))
        sale = await sell(world)
        with pytest.raises(Refused) as refused:
            await world.do(refund(sale, 1, 4950))
        assert (refused.value.code, refused.value.status) == ("approval-needed", 403)
        back = one(await world.approved(refund(sale, 1, 4950)), SaleReturned)
        assert back.approved_by == MANAGER


async def test_a_return_needs_a_reason_an_open_till_and_a_sale_of_this_box(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world)
        for command, code in [
            (Refund(TILL, sale.sale, (Back(LineId(1), 1),), Minor(4950), "  "), "reason-needed"),
            (Refund(TILL, SaleId("nobody's"), (Back(LineId(1), 1),), Minor(4950), "x"), "unknown-sale"),
        ]:
            with pytest.raises(Refused) as refused:
                await world.do(command)
            assert refused.value.code == code
        back = one(await world.do(refund(sale, 1, 4950)), SaleReturned)
        with pytest.raises(Refused) as refused:
            await world.do(Refund(TILL, back.returned, (Back(LineId(1), 1),), Minor(4950), "x"))
        assert refused.value.code == "refund-of-refund"
        with pytest.raises(Refused) as refused:
            await world.journal.read(lambda db: sale_named(db, back.number, StoreId("cph")))
        assert refused.value.code == "refund-of-refund"
        for text in ("cph-1A-1", "CPH-1a-1", "1A-1"):
            assert await world.journal.read(lambda db, text=text: sale_named(db, text, StoreId("cph"))) == sale.sale  # type: ignore[misc]


@pytest.mark.parametrize(("until", "worth"), [("2026-05-06", 6000), ("2026-05-09", 3000)])
async def test_without_a_receipt_the_lowest_price_of_thirty_days_comes_back_with_a_manager_within_limits(
    tmp_path: Path, until: str, worth: int
) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        cheap = PriceValue("main", "sock", 3000, "DKK", "standard", "2026-02-01T00:00:00.000Z")
        dear = PriceValue("main", "sock", 6000, "DKK", "standard", f"{until}T00:00:00.000Z")
        await world.feed(cheap, dear, SettingValue("return.loose.cashier", str(worth)))
        with pytest.raises(Refused) as refused:
            await world.do(RefundLoose(TILL, (Loose(SOCK, 1),), Minor(worth), "a gift"))
        assert refused.value.code == "approval-needed"
        gift = RefundLoose(TILL, (Loose(SOCK, 1, damaged=True),), Minor(worth), "a gift")
        back = one(await world.approved(gift), SaleReturned)
        assert (back.sale, back.original, back.approved_by, back.damaged) == (None, "", MANAGER, (1,))
        with pytest.raises(Refused) as refused:
            await world.do(gift)
        assert refused.value.code == "return-limit"
        await agree(world)


async def test_a_genuine_receipt_of_an_unknown_sale_gives_back_no_more_than_its_total(tmp_path: Path) -> None:
    async with till_world(tmp_path, sock=3000) as world:
        proven = {"proof": "cph-9A-77", "proof_minor": Minor(5000)}
        facts = await world.do(RefundLoose(TILL, (Loose(SOCK, 1),), Minor(3000), "too big", **proven))  # type: ignore[arg-type]
        assert one(facts, SaleReturned).original == "cph-9A-77"
        with pytest.raises(Refused) as refused:
            await world.do(RefundLoose(TILL, (Loose(SOCK, 1),), Minor(3000), "too big", **proven))  # type: ignore[arg-type]
        assert refused.value.code == "too-much-back"


async def test_an_exchange_is_one_transaction_and_only_the_difference_changes_hands(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world, SOCK, 2)
        await world.do(Add(TILL, BOOT_43))
        back = (Back(LineId(1), 2),)
        exchange = Exchange(TILL, sale.sale, back, Minor(9850), Minor(99900), Minor(90100), "wrong thing")
        facts = await world.do(exchange, key="exchange")
        new, returned, paid = one(facts, SaleClosed), one(facts, SaleReturned), one(facts, SalePaid)
        assert (new.number, returned.number, returned.exchange) == ("cph-1A-2", "cph-1A-3", new.sale)
        assert paid.change == 9850 + 90100 - 99900
        assert [fact.kind for fact in facts if isinstance(fact, EffectIntended)] == [EffectKind.DRAWER]
        assert await world.do(exchange, key="exchange") == facts
        x = await x_of(world)
        assert (x.gross_sales, x.gross_returns, x.expected_cash) == (109750, 9850, 50000 + 99900)
        await agree(world)


async def test_an_exchange_for_something_cheaper_hands_the_difference_back(tmp_path: Path) -> None:
    async with till_world(tmp_path, boot=20000, sock=5000) as world:
        sale = await sell(world, BOOT_43, 1, 20000)
        await world.do(Add(TILL, SOCK))
        back = (Back(LineId(1), 1),)
        facts = await world.do(Exchange(TILL, sale.sale, back, Minor(20000), Minor(5000), Minor(0), "too dear"))
        assert one(facts, SalePaid).change == 15000
        assert (await x_of(world)).expected_cash == 50000 + 5000
        with pytest.raises(Refused) as refused:
            await world.do(Exchange(TILL, sale.sale, back, Minor(20000), Minor(5000), Minor(0), "again"))
        assert refused.value.code == "empty-basket"
        await agree(world)


async def test_serbia_signs_the_refund_before_any_money_leaves_and_a_refusal_can_be_tried_again_or_given_up(
    tmp_path: Path,
) -> None:
    async with till_world(tmp_path, "rs", fiscal=True) as world:
        sale = await sell_fiscal(world, "PFR-1")
        asked = await world.do(refund(sale, 1, 4925))
        decided, effect = one(asked, RefundDecided), one(asked, EffectIntended)
        assert effect.kind is EffectKind.FISCAL
        (payload,) = (await world.journal.rows("SELECT payload FROM effects WHERE effect = ?", (effect.effect,)))[0]
        document = decode(payload)
        assert (document.kind, document.refers_to, document.total) == (DocumentKind.REFUND, "PFR-1", 4925)
        assert (await x_of(world)).expected_cash == 50000 + 9850, "nothing has left the drawer"
        with pytest.raises(Refused) as refused:
            await world.do(refund(sale, 2, 9850))
        assert refused.value.code == "too-much-back", "what is decided counts"
        with pytest.raises(Refused) as refused:
            await world.do(DropRefund(TILL, decided.returned))
        assert refused.value.code == "sale-unfinished", "the service is being asked"
        assert await no_z(world) == "open-returns"
        await sent(world, effect.effect)
        no = await world.do(RefuseRefund(decided.returned, effect.effect, "rs", "no certificate"))
        assert one(no, FiscalRefused).sale == decided.returned
        again = one(await world.do(RetryRefund(TILL, decided.returned)), EffectIntended)
        await sent(world, again.effect)
        signed = Evidence("service", number="PFR-2", text=("РЕФУНДАЦИЈА",))
        facts = await world.do(CloseRefund(decided.returned, again.effect, signed))
        back = one(facts, SaleReturned)
        assert (back.number, back.evidence) == ("cph-1A-2", signed)
        kick = [fact.effect for fact in facts if isinstance(fact, EffectIntended)]
        assert kick == [f"drawer.{decided.returned}"]
        second = await world.do(refund(sale, 1, 4925))
        last = one(second, EffectIntended)
        await sent(world, last.effect)
        await world.do(RefuseRefund(one(second, RefundDecided).returned, last.effect, "rs", "no"))
        gone = await world.do(DropRefund(TILL, one(second, RefundDecided).returned))
        assert one(gone, RefundDropped).till == TILL
        one(await world.do(refund(sale, 1, 4925)), RefundDecided)
        await agree(world)


async def test_serbia_takes_nothing_back_without_its_receipt_or_its_service(tmp_path: Path) -> None:
    async with till_world(tmp_path, "rs", fiscal=True) as world:
        sale = await sell_fiscal(world)
        with pytest.raises(Refused) as refused:
            await world.do(RefundLoose(TILL, (Loose(SOCK, 1),), Minor(4925), "x"))
        assert refused.value.code == "receipt-needed"
        with pytest.raises(Refused) as refused:
            await world.do(refund(sale, 1, 4925, fiscal_hint="Plug it in."))
        assert (refused.value.code, refused.value.hint) == ("fiscal-down", "Plug it in.")


async def test_poland_keeps_a_record_beside_the_device_with_numbers_of_its_own(tmp_path: Path) -> None:
    async with till_world(tmp_path, "pl", fiscal=True) as world:
        sale = await sell_fiscal(world)
        backs = [one(await world.do(refund(sale, 1, 4925)), SaleReturned) for _ in range(2)]
        assert [back.number for back in backs] == ["cph-1A-R1", "cph-1A-R2"]
        assert [(back.evidence.regime, back.evidence.number) for back in backs] == [
            ("beside", "cph-1A-R1"),
            ("beside", "cph-1A-R2"),
        ]
        assert len(await world.journal.rows("SELECT 1 FROM effects WHERE kind = 'fiscal'")) == 1
        assert (await sell_fiscal(world, "F-2")).number == "cph-1A-2", "the receipts' run has no gap"
        await agree(world)


async def test_romania_takes_the_cash_out_of_the_device(tmp_path: Path) -> None:
    async with till_world(tmp_path, "ro", fiscal=True) as world:
        sale = await sell_fiscal(world, "BF-1")
        asked = await world.do(refund(sale, 1, 4925))
        effect = one(asked, EffectIntended)
        (payload,) = (await world.journal.rows("SELECT payload FROM effects WHERE effect = ?", (effect.effect,)))[0]
        document = decode(payload)
        assert (document.kind, document.lines, document.taxes) == (DocumentKind.CASH_OUT, (), ())
        assert (document.payable, document.refers_to) == (4925, "BF-1")
        await sent(world, effect.effect)
        slip = Evidence("device", number="S-9", printed=True)
        facts = await world.do(CloseRefund(one(asked, RefundDecided).returned, effect.effect, slip))
        assert one(facts, SaleReturned).evidence == Evidence("device", number="S-9", printed=False)
        await agree(world)


async def test_korea_cancels_by_the_original_approval_number_also_later(tmp_path: Path) -> None:
    async with till_world(tmp_path, "kr", fiscal=True, sock=4925) as world:
        sale = await sell_fiscal(world, "A-123", buyer="010-1234-5678")
        down = await world.do(refund(sale, 1, 4925, fiscal_hint="Plug it in."))
        back, asked = one(down, SaleReturned), [fact for fact in down if isinstance(fact, EffectIntended)]
        assert back.evidence.deadline
        assert [fact.kind for fact in asked] == [EffectKind.FISCAL, EffectKind.DRAWER]
        (payload,) = (
            await world.journal.rows("SELECT payload FROM effects WHERE kind = 'fiscal' AND state = 'intended'")
        )[0]
        assert decode(payload).refers_to == "A-123"
        await sent(world, asked[0].effect)
        told = await world.do(CloseRefund(back.returned, asked[0].effect, Evidence("deferred", number="C-1")))
        assert one(told, FiscalReported).number == "C-1"
        await agree(world)


async def test_korea_a_sale_that_was_never_reported_is_not_cancelled(tmp_path: Path) -> None:
    async with till_world(tmp_path, "kr", fiscal=True, sock=4925) as world:
        sale = await sell(world, SOCK, 1)
        back = one(await world.do(refund(sale, 1, 4925)), SaleReturned)
        assert back.evidence == Evidence("deferred")
        assert await world.journal.rows("SELECT 1 FROM effects WHERE kind = 'fiscal'") == []


async def test_an_answer_after_the_z_takes_its_money_from_the_next_drawer(tmp_path: Path) -> None:
    async with till_world(tmp_path, "rs", fiscal=True) as world:
        sale = await sell_fiscal(world)
        asked = await world.do(refund(sale, 1, 4925))
        effect = one(asked, EffectIntended).effect
        await _close(world)
        await sent(world, effect)
        facts = await world.do(
            CloseRefund(one(asked, RefundDecided).returned, effect, Evidence("service", number="P2"))
        )
        assert one(facts, SaleReturned).total == 4925
        await world.do(OpenShift(TILL, Minor(50000)))
        assert (await x_of(world)).expected_cash == 50000 - 4925
        await agree(world)


async def _close(world: TillWorld) -> ShiftClosed:
    cash = (await x_of(world)).expected_cash
    coins = (Denomination(Minor(100), cash // 100),)
    await world.do(Count(TILL, coins))
    return one(await world.do(CloseShift(TILL, "float dust", keep_returns=True)), ShiftClosed)


async def test_a_sale_that_still_waits_for_its_receipt_gives_nothing_back(tmp_path: Path) -> None:
    async with till_world(tmp_path, "rs", fiscal=True) as world:
        await world.do(Add(TILL, SOCK, 1))
        facts = await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(4925)),), Minor(4925)))
        effect = one(tuple(f for f in facts if isinstance(f, EffectIntended) and f.kind == "fiscal"), EffectIntended)
        await sent(world, effect.effect)
        await world.do(RefuseSale(one(facts, SalePaid).sale, effect.effect, "rs", "no"))
        with pytest.raises(Refused) as refused:
            await world.do(Refund(TILL, one(facts, SalePaid).sale, (Back(LineId(1), 1),), Minor(4925), "x"))
        assert refused.value.code == "sale-unfinished"


async def by_card(world: TillWorld) -> SaleClosed:
    """Two socks paid by card, as the journal has it."""
    sold = await sell(world, SOCK, 2)
    card = (Tender(TenderKind.CARD, sold.total, sold.total, "slip 7"),)
    basket, line = SaleId("by card"), sold.lines[0]
    opened = BasketOpened(basket, TILL, sold.shift, sold.user, sold.price_version)
    label = (line.sku, line.article, line.name, line.quantity, line.unit_price, line.tax_label)
    paid = SalePaid(basket, TILL, sold.shift, sold.user, sold.total, Minor(0), sold.total, card, Minor(0))
    closed = replace(sold, sale=basket, number="cph-1A-2", tenders=card, payable=sold.total, change=Minor(0))
    await world.journal.transact(
        lambda tx: tx.record_all([opened, LineAdded(basket, LineId(1), *label), paid, closed]), cause=Key("by card")
    )
    return closed


async def test_what_was_paid_by_card_goes_back_in_cash_only_with_a_manager(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        sale = await by_card(world)
        with pytest.raises(Refused) as refused:
            await world.do(refund(sale, 1, 4925))
        assert (refused.value.code, refused.value.details["tender"]) == ("tender-cannot", "card")
        with pytest.raises(Refused) as refused:
            await world.do(refund(sale, 1, 4900, to=TenderKind.CASH))
        assert refused.value.code == "approval-needed"
        back = one(await world.approved(refund(sale, 1, 4900, to=TenderKind.CASH)), SaleReturned)
        assert (back.tenders[0].kind, back.tenders[0].amount, back.rounding) == (TenderKind.CASH, 4900, -25)
        assert await world.journal.rows("SELECT 1 FROM refunds WHERE cash = 4900") != []
        await agree(world)
