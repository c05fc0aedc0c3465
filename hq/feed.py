"""Inside the writer's transaction: HQ's own journal of keyed values, one feed for all stores and one per store.

An entry replaces its key's value whole; a deletion is a tombstone. Every entry is hashed onto the one before, as a
store's are. Pages are compacted: of several entries with one key only the last is sent.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from edge.clock import moment
from edge.errors import Refused
from edge.feedwords import (
    ArticleValue,
    DeliveryValue,
    PriceValue,
    ReviewValue,
    StockValue,
    Value,
    VariantValue,
    key_of,
    kind_of,
    plain,
    read_value,
)
from edge.journal.chain import canonical, entry_hash, genesis
from edge.sync.wire import MAX_PAGE, FeedEntry, FeedPage, FeedPosition, Want
from edge.units import Identity, Seq

ALL = "all"
PAGE_BYTES = 256 * 1024
"""A page is closed at this many bytes of values, so that it fits on the wire and into a short transaction."""
REMINT_SECONDS = 600
_HEAD = "SELECT epoch, seq, hash FROM feeds WHERE feed = ?"
_SET_HEAD = """INSERT INTO feeds (feed, epoch, seq, hash) VALUES (?, ?, ?, ?)
ON CONFLICT (feed) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, hash = excluded.hash"""
_MINTED = "UPDATE feeds SET minted_at = ? WHERE feed = ?"
_MINTED_AT = "SELECT minted_at FROM feeds WHERE feed = ?"
_APPEND = """INSERT INTO feed (feed, epoch, seq, time, actor, cause, key, kind, value, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_HOLD = """INSERT INTO held (feed, key, kind, parent, seq, value) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (feed, key) DO UPDATE SET parent = excluded.parent, seq = excluded.seq, value = excluded.value"""
_HASH = "SELECT hash FROM feed WHERE feed = ? AND epoch = ? AND seq = ?"
_PAGE = "SELECT seq, key, value FROM held WHERE feed = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_LIVE = "SELECT key, kind, parent, value FROM held WHERE feed = ? AND value IS NOT NULL ORDER BY seq"
_EMPTY = "DELETE FROM held WHERE feed = ?"
_VALUE = "SELECT value FROM held WHERE feed = ? AND key = ?"
_BELOW = "SELECT value FROM held WHERE kind = ? AND parent = ? AND feed = ? AND value IS NOT NULL ORDER BY key"
_SOME = """SELECT value FROM held WHERE kind = ? AND feed = ? AND value IS NOT NULL
ORDER BY key LIMIT ? OFFSET ?"""


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a feed goes."""

    epoch: str
    seq: Seq
    hash: bytes


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the feed, why, when (RFC 3339), and the label of a feed that begins with this change."""

    actor: str
    cause: str
    at: str
    fresh_epoch: str


def stand(db: sqlite3.Connection, feed: str) -> Stand | None:
    """How far `feed` goes; None when nothing was ever written to it."""
    row = db.execute(_HEAD, (feed,)).fetchone()
    return None if row is None else Stand(row[0], Seq(row[1]), bytes(row[2]))


def open_feed(db: sqlite3.Connection, feed: str, fresh_epoch: str) -> Stand:
    """How far `feed` goes; begins it under `fresh_epoch` when it is new."""
    found = stand(db, feed)
    if found is None:
        found = Stand(fresh_epoch, Seq(0), genesis(Identity(feed), fresh_epoch))
        db.execute(_SET_HEAD, (feed, found.epoch, found.seq, found.hash))
    return found


def put(db: sqlite3.Connection, feed: str, values: Iterable[Value], author: Author) -> int:
    """Append every value that differs from the one held; how many did."""
    changes: list[tuple[str, str, bytes | None]] = []
    for value in values:
        key, data = key_of(value), canonical(plain(value))
        if _held(db, feed, key) != data:
            changes.append((key, parent_of(value), data))
    return _append(db, feed, changes, author)


def remove(db: sqlite3.Connection, feed: str, keys: Iterable[str], author: Author) -> int:
    """Append a tombstone for every key that has a value; how many had."""
    return _append(db, feed, [(key, "", None) for key in keys if _held(db, feed, key) is not None], author)


def value(db: sqlite3.Connection, key: str, feed: str = ALL) -> Value | None:
    """The value held under `key`; None when there is none."""
    data = _held(db, feed, key)
    return None if data is None else read_value(kind_of(key), data)


def below(db: sqlite3.Connection, kind: str, parent: str, feed: str = ALL) -> list[Value]:
    """Everything of `kind` below `parent`: an article's variants or reviews, a sku's prices or stocks."""
    return _read(kind, db.execute(_BELOW, (kind, parent, feed)).fetchall())


def some(db: sqlite3.Connection, kind: str, limit: int, first: int = 0, feed: str = ALL) -> list[Value]:
    """At most `limit` of `kind`, by key, from number `first` on."""
    return _read(kind, db.execute(_SOME, (kind, feed, limit, first)).fetchall())


def positions(db: sqlite3.Connection, store: str) -> tuple[FeedPosition, ...]:
    """How far the two feeds of a store go, as the wire names them."""
    named = (("all", stand(db, ALL)), ("store", stand(db, store)))
    return tuple(
        FeedPosition("all" if name == "all" else "store", at.epoch, at.seq, at.hash.hex()) for name, at in named if at
    )


def hash_at(db: sqlite3.Connection, feed: str, epoch: str, seq: int) -> bytes | None:
    """The chain's hash at a place of the feed; None where there is no such place."""
    if seq == 0:
        return genesis(Identity(feed), epoch)
    row = db.execute(_HASH, (feed, epoch, seq)).fetchone()
    return None if row is None else bytes(row[0])


def page(db: sqlite3.Connection, feed: str, at: Stand, after: int, nonce: str = "") -> FeedPage:
    """What changed in `feed` after `after`, as much as fits a page."""
    entries: list[FeedEntry] = []
    size = 0
    for seq, key, data in db.execute(_PAGE, (feed, after, at.seq, MAX_PAGE + 1)):
        size += len(data or b"")
        if len(entries) == MAX_PAGE or (entries and size > PAGE_BYTES):
            to = entries[-1].seq
            break
        entries.append(FeedEntry(seq, key, Raw(b"null" if data is None else bytes(data))))
    else:
        to = at.seq
    before, there = hash_at(db, feed, at.epoch, after), hash_at(db, feed, at.epoch, to)
    if before is None or there is None:
        raise Refused(f"feed {feed} has no place {after} or {to}", hint="Run `hq doctor`: the feed was changed.")
    return FeedPage(
        feed="all" if feed == ALL else "store",
        epoch=at.epoch,
        after=after,
        to=to,
        prev=before.hex(),
        hash=there.hex(),
        head=at.seq,
        entries=tuple(entries),
        nonce=nonce,
    )


def answer(db: sqlite3.Connection, feed: str, want: Want, author: Author) -> tuple[FeedPage, bool]:
    """The page a store asked for, and whether its position proved that HQ was restored (a new epoch then begins)."""
    at = open_feed(db, feed, author.fresh_epoch)
    if want.epoch != at.epoch:
        return page(db, feed, at, 0, want.nonce), False
    mine = hash_at(db, feed, at.epoch, want.seq) if want.seq <= at.seq else None
    if mine is not None and mine.hex() == want.hash:
        return page(db, feed, at, want.seq, want.nonce), False
    if _minted_lately(db, feed, author.at):
        return page(db, feed, at, 0, want.nonce), False
    return page(db, feed, mint(db, feed, author), 0, want.nonce), True


def mint(db: sqlite3.Connection, feed: str, author: Author) -> Stand:
    """A new epoch of `feed`: every value held is written again, from seq 1."""
    live = db.execute(_LIVE, (feed,)).fetchall()
    db.execute(_EMPTY, (feed,))
    start = Stand(author.fresh_epoch, Seq(0), genesis(Identity(feed), author.fresh_epoch))
    db.execute(_SET_HEAD, (feed, start.epoch, start.seq, start.hash))
    _append(db, feed, [(key, parent, bytes(data)) for key, _, parent, data in live], author)
    db.execute(_MINTED, (author.at, feed))
    return stand(db, feed) or start


def _minted_lately(db: sqlite3.Connection, feed: str, at: str) -> bool:
    """One store that tells stories must not make every store fetch everything again and again."""
    row = db.execute(_MINTED_AT, (feed,)).fetchone()
    return bool(row and row[0]) and (moment(at) - moment(row[0])).total_seconds() < REMINT_SECONDS


def parent_of(value: Value) -> str:
    """What a value hangs below."""
    match value:
        case VariantValue() | ReviewValue():
            return value.article
        case PriceValue() | StockValue() | DeliveryValue():
            return value.sku
        case ArticleValue():
            return value.category
        case _:
            return ""


def _held(db: sqlite3.Connection, feed: str, key: str) -> bytes | None:
    row = db.execute(_VALUE, (feed, key)).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


def _read(kind: str, found: Sequence[tuple[bytes]]) -> list[Value]:
    values = (read_value(kind, bytes(data)) for (data,) in found)
    return [value for value in values if value is not None]


def _append(db: sqlite3.Connection, feed: str, changes: Sequence[tuple[str, str, bytes | None]], author: Author) -> int:
    if not changes:
        return 0
    at = open_feed(db, feed, author.fresh_epoch)
    seq, digest = at.seq, at.hash
    for key, parent, data in changes:
        seq, kind = Seq(seq + 1), kind_of(key)
        body = msgspec.json.encode({"key": key, "value": Raw(data or b"null")})
        digest = entry_hash(digest, seq, author.at, f"feed.{kind}", author.cause, author.actor, "", body)
        db.execute(_APPEND, (feed, at.epoch, seq, author.at, author.actor, author.cause, key, kind, data, digest))
        db.execute(_HOLD, (feed, key, kind, parent, seq, data))
    db.execute(_SET_HEAD, (feed, at.epoch, seq, digest))
    return len(changes)
