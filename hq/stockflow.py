"""Stock of every shop and of the online shop flows down to all shops, coalesced, as keyed feed entries."""

import sqlite3
from collections.abc import Iterable, Sequence

from edge.feedwords import StockValue
from hq import feed
from hq.feed import Author

_AVAILABLE = """SELECT received - sold + returned + variance - damaged - held, as_of, as_of_seq FROM stock
WHERE store = ? AND sku = ?"""
_ALL = "SELECT store, sku FROM stock ORDER BY store, sku"
AT_ONCE = 500
"""Numbers in one transaction."""


def publish(db: sqlite3.Connection, moved: Iterable[tuple[str, str]], author: Author) -> int:
    """Append what these (store, sku) could hand over now, where a number differs from the one held; how many did."""
    values = (_now(db, store, sku, author.at) for store, sku in moved)
    return feed.put(db, feed.ALL, (value for value in values if value is not None and _differs(db, value)), author)


def outdated(db: sqlite3.Connection) -> Sequence[tuple[str, str]]:
    """Every (store, sku) whose published number is not the counted one (a crash came between the two)."""
    return [
        (store, sku)
        for store, sku in db.execute(_ALL).fetchall()
        if (value := _now(db, store, sku, "")) is not None and _differs(db, value)
    ]


def _now(db: sqlite3.Connection, store: str, sku: str, at: str) -> StockValue | None:
    row = db.execute(_AVAILABLE, (store, sku)).fetchone()
    return None if row is None else StockValue(store, sku, row[0], row[1] or at, row[2])


def _differs(db: sqlite3.Connection, value: StockValue) -> bool:
    held = feed.value(db, f"stock/{value.store}/{value.sku}")
    return not isinstance(held, StockValue) or held.available != value.available
