"""Lines, tax table and total are one sum seen three ways."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import TaxRounding, load_profile
from edge.errors import Refused
from edge.facts.basket import BasketOpened
from edge.facts.shift import TaxSum
from edge.pos.basket import Basket, Line, apply
from edge.pos.pricing import price, weighed_price
from edge.pos.tax import add_sums, divide, tax_in, tax_sums
from edge.units import ArticleId, BasisPoints, Grams, LineId, Minor, SaleId, Seq, ShiftId, Sku, TillId, UserId

DAY = date(2026, 6, 1)
amounts = st.integers(0, 10**9).map(Minor)


def basket(wares: list[tuple[int, int, str]]) -> Basket:
    empty = apply(None, BasketOpened(SaleId("s"), TillId("t"), ShiftId("h"), UserId("u"), Seq(1)))
    lines = tuple(
        Line(LineId(number), Sku(f"k{number}"), ArticleId("a"), "Boot", quantity, Minor(unit), tax)
        for number, (unit, quantity, tax) in enumerate(wares, 1)
    )
    return Basket(empty.id, empty.till, empty.shift, empty.user, empty.price_version, lines=lines, last_line=len(lines))


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [
        (12500, 2500, 2500),
        (10000, 2300, 1870),
        (1, 2500, 0),
        (3, 2500, 1),
        (110, 1000, 10),
        (120_000, 1000, 10_909),
        (999, 0, 0),
    ],
)
def test_tax_known_by_hand(gross: int, rate: int, tax: int) -> None:
    assert tax_in(Minor(gross), BasisPoints(rate)) == tax
    assert tax_in(Minor(-gross), BasisPoints(rate)) == -tax


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_division_is_to_the_nearest_with_halves_away_from_zero(amount: int, by: int) -> None:
    found = divide(amount, by)
    assert abs(2 * (found * by - amount)) <= by
    if abs(2 * (found * by - amount)) == by:
        assert abs(found * by) > abs(amount)
    assert divide(-amount, by) == -found


@given(
    st.sampled_from(["dk", "pl", "ro", "rs", "kr", "zz"]),
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 50), st.integers(0, 4)), max_size=30),
)
def test_lines_tax_table_and_total_agree_in_every_country(country: str, wares: list[tuple[int, int, int]]) -> None:
    profile = load_profile(country)
    table = profile.tax_table(DAY)
    priced = price(basket([(unit, many, table[tax % len(table)].tax_class) for unit, many, tax in wares]), profile, DAY)
    assert priced.total == sum(line.gross for line in priced.lines) == sum(row.gross for row in priced.taxes)
    assert all(row.net + row.tax == row.gross for row in priced.taxes)
    assert all(line.gross == line.quantity * line.unit_price - line.discount for line in priced.lines)
    assert {line.tax_label for line in priced.lines} == {row.label for row in priced.taxes} <= {r.label for r in table}
    assert list(priced.taxes) == sorted(priced.taxes, key=lambda row: row.label)


@given(st.lists(amounts, min_size=1, max_size=40))
def test_rounding_per_line_and_per_document_differ_by_less_than_half_a_unit_a_line(parts: list[Minor]) -> None:
    rate = load_profile("dk").rate("standard", DAY)
    (line,) = tax_sums([(rate, part) for part in parts], TaxRounding.LINE)
    (document,) = tax_sums([(rate, part) for part in parts], TaxRounding.DOCUMENT)
    assert line.gross == document.gross
    assert 2 * abs(line.tax - document.tax) <= len(parts) + 1


def test_per_line_rounding_keeps_each_lines_tax() -> None:
    rate = load_profile("dk").rate("standard", DAY)
    pennies = [(rate, Minor(3))] * 10
    assert tax_sums(pennies, TaxRounding.LINE)[0].tax == 10
    assert tax_sums(pennies, TaxRounding.DOCUMENT)[0].tax == 6


def test_the_rates_are_those_of_the_day_of_payment() -> None:
    romania = load_profile("ro")
    wares = basket([(12100, 1, "standard")])
    assert price(wares, romania, date(2025, 7, 31)).taxes[0].rate == 1900
    assert price(wares, romania, date(2025, 8, 1)).taxes == (
        TaxSum("A", BasisPoints(2100), Minor(10000), Minor(2100), Minor(12100)),
    )


def test_an_unknown_tax_stops_the_sale_in_words() -> None:
    with pytest.raises(Refused, match="no tax 'B'"):
        price(basket([(100, 1, "B")]), load_profile("dk"), DAY)


def test_an_empty_basket_costs_nothing() -> None:
    assert price(basket([]), load_profile("dk"), DAY).total == 0


@given(st.lists(amounts, max_size=20))
def test_a_sale_and_its_full_return_leave_nothing(parts: list[Minor]) -> None:
    rate = load_profile("pl").rate("A", DAY)
    rows = tax_sums([(rate, part) for part in parts], TaxRounding.DOCUMENT)
    assert all(row.gross == row.net == row.tax == 0 for row in add_sums([(s, row) for row in rows for s in (1, -1)]))


def test_weighed_goods_are_priced_to_the_nearest_unit() -> None:
    assert weighed_price(Minor(2995), Grams(335)) == 1003
    assert weighed_price(Minor(1000), Grams(0)) == 0
