"""What a till's page is told of returns: those under way, the last one, a receipt that was found, an amount due."""

import sqlite3

from edge.facts import SaleClosed
from edge.pos.returns.due import Due, Earlier, earlier_of, left
from edge.pos.returns.load import refunds_of
from edge.web.house import Json
from edge.web.views.goods import called
from edge.web.views.till import Frame, fiscal_of, paper_of

_REFUND = """SELECT r.returned, r.number, r.sale, r.total, r.amount, r.decided_at, r.state, r.exchange, r.closed_seq,
s.number FROM refunds r LEFT JOIN sales s ON s.sale = r.sale WHERE r.till = ?"""
_OPEN = """ AND (r.state = 'decided' OR (r.state = 'closed' AND r.returned IN (
SELECT e.subject FROM effects e WHERE e.kind = 'fiscal' AND e.state = 'not-done' AND NOT EXISTS (
SELECT 1 FROM effects l WHERE l.subject = e.subject AND l.kind = 'fiscal'
AND (l.place, l.rowid) > (e.place, e.rowid))))) ORDER BY r.decided_seq"""
"""Decided and not closed; or closed with the report still owed, and the device refused it."""
_LAST = " AND r.state <> 'dropped' ORDER BY r.decided_seq DESC LIMIT 1"
_EVIDENCE = "SELECT json_extract(CAST(data AS TEXT), '$.evidence.number') FROM entries WHERE seq = ?"


def returns_view(db: sqlite3.Connection, frame: Frame) -> dict[str, object]:
    """`Returns`: what still waits for the fiscal port, and the till's last return."""
    last = db.execute(f"{_REFUND}{_LAST}", (frame.till,)).fetchone()
    return {
        "open": [_refund(db, row, frame) for row in db.execute(f"{_REFUND}{_OPEN}", (frame.till,)).fetchall()],
        "last": None if last is None else _refund(db, last, frame),
    }


def receipt_view(db: sqlite3.Connection, sale: SaleClosed, language: str) -> dict[str, object]:
    """`FoundReceipt`: a sale of this box with what may still come back of it."""
    earlier = earlier_of(refunds_of(db, sale.sale))
    return {
        "kind": "sale",
        "sale": sale.sale,
        "number": sale.number,
        "paid_at": sale.paid_at,
        "total_minor": sale.total,
        "payable_minor": sale.payable,
        "tenders": [{"kind": each.kind, "amount_minor": each.amount} for each in sale.tenders],
        "lines": _lines(db, sale, earlier, language),
    }


def due_view(found: Due, *, manager: bool) -> dict[str, object]:
    """`Due`: what the customer gets, and whether a manager must approve it."""
    return {
        "amount_minor": found.amount,
        "total_minor": found.total,
        "rounding_minor": found.rounding,
        "manager": manager,
        "parts": [{"paid": part.paid, "given": part.given, "amount_minor": part.amount} for part in found.parts],
        "lines": [
            {
                "line": line.line,
                "quantity": line.quantity,
                "gross_minor": line.gross,
                "unit_price_minor": line.unit_price,
            }
            for line in found.lines
        ],
    }


def _lines(db: sqlite3.Connection, sale: SaleClosed, earlier: Earlier, language: str) -> list[Json]:
    found: list[Json] = []
    for line in sale.lines:
        words = called(db, line.article, line.sku, language, line.name)
        found.append(
            {
                "line": line.line,
                "sku": line.sku,
                "name": words.name,
                "variant": words.variant,
                "picture": words.picture,
                "sold": line.quantity,
                "left": left(line, earlier),
                "unit_price_minor": line.unit_price,
                "discount_minor": line.discount,
                "gross_minor": line.gross,
            }
        )
    return found


def _refund(db: sqlite3.Connection, row: tuple[object, ...], frame: Frame) -> dict[str, object]:
    returned, number, sale, total, amount, at, state, exchange, closed_seq, original = row
    evidence = db.execute(_EVIDENCE, (closed_seq,)).fetchone() or ("",)
    closed = state == "closed"
    return {
        "returned": returned,
        "number": number,
        "original": original,
        "without_receipt": sale is None,
        "total_minor": total,
        "amount_minor": amount,
        "at": at,
        "closed": closed,
        "exchange": exchange is not None,
        "fiscal": fiscal_of(db, str(returned), closed=closed, number=evidence[0] or ""),
        "paper": paper_of(db, str(returned), "return", str(number or ""), total, frame),
    }
