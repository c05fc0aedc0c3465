"""Promotions: the best for the customer, whatever the order of the scans, and never below nothing."""

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.facts.offers import Terms
from edge.pos.promotions.best import Outcome, best
from edge.pos.promotions.exact import exact
from edge.pos.promotions.greedy import greedy
from edge.pos.promotions.model import Class, Kind, Stock, Ware
from edge.units import LineId, Minor
from tests.pos.promotions.counter import KEYS, any_terms, any_wares, best_of_all, terms, ware

three = st.tuples(*(any_terms(key) for key in KEYS))
apart = st.tuples(any_terms("a@1"), any_terms("b@1", exclusion="other"), any_terms("c@1", exclusion="basket"))


def told(wares: Sequence[Ware], *offered: Terms) -> Outcome:
    return best(wares, {each.key: each for each in offered}, {each.key: each.times for each in offered})


def stock_of(wares: Sequence[Ware], offered: Sequence[Terms]) -> Stock:
    classes = tuple(Class(each.price, each.fits) for each in sorted(wares, key=lambda each: -each.price))
    counts = tuple(each.count for each in sorted(wares, key=lambda each: -each.price))
    return Stock(classes, counts, tuple(offered), tuple(each.times for each in offered))


def total(outcome: Outcome) -> int:
    return sum(sum(each.values()) for each in outcome.lines.values())


@settings(max_examples=80)
@given(any_wares(KEYS, units=5), three)
def test_up_to_twelve_units_are_given_the_best_there_is(wares: list[Ware], offered: tuple[Terms, ...]) -> None:
    outcome = told(wares, *offered)
    assert all(each.exact for each in outcome.applied)
    assert total(outcome) == best_of_all(wares, offered)


@given(any_wares(KEYS, units=30), st.one_of(three, apart), st.integers())
def test_any_order_of_the_same_goods_is_given_the_same(
    wares: list[Ware], offered: tuple[Terms, ...], seed: int
) -> None:
    chance = random.Random(seed)
    numbers = chance.sample(range(1, 1000), len(wares))
    mixed = [
        Ware(LineId(number), each.sku, each.tax_label, each.price, each.count, each.fits)
        for each, number in zip(chance.sample(wares, len(wares)), numbers, strict=True)
    ]
    one, two = told(wares, *offered), told(mixed, *chance.sample(offered, len(offered)))
    assert one.applied == two.applied
    assert _by_goods(wares, one) == _by_goods(mixed, two)


def _by_goods(wares: Sequence[Ware], outcome: Outcome) -> Mapping[tuple[object, ...], int]:
    """What goods of each kind were given: equal goods on two lines may share it either way."""
    found: dict[tuple[object, ...], int] = {}
    for each in wares:
        kind = (each.sku, each.tax_label, each.price, each.fits)
        found[kind] = found.get(kind, 0) + outcome.saved(each.line)
    return found


@given(any_wares(KEYS, units=30), st.one_of(three, apart))
def test_no_line_is_given_more_than_it_costs_and_the_sums_agree(wares: list[Ware], offered: tuple[Terms, ...]) -> None:
    outcome = told(wares, *offered)
    for each in wares:
        assert 0 <= outcome.saved(each.line) <= each.price * each.count
    for applied in outcome.applied:
        assert applied.saving == sum(by.get(applied.key, 0) for by in outcome.lines.values())
        assert applied.saving > 0
    assert sum(each.saving for each in outcome.applied) == total(outcome)


@given(any_wares(KEYS, units=11), three, st.sampled_from(KEYS))
def test_one_more_unit_never_makes_the_customer_save_less(
    wares: list[Ware], offered: tuple[Terms, ...], key: str
) -> None:
    more = [*wares, ware(99, 100, key)]
    assert total(told(more, *offered)) >= total(told(wares, *offered))


@given(any_wares(KEYS, units=30), st.one_of(three, apart))
def test_the_limit_of_a_promotion_is_kept(wares: list[Ware], offered: tuple[Terms, ...]) -> None:
    limits = {each.key: each.times for each in offered}
    assert all(not limits[each.key] or each.times <= limits[each.key] for each in told(wares, *offered).applied)


@given(any_wares(KEYS, units=8), three)
def test_greed_never_gives_more_than_the_best(wares: list[Ware], offered: tuple[Terms, ...]) -> None:
    stock = stock_of(wares, offered)
    given = [sum(use.times * use.taken.saving for use in solve(stock)) for solve in (greedy, exact)]
    assert given[0] <= given[1]


