"""Cash is rounded by the country's published table, once, and only cash."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import load_profile
from edge.pos.rounding import round_payout, round_sale
from edge.units import Minor

DAY = date(2026, 6, 1)
DK = load_profile("dk")
amounts = st.integers(0, 10**9).map(Minor)


@pytest.mark.parametrize(
    ("rest", "sale", "change"),
    [(0, 0, 0), (24, 0, 0), (25, 50, 0), (26, 50, 50), (74, 50, 50), (75, 100, 50), (76, 100, 100), (99, 100, 100)],
)
def test_denmark_rounds_sale_and_change_by_its_two_columns(rest: int, sale: int, change: int) -> None:
    assert round_sale(Minor(700 + rest), DK, DAY) == 700 + sale
    assert round_payout(Minor(700 + rest), DK, DAY) == 700 + change


@given(amounts)
def test_a_danish_amount_becomes_payable_in_coins_and_moves_by_at_most_25_ore(amount: Minor) -> None:
    for rounded in (round_sale(amount, DK, DAY), round_payout(amount, DK, DAY)):
        assert rounded % 50 == 0
        assert abs(rounded - amount) <= 25
        assert round_sale(rounded, DK, DAY) == rounded == round_payout(rounded, DK, DAY)


@given(amounts, st.sampled_from(["pl", "ro", "rs", "kr", "zz"]))
def test_countries_without_a_rule_round_nothing(amount: Minor, country: str) -> None:
    assert round_sale(amount, load_profile(country), DAY) == amount == round_payout(amount, load_profile(country), DAY)


def test_before_the_rule_began_nothing_is_rounded() -> None:
    assert round_sale(Minor(1025), DK, date(2008, 9, 30)) == 1025


def test_a_negative_amount_is_a_programmers_error() -> None:
    with pytest.raises(ValueError, match="direction"):
        round_sale(Minor(-1), DK, DAY)
