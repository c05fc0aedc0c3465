"""A till's tenders and ways to pay, as docs/payments.md writes them (`TenderView`, `Way`)."""

import sqlite3
from collections.abc import Mapping, Sequence

from edge.pos.payment.ledger import captured
from edge.pos.payment.tables import of_sale, open_at
from edge.pos.shop import Way
from edge.units import Minor, SaleId, TillId

Json = Mapping[str, object]
_DECLINED = """SELECT name, amount, why, place FROM tenders WHERE sale = ? AND state = 'declined'
ORDER BY place DESC LIMIT 1"""


def tenders_view(db: sqlite3.Connection, till: TillId, wired: frozenset[str], basket: SaleId | None) -> Sequence[Json]:
    """Everything open at this till: of the basket, and what no paid sale counts (`stray`)."""
    return [
        {
            "tender": each.tender,
            "name": each.name,
            "amount_minor": each.amount,
            "state": each.state,
            "slip": each.slip,
            "wired": each.terminal in wired,
            "terminal": each.terminal,
            "asked_at": each.asked_at,
            "stray": each.sale != basket,
        }
        for each in open_at(db, till)
    ]


def ways_view(ways: Mapping[str, Way]) -> Sequence[Json]:
    """How a customer can pay here besides cash."""
    return [
        {"name": way.name, "label": way.label, "kind": way.kind, "wired": way.driver != "manual"}
        for way in ways.values()
    ]


def taken(db: sqlite3.Connection, sale: SaleId) -> Minor:
    """What of a basket is paid already."""
    return captured(of_sale(db, sale))


def declined(db: sqlite3.Connection, sale: SaleId) -> Json | None:
    """The basket's last no, in the terminal's words."""
    row = db.execute(_DECLINED, (sale,)).fetchone()
    return None if row is None else {"name": row[0], "amount_minor": row[1], "why": row[2], "seq": row[3]}
