"""What a search finds, as the till and the wall show it."""

import sqlite3
from collections.abc import Mapping

from edge.catalog.search import Found, search
from edge.web.views.goods import called
from edge.web.views.product import Showing
from edge.web.views.sizes import variants

Json = Mapping[str, object]
MOST_HITS = 100
_CODE = "SELECT code FROM codes WHERE article = ?1 AND (sku = ?2 OR ?2 IS NULL) ORDER BY sku IS NOT NULL, code LIMIT 1"


def hits(db: sqlite3.Connection, query: str, most: int, showing: Showing) -> list[Json]:
    """What can be bought now and has every word of `query`, at most `most`."""
    found = search(db, query, 2 * max(1, min(most, MOST_HITS)))
    return [shown for each in found if (shown := _hit(db, each, showing)) is not None][:most]


def _hit(db: sqlite3.Connection, found: Found, showing: Showing) -> Json | None:
    prices = [
        each.price
        for each in variants(db, found.article, showing.price_list, showing.at)
        if found.sku in {None, each.sku}
    ]
    if not prices:
        return None
    words = called(db, found.article, found.sku, showing.language)
    code = db.execute(_CODE, (found.article, found.sku)).fetchone()
    return {
        "article": found.article,
        "sku": found.sku,
        "name": words.name,
        "variant": words.variant,
        "price_minor": min(prices),
        "picture": words.picture,
        "code": code[0] if code else found.sku or found.article,
    }
