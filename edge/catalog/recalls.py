"""Lots that were called back, as headquarters' feed says them; found by what stands in a barcode."""

import sqlite3
from collections.abc import Callable, Mapping

import msgspec

from edge.feedrecalls import EVERY_LOT, RecallValue

SCHEMA = """
CREATE TABLE IF NOT EXISTS recalls (
    gtin TEXT NOT NULL, lot TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (gtin, lot)
) WITHOUT ROWID;
"""
_RECALLED = "SELECT value FROM recalls WHERE gtin = ? AND lot IN (?, ?) ORDER BY lot LIMIT 1"
_WITHDRAWN = """SELECT r.gtin FROM codes AS c JOIN recalls AS r
ON r.gtin = substr('00000000000000' || c.code, -14) AND r.lot = ?
WHERE c.holder = 'variant/' || ? AND length(c.code) <= 14 LIMIT 1"""
_decode = msgspec.json.Decoder(RecallValue).decode


def recalled(db: sqlite3.Connection, gtin: str, lot: str | None) -> RecallValue | None:
    """The recall of this lot of a GTIN (fourteen digits), or of every lot of it; None when it may be sold."""
    row = db.execute(_RECALLED, (gtin, EVERY_LOT, lot or EVERY_LOT)).fetchone()
    return None if row is None else _decode(row[0])


def withdrawn(db: sqlite3.Connection, sku: str) -> str | None:
    """The GTIN under which every piece of a variant was called back, whatever its lot; None when it may be sold."""
    row = db.execute(_WITHDRAWN, (EVERY_LOT, sku)).fetchone()
    return None if row is None else str(row[0])


def _recall(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    _, gtin, lot = key.split("/", 2)
    if data is None:
        db.execute("DELETE FROM recalls WHERE gtin = ? AND lot = ?", (gtin, lot))
        return
    db.execute("INSERT OR REPLACE INTO recalls VALUES (?, ?, ?)", (gtin, lot, data))


FEED: Mapping[str, Callable[[sqlite3.Connection, str, bytes | None], None]] = {"recall": _recall}
