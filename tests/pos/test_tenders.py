"""What is paid, given back and rounded always adds up."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import Profile, load_profile
from edge.errors import Refused
from edge.facts.sale import Tender
from edge.pos.tenders import Offer, Settled, cash_payable, money, quick_notes, refund_cash, settle
from edge.units import Minor, TenderKind

DAY = date(2026, 6, 1)
DK, KR, PL = load_profile("dk"), load_profile("kr"), load_profile("pl")
CASH, CARD = TenderKind.CASH, TenderKind.CARD
profiles = st.sampled_from([DK, KR, PL])


def cash(amount: int) -> Offer:
    return Offer(CASH, Minor(amount))


def card(amount: int) -> Offer:
    return Offer(CARD, Minor(amount), "slip 7")


def test_cash_is_rounded_once_and_the_rest_is_change() -> None:
    assert settle(Minor(79_925), [cash(100_000)], DK, DAY) == Settled(
        Minor(79_950), Minor(25), (Tender(CASH, Minor(79_950), Minor(100_000)),), Minor(20_050)
    )


def test_a_card_is_never_rounded() -> None:
    settled = settle(Minor(79_925), [card(79_925)], DK, DAY)
    assert (settled.payable, settled.rounding, settled.change) == (79_925, 0, 0)


def test_a_split_rounds_only_the_cash_part() -> None:
    settled = settle(Minor(79_925), [card(50_000), cash(30_000)], DK, DAY)
    assert (settled.payable, settled.rounding, settled.change) == (79_950, 25, 50)
    assert settled.tenders[1] == Tender(CASH, Minor(29_950), Minor(30_000))


def test_two_heaps_of_cash_are_one_tender() -> None:
    settled = settle(Minor(1000), [cash(500), cash(700)], DK, DAY)
    assert settled.tenders == (Tender(CASH, Minor(1000), Minor(1200)),)


def test_a_sale_that_rounds_to_nothing_is_paid_with_no_coin() -> None:
    settled = settle(Minor(20), [cash(0)], DK, DAY)
    assert (settled.payable, settled.rounding) == (0, -20)


def test_a_sale_worth_nothing_needs_no_tender() -> None:
    assert (
        settle(Minor(0), [], DK, DAY)
        == settle(Minor(0), [cash(0)], DK, DAY)
        == Settled(Minor(0), Minor(0), (), Minor(0))
    )


@pytest.mark.parametrize(
    ("total", "offers", "code"),
    [
        (1000, [cash(999)], "not-enough"),
        (1000, [], "not-enough"),
        (1000, [card(999)], "not-enough"),
        (1000, [card(1001)], "over-paid"),
        (1000, [card(1000), cash(1)], "over-paid"),
        (1000, [card(0), cash(1000)], "bad-tender"),
        (1000, [cash(-5)], "bad-tender"),
        (1000, [cash(5_701_234_567_899)], "bad-tender"),
        (1000, [cash(100)] * 11, "bad-tender"),
        (1_500_000, [cash(1_500_000)], "cash-ceiling"),
    ],
)
def test_a_wrong_payment_is_refused_with_a_code_and_a_hint(total: int, offers: list[Offer], code: str) -> None:
    with pytest.raises(Refused) as refused:
        settle(Minor(total), offers, DK, DAY)
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert refused.value.hint


def test_the_cash_ceiling_does_not_bind_cards_and_lets_the_last_half_krone_in() -> None:
    assert settle(Minor(1_500_000), [card(1_500_000)], DK, DAY).payable == 1_500_000
    assert settle(Minor(1_499_950), [cash(1_500_000)], DK, DAY).change == 50


def test_what_is_missing_is_said_in_money() -> None:
    with pytest.raises(Refused, match=r"0\.50 DKK is missing"):
        settle(Minor(1025), [cash(1000)], DK, DAY)
    assert money(Minor(-5), PL) == "-0.05 PLN"
    assert money(Minor(120_000), KR) == "120000 KRW"


@given(profiles, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_whatever_is_taken_adds_up(profile: Profile, total: int, by_card: int, in_cash: int) -> None:
    offers = [*([card(by_card)] if by_card else []), *([cash(in_cash)] if in_cash else [])]
    settled = None
    with suppress(Refused):
        settled = settle(Minor(total), offers, profile, DAY)
    if settled is None:
        assert by_card + in_cash < total + 25 or by_card > total or (by_card == total and in_cash)
        return
    assert settled.payable == total + settled.rounding == sum(tender.amount for tender in settled.tenders)
    assert settled.change == sum(tender.tendered - tender.amount for tender in settled.tenders) >= 0
    assert all(tender.amount == tender.tendered for tender in settled.tenders if tender.kind is CARD)
    assert abs(settled.rounding) <= 25
    assert settled.rounding == 0 or in_cash


@given(profiles, st.integers(1, 10**7))
def test_quick_notes_rise_from_the_exact_amount_and_always_pay(profile: Profile, total: int) -> None:
    payable = cash_payable(Minor(total), profile, DAY)
    notes = quick_notes(payable, profile)
    assert list(notes) == sorted(set(notes))
    assert not payable or notes[0] == payable
    assert len(notes) <= 5


def test_quick_notes_of_a_pair_of_boots() -> None:
    assert quick_notes(Minor(79_900), DK) == (79_900, 80_000, 100_000)
    assert quick_notes(Minor(120_000), KR) == (120_000, 150_000)
    assert quick_notes(Minor(0), DK) == ()


def test_a_refund_of_a_rounded_sale_gives_back_what_was_paid() -> None:
    refund = refund_cash(
        Minor(79_925), Minor(79_925), Minor(79_950), goods_before=Minor(0), paid_before=Minor(0), profile=DK, day=DAY
    )
    assert (refund.amount, refund.rounding) == (79_950, 25)


@given(st.lists(st.integers(1, 10**5), min_size=1, max_size=12))
def test_parts_of_a_refund_sum_to_what_was_paid(parts: list[int]) -> None:
    sold = Minor(sum(parts))
    paid = cash_payable(sold, DK, DAY)
    goods = back = rounding = 0
    for part in parts:
        refund = refund_cash(
            Minor(part), sold, paid, goods_before=Minor(goods), paid_before=Minor(back), profile=DK, day=DAY
        )
        assert refund.amount >= 0
        assert refund.amount == part + refund.rounding
        goods, back, rounding = goods + part, back + refund.amount, rounding + refund.rounding
    assert back == paid
    assert rounding == paid - sold


def test_more_than_was_sold_is_never_given_back() -> None:
    with pytest.raises(Refused, match="more than was sold"):
        refund_cash(Minor(2), Minor(2), Minor(0), goods_before=Minor(1), paid_before=Minor(0), profile=DK, day=DAY)
