"""Inside the writer's transaction: how far HQ holds each branch of each box's journal."""

import sqlite3
from collections.abc import Sequence

from edge.journal.chain import genesis
from edge.sync.wire import Point
from edge.units import Identity, Seq
from hq.ingest import Cursor

_CURSOR = "SELECT seq, hash FROM cursors WHERE identity = ? AND epoch = ?"
_MOVE = """INSERT INTO cursors (identity, epoch, seq, hash, moved_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (identity, epoch) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, moved_at = excluded.moved_at"""
_OPEN = """INSERT INTO epochs (identity, epoch, parent_epoch, parent_seq, parent_hash, opened_at)
VALUES (?, ?, ?, ?, ?, ?)"""
_PARENT = "SELECT parent_epoch, parent_seq FROM epochs WHERE identity = ? AND epoch = ?"
_HASH = "SELECT hash FROM entries WHERE identity = ? AND epoch = ? AND seq = ?"
_OTHERS = "SELECT count(*) FROM epochs WHERE identity = ?"
_OF_STORE = "SELECT epoch FROM epochs WHERE identity >= ? AND identity < ?"
_ALARM = "INSERT INTO alarms (at, identity, kind, text, hint) VALUES (?, ?, ?, ?, ?)"
_TOLD = "SELECT 1 FROM alarms WHERE identity = ? AND kind = ? AND text = ?"
_OPEN_ALARM = _TOLD + " AND settled_at IS NULL"
_DEEPEST = 64


def cursor(db: sqlite3.Connection, identity: Identity, epoch: str) -> Cursor | None:
    """Where the next entry of a branch goes; None when HQ has never seen the branch."""
    row = db.execute(_CURSOR, (identity, epoch)).fetchone()
    return None if row is None else Cursor(epoch, Seq(row[0]), row[1])


def move(db: sqlite3.Connection, identity: Identity, to: Cursor, at: str) -> None:
    """The branch is held up to `to`."""
    db.execute(_MOVE, (identity, to.epoch, to.seq, to.hash, at))


def open_branch(db: sqlite3.Connection, identity: Identity, epoch: str, parent: Point | None, at: str) -> Cursor:
    """A branch begins: at the genesis, or after an entry HQ holds."""
    (others,) = db.execute(_OTHERS, (identity,)).fetchone()
    if parent is None:
        start = Cursor(epoch, Seq(0), genesis(identity, epoch))
        db.execute(_OPEN, (identity, epoch, None, None, None, at))
    else:
        start = Cursor(epoch, Seq(parent.seq), bytes.fromhex(parent.hash))
        db.execute(_OPEN, (identity, epoch, parent.epoch, start.seq, start.hash, at))
    move(db, identity, start, at)
    if others:
        told = f"grew out of it after entry {parent.seq}" if parent else "begins at 1"
        raise_alarm(
            db,
            at,
            identity,
            "branch",
            f"{identity} sends a second history ({epoch}), which {told}",
            "Expected after a box was replaced or restored from a copy; both histories are kept and counted.",
        )
    return start


def others(db: sqlite3.Connection, identity: Identity, epoch: str) -> bool:
    """Whether HQ holds a journal of this box's store, but none under `epoch`."""
    return bool(branches_of(db, identity.partition("_")[0])) and cursor(db, identity, epoch) is None


def branches_of(db: sqlite3.Connection, store: str) -> list[str]:
    """The epochs of every box of a store."""
    rows = db.execute(_OF_STORE, (f"{store}_", f"{store}`")).fetchall()  # "`" comes after "_"
    return [str(epoch) for (epoch,) in rows]


def held_hash(db: sqlite3.Connection, identity: str, epoch: str, seq: int) -> bytes | None:
    """The chain's hash at a place HQ holds (0 is the genesis), also where the place lies in a parent branch."""
    for _ in range(_DEEPEST):
        row = db.execute(_HASH, (identity, epoch, seq)).fetchone()
        if row is not None:
            return bytes(row[0])
        parent = db.execute(_PARENT, (identity, epoch)).fetchone()
        if parent is None or parent[0] is None or seq > parent[1]:
            break
        epoch = parent[0]
    return genesis(Identity(identity), epoch) if seq == 0 else None


def holds(db: sqlite3.Connection, identity: Identity, point: Point) -> bool:
    """Whether HQ holds this very place."""
    found = held_hash(db, identity, point.epoch, point.seq)
    return found is not None and found.hex() == point.hash


def standing(db: sqlite3.Connection, identity: Identity, epoch: str, lineage: Sequence[Point]) -> Cursor:
    """Where a box on branch `epoch` goes on sending; `lineage` are the places its branches grew from, newest first."""
    here = cursor(db, identity, epoch)
    if here is not None:
        return here
    for place in lineage:
        if holds(db, identity, place):
            return Cursor(place.epoch, Seq(place.seq), bytes.fromhex(place.hash))
        grown = cursor(db, identity, place.epoch)
        if grown is not None and grown.seq < place.seq:
            return grown
    root = lineage[-1].epoch if lineage else epoch
    return Cursor(root, Seq(0), genesis(identity, root))


def newest_common(db: sqlite3.Connection, identity: Identity, places: Sequence[Point]) -> Point | None:
    """The newest of these places that HQ holds with the same hash."""
    return next((place for place in sorted(places, key=_by_seq, reverse=True) if holds(db, identity, place)), None)


def _by_seq(place: Point) -> int:
    return place.seq


def raise_alarm(
    db: sqlite3.Connection, at: str, identity: str, kind: str, text: str, hint: str, *, once: bool = False
) -> None:
    """Tell a human: again only when somebody settled it since, never again with `once`."""
    told = db.execute(_TOLD if once else _OPEN_ALARM, (identity, kind, text)).fetchone()
    if told is None:
        db.execute(_ALARM, (at, identity, kind, text, hint))
