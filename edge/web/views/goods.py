"""How articles and variants are called on screens."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from edge.catalog.lookup import colour
from edge.catalog.tables import article_value

_ARTICLE = "SELECT value FROM articles WHERE article = ?"
_VARIANT = "SELECT colour, size FROM variants WHERE sku = ?"
_COLOURS = "SELECT colour FROM variants WHERE article = ? GROUP BY colour ORDER BY min(position), min(sku)"


@dataclass(frozen=True, slots=True)
class Called:
    """`variant` is `brown · 43`, empty when there is only one; `picture` a URL below `/media/`, if there is one."""

    name: str
    variant: str
    picture: str | None


def media(digest: str) -> str:
    """Where the box serves a picture."""
    return f"/media/{digest}"


def called(db: sqlite3.Connection, article: str, sku: str | None, language: str, fallback: str = "") -> Called:
    """What a screen shows for an article or one of its variants; `fallback` when the catalogue has lost it."""
    row = db.execute(_ARTICLE, (article,)).fetchone()
    if row is None:
        return Called(fallback or article, "", None)
    value = article_value(row[0])
    hue, size = (db.execute(_VARIANT, (sku,)).fetchone() if sku else None) or ("", "")
    variant = " · ".join(part for part in (colour(db, hue, language), size) if part)
    return Called(value.title(language), variant, _picture(db, article, hue, value.pictures))


def own_picture(pictures: Sequence[str], hues: Sequence[str], hue: str) -> str | None:
    """The colour's own picture where there is one for each of an article's `hues`, else the first."""
    place = hues.index(hue) if hue in hues and len(hues) == len(pictures) else 0
    return media(pictures[place]) if pictures else None


def _picture(db: sqlite3.Connection, article: str, hue: str, pictures: Sequence[str]) -> str | None:
    hues = [row[0] for row in db.execute(_COLOURS, (article,))] if len(pictures) > 1 else []
    return own_picture(pictures, hues, hue)
