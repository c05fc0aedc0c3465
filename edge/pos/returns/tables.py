"""What has come back: one row a refund, the returns' own numbers, and cash that leaves the next open drawer."""

import sqlite3

from edge.facts import Fact, FiscalReported, RefundDecided, RefundDropped, SaleReturned, ShiftOpened
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.pos.series import parted
from edge.pos.tenders import cash_in

SCHEMA = """
CREATE TABLE IF NOT EXISTS refunds (
    returned TEXT PRIMARY KEY, sale TEXT, till TEXT NOT NULL, user TEXT NOT NULL, number TEXT, total INTEGER NOT NULL,
    amount INTEGER NOT NULL, cash INTEGER NOT NULL, exchange TEXT, proof TEXT NOT NULL DEFAULT '',
    business_date TEXT NOT NULL, state TEXT NOT NULL,   -- 'decided', 'closed' or 'dropped'
    decided_at TEXT NOT NULL, decided_seq INTEGER NOT NULL, closed_seq INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refunds_sale ON refunds (sale);
CREATE INDEX IF NOT EXISTS refunds_till ON refunds (till, decided_seq DESC);
CREATE INDEX IF NOT EXISTS refunds_open ON refunds (till) WHERE state = 'decided';
CREATE INDEX IF NOT EXISTS refunds_number ON refunds (number COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS refunds_loose ON refunds (business_date) WHERE sale IS NULL;
CREATE TABLE IF NOT EXISTS return_counters (
    till TEXT NOT NULL, letter TEXT NOT NULL, returns INTEGER NOT NULL, PRIMARY KEY (till, letter)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cash_owed (till TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fiscal_reports (sale TEXT PRIMARY KEY, number TEXT NOT NULL) WITHOUT ROWID;
"""
_DECIDED = """INSERT INTO refunds (returned, sale, till, user, total, amount, cash, exchange, proof, business_date,
state, decided_at, decided_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'decided', ?, ?)"""
_CLOSED = "UPDATE refunds SET state = 'closed', number = ?, closed_seq = ? WHERE returned = ?"
_RECEIPTS = """INSERT INTO till_counters (till, letter, receipts) VALUES (?1, ?2, ?3)
ON CONFLICT (till, letter) DO UPDATE SET receipts = ?3"""
_RETURNS = "INSERT OR REPLACE INTO return_counters VALUES (?, ?, ?)"
_IS_OPEN = "SELECT 1 FROM shifts WHERE till = ? AND closed = 0"
_OWE = "INSERT INTO cash_owed VALUES (?1, ?2) ON CONFLICT (till) DO UPDATE SET amount = amount + ?2"
OWN = "R"
"""Begins the sequence of a return that has a number of the returns' own run."""


def _decided(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, RefundDecided)
    amount, cash = sum(part.amount for part in fact.parts), sum(p.amount for p in fact.parts if p.given == "cash")
    who = (fact.returned, fact.sale, fact.till, fact.user, fact.total, amount, cash, fact.exchange, fact.proof)
    db.execute(_DECIDED, (*who, entry.businessdate, entry.time, entry.seq))


def _returned(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    """Where the till is closed, the money leaves the next drawer that is opened."""
    assert isinstance(fact, SaleReturned)
    db.execute(_CLOSED, (fact.number, entry.seq, fact.returned))
    letter, number = parted(fact.number, fact.till)
    counter = _RETURNS if number.startswith(OWN) else _RECEIPTS
    db.execute(counter, (fact.till, letter, int(number.removeprefix(OWN))))
    cash = cash_in(fact.tenders)
    if cash and db.execute(_IS_OPEN, (fact.till,)).fetchone() is None:
        db.execute(_OWE, (fact.till, cash))


def _dropped(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, RefundDropped)
    db.execute("UPDATE refunds SET state = 'dropped' WHERE returned = ?", (fact.returned,))


def _opened(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ShiftOpened)
    for (owed,) in db.execute("SELECT amount FROM cash_owed WHERE till = ?", (fact.till,)).fetchall():
        db.execute("UPDATE shifts SET cash = cash - ? WHERE shift = ?", (owed, fact.shift))
        db.execute("DELETE FROM cash_owed WHERE till = ?", (fact.till,))


def _reported(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, FiscalReported)
    db.execute("INSERT OR REPLACE INTO fiscal_reports VALUES (?, ?)", (fact.sale, fact.number))


ROOM = Room(
    "returns",
    schema=SCHEMA,
    project={
        RefundDecided: _decided,
        SaleReturned: _returned,
        RefundDropped: _dropped,
        ShiftOpened: _opened,
        FiscalReported: _reported,
    },
)
"""Follows `edge.pos.tables.ROOM`: it keeps that room's drawer and counters in step with what comes back."""
