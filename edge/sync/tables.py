"""What headquarters' feeds have put on this box: last value per key. Survives a rebuild, which replays it."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from edge.errors import StoreEdgeError
from edge.journal.room import Room
from edge.sync.wire import FeedPosition, feed_kind

KEEP = """
-- `live` is what the rooms show; `building` is what a restored HQ sends anew, shown when it is complete.
CREATE TABLE IF NOT EXISTS feed_positions (
    feed  TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    hash  TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'building')),
    PRIMARY KEY (feed, state)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS held_feed (
    feed  TEXT NOT NULL,
    epoch TEXT NOT NULL,
    key   TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (feed, epoch, key)
) WITHOUT ROWID;

-- Values a room could not use; kept until a newer value replaces them.
CREATE TABLE IF NOT EXISTS feed_refused (
    feed TEXT NOT NULL,
    key  TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    why  TEXT NOT NULL,
    PRIMARY KEY (feed, key)
) WITHOUT ROWID;
"""
LIVE, BUILDING = "live", "building"
_POSITION = "SELECT feed, epoch, seq, hash FROM feed_positions WHERE feed = ? AND state = ?"
_MOVE = """INSERT INTO feed_positions (feed, epoch, seq, hash, state) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (feed, state) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, hash = excluded.hash"""
_LEAVE = "DELETE FROM feed_positions WHERE feed = ? AND state = ?"
_HOLD = """INSERT INTO held_feed (feed, epoch, key, seq, value) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (feed, epoch, key) DO UPDATE SET seq = excluded.seq, value = excluded.value"""
_DROP = "DELETE FROM held_feed WHERE feed = ? AND epoch = ? AND key = ?"
_DROP_OTHERS = "DELETE FROM held_feed WHERE feed = ? AND epoch NOT IN (?, ?)"
_HELD = "SELECT key, seq, value FROM held_feed WHERE feed = ? AND epoch = ? ORDER BY seq"
_LIVE_VALUES = """SELECT held.feed, held.key, held.seq, held.value FROM held_feed AS held
JOIN feed_positions AS at ON at.feed = held.feed AND at.epoch = held.epoch AND at.state = 'live'
ORDER BY held.feed, held.seq"""
_GONE = """SELECT key FROM held_feed WHERE feed = ?1 AND epoch = ?2
AND key NOT IN (SELECT key FROM held_feed WHERE feed = ?1 AND epoch = ?3)"""
_CHANGED = """SELECT new.key, new.seq, new.value FROM held_feed AS new
LEFT JOIN held_feed AS old ON old.feed = new.feed AND old.epoch = ?2 AND old.key = new.key
WHERE new.feed = ?1 AND new.epoch = ?3 AND (old.value IS NULL OR old.value <> new.value) ORDER BY new.seq"""
_REFUSE = "INSERT OR REPLACE INTO feed_refused (feed, key, seq, why) VALUES (?, ?, ?, ?)"
_ACCEPT = "DELETE FROM feed_refused WHERE feed = ? AND key = ?"

Apply = Callable[[sqlite3.Connection, str, bytes | None], None]
"""Puts one value (canonical JSON; None: it was deleted) into a room's tables, inside the writer's transaction."""
Applies = Mapping[str, Apply]
"""Feed kind (`price` of `price/base/4711/…`) -> the room's apply."""
UNUSABLE = (msgspec.MsgspecError, StoreEdgeError, ValueError, KeyError, sqlite3.IntegrityError)
"""What a value that does not fit may raise in a room; anything else is a fault of ours and stops the page."""


def sync_room(applies: Applies) -> Room:
    """The cable's tables; a rebuild replays every live value through `applies`."""

    def replay(db: sqlite3.Connection) -> None:
        held = Held(db, applies)
        for feed, key, seq, value in db.execute(_LIVE_VALUES).fetchall():
            held.apply(feed, key, seq, value)

    return Room("sync", keep=KEEP, replay=replay)


@dataclass(frozen=True, slots=True)
class Held:
    """The held feeds, on the writer's connection."""

    db: sqlite3.Connection
    applies: Applies

    def position(self, feed: str, state: str = LIVE) -> FeedPosition | None:
        """How far `feed` has come."""
        row = self.db.execute(_POSITION, (feed, state)).fetchone()
        return None if row is None else FeedPosition(*row)

    def move(self, to: FeedPosition, state: str = LIVE) -> None:
        """`feed` has come to `to`."""
        self.db.execute(_MOVE, (to.feed, to.epoch, to.seq, to.hash, state))

    def hold(self, feed: str, epoch: str, key: str, seq: int, value: bytes | None) -> None:
        """Keep the last value of `key`."""
        if value is None:
            self.db.execute(_DROP, (feed, epoch, key))
        else:
            self.db.execute(_HOLD, (feed, epoch, key, seq, value))

    def apply(self, feed: str, key: str, seq: int, value: bytes | None) -> str:
        """Hand a value to its room; "" or why it could not be used (nothing of it is then left in the tables)."""
        room = self.applies.get(feed_kind(key))
        if room is None:
            return ""  # a newer HQ; held, and replayed by the release that knows it
        self.db.execute("SAVEPOINT value")
        try:
            room(self.db, key, value)
        except UNUSABLE as error:
            self.db.execute("ROLLBACK TO value")
            self.db.execute("RELEASE value")
            why = f"{type(error).__name__}: {error}"[:500]
            self.db.execute(_REFUSE, (feed, key, seq, why))
            return why
        self.db.execute("RELEASE value")
        self.db.execute(_ACCEPT, (feed, key))
        return ""

    def drop_all_but(self, feed: str, epoch: str, other: str = "") -> None:
        """Forget what no epoch in use holds."""
        self.db.execute(_DROP_OTHERS, (feed, epoch, other))

    def forget(self, feed: str, state: str) -> None:
        """`feed` has no place of this state any more."""
        self.db.execute(_LEAVE, (feed, state))

    def values(self, feed: str, epoch: str) -> list[tuple[str, int, bytes]]:
        """Everything held of one epoch, by seq."""
        return self.db.execute(_HELD, (feed, epoch)).fetchall()

    def differences(self, feed: str, old: str, new: str) -> list[tuple[str, int, bytes | None]]:
        """What must be applied so that tables made of epoch `old` show epoch `new`."""
        gone = [(key, 0, None) for (key,) in self.db.execute(_GONE, (feed, old, new))]
        changed: list[tuple[str, int, bytes | None]] = self.db.execute(_CHANGED, (feed, old, new)).fetchall()
        return [*gone, *changed]
