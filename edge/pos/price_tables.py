"""A basket keeps the prices it began with, whatever the office sends meanwhile.

A price is found by the moment the basket was opened. One that arrives later but begins earlier (headquarters' clock is
behind, or it corrects a price) would reach the basket all the same: so before a price changes, every open basket is
given the one that held. What is kept here cannot be told from the facts: it outlives a rebuild.
"""

import sqlite3
from collections.abc import Callable

KEEP = """
CREATE TABLE IF NOT EXISTS kept_prices (
    basket TEXT NOT NULL, sku TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL, tax_label TEXT NOT NULL,
    PRIMARY KEY (basket, sku)
) WITHOUT ROWID;
"""
_OPEN = "SELECT basket, opened_at FROM baskets WHERE state IN ('open', 'parked')"
_KEEP = "INSERT OR IGNORE INTO kept_prices VALUES (?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM kept_prices WHERE basket NOT IN (SELECT basket FROM baskets WHERE state IN ('open', 'parked'))"
_KEPT = "SELECT amount, currency, tax_label FROM kept_prices WHERE basket = ? AND sku = ?"

Money = tuple[int, str, str]
"""Amount in minor units, currency, tax label."""
PriceAt = Callable[[sqlite3.Connection, str, str, str], Money | None]
"""What a sku costs in a list at a moment (RFC 3339 UTC)."""
Apply = Callable[[sqlite3.Connection, str, bytes | None], None]


def keeping(apply: Apply, price_at: PriceAt, price_list: str) -> Apply:
    """`apply` for prices of the feed, which leaves the baskets of this store that are open what they had."""

    def kept(db: sqlite3.Connection, key: str, value: bytes | None) -> None:
        _, of_list, sku, _ = key.split("/", 3)
        if of_list == price_list:
            db.execute(_FORGET)
            for basket, opened_at in db.execute(_OPEN).fetchall():
                held = price_at(db, sku, price_list, opened_at)
                if held is not None:
                    db.execute(_KEEP, (basket, sku, *held))
        apply(db, key, value)

    return kept


def kept_price(db: sqlite3.Connection, basket: str, sku: str) -> Money | None:
    """What the sku cost when it was changed under this basket; None when it was not."""
    row: Money | None = db.execute(_KEPT, (basket, sku)).fetchone()
    return row
