"""What we have: on hand, damaged, held. Available = on hand - holds - damaged, never clamped to nought."""

import sqlite3
from dataclasses import dataclass

from edge.facts import (
    Fact,
    SaleClosed,
    SaleReturned,
    StockCounted,
    StockDamaged,
    StockHeld,
    StockReceived,
    StockReleased,
)
from edge.journal.entry import Entry
from edge.journal.room import Room

SCHEMA = """
CREATE TABLE IF NOT EXISTS stock (
    sku TEXT PRIMARY KEY, on_hand INTEGER NOT NULL DEFAULT 0, damaged INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0, seq INTEGER NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS holds (
    order_id TEXT NOT NULL, line INTEGER NOT NULL, attempt INTEGER NOT NULL, sku TEXT NOT NULL,
    held INTEGER NOT NULL, released INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, line, attempt)
) WITHOUT ROWID;
"""
_MOVE = """INSERT INTO stock (sku, on_hand, damaged, held, seq, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + ?2, damaged = damaged + ?3, held = held + ?4, seq = ?5, at = ?6"""


def _move(db: sqlite3.Connection, entry: Entry, sku: str, *, on_hand: int = 0, damaged: int = 0, held: int = 0) -> None:
    db.execute(_MOVE, (sku, on_hand, damaged, held, entry.seq, entry.time))


def _received(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StockReceived)
    _move(db, entry, fact.sku, on_hand=fact.quantity)


def _damaged(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StockDamaged)
    _move(db, entry, fact.sku, damaged=fact.quantity)


def _counted(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StockCounted)
    _move(db, entry, fact.sku, on_hand=fact.counted - fact.expected)


def _sold(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SaleClosed)
    if not fact.training:
        for line in fact.lines:
            _move(db, entry, line.sku, on_hand=-line.quantity)


def _returned(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SaleReturned)
    for line in fact.lines:
        _move(db, entry, line.sku, on_hand=line.quantity, damaged=0 if fact.sellable else line.quantity)


def _held(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StockHeld)
    new = db.execute(
        "INSERT OR IGNORE INTO holds (order_id, line, attempt, sku, held) VALUES (?, ?, ?, ?, ?)",
        (fact.order, fact.line, fact.attempt, fact.sku, fact.quantity),
    )
    if new.rowcount:
        _move(db, entry, fact.sku, held=fact.quantity)


def _released(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StockReleased)
    hold = (fact.order, fact.line, fact.attempt)
    row = db.execute(
        "SELECT sku, held - released FROM holds WHERE order_id = ? AND line = ? AND attempt = ?", hold
    ).fetchone()
    if row is not None:
        quantity = min(fact.quantity, row[1])
        db.execute(
            "UPDATE holds SET released = released + ? WHERE order_id = ? AND line = ? AND attempt = ?",
            (quantity, *hold),
        )
        _move(db, entry, row[0], held=-quantity)


ROOM = Room(
    "stock",
    schema=SCHEMA,
    project={
        StockReceived: _received,
        StockDamaged: _damaged,
        StockCounted: _counted,
        SaleClosed: _sold,
        SaleReturned: _returned,
        StockHeld: _held,
        StockReleased: _released,
    },
)


@dataclass(frozen=True, slots=True)
class Stock:
    """One variant's numbers, in pieces."""

    on_hand: int
    damaged: int
    held: int

    @property
    def available(self) -> int:
        return self.on_hand - self.held - self.damaged


def stock_of(db: sqlite3.Connection, sku: str) -> Stock | None:
    """What the record says of `sku`; None when it never moved here."""
    row = db.execute("SELECT on_hand, damaged, held FROM stock WHERE sku = ?", (sku,)).fetchone()
    return None if row is None else Stock(*row)
