"""What a basket costs: priced lines, a tax table, a total; one sum seen three ways (pure)."""

from dataclasses import dataclass
from datetime import date

from edge.countries.profile import Profile, TaxRate
from edge.facts.sale import SaleLine
from edge.facts.shift import TaxSum
from edge.pos.basket import Basket, Line
from edge.pos.tax import divide, tax_sums
from edge.units import Grams, Minor


@dataclass(frozen=True, slots=True)
class Priced:
    """`total == sum(line.gross) == sum(tax.gross)`; lines carry the country's tax labels."""

    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...]
    total: Minor


def price(basket: Basket, profile: Profile, at: date) -> Priced:
    """`basket` at its own prices and at the tax rates in force on `at`, the store's local day of payment."""
    rated = [(line, profile.rate(line.tax_label, at)) for line in basket.lines]
    lines = tuple(_line(line, rate) for line, rate in rated)
    taxes = tax_sums([(rate, line.gross) for line, rate in rated], profile.tax_rounding)
    return Priced(lines, taxes, Minor(sum(line.gross for line in lines)))


def weighed_price(per_kilogram: Minor, weight: Grams) -> Minor:
    """The price of a weighed piece, to the nearest minor unit."""
    return Minor(divide(per_kilogram * weight, 1000))


def _line(line: Line, rate: TaxRate) -> SaleLine:
    return SaleLine(
        line=line.line,
        sku=line.sku,
        article=line.article,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=Minor(0),
        gross=line.gross,
        tax_label=rate.label,
    )
