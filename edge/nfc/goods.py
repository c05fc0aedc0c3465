"""The catalogue as this room asks it."""

import sqlite3

from edge.catalog.lookup import named
from edge.units import ArticleId, Gtin, Sku

_SHORTER = (13, 12, 8)
"""Lengths a GTIN is printed with: EAN-13, UPC-A, EAN-8."""
_ARTICLE = "SELECT 1 FROM articles WHERE article = ?"
_VARIANT = "SELECT 1 FROM variants WHERE sku = ? AND article = ?"


class CatalogGoods:
    """Satisfies `GoodsPort` from the catalogue's tables."""

    def find(self, db: sqlite3.Connection, gtin: Gtin) -> tuple[ArticleId, Sku | None] | None:
        """Codes may be kept with all fourteen digits or without the leading zeros of a shorter code."""
        for code in (gtin, *(gtin[-length:] for length in _SHORTER if int(gtin[:-length]) == 0)):
            found = named(db, code)
            if found is not None:
                return found.article, found.sku
        return None

    def sold(self, db: sqlite3.Connection, article: ArticleId, sku: Sku | None) -> bool:
        query, row = (_ARTICLE, (article,)) if sku is None else (_VARIANT, (sku, article))
        return db.execute(query, row).fetchone() is not None
