"""Discounts: never more than a role may give, never less than nothing, and every øre of them on some line."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.commands import Command
from edge.countries.profile import load_profile
from edge.errors import Refused
from edge.facts import (
    ApprovalUsed,
    BasketDiscounted,
    BasketDiscountRemoved,
    Denomination,
    LineAdded,
    LineDiscounted,
    LineDiscountRemoved,
    NothingChanged,
    SaleClosed,
    ShiftClosed,
    TenderAsked,
)
from edge.pos import basket as b
from edge.pos.discounts.handlers import DiscountBasket, DiscountLine
from edge.pos.discounts.shares import Reduction, share_of, shared
from edge.pos.load import open_basket
from edge.pos.payment.verbs import AskTender, ConfirmTender
from edge.pos.pricing import price
from edge.pos.verbs import Add, CloseShift, Count, Offered, Pay, SetQuantity, VoidLine
from edge.units import ArticleId, BasisPoints, LineId, Minor, SaleId, Sku, TenderKind, UserId
from tests.pos.test_basket import fresh, item
from tests.pos.till_world import ANNA, BOOT_43, SOCK, TILL, TillWorld, till_world

DAY = date(2026, 6, 6)
ZZ = load_profile("zz")
BO = UserId("bo")
reductions = st.builds(
    Reduction,
    st.integers(0, 10_000).map(BasisPoints),
    st.integers(0, 50_000).map(Minor),
    st.integers(0, 10_000).map(BasisPoints),
    st.just("why"),
)
lines = st.builds(
    lambda n, sku, quantity, unit, tax, off: b.Line(
        LineId(n), Sku(sku), ArticleId(sku), sku, quantity, Minor(unit), tax, reduction=off
    ),
    st.integers(1, 1000),
    st.sampled_from("abcd"),
    st.integers(1, 9),
    st.integers(0, 30_000),
    st.sampled_from(["25", "12", "0"]),
    st.none() | reductions,
)
baskets = st.builds(
    lambda sold, off: replace(fresh(), lines=tuple(sold), reduction=off),
    st.lists(lines, min_size=1, max_size=12, unique_by=lambda line: line.line),
    st.none() | reductions,
)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_shares_add_up_and_none_is_above_its_weight(amount: int, weights: list[int]) -> None:
    over = dict(enumerate(weights))
    amount = min(amount, sum(weights))
    shares = shared(Minor(amount), over)
    assert sum(shares.values()) == amount
    for key, share in shares.items():
        assert 0 <= share <= over[key]
        assert abs(share * sum(weights) - amount * over[key]) < max(1, sum(weights))


def test_more_than_there_is_cannot_be_shared() -> None:
    with pytest.raises(ValueError, match="11 over 10"):
        shared(Minor(11), {"a": 10})


@given(baskets)
def test_lines_total_and_tax_table_are_one_sum_whatever_is_taken_off(basket: b.Basket) -> None:
    priced = price(basket, ZZ, DAY)
    assert priced.total == sum(line.gross for line in priced.lines) == sum(tax.gross for tax in priced.taxes)
    assert priced.total + priced.discount == basket.total
    for line in priced.lines:
        assert line.gross == line.quantity * line.unit_price - line.discount
        assert 0 <= line.discount <= line.quantity * line.unit_price


@given(baskets)
def test_no_discount_is_above_the_ceiling_it_was_given_under(basket: b.Basket) -> None:
    alone = price(replace(basket, reduction=None), ZZ, DAY)
    for line, sold in zip(basket.lines, alone.lines, strict=True):
        most = 0 if line.reduction is None else share_of(line.gross, line.reduction.ceiling)
        assert sold.discount <= most
    whole = price(basket, ZZ, DAY)
    most = 0 if basket.reduction is None else share_of(alone.total, basket.reduction.ceiling)
    assert alone.total - whole.total <= most


@given(baskets, st.integers())
def test_the_order_of_the_lines_changes_no_price(basket: b.Basket, seed: int) -> None:
    mixed = replace(basket, lines=tuple(random.Random(seed).sample(basket.lines, len(basket.lines))))
    one, two = price(basket, ZZ, DAY), price(mixed, ZZ, DAY)
    assert (one.total, one.taxes) == (two.total, two.taxes)
    assert sorted(one.lines, key=lambda line: line.line) == sorted(two.lines, key=lambda line: line.line)


def test_a_line_with_a_discount_is_not_joined_by_the_next_scan() -> None:
    basket = b.apply(fresh(), b.add_line(fresh(), item("43"))[0])
    off = LineDiscounted(
        SaleId("s1"), LineId(1), BasisPoints(1000), Minor(0), BasisPoints(1000), "a scratch", UserId("anna")
    )
    (added,) = b.add_line(b.apply(basket, off), item("43"))
    assert isinstance(added, LineAdded)


def line(rate: int = 0, amount: int = 0, *, reason: str = "a scratch") -> DiscountLine:
    return DiscountLine(TILL, LineId(1), BasisPoints(rate), Minor(amount), reason)


def whole(rate: int = 0, amount: int = 0, *, reason: str = "a friend") -> DiscountBasket:
    return DiscountBasket(TILL, BasisPoints(rate), Minor(amount), reason)


async def left(world: TillWorld) -> tuple[int, int]:
    """Total and discount of the open basket."""
    held = await world.journal.read(lambda db: open_basket(db, TILL))
    assert held is not None
    priced = price(held.basket, world.shop.profile, DAY)
    return priced.total, priced.discount


async def test_a_cashier_gives_up_to_their_ceiling_and_no_further(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        (fact,) = await world.do(line(rate=1000))
        assert isinstance(fact, LineDiscounted)
        assert (fact.rate, fact.ceiling, fact.user, fact.approved_by) == (1000, 1000, ANNA, None)
        assert await left(world) == (89910, 9990)
        for wanted in (line(rate=1001), line(amount=9991), whole(rate=501), whole(amount=4497)):
            with pytest.raises(Refused) as refused:
                await world.do(wanted)
            assert (refused.value.code, refused.value.details["right"]) == ("approval-needed", "discount-over")
        await world.do(whole(amount=4495))
        assert await left(world) == (85415, 14485)


async def test_a_manager_approves_more_and_is_named(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        used, fact = await world.approved(line(rate=5000))
        assert isinstance(used, ApprovalUsed)
        assert isinstance(fact, LineDiscounted)
        assert (fact.ceiling, fact.user, fact.approved_by) == (10_000, ANNA, BO)
        with pytest.raises(Refused, match="discount-over must approve"):
            await world.do(line(rate=6000))
        with pytest.raises(Refused, match="may not discount-over"):
            await world.approved(whole(rate=5000), by=ANNA)


async def test_a_discount_small_enough_for_the_cashier_names_no_manager(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        (fact,) = await world.do(whole(rate=500))
        assert isinstance(fact, BasketDiscounted)
        assert (fact.ceiling, fact.approved_by) == (500, None)


async def test_an_amount_keeps_its_ceiling_when_goods_are_taken_out_again(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, SOCK, 10))
        await world.do(line(amount=4925))
        assert await left(world) == (44325, 4925)
        await world.do(SetQuantity(TILL, LineId(1), 1))
        assert await left(world) == (4432, 493), "ten percent of one pair, to the nearest øre"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (line(rate=10_001), "bad-discount"),
        (line(rate=-1), "bad-discount"),
        (line(amount=-1), "bad-discount"),
        (line(rate=100, amount=100), "bad-discount"),
        (line(amount=99_901), "bad-discount"),
        (line(rate=100, reason="  "), "reason-needed"),
        (whole(rate=100, reason=""), "reason-needed"),
    ],
)
async def test_a_senseless_discount_is_refused(wanted: Command, code: str, tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        with pytest.raises(Refused) as refused:
            await world.do(wanted)
        assert refused.value.code == code
        assert refused.value.hint
        assert await left(world) == (99900, 0)


async def test_a_discount_needs_something_to_be_taken_off(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        with pytest.raises(Refused, match="nothing is rung up"):
            await world.do(whole(rate=100))
        await world.do(Add(TILL, BOOT_43))
        with pytest.raises(Refused, match="line 7"):
            await world.do(DiscountLine(TILL, LineId(7), BasisPoints(100), Minor(0), "a scratch"))


async def test_a_discount_is_taken_off_again_and_everything_is_as_before(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        before = await world.journal.read(lambda db: open_basket(db, TILL))
        await world.do(line(rate=1000))
        await world.do(whole(rate=500))
        (one,), (two,) = await world.do(line()), await world.do(whole())
        assert isinstance(one, LineDiscountRemoved)
        assert isinstance(two, BasketDiscountRemoved)
        assert await world.do(line()) == (NothingChanged("DiscountLine"),)
        assert await world.do(whole()) == (NothingChanged("DiscountBasket"),)
        assert await world.journal.read(lambda db: open_basket(db, TILL)) == before


async def test_a_voided_line_takes_its_discount_along(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, SOCK))
        await world.do(line(rate=1000))
        await world.do(Add(TILL, BOOT_43))
        await world.do(VoidLine(TILL, LineId(1)))
        assert await left(world) == (99900, 0)


async def test_the_sale_the_z_and_a_rebuild_agree_on_what_was_taken_off(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        await world.do(Add(TILL, SOCK, 3))
        await world.do(line(rate=1000))
        await world.do(whole(amount=777))
        total, discount = await left(world)
        before, after = await world.journal.rebuild()
        assert before == after
        assert await left(world) == (total, discount)
        facts = await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(total + 100)),), Minor(total)))
        (sale,) = [fact for fact in facts if isinstance(fact, SaleClosed)]
        assert sale.total == total == sum(each.gross for each in sale.lines) == sum(tax.gross for tax in sale.taxes)
        assert sum(each.discount for each in sale.lines) == discount == 9990 + 777
        assert [row["n"] for row in await world.journal.rows("SELECT count(*) n FROM basket_reductions")] == [0]
        await world.do(Count(TILL, (Denomination(Minor(50000), 1),)))
        (z,) = await world.do(CloseShift(TILL, "the customer's cash was not counted"), actor=BO)
        assert isinstance(z, ShiftClosed)
        assert z.gross_sales == total


async def test_nothing_is_taken_off_what_is_partly_paid(tmp_path: Path) -> None:
    async with till_world(tmp_path, staffed=True) as world:
        await world.do(Add(TILL, BOOT_43))
        facts = await world.do(AskTender(TILL, "card", Minor(50_000), Minor(99_900)))
        (asked,) = [fact for fact in facts if isinstance(fact, TenderAsked)]
        await world.do(ConfirmTender(TILL, asked.tender, approved=True, slip="17"))
        for wanted in (line(rate=1000), whole(rate=100)):
            with pytest.raises(Refused) as refused:
                await world.do(wanted)
            assert refused.value.code == "part-paid"
