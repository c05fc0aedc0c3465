"""What the till needs to know of an article, inside the writer's transaction."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from edge.catalog.tables import article_value
from edge.errors import Refused
from edge.feedwords import say, slug
from edge.letters import written
from edge.units import ArticleId, Minor, Sku

_CODE = "SELECT article, sku FROM codes WHERE code = ? ORDER BY holder LIMIT 2"
_VARIANT = "SELECT article, colour, size, by_weight FROM variants WHERE sku = ?"
_ARTICLE = "SELECT value FROM articles WHERE article = ?"
_ONLY = "SELECT sku FROM variants WHERE article = ? ORDER BY position, sku LIMIT 2"
_SETTING = "SELECT value FROM settings WHERE name = ?"
_LOWEST = """SELECT min(amount), min(CASE WHEN lowest_30_days > 0 AND valid_from = ?4 THEN lowest_30_days END)
FROM prices WHERE list = ?1 AND sku = ?2 AND valid_from <= ?3 AND valid_from >= coalesce((SELECT max(valid_from)
FROM prices WHERE list = ?1 AND sku = ?2 AND valid_from <= ?5), '')"""
_IN_FORCE = "SELECT max(valid_from) FROM prices WHERE list = ? AND sku = ? AND valid_from <= ?"
_PRICE = """SELECT amount, currency, tax_label FROM prices
WHERE list = ? AND sku = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Named:
    """What a code names: an article, and the variant when it says which."""

    article: ArticleId
    sku: Sku | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant at its price, with `by_weight` for a kilogram; `name` is what the receipt prints."""

    sku: Sku
    article: ArticleId
    name: str
    price: Minor
    currency: str
    tax_label: str
    by_weight: bool = False


def named(db: sqlite3.Connection, code: str) -> Named | None:
    """What `code` names here; None when nothing does. An article with one variant names that variant."""
    rows = db.execute(_CODE, (code,)).fetchall()
    if not rows:
        return None
    article, sku = rows[0]
    if len(rows) > 1 and rows[1] != rows[0]:
        raise Refused(
            f"{code} names two articles", hint="Search by name, and tell the office.", code="bad-code", status=422
        )
    return Named(article, sku or _only_variant(db, article))


def offer(db: sqlite3.Connection, sku: Sku, price_list: str, at: str, language: str) -> Offer:
    """`sku` at the price that held at `at` (RFC 3339 UTC). Refused when it is not sold here or has no price."""
    variant = db.execute(_VARIANT, (sku,)).fetchone()
    article = db.execute(_ARTICLE, (variant[0],)).fetchone() if variant else None
    if article is None:
        raise Refused(f"{sku} is not in the catalogue", hint="Search by name.", code="unknown-code", status=404)
    price = price_at(db, sku, price_list, at)
    if price is None:
        raise Refused(f"{sku} has no price", hint="Ask the office for a price.", code="no-price", status=409)
    title = article_value(article[0]).title(language)
    name = ", ".join(part for part in (title, colour(db, variant[1], language), variant[2]) if part)
    return Offer(sku, ArticleId(variant[0]), name, Minor(price[0]), price[1], price[2], bool(variant[3]))


def price_at(db: sqlite3.Connection, sku: str, price_list: str, at: str) -> tuple[int, str, str] | None:
    """Amount, currency and tax label that held at `at`."""
    row: tuple[int, str, str] | None = db.execute(_PRICE, (price_list, sku, at)).fetchone()
    return row


def lowest(db: sqlite3.Connection, sku: Sku, price_list: str, since: str, at: str) -> Minor | None:
    """The lowest price of `sku` that held at any moment from `since` to `at`; None when it had none."""
    (now,) = db.execute(_IN_FORCE, (price_list, sku, at)).fetchone()
    found = db.execute(_LOWEST, (price_list, sku, at, now, since)).fetchone()
    return min((Minor(amount) for amount in found if amount is not None), default=None)


def setting(db: sqlite3.Connection, name: str) -> str:
    """What headquarters has set `name` to; empty when nothing."""
    row = db.execute(_SETTING, (name,)).fetchone()
    return str(row[0]) if row else ""


def colour(db: sqlite3.Connection, code: str, language: str) -> str:
    """How a colour is called: setting `colour.{code}.{language}`, else its code."""
    said = setting(db, f"colour.{code}.{language.partition('@')[0]}")
    return written(said, language) if said else code


def attribute(db: sqlite3.Connection, name: Mapping[str, str], language: str) -> str:
    """How an attribute is called: its own words, else setting `attribute.{english}.{language}`, else in English."""
    tongue = language.partition("@")[0]
    said = "" if name.get(tongue) else setting(db, f"attribute.{slug(name.get('en', ''))}.{tongue}")
    return written(said, language) if said else say(name, language)


def _only_variant(db: sqlite3.Connection, article: str) -> Sku | None:
    rows = db.execute(_ONLY, (article,)).fetchall()
    return Sku(rows[0][0]) if len(rows) == 1 else None
