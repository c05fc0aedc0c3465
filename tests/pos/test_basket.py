"""A basket folds its facts, refuses what cannot be, and does not care in which order goods are scanned."""

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Halt, Refused
from edge.facts.basket import BasketOpened, LineAdded, QuantityChanged
from edge.facts.registry import Fact
from edge.pos import basket as b
from edge.units import ArticleId, Grams, LineId, Minor, SaleId, Seq, ShiftId, Sku, TillId, UserId

OPENED = BasketOpened(SaleId("s1"), TillId("till1"), ShiftId("sh1"), UserId("anna"), Seq(7))


def item(sku: str, price: int = 1000, label: str = "A", weight: int | None = None) -> b.PricedItem:
    grams = None if weight is None else Grams(weight)
    return b.PricedItem(Sku(sku), ArticleId(f"a-{sku}"), f"Boot {sku}", Minor(price), label, grams)


def fresh() -> b.Basket:
    return b.apply(None, OPENED)


def after(basket: b.Basket, facts: object) -> b.Basket:
    assert isinstance(facts, list)
    for fact in facts:
        basket = b.apply(basket, fact)
    return basket


items = st.builds(item, st.sampled_from("abcde"), st.sampled_from([0, 1, 995, 10_000]), st.sampled_from("AB"))
scans = st.lists(st.tuples(items, st.integers(1, 5)), max_size=15)


@given(scans, st.integers())
def test_any_order_of_the_same_scans_buys_the_same(scanned: list[tuple[b.PricedItem, int]], seed: int) -> None:
    shuffled = random.Random(seed).sample(scanned, len(scanned))
    one, two = fresh(), fresh()
    for ware, quantity in scanned:
        one = after(one, b.add_line(one, ware, quantity))
    for ware, quantity in shuffled:
        two = after(two, b.add_line(two, ware, quantity))
    assert b.wares(one) == b.wares(two)
    assert one.total == two.total == sum(ware.unit_price * quantity for ware, quantity in scanned)
    assert one.units == two.units


@given(scans, items, st.integers(1, 5))
def test_adding_a_new_line_and_voiding_it_leaves_the_same_goods(
    scanned: list[tuple[b.PricedItem, int]], extra: b.PricedItem, quantity: int
) -> None:
    basket = fresh()
    for ware, many in scanned:
        basket = after(basket, b.add_line(basket, ware, many))
    facts = b.add_line(basket, extra, quantity)
    added = after(basket, facts)
    if isinstance(facts[0], LineAdded):
        back = after(added, b.void_line(added, facts[0].line))
    else:
        assert isinstance(facts[0], QuantityChanged)
        back = after(added, b.change_quantity(added, facts[0].line, facts[0].quantity - quantity))
    assert (back.lines, back.total, back.units) == (basket.lines, basket.total, basket.units)


@given(st.lists(st.tuples(st.sampled_from(["add", "set", "void"]), items, st.integers(1, 20)), max_size=30))
def test_every_decided_fact_folds_and_the_total_is_the_sum_of_its_lines(
    steps: list[tuple[str, b.PricedItem, int]],
) -> None:
    basket, facts = fresh(), [OPENED]
    record: list[Fact] = list(facts)
    for verb, ware, number in steps:
        line = LineId(number)
        try:
            if verb == "add":
                decided = b.add_line(basket, ware, number)
            elif verb == "set":
                decided = b.change_quantity(basket, line, number)
            else:
                decided = b.void_line(basket, line)
        except Refused:
            continue
        record.extend(decided)
        for fact in decided:
            basket = b.apply(basket, fact)
    assert b.fold(record) == basket
    assert basket.total == sum(x.quantity * x.unit_price for x in basket.lines)
    assert len({line.line for line in basket.lines}) == len(basket.lines) <= basket.last_line


def test_the_same_variant_at_the_same_price_goes_up_on_its_line() -> None:
    basket = after(fresh(), b.add_line(fresh(), item("43"), 1, code="5701234567899"))
    assert b.add_line(basket, item("43"), 2) == [QuantityChanged(SaleId("s1"), LineId(1), 3)]
    assert isinstance(b.add_line(basket, item("43", price=900))[0], LineAdded)
    assert isinstance(b.add_line(basket, item("43", label="B"))[0], LineAdded)


def test_weighed_goods_never_share_a_line_and_keep_their_quantity() -> None:
    basket = after(fresh(), b.add_line(fresh(), item("apples", 250, weight=500)))
    basket = after(basket, b.add_line(basket, item("apples", 250, weight=500)))
    assert len(basket.lines) == 2
    with pytest.raises(Refused, match="weighed"):
        b.change_quantity(basket, LineId(1), 2)
    with pytest.raises(Refused, match="weigh"):
        b.add_line(basket, item("apples", 250, weight=0))


@pytest.mark.parametrize(("quantity", "code"), [(0, "bad-quantity"), (-1, "bad-quantity"), (10_000, "too-many")])
def test_a_senseless_quantity_is_refused(quantity: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        b.add_line(fresh(), item("43"), quantity)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_line_never_grows_past_its_limit_by_scanning_again() -> None:
    basket = after(fresh(), b.add_line(fresh(), item("43", 1), b.MAX_QUANTITY))
    with pytest.raises(Refused, match="9999"):
        b.add_line(basket, item("43", 1))


def test_a_basket_takes_a_thousand_lines_and_refuses_the_next() -> None:
    basket = fresh()
    for number in range(b.MAX_LINES):
        basket = after(basket, b.add_line(basket, item(str(number), 1)))
    with pytest.raises(Refused) as refused:
        b.add_line(basket, item("more"))
    assert refused.value.code == "too-many"
    assert isinstance(b.add_line(basket, item("5", 1))[0], QuantityChanged)


def test_a_basket_worth_more_than_a_till_may_take_is_refused() -> None:
    with pytest.raises(Refused, match="worth more"):
        b.add_line(fresh(), item("gold", 10**12), 11)
    basket = after(fresh(), b.add_line(fresh(), item("gold", 10**12), 1))
    with pytest.raises(Refused, match="worth more"):
        b.change_quantity(basket, LineId(1), 11)


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(Refused, match="below nothing"):
        b.add_line(fresh(), item("43", -1))


def test_an_unknown_line_is_refused_and_an_unchanged_quantity_records_nothing() -> None:
    basket = after(fresh(), b.add_line(fresh(), item("43"), 2))
    assert b.change_quantity(basket, LineId(1), 2) == []
    with pytest.raises(Refused) as refused:
        b.void_line(basket, LineId(9))
    assert (refused.value.code, refused.value.status) == ("unknown-line", 404)


def test_a_voided_basket_takes_nothing_more() -> None:
    basket = after(fresh(), b.void(fresh(), " changed her mind "))
    assert basket.state is b.BasketState.VOIDED
    attempts: list[Callable[[], Sequence[Fact]]] = [
        lambda: b.add_line(basket, item("43")),
        lambda: b.void(basket, "again"),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "not-open"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "a\x1bp"])
def test_a_void_needs_a_plain_reason(reason: str) -> None:
    with pytest.raises(Refused):
        b.void(fresh(), reason)


def test_facts_that_no_basket_can_have_stop_the_fold() -> None:
    with pytest.raises(Halt):
        b.apply(None, QuantityChanged(SaleId("s1"), LineId(1), 1))
    with pytest.raises(Halt):
        b.apply(fresh(), OPENED)
    with pytest.raises(Halt):
        b.apply(fresh(), QuantityChanged(SaleId("s1"), LineId(1), 1))
