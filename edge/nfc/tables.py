"""What taps and lists have made: the last taps of each wall, the counters of tags, customers' lists."""

import sqlite3

from edge.facts import Fact, ListAdded, ListOpened, ListRemoved, ListSentToTill, ListTaken, WallTapped
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.nfc.wall import Choice, Chosen
from edge.units import ArticleId, ListId, SaleId, Sku, TillId, WallId

KEPT_TAPS = 50
"""Taps kept for each wall's screen; the journal keeps them all."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS wall_taps (
    seq INTEGER PRIMARY KEY, wall TEXT NOT NULL, reader TEXT NOT NULL, article TEXT NOT NULL, sku TEXT,
    tag TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS wall_taps_wall ON wall_taps (wall, seq);
CREATE TABLE IF NOT EXISTS tag_counters (tag TEXT PRIMARY KEY, counter INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lists (
    list TEXT PRIMARY KEY, origin TEXT NOT NULL, wall TEXT, opened_at TEXT NOT NULL,
    till TEXT, sent_at TEXT, sent_seq INTEGER, basket TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lists_waiting ON lists (till, sent_seq) WHERE basket IS NULL;
CREATE TABLE IF NOT EXISTS list_items (
    list TEXT NOT NULL, seq INTEGER NOT NULL, article TEXT NOT NULL, sku TEXT,
    PRIMARY KEY (list, seq)
) WITHOUT ROWID;
"""
LAST_TAP = "SELECT seq, reader, article, sku, tag, at FROM wall_taps WHERE wall = ? ORDER BY seq DESC LIMIT ?"
"""(wall, how many): its newest taps, newest first."""
WAITING = """SELECT list, wall, sent_at FROM lists WHERE till = ? AND basket IS NULL AND sent_at >= ?
AND EXISTS (SELECT 1 FROM list_items WHERE list_items.list = lists.list) ORDER BY sent_seq"""
"""(till, since): lists sent to a till and not yet taken, oldest first."""
LIST = "SELECT wall, till, basket FROM lists WHERE list = ?"
ITEMS = "SELECT article, sku FROM list_items WHERE list = ? ORDER BY seq"

_COUNTER = "SELECT counter FROM tag_counters WHERE tag = ?"
_COUNTED = """INSERT INTO tag_counters (tag, counter) VALUES (?, ?)
ON CONFLICT (tag) DO UPDATE SET counter = excluded.counter"""
_FORGET = """DELETE FROM wall_taps WHERE wall = ?1 AND seq <=
(SELECT seq FROM wall_taps WHERE wall = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)"""


def last_counter(db: sqlite3.Connection, tag: str) -> int | None:
    """What a tag that proves itself counted when it was last seen here."""
    row = db.execute(_COUNTER, (tag,)).fetchone()
    return row[0] if row else None


def chosen(db: sqlite3.Connection, list: ListId) -> Chosen | None:
    """A customer's list as it is now."""
    row = db.execute(LIST, (list,)).fetchone()
    if row is None:
        return None
    wall, till, basket = row
    items = tuple(Choice(ArticleId(article), sku and Sku(sku)) for article, sku in db.execute(ITEMS, (list,)))
    return Chosen(list, wall and WallId(wall), items, till and TillId(till), basket and SaleId(basket))


def _tapped(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, WallTapped)
    row = (entry.seq, fact.wall, fact.reader, fact.article, fact.sku, fact.tag, entry.time)
    db.execute("INSERT INTO wall_taps VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    db.execute(_FORGET, (fact.wall, KEPT_TAPS))
    if fact.counter is not None:
        db.execute(_COUNTED, (fact.tag, fact.counter))


def _opened(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ListOpened)
    row = (fact.list, fact.origin, fact.wall, entry.time)
    db.execute("INSERT INTO lists (list, origin, wall, opened_at) VALUES (?, ?, ?, ?)", row)


def _added(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ListAdded)
    db.execute("INSERT INTO list_items VALUES (?, ?, ?, ?)", (fact.list, entry.seq, fact.article, fact.sku))


def _removed(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ListRemoved)
    row = (fact.list, fact.article, fact.sku)
    db.execute("DELETE FROM list_items WHERE list = ? AND article = ? AND sku IS ?", row)


def _sent(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ListSentToTill)
    row = (fact.till, entry.time, entry.seq, fact.list)
    db.execute("UPDATE lists SET till = ?, sent_at = ?, sent_seq = ? WHERE list = ?", row)


def _taken(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ListTaken)
    db.execute("UPDATE lists SET basket = ? WHERE list = ?", (fact.basket, fact.list))


ROOM = Room(
    "nfc",
    schema=SCHEMA,
    project={
        WallTapped: _tapped,
        ListOpened: _opened,
        ListAdded: _added,
        ListRemoved: _removed,
        ListSentToTill: _sent,
        ListTaken: _taken,
    },
)
