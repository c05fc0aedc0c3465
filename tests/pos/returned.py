"""Sales and what came back of them, for tests about returns."""

from dataclasses import replace
from datetime import date

from edge.countries.profile import Profile
from edge.facts import RefundDecided, SaleClosed, SaleLine, Tender
from edge.pos.returns.due import Due
from edge.pos.rounding import round_sale
from edge.pos.tax import tax_sums
from edge.units import ArticleId, LineId, Minor, Origin, SaleId, ShiftId, Sku, TenderKind, TillId, UserId
from tests.pos.sold import sale as any_sale

DAY = date(2026, 6, 1)


def sale_of(rows: list[tuple[int, int, int, str]], profile: Profile, card: int = 0) -> SaleClosed:
    """A closed sale of (quantity, unit price, discount, tax class), `card` of it by card, the rest in cash."""
    lines, rates = [], []
    for number, (quantity, price, discount, tax) in enumerate(rows, 1):
        rate, gross = profile.rate(tax, DAY), Minor(quantity * price - min(discount, quantity * price))
        off = Minor(quantity * price - gross)
        what = (LineId(number), Sku(f"s{number}"), ArticleId(f"a{number}"), f"Article {number}")
        lines.append(SaleLine(*what, quantity, Minor(price), off, gross, rate.label))
        rates.append((rate, gross))
    total = Minor(sum(line.gross for line in lines))
    by_card = Minor(min(card, total))
    cash = round_sale(Minor(total - by_card), profile, DAY)
    tenders = [Tender(TenderKind.CARD, by_card, by_card, "slip 7")] if by_card else []
    tenders += [Tender(TenderKind.CASH, cash, cash)] if total > by_card else []
    payable = Minor(sum(each.amount for each in tenders))
    return replace(
        any_sale(),
        lines=tuple(lines),
        taxes=tax_sums(rates, profile.tax_rounding),
        total=total,
        rounding=Minor(payable - total),
        payable=payable,
        tenders=tuple(tenders),
        change=Minor(0),
    )


def decided(found: Due, number: int) -> RefundDecided:
    return RefundDecided(
        returned=SaleId(f"r{number}"),
        sale=SaleId("5a1e"),
        original="S1-T1A-000042",
        till=TillId("till1"),
        shift=ShiftId("sh1"),
        user=UserId("anna"),
        origin=Origin.STORE,
        currency="DKK",
        lines=found.lines,
        taxes=found.taxes,
        total=found.total,
        rounding=found.rounding,
        parts=found.parts,
        reason="too small",
    )
