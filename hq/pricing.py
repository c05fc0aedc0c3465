"""A new price, with the lowest one of the thirty days before it where it is a reduction (EU law)."""

import sqlite3
from datetime import timedelta

from edge.clock import moment, stamp
from edge.feedwords import PriceValue
from hq import feed

_DAYS = timedelta(days=30)


def prices(db: sqlite3.Connection, price_list: str, sku: str) -> list[PriceValue]:
    """Every price of `sku` in a list, oldest first."""
    held = [value for value in feed.below(db, "price", sku) if isinstance(value, PriceValue)]
    return sorted((value for value in held if value.list == price_list), key=_begins)


def current(db: sqlite3.Connection, price_list: str, sku: str, at: str) -> PriceValue | None:
    """The price in force at `at`."""
    begun = [value for value in prices(db, price_list, sku) if value.valid_from <= at]
    return begun[-1] if begun else None


def priced(
    db: sqlite3.Connection, price_list: str, sku: str, amount: int, currency: str, tax_label: str, begins: str
) -> PriceValue:
    """The price that begins at `begins` (RFC 3339 UTC)."""
    before = [one for one in prices(db, price_list, sku) if one.valid_from < begins and one.currency == currency]
    lowest = 0
    if before and amount < before[-1].amount:
        since = stamp(moment(begins) - _DAYS)
        standing = [one for one in before if one.valid_from <= since][-1:]
        lowest = min(one.amount for one in (*standing, *(one for one in before if one.valid_from > since)))
    return PriceValue(price_list, sku, amount, currency, tax_label, begins, lowest)


def _begins(price: PriceValue) -> str:
    return price.valid_from
