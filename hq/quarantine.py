"""Inside the writer's transaction: entries are folded together; what fails every time is set aside, alone.

A database error is not the entry's fault: it is raised and the whole transaction rolls back.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from edge.facts import Fact, SaleClosed, SaleReturned
from hq.branches import raise_alarm
from hq.folds import Place, Tally
from hq.ingest import readers, said_at
from hq.tables import SoldTwice, note_duplicate, write

_SET_ASIDE = """INSERT INTO quarantine (identity, epoch, seq, type, error, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (identity, epoch, seq) DO UPDATE SET error = excluded.error, at = excluded.at"""
_RELEASED = "DELETE FROM quarantine WHERE identity = ? AND epoch = ? AND seq = ?"
_ASIDE = """SELECT e.identity, e.epoch, e.seq, e.time, e.received_at, e.data, e.type FROM quarantine q JOIN entries e
ON e.identity = q.identity AND e.epoch = q.epoch AND e.seq = q.seq ORDER BY e.arrival"""
_READERS = readers()
_DISK = (sqlite3.OperationalError, sqlite3.InternalError, sqlite3.InterfaceError, MemoryError)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored entry that is not folded yet."""

    place: Place
    type: str


Read = tuple[Waiting, Fact]


def apart(
    db: sqlite3.Connection,
    items: Sequence[T],
    work: Callable[[Sequence[T]], R],
    failed: Callable[[T, Exception], None],
) -> list[R]:
    """`work` on all items together; if that fails, on each alone, and `failed` hears of those that fail alone."""
    db.execute("SAVEPOINT apart")
    try:
        results = [work(items)]
    except _DISK:
        raise
    except Exception as error:  # noqa: BLE001 - one message nobody foresaw must not stop every other store's
        db.execute("ROLLBACK TO apart")
        db.execute("RELEASE apart")
        if len(items) > 1:
            return [result for item in items for result in apart(db, [item], work, failed)]
        failed(items[0], error)
        return []
    db.execute("RELEASE apart")
    return results


def foldable(type: str) -> bool:
    """Whether this release knows the fact."""
    return type in _READERS


def fold(db: sqlite3.Connection, waiting: Sequence[Waiting], at: str, moved: set[tuple[str, str]]) -> None:
    """Validate and fold entries; adds the (store, sku) whose stock changed to `moved`."""
    good: list[Read] = []
    for one in waiting:
        try:
            good.append((one, _READERS[one.type].decode(one.place.data)))
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            _set_aside(db, one, f"does not fit its schema: {error}", at)
    _fold(db, good, at, moved)


def refold(db: sqlite3.Connection, at: str, moved: set[tuple[str, str]]) -> int:
    """Try everything in quarantine again (after an upgrade); how many remain."""
    found = [
        Waiting(Place(identity, identity.partition("_")[0], epoch, seq, said_at(time, received_at), data), kind)
        for identity, epoch, seq, time, received_at, data, kind in db.execute(_ASIDE).fetchall()
    ]
    for one in found:
        db.execute(_RELEASED, (one.place.identity, one.place.epoch, one.place.seq))
    fold(db, [one for one in found if foldable(one.type)], at, moved)
    (remaining,) = db.execute("SELECT count(*) FROM quarantine").fetchone()
    return int(remaining)


def _fold(db: sqlite3.Connection, read: Sequence[Read], at: str, moved: set[tuple[str, str]]) -> None:
    """Fold together; if that fails, each half by itself, down to the one entry that fails alone."""
    if not read:
        return
    db.execute("SAVEPOINT fold")
    try:
        tally = Tally()
        for one, fact in read:
            tally.add(one.place, fact)
        moved |= write(db, tally)
    except _DISK:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a fold throws, this entry must not stop the ones after it
        db.execute("ROLLBACK TO fold")
        db.execute("RELEASE fold")
        if len(read) == 1:
            _failed_alone(db, *read[0], error, at)
        else:
            half = len(read) // 2
            _fold(db, read[:half], at, moved)
            _fold(db, read[half:], at, moved)
    else:
        db.execute("RELEASE fold")


def _failed_alone(db: sqlite3.Connection, one: Waiting, fact: Fact, error: Exception, at: str) -> None:
    if isinstance(error, SoldTwice) and isinstance(fact, SaleClosed | SaleReturned):
        note_duplicate(db, one.place, fact.sale if isinstance(fact, SaleClosed) else fact.returned, at)
    else:
        _set_aside(db, one, f"{type(error).__name__}: {error}", at)


def _set_aside(db: sqlite3.Connection, one: Waiting, error: str, at: str) -> None:
    place = one.place
    db.execute(_SET_ASIDE, (place.identity, place.epoch, place.seq, one.type, error[:500], at))
    text = f"entry {place.seq} of {place.identity} ({one.type}) is stored but could not be counted"
    raise_alarm(
        db, at, place.identity, "quarantine", text, "It is tried again after the next upgrade of hq.", once=True
    )
