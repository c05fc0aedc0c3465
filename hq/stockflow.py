"""Stock of every shop and of the online shop flows down to all shops, coalesced, as keyed feed entries."""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from edge.feedwords import StockValue, read_value
from hq import feed
from hq.feed import Author

_AVAILABLE = """SELECT received - sold + returned + variance - damaged - held, as_of, as_of_seq FROM stock
WHERE store = ? AND sku = ?"""
_ALL = "SELECT store, sku FROM stock ORDER BY store, sku"
_LONG_AGO = "1970-01-01T00:00:00.000Z"
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
        if (value := _now(db, store, sku, _LONG_AGO)) is not None and _differs(db, value)
    ]


def _now(db: sqlite3.Connection, store: str, sku: str, at: str) -> StockValue | None:
    """The number as it may be published; None where a store made up a sku or a number no other store could read."""
    row = db.execute(_AVAILABLE, (store, sku)).fetchone()
    if row is None:
        return None
    value = StockValue(store, sku, row[0], row[1] or at, row[2])
    try:
        read_value("stock", msgspec.json.encode(value))
    except msgspec.ValidationError:
        return None
    return value


def _differs(db: sqlite3.Connection, value: StockValue) -> bool:
    held = feed.value(db, f"stock/{value.store}/{value.sku}")
    return not isinstance(held, StockValue) or held.available != value.available
