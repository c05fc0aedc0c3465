"""What a basket costs: priced lines, a tax table, a total; one sum seen three ways (pure).

What is taken off goes in this order: what promotions give, then a line's own discount, then the basket's, shared out
over the lines by what is left of them. No line ever costs less than nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from edge.countries.profile import Profile, TaxRate
from edge.facts.offers import Given
from edge.facts.sale import SaleLine
from edge.facts.shift import TaxSum
from edge.pos.basket import Basket, Line
from edge.pos.discounts.shares import shared
from edge.pos.promotions.best import Applied, Outcome
from edge.pos.promotions.reckon import given, of_line
from edge.pos.tax import divide, tax_sums
from edge.units import Grams, LineId, Minor


@dataclass(frozen=True, slots=True)
class Priced:
    """`total == sum(line.gross) == sum(tax.gross)`; lines carry the country's tax labels."""

    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...]
    total: Minor
    applied: tuple[Applied, ...] = ()
    """What promotions gave."""

    @property
    def discount(self) -> Minor:
        """All that was taken off."""
        return Minor(sum(line.discount for line in self.lines))


def price(basket: Basket, profile: Profile, at: date) -> Priced:
    """`basket` at its own prices and at the tax rates in force on `at`, the store's local day of payment."""
    outcome = given(basket)
    left = _left(basket, outcome)
    rates = {label: profile.rate(label, at) for label in {line.tax_label for line in basket.lines}}
    rated = [(line, rates[line.tax_label]) for line in basket.lines]
    names = {each.key: each.name for each in basket.offers.terms}
    lines = tuple(_line(line, rate, left[line.line], of_line(outcome, names, line.line)) for line, rate in rated)
    taxes = tax_sums([(rate, left[line.line]) for line, rate in rated], profile.tax_rounding)
    return Priced(lines, taxes, Minor(sum(left.values())), outcome.applied)


def weighed_price(per_kilogram: Minor, weight: Grams) -> Minor:
    """The price of a weighed piece, to the nearest minor unit."""
    return Minor(divide(per_kilogram * weight, 1000))


def _left(basket: Basket, outcome: Outcome) -> Mapping[LineId, Minor]:
    """What every line costs when all discounts are taken off; the order of the scans changes nothing."""
    left = {line.line: _own(line, outcome.saved(line.line)) for line in sorted(basket.lines, key=_rank)}
    if basket.reduction is None:
        return left
    off = basket.reduction.off(Minor(sum(left.values())))
    return {line: Minor(left[line] - share) for line, share in shared(off, left).items()}


def _own(line: Line, saved: Minor) -> Minor:
    costs = Minor(line.gross - saved)
    return costs if line.reduction is None else Minor(costs - line.reduction.off(costs))


def _rank(line: Line) -> tuple[object, ...]:
    return line.sku, line.tax_label, line.unit_price, line.quantity, line.line


def _line(line: Line, rate: TaxRate, gross: Minor, promotions: tuple[Given, ...]) -> SaleLine:
    return SaleLine(
        line=line.line,
        sku=line.sku,
        article=line.article,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=Minor(line.gross - gross),
        gross=gross,
        tax_label=rate.label,
        promotions=promotions,
    )
