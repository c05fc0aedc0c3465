"""A product as the till's grid, the wall and the phone show it (docs/screens.md: `Product`)."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.catalog.lookup import attribute, colour
from edge.catalog.tables import article_value
from edge.clock import stamp
from edge.feedwords import ArticleValue, say
from edge.units import ArticleId, StoreId
from edge.web.views.goods import media
from edge.web.views.reviews import MOST_REVIEWS, rating, reviews, reviews_checked
from edge.web.views.settings import setting
from edge.web.views.sizes import Variant, cells, others, variants

Json = Mapping[str, object]
_VALUE = "SELECT value FROM articles WHERE article = ?"
PRICE_VERSION = "SELECT coalesce(max(seq), 0) FROM entries WHERE type = 'edge.feed.applied.v1'"


@dataclass(frozen=True, slots=True)
class Showing:
    """For whom and when something is shown: the reader's language, the store and its price list."""

    language: str
    store: StoreId
    price_list: str
    now: datetime

    @property
    def at(self) -> str:
        return stamp(self.now)


def product(
    db: sqlite3.Connection, article: ArticleId, showing: Showing, version: int, alike: Sequence[ArticleId]
) -> Json | None:
    """`Product`; None when there is no such article, or none of it has a price now."""
    row = db.execute(_VALUE, (article,)).fetchone()
    sold = variants(db, article, showing.price_list, showing.at) if row else []
    if not sold:
        return None
    value, cheapest = article_value(row[0]), min(sold, key=lambda each: each.price)
    pictures = [media(digest) for digest in value.pictures]
    colours = list(dict.fromkeys(each.colour for each in sold))
    sizes = list(dict.fromkeys(each.size for each in sold))
    return {
        "id": article,
        "name": value.title(showing.language),
        "brand": value.brand,
        "text": say(value.description, showing.language),
        "pictures": pictures,
        "price_minor": cheapest.price,
        "one_price": len({each.price for each in sold}) == 1,
        "lowest_30_days_minor": cheapest.lowest_30_days or None,
        "price_version": version,
        "as_of": showing.at,
        "specifications": _specifications(db, value, showing.language),
        "colours": _colours(db, colours, pictures, showing.language) if len(colours) > 1 else [],
        "sizes": sizes if len(sizes) > 1 else [],
        "cells": cells(db, sold, showing.store, showing.now),
        "others": others(db, sold, showing.store, showing.now),
        "rating": rating(db, article),
        "reviews": reviews(db, article, MOST_REVIEWS),
        "reviews_checked": reviews_checked(db, showing.language),
        "similar": [shown for each in alike if (shown := tile(db, each, showing)) is not None],
    }


def tile(db: sqlite3.Connection, article: ArticleId, showing: Showing) -> Json | None:
    """An article as a card among others; None when it cannot be bought now."""
    row = db.execute(_VALUE, (article,)).fetchone()
    sold: Sequence[Variant] = variants(db, article, showing.price_list, showing.at) if row else []
    if not sold:
        return None
    value = article_value(row[0])
    return {
        "id": article,
        "name": value.title(showing.language),
        "picture": media(value.pictures[0]) if value.pictures else None,
        "price_minor": min(each.price for each in sold),
        "rating": rating(db, article),
    }


def _specifications(db: sqlite3.Connection, value: ArticleValue, language: str) -> list[Json]:
    rows = [(attribute(db, each.name, language), say(each.value, language)) for each in value.attributes]
    return [{"name": name, "value": said} for name, said in rows if name and said]


def _colours(db: sqlite3.Connection, colours: Sequence[str], pictures: Sequence[str], language: str) -> list[Json]:
    """As many pictures as colours: each shows one, in their order."""
    shows: Sequence[str | None] = pictures if len(pictures) == len(colours) else [None] * len(colours)
    return [
        {
            "code": code,
            "name": colour(db, code, language),
            "swatch": setting(db, f"colour.{code}.swatch"),
            "picture": picture,
        }
        for code, picture in zip(colours, shows, strict=True)
    ]
