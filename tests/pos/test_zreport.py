"""The Z is a fold: the same facts give the same bytes, and what the customer paid is what the drawer should hold."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import load_profile
from edge.errors import Refused
from edge.facts.basket import BasketOpened, BasketVoided, LineAdded, LineVoided
from edge.facts.outside import EffectDropped, EffectIntended, EffectSettled, EffectUnknown
from edge.facts.registry import Fact, fact_name, read_fact
from edge.facts.sale import Evidence, SaleClosed, SaleLine, SalePaid, SaleReturned, Tender
from edge.facts.shift import CashCounted, Denomination, ShiftClosed, ShiftOpened
from edge.pos.day.zreport import x_report, z_report
from edge.pos.tax import tax_sums
from edge.pos.tenders import Offer, settle
from edge.units import (
    ArticleId,
    EffectId,
    EffectKind,
    LineId,
    Minor,
    Origin,
    SaleId,
    Seq,
    ShiftId,
    Sku,
    TenderKind,
    TillId,
    UserId,
)

DAY = date(2026, 6, 1)
DK = load_profile("dk")
TILL, OTHER, ANNA = TillId("till1"), TillId("till2"), UserId("anna")
CASH, CARD = TenderKind.CASH, TenderKind.CARD


def opened(shift: str = "sh1", till: TillId = TILL) -> ShiftOpened:
    return ShiftOpened(ShiftId(shift), till, ANNA, Minor(100_000), "DKK", "2026-06-01")


def counted(total: int, till: TillId = TILL) -> CashCounted:
    return CashCounted(ShiftId("sh1"), till, ANNA, (Denomination(Minor(total), 1),), Minor(total))


def sale(number: int, total: int, *offers: Offer, till: TillId = TILL) -> tuple[SalePaid, SaleClosed]:
    rate = DK.rate("standard", DAY)
    settled = settle(Minor(total), offers, DK, DAY)
    line = SaleLine(LineId(1), Sku("b43"), ArticleId("b"), "Boot", 1, Minor(total), Minor(0), Minor(total), rate.label)
    paid = SalePaid(
        SaleId(f"s{number}"),
        till,
        ShiftId("sh1"),
        ANNA,
        Minor(total),
        settled.rounding,
        settled.payable,
        settled.tenders,
        settled.change,
    )
    closed = SaleClosed(
        sale=paid.sale,
        number=f"main-1A-{number}",
        till=till,
        shift=paid.shift,
        user=ANNA,
        origin=Origin.STORE,
        country="DK",
        currency="DKK",
        business_date="2026-06-01",
        opened_at="2026-06-01T08:00:00.000Z",
        paid_at="2026-06-01T08:01:00.000Z",
        lines=(line,),
        taxes=tax_sums([(rate, Minor(total))], DK.tax_rounding),
        total=paid.total,
        rounding=paid.rounding,
        payable=paid.payable,
        tenders=paid.tenders,
        change=paid.change,
        evidence=Evidence("none"),
        price_version=Seq(1),
    )
    return paid, closed


def returned(number: int, of: SaleClosed) -> SaleReturned:
    return SaleReturned(
        returned=SaleId(f"r{number}"),
        sale=of.sale,
        number=f"main-1A-{number}",
        till=of.till,
        shift=of.shift,
        user=ANNA,
        origin=Origin.STORE,
        currency="DKK",
        business_date=of.business_date,
        lines=of.lines,
        taxes=of.taxes,
        total=of.total,
        rounding=of.rounding,
        tenders=tuple(Tender(each.kind, each.amount, each.amount) for each in of.tenders),
        evidence=Evidence("none"),
        reason="too small",
        sellable=True,
    )


def cash(amount: int) -> Offer:
    return Offer(CASH, Minor(amount))


def card(amount: int) -> Offer:
    return Offer(CARD, Minor(amount))


def through_the_wire(facts: list[Fact]) -> list[Fact]:
    """As another box reads them from the journal."""
    found = [read_fact(fact_name(type(fact)), msgspec.json.encode(fact)) for fact in facts]
    return [fact for fact in found if fact is not None]


def test_a_day_with_cash_change_rounding_and_a_card_adds_up() -> None:
    facts: list[Fact] = [opened(), *sale(1, 79_925, cash(100_000)), *sale(2, 50_025, card(50_025)), counted(179_950)]
    z = z_report(TILL, facts, ANNA)
    assert (z.z_number, z.sales, z.lines, z.gross_sales, z.grand_total) == (1, 2, 2, 129_950, 129_950)
    assert (z.expected_cash, z.counted_cash, z.variance, z.rounding) == (179_950, 179_950, 0, 25)
    assert {(each.kind, each.amount, each.count) for each in z.tenders} == {(CASH, 79_950, 1), (CARD, 50_025, 1)}
    assert sum(row.gross for row in z.taxes) == 129_950


def test_fifty_short_needs_a_reason_and_is_recorded_with_it() -> None:
    facts: list[Fact] = [opened(), *sale(1, 79_900, cash(80_000)), counted(174_900)]
    with pytest.raises(Refused) as refused:
        z_report(TILL, facts, ANNA, "  ")
    assert refused.value.code == "reason-needed"
    z = z_report(TILL, facts, ANNA, " wrong change ")
    assert (z.variance, z.reason) == (-5_000, "wrong change")


def test_without_a_count_or_an_open_shift_there_is_no_z() -> None:
    with pytest.raises(Refused) as refused:
        z_report(TILL, [opened()], ANNA)
    assert refused.value.code == "count-first"
    with pytest.raises(Refused) as refused:
        x_report(TILL, [opened(till=OTHER)])
    assert refused.value.code == "not-open"


def test_the_last_count_is_the_one_that_counts() -> None:
    x = x_report(TILL, [opened(), counted(1), counted(100_000)])
    assert (x.counts, x.counted_cash, x.variance) == (2, 100_000, 0)


def test_an_x_resets_nothing() -> None:
    facts: list[Fact] = [opened(), *sale(1, 79_900, cash(80_000))]
    assert x_report(TILL, facts) == x_report(TILL, facts)
    assert x_report(TILL, facts).z_number == 1


@given(st.lists(st.tuples(st.integers(1, 10**6), st.booleans(), st.booleans(), st.booleans()), max_size=20))
def test_the_z_recomputed_from_the_journal_is_the_same_bytes_and_balances(
    trade: list[tuple[int, bool, bool, bool]],
) -> None:
    facts: list[Fact] = [opened(), opened("sh2", OTHER)]
    drawer = 100_000
    for number, (total, by_card, elsewhere, comes_back) in enumerate(trade):
        till = OTHER if elsewhere else TILL
        paid, closed = sale(number, total, card(total) if by_card else cash(total + 30), till=till)
        facts += [paid, closed, *([returned(number, closed)] if comes_back else [])]
        drawer += 0 if by_card or elsewhere or comes_back else paid.payable
    facts.append(counted(drawer))
    z = z_report(TILL, facts, ANNA)
    assert msgspec.json.encode(z) == msgspec.json.encode(z_report(TILL, through_the_wire(facts), ANNA))
    assert z.expected_cash == drawer
    assert sum(row.gross for row in z.taxes) == z.gross_sales - z.gross_returns
    assert sum(each.amount for each in z.tenders) == z.gross_sales - z.gross_returns + z.rounding
    assert all(row.net + row.tax == row.gross for row in z.taxes)


@given(st.lists(st.tuples(st.integers(1, 10**6), st.booleans()), max_size=15))
def test_gross_sales_and_returns_never_decrease(trade: list[tuple[int, bool]]) -> None:
    facts: list[Fact] = [opened()]
    before = x_report(TILL, facts)
    for number, (total, comes_back) in enumerate(trade):
        paid, closed = sale(number, total, card(total))
        facts += [paid, closed, *([returned(number, closed)] if comes_back else [])]
        after = x_report(TILL, facts)
        assert after.gross_sales >= before.gross_sales
        assert after.gross_returns >= before.gross_returns
        assert after.grand_total > before.grand_total
        before = after


def test_the_next_shift_goes_on_from_the_last_z_wherever_the_fold_begins() -> None:
    first: list[Fact] = [opened(), *sale(1, 10_000, cash(10_000)), counted(110_000)]
    z1 = z_report(TILL, first, ANNA)
    second: list[Fact] = [z1, opened("sh2"), *sale(2, 5_000, cash(5_000)), counted(105_000)]
    z2 = z_report(TILL, second, ANNA)
    assert z2 == z_report(TILL, [*first, *second], ANNA)
    assert (z2.z_number, z2.gross_sales, z2.grand_total, z2.expected_cash) == (2, 5_000, 15_000, 105_000)


def test_a_sale_that_waits_for_its_fiscal_receipt_over_a_z_is_counted_once_in_each_ledger() -> None:
    paid, closed = sale(1, 10_000, cash(10_000))
    first: list[Fact] = [opened(), paid, counted(110_000)]
    z1 = z_report(TILL, first, ANNA)
    assert (z1.variance, z1.gross_sales) == (0, 0)
    assert x_report(TILL, first).unfinished_sales == 1
    z2 = z_report(TILL, [z1, closed, opened("sh2"), counted(100_000)], ANNA)
    assert (z2.variance, z2.gross_sales, z2.grand_total) == (0, 10_000, 10_000)


def test_training_reaches_no_figure() -> None:
    paid, closed = sale(1, 10_000, cash(10_000))
    z = z_report(TILL, [opened(), paid, replace(closed, training=True), counted(100_000)], ANNA)
    assert (z.sales, z.gross_sales, z.variance, z.grand_total) == (0, 0, 0, 0)


def test_voids_kicks_and_what_is_still_open_are_counted_for_this_till_only() -> None:
    def basket(name: str, till: TillId) -> list[Fact]:
        return [
            BasketOpened(SaleId(name), till, ShiftId("sh1"), ANNA, Seq(1)),
            *(
                LineAdded(SaleId(name), LineId(line), Sku("k"), ArticleId("a"), "Boot", 1, Minor(5), "standard")
                for line in (1, 2)
            ),
            LineVoided(SaleId(name), LineId(1)),
        ]

    def effect(name: str, kind: EffectKind, target: str) -> EffectIntended:
        return EffectIntended(EffectId(name), kind, "s1", target, "00")

    facts: list[Fact] = [
        opened(),
        *basket("b1", TILL),
        *basket("b2", TILL),
        BasketVoided(SaleId("b2"), TILL, "gone"),
        *basket("b3", OTHER),
        effect("e1", EffectKind.DRAWER, "till1/drawer"),
        effect("e2", EffectKind.DRAWER, "till1/drawer"),
        EffectDropped(EffectId("e2"), "two seconds late"),
        effect("e3", EffectKind.PAPER, "till1/printer"),
        EffectUnknown(EffectId("e3"), "cable pulled"),
        effect("e4", EffectKind.FISCAL, "till1/fiscal"),
        EffectUnknown(EffectId("e4"), "no answer"),
        EffectSettled(EffectId("e4"), True, "device"),
        effect("e5", EffectKind.DRAWER, "till2/drawer"),
        EffectUnknown(EffectId("e5"), "cable pulled"),
        counted(100_000),
    ]
    z = z_report(TILL, facts, ANNA)
    assert (z.voided_lines, z.voided_baskets, z.open_baskets) == (2, 1, 1)
    assert (z.drawer_kicks, z.unknown_effects) == (1, 1)
    assert isinstance(z, ShiftClosed)
