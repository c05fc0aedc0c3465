"""Reckons a document over again from the device's own tax table, independently of the till's arithmetic (pure)."""

from collections.abc import Iterable, Iterator, Mapping

from edge.facts.shift import TaxSum
from edge.pos.fiscal.document import DocumentKind, FiscalDocument
from edge.units import BasisPoints, Minor

_NEAREST = 1
"""Half minor units that the tax of a sale may be off: it is rounded to the nearest."""
_PARTS = 2
"""Of a refund: the parts of a sale must add up to it, so one may be a whole unit off."""


def objection(document: FiscalDocument, table: Mapping[str, BasisPoints]) -> str:
    """What is wrong with `document`, in words; empty when nothing is."""
    return next(_objections(document, table), "")


def _objections(document: FiscalDocument, table: Mapping[str, BasisPoints]) -> Iterator[str]:
    if sum(tender.amount for tender in document.tenders) != document.payable:
        yield "it is not paid exactly"
    if document.kind is DocumentKind.CASH_OUT:
        return
    grouped: dict[str, int] = {}
    for line in document.lines:
        grouped[line.tax_label] = grouped.get(line.tax_label, 0) + line.gross
        if line.gross != line.quantity * line.unit_price - line.discount:
            yield f"{line.name}: quantity times price is not the amount"
    for label in sorted(grouped.keys() - table.keys()):
        yield f"unknown tax {label}"
    if grouped != {row.label: row.gross for row in document.taxes}:
        yield "the lines and the tax table differ"
    for row in document.taxes:
        yield from _row(row, table[row.label], _NEAREST if document.kind is DocumentKind.SALE else _PARTS)
    if sum(grouped.values()) != document.total or document.total + document.rounding != document.payable:
        yield "the total is not the sum of the lines"


def _row(row: TaxSum, rate: BasisPoints, within: int) -> Iterator[str]:
    if row.rate != rate:
        yield f"tax {row.label} is {rate}, not {row.rate}"
    off = abs(row.tax * (10_000 + rate) - row.gross * rate)
    if 2 * off > within * (10_000 + rate) or row.net + row.tax != row.gross:
        yield f"tax {row.label} is reckoned wrongly"


def day_taxes(receipts: Iterable[tuple[int, tuple[TaxSum, ...]]]) -> tuple[TaxSum, ...]:
    """A day's tax table from (sign, rows) of its receipts."""
    sums: dict[tuple[str, BasisPoints], list[int]] = {}
    for sign, rows in receipts:
        for row in rows:
            total = sums.setdefault((row.label, row.rate), [0, 0, 0])
            for place, part in enumerate((row.net, row.tax, row.gross)):
                total[place] += sign * part
    return tuple(
        TaxSum(label, rate, Minor(net), Minor(tax), Minor(gross))
        for (label, rate), (net, tax, gross) in sorted(sums.items())
    )
