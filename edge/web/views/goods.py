"""How articles and variants are called on screens."""

import sqlite3
from dataclasses import dataclass

from edge.catalog.tables import article_value

_ARTICLE = "SELECT value FROM articles WHERE article = ?"
_VARIANT = "SELECT colour, size FROM variants WHERE sku = ?"


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
    parts = db.execute(_VARIANT, (sku,)).fetchone() if sku else None
    variant = " · ".join(part for part in parts or () if part)
    return Called(value.title(language), variant, media(value.pictures[0]) if value.pictures else None)
