"""What we have: on hand, damaged, held. Available = on hand - holds - damaged, never clamped to nought."""

import sqlite3
from collections.abc import Callable, Mapping
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
from edge.feedwords import DeliveryValue, read_value
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
CREATE TABLE IF NOT EXISTS deliveries (
    document TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (document, sku)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS goods_received (
    document TEXT NOT NULL, sku TEXT NOT NULL, PRIMARY KEY (document, sku)
) WITHOUT ROWID;
"""
OUTSTANDING = """SELECT document, sku, quantity FROM deliveries AS d
WHERE NOT EXISTS (SELECT 1 FROM goods_received r WHERE r.document = d.document AND r.sku = d.sku)
ORDER BY document, sku LIMIT ?"""
"""What HQ says has been delivered and no fact of ours has received yet."""
_MOVE = """INSERT INTO stock (sku, on_hand, damaged, held, seq, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + ?2, damaged = damaged + ?3, held = held + ?4, seq = ?5, at = ?6"""


def _move(db: sqlite3.Connection, entry: Entry, sku: str, *, on_hand: int = 0, damaged: int = 0, held: int = 0) -> None:
    db.execute(_MOVE, (sku, on_hand, damaged, held, entry.seq, entry.time))


def _received(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StockReceived)
    _move(db, entry, fact.sku, on_hand=fact.quantity)
    db.execute("INSERT OR IGNORE INTO goods_received VALUES (?, ?)", (fact.document, fact.sku))


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
        _move(db, entry, line.sku, on_hand=line.quantity, damaged=0 if fact.sound(line.line) else line.quantity)


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


def _delivery(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        _, document, sku = key.split("/", 2)
        db.execute("DELETE FROM deliveries WHERE document = ? AND sku = ?", (document, sku))
        return
    value = read_value("delivery", data)
    assert isinstance(value, DeliveryValue)
    db.execute("INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?)", (value.document, value.sku, value.quantity))


FEED: Mapping[str, Callable[[sqlite3.Connection, str, bytes | None], None]] = {"delivery": _delivery}


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
