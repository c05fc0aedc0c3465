"""What the till asks of the catalogue and the stock, answered from their tables."""

import sqlite3

from edge.catalog.lookup import Named, Offer, lowest, named, offer
from edge.stock.tables import Stock, stock_of
from edge.units import Minor, Sku


class CatalogGoods:
    """Satisfies `GoodsPort`; receipts are in the store's language, prices from the store's list."""

    def __init__(self, price_list: str, language: str) -> None:
        self._list, self._language = price_list, language

    def named(self, db: sqlite3.Connection, code: str) -> Named | None:
        return named(db, code)

    def offer(self, db: sqlite3.Connection, sku: Sku, at: str) -> Offer:
        return offer(db, sku, self._list, at, self._language)

    def lowest(self, db: sqlite3.Connection, sku: Sku, since: str, at: str) -> Minor | None:
        return lowest(db, sku, self._list, since, at)

    def stock(self, db: sqlite3.Connection, sku: Sku) -> Stock | None:
        return stock_of(db, sku)
