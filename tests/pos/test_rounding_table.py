"""The published table of cash rounding, row by row: the sale's column and, where it differs, that of a pay-out."""

from datetime import date

import pytest

from edge.countries.profile import load_profile
from edge.pos.rounding import round_payout, round_sale
from edge.units import Minor

DAY = date(2026, 6, 1)
FIVES = [(2, 0), (7, 5), (9, 10)]
PUBLISHED = {
    "dk": ([(24, 0), (74, 50), (99, 100)], [(25, 0), (75, 50), (99, 100)]),
    "se": ([(49, 0), (99, 100)], [(50, 0), (99, 100)]),
    "no": ([(49, 0), (99, 100)], [(49, 0), (99, 100)]),
    "fi": (FIVES, FIVES),
    "au": (FIVES, FIVES),
    "nz": ([(5, 0), (9, 10)], [(5, 0), (9, 10)]),
    "ch": (FIVES, FIVES),
}


@pytest.mark.parametrize("country", PUBLISHED)
def test_every_remainder_becomes_what_the_table_says(country: str) -> None:
    profile = load_profile(country)
    for column, rounded in zip(PUBLISHED[country], (round_sale, round_payout), strict=True):
        unit = column[-1][0] + 1
        for rest in range(unit):
            becomes = next(to for upto, to in column if rest <= upto)
            assert rounded(Minor(unit * 7 + rest), profile, DAY) == unit * 7 + becomes, (country, rest)


@pytest.mark.parametrize("country", PUBLISHED)
def test_what_is_rounded_can_be_paid_with_coins_in_use(country: str) -> None:
    profile = load_profile(country)
    smallest = profile.coins[-1]
    for amount in range(1_000):
        assert round_sale(Minor(amount), profile, DAY) % smallest == 0
        assert round_payout(Minor(amount), profile, DAY) % smallest == 0


@pytest.mark.parametrize(
    ("country", "day", "tax", "rate"),
    [
        ("fi", date(2024, 8, 31), "standard", 2400),
        ("fi", date(2024, 9, 1), "standard", 2550),
        ("fi", date(2025, 12, 31), "reduced", 1400),
        ("fi", date(2026, 1, 1), "reduced", 1350),
        ("ch", date(2023, 12, 31), "standard", 770),
        ("ch", date(2024, 1, 1), "standard", 810),
    ],
)
def test_rates_change_at_midnight(country: str, day: date, tax: str, rate: int) -> None:
    assert load_profile(country).rate(tax, day).rate == rate
