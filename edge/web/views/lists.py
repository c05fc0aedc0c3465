"""A customer's list on the phone (docs/screens.md: `ListState`)."""

import sqlite3
from collections.abc import Mapping

from edge.nfc.tables import chosen
from edge.nfc.wall import Choice
from edge.units import ListId
from edge.web.views.goods import called
from edge.web.views.product import Showing
from edge.web.views.sizes import here_of, variants

Json = Mapping[str, object]


def list_state(db: sqlite3.Connection, wanted: ListId, showing: Showing) -> Json | None:
    """`ListState`; None when there is no such list. What is not sold any more is not on it."""
    held = chosen(db, wanted)
    if held is None:
        return None
    items = [shown for choice in held.items if (shown := _item(db, choice, showing)) is not None]
    return {"list": wanted, "at": showing.at, "sent_to": held.till, "items": items}


def _item(db: sqlite3.Connection, choice: Choice, showing: Showing) -> Json | None:
    sold = variants(db, choice.article, showing.price_list, showing.at)
    prices = [each.price for each in sold if choice.sku in {None, each.sku}]
    if not prices:
        return None
    words = called(db, choice.article, choice.sku, showing.language)
    return {
        "article": choice.article,
        "sku": choice.sku,
        "name": words.name,
        "variant": words.variant,
        "price_minor": min(prices),
        "picture": words.picture,
        "here": here_of(db, sold, choice.sku, showing.now),
    }
