"""Check headquarters' own copies: every hash follows from the one before, in the stores' journals and in the feeds."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from edge.journal.chain import entry_hash, genesis
from edge.units import Identity, Seq
from hq.branches import held_hash

_BRANCHES = """SELECT c.identity, c.epoch, c.seq, c.hash, coalesce(e.parent_seq, 0), e.parent_hash FROM cursors c
JOIN epochs e ON e.identity = c.identity AND e.epoch = c.epoch ORDER BY c.identity, e.opened_at"""
_ENTRIES = """SELECT seq, time, type, cause, actor, businessdate, data, hash, flagged FROM entries
WHERE identity = ? AND epoch = ? ORDER BY seq"""
_LOST = "SELECT first, last FROM lost WHERE identity = ? AND epoch = ?"
_FEEDS = "SELECT feed, epoch, seq, hash FROM feeds ORDER BY feed"
_FEED = """SELECT seq, time, kind, cause, actor, key, value, hash FROM feed
WHERE feed = ? AND epoch = ? ORDER BY seq"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One chain: how long it is and what is wrong with it."""

    name: str
    length: int
    wrong: tuple[str, ...]

    def words(self) -> str:
        """The finding as a line."""
        return f"{self.name}: {self.length} entries, " + ("; ".join(self.wrong) or "the chain is whole")


def verify(db: sqlite3.Connection) -> Iterator[Finding]:
    """Every branch of every box, then every feed."""
    for branch in db.execute(_BRANCHES).fetchall():
        yield _branch(db, *branch)
    for feed in db.execute(_FEEDS).fetchall():
        yield _feed(db, *feed)


def _branch(
    db: sqlite3.Connection, identity: str, epoch: str, head: int, head_hash: bytes, after: int, grew: bytes | None
) -> Finding:
    lost = dict(db.execute(_LOST, (identity, epoch)).fetchall())
    wrong, count, seq = [f"{first} to {last} were lost" for first, last in lost.items()], 0, after
    prev = bytes(grew) if grew is not None else genesis(Identity(identity), epoch)
    if grew is not None and not _parent_holds(db, identity, epoch, after, prev):
        wrong.append(f"the entry {after} it grew from is not the one held")
    for place, time, kind, cause, actor, businessdate, data, digest, flagged in db.execute(_ENTRIES, (identity, epoch)):
        jumped = place != seq + 1
        if jumped and lost.get(seq + 1) != place - 1:
            wrong.append(f"{seq + 1} to {place - 1} are missing")
        right = entry_hash(prev, Seq(place), time, kind, cause, actor, businessdate, bytes(data))
        if not jumped and right != bytes(digest):
            wrong.append(f"{place} was {'sent with a false hash' if flagged else 'changed at headquarters'}")
        seq, prev, count = place, bytes(digest), count + 1
    if (seq, prev) != (head, bytes(head_hash)):
        wrong.append(f"it ends at {seq}, the cursor says {head}")
    return Finding(f"{identity} {epoch}", count, tuple(wrong))


def _parent_holds(db: sqlite3.Connection, identity: str, epoch: str, seq: int, prev: bytes) -> bool:
    row = db.execute("SELECT parent_epoch FROM epochs WHERE identity = ? AND epoch = ?", (identity, epoch)).fetchone()
    return held_hash(db, identity, row[0], seq) == prev


def _feed(db: sqlite3.Connection, feed: str, epoch: str, head: int, head_hash: bytes) -> Finding:
    wrong: list[str] = []
    prev, seq = genesis(Identity(feed), epoch), 0
    for place, time, kind, cause, actor, key, value, digest in db.execute(_FEED, (feed, epoch)):
        body = msgspec.json.encode({"key": key, "value": Raw(b"null" if value is None else bytes(value))})
        if place != seq + 1:
            wrong.append(f"{seq + 1} to {place - 1} are missing")
        elif entry_hash(prev, Seq(place), time, f"feed.{kind}", cause, actor, "", body) != bytes(digest):
            wrong.append(f"{place} was changed")
        seq, prev = place, bytes(digest)
    if (seq, prev) != (head, bytes(head_hash)):
        wrong.append(f"it ends at {seq}, its head says {head}")
    return Finding(f"feed {feed} {epoch}", seq, tuple(wrong))
