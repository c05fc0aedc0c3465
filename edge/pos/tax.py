"""Tax inside prices that include it: integers only, halves rounded away from zero (pure)."""

from collections.abc import Iterable

from edge.countries.profile import TaxRate, TaxRounding
from edge.facts.shift import TaxSum
from edge.units import BasisPoints, Minor

WHOLE = 10_000
"""One hundred percent in basis points."""


def tax_in(gross: Minor, rate: BasisPoints) -> Minor:
    """The tax contained in `gross`: `gross * rate / (1 + rate)`, to the nearest minor unit."""
    return Minor(divide(gross * rate, WHOLE + rate))


def divide(amount: int, by: int) -> int:
    """`amount / by` to the nearest integer, halves away from zero; `by` above zero."""
    size = (2 * abs(amount) + by) // (2 * by)
    return size if amount >= 0 else -size


def tax_sums(parts: Iterable[tuple[TaxRate, Minor]], rounding: TaxRounding) -> tuple[TaxSum, ...]:
    """One row per rate that occurs, in order of label: the gross amounts add up to the parts', `net + tax == gross`."""
    grouped: dict[tuple[str, BasisPoints], list[Minor]] = {}
    for rate, gross in parts:
        grouped.setdefault((rate.label, rate.rate), []).append(gross)
    return tuple(_sum(label, rate, each, rounding) for (label, rate), each in sorted(grouped.items()))


def add_sums(signed: Iterable[tuple[int, TaxSum]]) -> tuple[TaxSum, ...]:
    """Rows of many receipts added up per label and rate; each with its sign, +1 for a sale and -1 for a return."""
    totals: dict[tuple[str, BasisPoints], tuple[int, int, int]] = {}
    for sign, row in signed:
        net, tax, gross = totals.get((row.label, row.rate), (0, 0, 0))
        totals[row.label, row.rate] = (net + sign * row.net, tax + sign * row.tax, gross + sign * row.gross)
    return tuple(
        TaxSum(label, rate, Minor(net), Minor(tax), Minor(gross))
        for (label, rate), (net, tax, gross) in sorted(totals.items())
    )


def _sum(label: str, rate: BasisPoints, parts: list[Minor], rounding: TaxRounding) -> TaxSum:
    gross = Minor(sum(parts))
    per_line = sum(tax_in(part, rate) for part in parts)
    tax = Minor(per_line) if rounding is TaxRounding.LINE else tax_in(gross, rate)
    return TaxSum(label, rate, Minor(gross - tax), tax, gross)