@pytest.mark.parametrize(
    ("what", "wares", "offered", "saved"),
    [
        ("ten percent", [ware(1, 999, "a@1")], [terms("a@1", Kind.PERCENT, rate=1000)], 100),
        ("an amount off each", [ware(1, 999, "a@1", count=2)], [terms("a@1", Kind.AMOUNT, amount=100)], 200),
        ("never below nothing", [ware(1, 50, "a@1", count=2)], [terms("a@1", Kind.AMOUNT, amount=100)], 100),
        ("a fixed price", [ware(1, 999, "a@1", count=2)], [terms("a@1", Kind.PRICE, price=500)], 998),
        ("no higher price", [ware(1, 400, "a@1")], [terms("a@1", Kind.PRICE, price=500)], 0),
        ("three for two", [ware(1, 300, "a@1", count=7)], [terms("a@1", Kind.BUY_GET, (2, 1), rate=10_000)], 600),
        ("the cheapest is free", [ware(1, 300, "a@1", count=2), ware(2, 100, "a@1")],
         [terms("a@1", Kind.BUY_GET, (2, 1), rate=10_000)], 100),
        ("second at half price", [ware(1, 300, "a@1"), ware(2, 201, "a@1")],
         [terms("a@1", Kind.BUY_GET, (1, 1), rate=5000)], 101),
        ("any three for a price", [ware(1, 300, "a@1"), ware(2, 200, "a@1"), ware(3, 100, "a@1"), ware(4, 50, "a@1")],
         [terms("a@1", Kind.MIX, (3,), price=500)], 100),
        ("a bundle", [ware(1, 900, ("a@1", 0)), ware(2, 200, ("a@1", 1), count=2)],
         [terms("a@1", Kind.BUNDLE, (1, 2), price=1000)], 300),
        ("half a bundle", [ware(1, 900, ("a@1", 0)), ware(2, 200, ("a@1", 1))],
         [terms("a@1", Kind.BUNDLE, (1, 2), price=1000)], 0),
        ("over an amount", [ware(1, 499, "a@1"), ware(2, 501, "a@1")],
         [terms("a@1", Kind.THRESHOLD, rate=1000, floor=1000)], 100),
        ("under the amount", [ware(1, 499, "a@1"), ware(2, 500, "a@1")],
         [terms("a@1", Kind.THRESHOLD, rate=1000, floor=1000)], 0),
        ("a gift", [ware(1, 1000, "a@1"), ware(2, 150, ("a@1", 1)), ware(3, 100, ("a@1", 1))],
         [terms("a@1", Kind.THRESHOLD, (1, 1), rate=10_000, floor=1000)], 150),
        ("a gift does not pay for itself", [ware(1, 900, "a@1"), ware(2, 150, "a@1", ("a@1", 1))],
         [terms("a@1", Kind.THRESHOLD, (1, 1), rate=10_000, floor=1000)], 0),
    ],
)  # fmt: skip
def test_every_kind_gives_what_it_says(what: str, wares: list[Ware], offered: list[Terms], saved: int) -> None:
    assert total(told(wares, *offered)) == saved, what


def test_a_unit_joins_one_promotion_of_an_exclusion_group_and_one_of_another() -> None:
    wares = [ware(1, 1000, "a@1", "b@1", "c@1")]
    ten, twenty = terms("a@1", Kind.PERCENT, rate=1000), terms("b@1", Kind.PERCENT, rate=2000)
    more = terms("c@1", Kind.PERCENT, rate=5000, exclusion="members")
    assert told(wares, ten, twenty, more).lines == {1: {"b@1": 200, "c@1": 400}}


def test_a_threshold_looks_at_what_is_left_to_pay() -> None:
    wares = [ware(1, 1000, "a@1", "t@1")]
    half = terms("a@1", Kind.PERCENT, rate=5000)
    over = terms("t@1", Kind.THRESHOLD, amount=100, floor=501, exclusion="basket")
    assert told(wares, half, over).lines == {1: {"a@1": 500}}
    assert told([ware(1, 1002, "a@1", "t@1")], half, over).lines == {1: {"a@1": 501, "t@1": 100}}


def test_the_best_is_not_the_next_best_thing() -> None:
    """Greed would take the bundle of 60 first; two sets of 40 are better."""
    wares = [ware(1, 100, "a@1", ("b@1", 0)), ware(2, 100, "a@1", ("b@1", 1)), ware(3, 100, "a@1"), ware(4, 100, "a@1")]
    pairs = terms("a@1", Kind.MIX, (2,), amount=40)
    bundle = terms("b@1", Kind.BUNDLE, (1, 1), amount=60, exclusion="goods")
    outcome = told(wares, pairs, bundle)
    assert total(outcome) == best_of_all(wares, (pairs, bundle)) == 100
    chain = [ware(1, 100, "a@1"), ware(2, 100, "a@1", ("b@1", 0)), ware(3, 100, "c@1", ("b@1", 1)), ware(4, 100, "c@1")]
    other = terms("c@1", Kind.MIX, (2,), amount=40)
    assert total(told(chain, pairs, bundle, other)) == 80


def test_thirteen_units_are_solved_by_greed_and_it_says_so() -> None:
    chain = [ware(n, 100, "a@1", ("b@1", 0)) for n in range(1, 8)] + [ware(n, 100, ("b@1", 1)) for n in range(8, 14)]
    pairs, bundle = terms("a@1", Kind.MIX, (2,), amount=40), terms("b@1", Kind.BUNDLE, (1, 1), amount=60)
    applied = told(chain, pairs, bundle).applied
    assert [(each.key, each.times, each.exact) for each in applied] == [("b@1", 6, False)]


def test_equal_savings_go_to_the_better_priority_then_to_the_smaller_key() -> None:
    wares = [ware(1, 1000, "a@1", "b@1")]
    low, high = terms("a@1", Kind.PERCENT, rate=1000), terms("b@1", Kind.PERCENT, rate=1000, priority=1)
    assert told(wares, low, high).lines == {1: {"b@1": 100}}
    assert told(wares, low, terms("b@1", Kind.PERCENT, rate=1000)).lines == {1: {"a@1": 100}}


def test_thousands_of_units_are_given_theirs_at_once() -> None:
    wares = [ware(n, 100 + n, "a@1", count=9_999) for n in range(1, 200)]
    outcome = told(wares, terms("a@1", Kind.BUY_GET, (2, 1), rate=10_000))
    assert total(outcome) == sum((100 + n) * 3_333 for n in range(1, 200))


def test_nothing_comes_of_nothing() -> None:
    assert told([ware(1, 0, "a@1", count=3)], terms("a@1", Kind.BUY_GET, (2, 1), rate=10_000)).lines == {}
    assert told([]).applied == ()
    assert told([ware(1, 100)]).saved(LineId(1)) == Minor(0)
