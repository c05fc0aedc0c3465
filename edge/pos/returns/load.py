"""State of returns, loaded inside a transaction: the sale behind a receipt, what came back of it, the limits."""

import sqlite3
from dataclasses import dataclass

from edge.catalog.lookup import setting
from edge.countries.profile import Profile
from edge.errors import Halt, Refused
from edge.facts import Evidence, RefundDecided, SaleClosed, read_fact
from edge.units import Minor, SaleId, StoreId, UserId

_OPEN = "SELECT count(*) FROM refunds WHERE till = ? AND state = 'decided'"
_CLOSED = "SELECT e.type, e.data FROM sales s JOIN entries e ON e.seq = s.closed_seq WHERE s.sale = ?"
_BY_NUMBER = "SELECT sale FROM sales WHERE number = ? COLLATE NOCASE"
_REFUND_NUMBER = "SELECT 1 FROM refunds WHERE number = ? COLLATE NOCASE"
_REFUNDS = """SELECT e.type, e.data FROM refunds r JOIN entries e ON e.seq = r.decided_seq
WHERE r.sale = ? AND r.state <> 'dropped' ORDER BY r.decided_seq"""
_DECIDED = """SELECT e.type, e.data, r.state FROM refunds r JOIN entries e ON e.seq = r.decided_seq
WHERE r.returned = ?"""
_LOOSE = """SELECT coalesce(sum(total), 0), coalesce(sum(CASE WHEN user = ? THEN total ELSE 0 END), 0) FROM refunds
WHERE sale IS NULL AND proof = '' AND business_date = ? AND state <> 'dropped'"""
_REPORT = "SELECT number FROM fiscal_reports WHERE sale = ?"
_NOTES = {"return.limit": 2, "return.loose.store": 10, "return.loose.cashier": 4}
"""Limits that headquarters has set nothing for, in largest banknotes of the country."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`receipt`: the most a cashier gives back alone; `store` and `cashier`: a day's most without receipts."""

    receipt: Minor
    store: Minor
    cashier: Minor


def limits(db: sqlite3.Connection, profile: Profile) -> Limits:
    """Settings `return.limit`, `return.loose.store`, `return.loose.cashier` (minor units), else whole banknotes."""
    receipt, store, cashier = (_limit(db, name, notes * profile.notes_in_use[0]) for name, notes in _NOTES.items())
    return Limits(receipt, store, cashier)


def sale_named(db: sqlite3.Connection, number: str, store: StoreId) -> SaleId | None:
    """The sale whose receipt has `number`; the store's own name before it may be left out."""
    for each in (number, f"{store}-{number}"):
        row = db.execute(_BY_NUMBER, (each,)).fetchone()
        if row is not None:
            return SaleId(row[0])
        if db.execute(_REFUND_NUMBER, (each,)).fetchone():
            raise refund_of_a_refund()
    return None


def refund_of_a_refund() -> Refused:
    """What a cashier is told who scans the paper of a return."""
    return Refused(
        "that is the paper of a return: its money has been given back",
        hint="Ask for the receipt of the purchase.",
        code="refund-of-refund",
    )


def sold(db: sqlite3.Connection, sale: SaleId) -> SaleClosed | None:
    """The closed sale; None when this box has none of that id."""
    row = db.execute(_CLOSED, (sale,)).fetchone()
    fact = None if row is None else read_fact(*row)
    return fact if isinstance(fact, SaleClosed) and not fact.training else None


def must_be_sold(db: sqlite3.Connection, sale: SaleId) -> SaleClosed:
    """The closed sale. Refused when it is a return, not finished, or not here."""
    found = sold(db, sale)
    if found is not None:
        return found
    if db.execute("SELECT 1 FROM refunds WHERE returned = ?", (sale,)).fetchone():
        raise refund_of_a_refund()
    if db.execute("SELECT 1 FROM sales WHERE sale = ?", (sale,)).fetchone():
        raise Refused("that sale has no fiscal receipt yet", hint="Ask for it again first.", code="sale-unfinished")
    raise Refused("that sale is not on this box", hint="Scan its receipt.", code="unknown-sale", status=404)


def refunds_of(db: sqlite3.Connection, sale: SaleId) -> list[RefundDecided]:
    """Every refund of a sale that was not given up, oldest first."""
    found = [read_fact(*row) for row in db.execute(_REFUNDS, (sale,))]
    return [fact for fact in found if isinstance(fact, RefundDecided)]


def decided(db: sqlite3.Connection, returned: SaleId) -> tuple[RefundDecided, str]:
    """A refund and its state (`decided`, `closed`, `dropped`). Refused when there is none."""
    row = db.execute(_DECIDED, (returned,)).fetchone()
    if row is None:
        raise Refused(f"no return {returned}", hint="Reload the page.", code="unknown-sale", status=404)
    fact = read_fact(row[0], row[1])
    if not isinstance(fact, RefundDecided):
        raise Halt(f"return {returned} was never decided", hint="Run `edge verify`, then `edge rebuild`.")
    return fact, row[2]


def loose_today(db: sqlite3.Connection, user: UserId, day: str) -> tuple[int, int]:
    """What the store, and `user`, took back without receipts on a business day."""
    store, own = db.execute(_LOOSE, (user, day)).fetchone()
    return store, own


def approval(db: sqlite3.Connection, sale: SaleId, evidence: Evidence) -> str:
    """The number under which a sale's receipt was made or reported; empty when there is none (yet)."""
    row = db.execute(_REPORT, (sale,)).fetchone()
    return evidence.number or (str(row[0]) if row else "")


def returns_open(db: sqlite3.Connection, till: str) -> int:
    """How many returns of a till are decided and neither closed nor given up: no money has left for them."""
    (count,) = db.execute(_OPEN, (till,)).fetchone()
    return int(count)


def returns_made(db: sqlite3.Connection, till: str, letter: str) -> int:
    """Numbers of the returns' own run that a till has issued under `letter`."""
    row = db.execute("SELECT returns FROM return_counters WHERE till = ? AND letter = ?", (till, letter)).fetchone()
    return 0 if row is None else int(row[0])


def _limit(db: sqlite3.Connection, name: str, otherwise: int) -> Minor:
    value = setting(db, name)
    return Minor(int(value)) if value.isascii() and value.isdecimal() and len(value) <= 12 else Minor(otherwise)
