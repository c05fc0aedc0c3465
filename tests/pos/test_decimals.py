"""Money with no, two and three decimals: the arithmetic is the same, only the last digit means something else."""

from dataclasses import replace
from datetime import date

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import Profile, TaxRounding, load_profile
from edge.pos.basket import Basket
from edge.pos.discounts.shares import Reduction
from edge.pos.pricing import price
from edge.pos.tenders import Offer, money, quick_notes, settle
from edge.units import BasisPoints, Minor, TenderKind
from tests.pos.sold import SHOP
from tests.pos.test_tax import basket

DAY = date(2026, 6, 1)
ZZ = load_profile("zz")
DINAR = replace(ZZ, currency="KWD", decimals=3, notes_in_use=(Minor(20_000), Minor(5_000), Minor(1_000)))
WON = load_profile("kr")
PROFILES = (ZZ, DINAR, replace(WON, buyer=None))
wares = st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 20)), min_size=1, max_size=12)


@given(wares, st.sampled_from(PROFILES), st.sampled_from([*TaxRounding]), st.integers(0, 10_000), st.integers(0, 10**6))
def test_a_sale_adds_up_in_every_currency(
    goods: list[tuple[int, int]], profile: Profile, rounding: TaxRounding, rate: int, more: int
) -> None:
    profile = replace(profile, tax_rounding=rounding, cash_ceiling=None)
    table = profile.tax_table(DAY)
    sold: Basket = basket([(unit, many, table[at % len(table)].tax_class) for at, (unit, many) in enumerate(goods)])
    sold = replace(sold, reduction=Reduction(BasisPoints(rate), Minor(0), BasisPoints(10_000), "why"))
    priced = price(sold, profile, DAY)
    assert priced.total == sum(line.gross for line in priced.lines) == sum(row.gross for row in priced.taxes)
    tendered = Minor(priced.total + more % (20 * profile.notes_in_use[0]))
    paid = settle(priced.total, [Offer(TenderKind.CASH, tendered)] if priced.total else [], profile, DAY)
    assert sum(each.amount for each in paid.tenders) == paid.payable == priced.total + paid.rounding
    assert not paid.tenders or paid.change == tendered - paid.payable


@pytest.mark.parametrize(
    ("profile", "amount", "said"),
    [(WON, 12_500, "12500 KRW"), (ZZ, 12_500, "125.00 XTS"), (DINAR, 12_505, "12.505 KWD")],
)
def test_an_amount_is_said_with_its_own_decimals(profile: Profile, amount: int, said: str) -> None:
    assert money(Minor(amount), profile) == said
    assert quick_notes(Minor(amount), profile)[0] == amount


def test_a_receipt_in_dinars_prints_three_decimals() -> None:
    shop = replace(SHOP, decimals=3, locale=Locale("en"))
    assert shop.money(Minor(12_505)) == "12.505"
    assert shop.money(Minor(-5)) == "-0.005"
