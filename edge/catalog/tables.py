"""What HQ's feed says we sell, kept as tables; dropped and replayed from the held feed by a rebuild."""

import sqlite3
from collections.abc import Callable, Mapping

import msgspec

from edge.catalog import offers, recalls
from edge.catalog.words import folded
from edge.feedwords import (
    ArticleValue,
    PriceValue,
    ReviewValue,
    SettingValue,
    StockValue,
    VariantValue,
    read_value,
)
from edge.journal.room import Room

SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    article TEXT PRIMARY KEY, category TEXT NOT NULL, brand TEXT NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_category ON articles (category);
CREATE TABLE IF NOT EXISTS variants (
    sku TEXT PRIMARY KEY, article TEXT NOT NULL, colour TEXT NOT NULL, size TEXT NOT NULL,
    weight INTEGER NOT NULL, position INTEGER NOT NULL, by_weight INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS variants_article ON variants (article, position);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT NOT NULL, holder TEXT NOT NULL, article TEXT NOT NULL, sku TEXT,
    PRIMARY KEY (code, holder)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS codes_holder ON codes (holder);
CREATE TABLE IF NOT EXISTS prices (
    list TEXT NOT NULL, sku TEXT NOT NULL, valid_from TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, tax_label TEXT NOT NULL, lowest_30_days INTEGER NOT NULL,
    PRIMARY KEY (list, sku, valid_from)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reviews (
    source TEXT NOT NULL, id TEXT NOT NULL, article TEXT NOT NULL, rating INTEGER NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, author TEXT NOT NULL, created_at TEXT NOT NULL, verified INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reviews_article ON reviews (article, created_at DESC);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS elsewhere (
    store TEXT NOT NULL, sku TEXT NOT NULL, available INTEGER NOT NULL, as_of TEXT NOT NULL,
    PRIMARY KEY (sku, store)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS words (
    holder TEXT PRIMARY KEY, article TEXT NOT NULL, sku TEXT, words TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_article ON words (article);
"""
ROOM = Room("catalog", schema=SCHEMA + offers.SCHEMA + recalls.SCHEMA)
Apply = Callable[[sqlite3.Connection, str, bytes | None], None]
"""Makes one keyed entry of the feed true in the tables; None is a tombstone."""

_CODES = "INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?)"
_PRICE = "INSERT OR REPLACE INTO prices VALUES (?, ?, ?, ?, ?, ?, ?)"
_REVIEW = "INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_WORDS = "INSERT OR REPLACE INTO words VALUES (?, ?, ?, ?)"


def _article(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    holder = key
    article = key.partition("/")[2]
    db.execute("DELETE FROM codes WHERE holder = ?", (holder,))
    db.execute("DELETE FROM words WHERE holder = ?", (holder,))
    if data is None:
        db.execute("DELETE FROM articles WHERE article = ?", (article,))
        return
    value = read_value("article", data)
    assert isinstance(value, ArticleValue)
    db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?)", (value.id, value.category, value.brand, data))
    db.executemany(_CODES, [(code, holder, value.id, None) for code in value.codes])
    said = folded(" ".join((*value.name.values(), value.brand, value.id, *value.codes)))
    db.execute(_WORDS, (holder, value.id, None, said))


def _variant(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    holder = key
    sku = key.partition("/")[2]
    db.execute("DELETE FROM codes WHERE holder = ?", (holder,))
    db.execute("DELETE FROM words WHERE holder = ?", (holder,))
    if data is None:
        db.execute("DELETE FROM variants WHERE sku = ?", (sku,))
        return
    value = read_value("variant", data)
    assert isinstance(value, VariantValue)
    row = (value.sku, value.article, value.colour, value.size, value.weight_grams, value.position, value.by_weight)
    db.execute("INSERT OR REPLACE INTO variants VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    db.executemany(_CODES, [(code, holder, value.article, value.sku) for code in value.codes])
    said = folded(" ".join((value.sku, value.colour, value.size, *value.codes)))
    db.execute(_WORDS, (holder, value.article, value.sku, said))


def _price(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        db.execute("DELETE FROM prices WHERE list = ? AND sku = ? AND valid_from = ?", key.split("/", 3)[1:])
        return
    value = read_value("price", data)
    assert isinstance(value, PriceValue)
    amount = (value.amount, value.currency, value.tax_label, value.lowest_30_days)
    db.execute(_PRICE, (value.list, value.sku, value.valid_from, *amount))


def _review(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        db.execute("DELETE FROM reviews WHERE source = ? AND id = ?", key.split("/", 2)[1:])
        return
    value = read_value("review", data)
    assert isinstance(value, ReviewValue)
    said = (value.title, value.text, value.author, value.created_at, value.verified)
    db.execute(_REVIEW, (value.source, value.id, value.article, value.rating, *said))


def _setting(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        db.execute("DELETE FROM settings WHERE name = ?", (key.partition("/")[2],))
        return
    value = read_value("setting", data)
    assert isinstance(value, SettingValue)
    db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (value.name, value.value))


def _stock(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        _, store, sku = key.split("/", 2)
        db.execute("DELETE FROM elsewhere WHERE sku = ? AND store = ?", (sku, store))
        return
    value = read_value("stock", data)
    assert isinstance(value, StockValue)
    db.execute(
        "INSERT OR REPLACE INTO elsewhere VALUES (?, ?, ?, ?)", (value.store, value.sku, value.available, value.as_of)
    )


FEED: Mapping[str, Apply] = {
    "article": _article,
    "variant": _variant,
    "price": _price,
    "review": _review,
    "setting": _setting,
    "stock": _stock,
    **offers.FEED,
    **recalls.FEED,
}
"""Kind of feed entry -> how this room makes it true."""


def article_value(data: bytes) -> ArticleValue:
    """The stored value of an article."""
    return msgspec.json.decode(data, type=ArticleValue)
