"""Where a difference in the drawer may have come from: what a manager looks at before the day is closed."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.countries.profile import Profile
from edge.facts import SalePaid, SaleReturned, read_fact
from edge.pos.load import Shift
from edge.pos.tenders import cash_in, quick_notes
from edge.units import Minor, TenderKind

Json = Mapping[str, object]
MOST_SALES = 8
_COUNT = """SELECT count(*) FROM entries WHERE seq >= ? AND type = ?
AND json_extract(CAST(data AS TEXT), '$.till') = ?"""
_BY_HAND = _COUNT + " AND json_extract(CAST(data AS TEXT), '$.kicked') = 0"
_LINES = "SELECT coalesce(sum(voided_lines), 0) FROM baskets WHERE shift = ?"
_FACTS = """SELECT e.type, e.data, e.time, s.number FROM entries e LEFT JOIN sales s ON s.paid_seq = e.seq
WHERE e.seq >= ? AND e.type = ? AND json_extract(CAST(e.data AS TEXT), '$.till') = ? ORDER BY e.seq"""


@dataclass(frozen=True, slots=True)
class _Cash:
    """One sale's cash."""

    number: str
    at: str
    payable: Minor
    tendered: Minor
    change: Minor


def candidates(db: sqlite3.Connection, shift: Shift, profile: Profile) -> Sequence[Json]:
    """What happened in the shift that a difference may come from; kinds that did not happen are left out."""
    variance = (shift.counted or 0) - shift.expected
    found = [
        ("drawer-open", _count(db, _BY_HAND, shift, "edge.drawer.opened.v1"), None, ()),
        ("no-sale", _count(db, _COUNT, shift, "edge.drawer.no_sale.v1"), None, ()),
        ("void", _voids(db, shift), None, ()),
        _refunds(db, shift),
        _sales("wrong-change", wrong_change(list(_cash_sales(db, shift)), variance, profile)),
        _sales("wrong-tender", wrong_tender(list(_cash_sales(db, shift)), variance)),
    ]
    return [
        {"kind": kind, "count": count, "amount_minor": amount, "sales": list(sales)}
        for kind, count, amount, sales in found
        if count
    ]


def wrong_change(sales: Sequence[_Cash], variance: int, profile: Profile) -> list[_Cash]:
    """Sales that would explain the difference if the customer had held out another likely amount than was keyed."""
    return [
        sale
        for sale in sales
        if variance and sale.tendered + variance in (sale.payable, *quick_notes(sale.payable, profile))
    ]


def wrong_tender(sales: Sequence[_Cash], variance: int) -> list[_Cash]:
    """Sales keyed as cash that come to just what is missing: perhaps they were paid by card."""
    return [sale for sale in sales if variance < 0 and sale.payable == -variance]


def _count(db: sqlite3.Connection, sql: str, shift: Shift, kind: str) -> int:
    return int(db.execute(sql, (shift.opened_seq, kind, shift.till)).fetchone()[0])


def _voids(db: sqlite3.Connection, shift: Shift) -> int:
    (lines,) = db.execute(_LINES, (shift.id,)).fetchone()
    return int(lines) + _count(db, _COUNT, shift, "edge.basket.voided.v1")


def _refunds(db: sqlite3.Connection, shift: Shift) -> tuple[str, int, int, tuple[Json, ...]]:
    rows = db.execute(_FACTS, (shift.opened_seq, "edge.sale.returned.v1", shift.till)).fetchall()
    facts = [read_fact(kind, data) for kind, data, _, _ in rows]
    cash = [cash_in(fact.tenders) for fact in facts if isinstance(fact, SaleReturned)]
    return "cash-refund", sum(amount > 0 for amount in cash), sum(cash), ()


def _cash_sales(db: sqlite3.Connection, shift: Shift) -> Iterator[_Cash]:
    for kind, data, at, number in db.execute(_FACTS, (shift.opened_seq, "edge.sale.paid.v1", shift.till)):
        fact = read_fact(kind, data)
        if isinstance(fact, SalePaid) and any(each.kind is TenderKind.CASH for each in fact.tenders):
            tendered = sum(each.tendered for each in fact.tenders if each.kind is TenderKind.CASH)
            yield _Cash(number or "", at, cash_in(fact.tenders), Minor(tendered), fact.change)


def _sales(kind: str, sales: Sequence[_Cash]) -> tuple[str, int, None, tuple[Json, ...]]:
    shown = tuple(
        {
            "number": sale.number,
            "at": sale.at,
            "payable_minor": sale.payable,
            "tendered_minor": sale.tendered,
            "change_minor": sale.change,
        }
        for sale in sales[:MOST_SALES]
    )
    return kind, len(sales), None, shown
