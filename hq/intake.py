"""Inside the writer's transaction: batches become entries and moved cursors; the answers are acks.

A group of batches is stored, folded and committed together. A database error is no batch's fault: it is raised,
everything rolls back and nothing is acked.
"""

import sqlite3
from dataclasses import dataclass, field

from edge.sync.wire import Ack, Batch, split_identity
from edge.units import Identity, Seq
from hq.branches import cursor, held_hash, holds, move, open_branch, raise_alarm, standing
from hq.folds import Place
from hq.ingest import Cursor, Duplicate, Fork, Gap, Next, Row, decide, rows, said_at
from hq.quarantine import Waiting, fold, foldable

_ENTRY = """INSERT INTO entries (identity, epoch, seq, time, type, cause, actor, businessdate, data, hash, received_at,
flagged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LOST = """INSERT INTO lost (identity, epoch, first, last, reported_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (identity, epoch, first) DO NOTHING"""
_SEEN = """INSERT INTO nodes (identity, store, node, last_seen) VALUES (?, ?, ?, ?)
ON CONFLICT (identity) DO UPDATE SET last_seen = excluded.last_seen"""
Branch = tuple[Identity, str]


@dataclass(slots=True)
class Outcome:
    """What a group of batches did; `moved` are the (store, sku) whose stock changed."""

    acks: dict[Branch, Ack] = field(default_factory=dict)
    stored: int = 0
    moved: set[tuple[str, str]] = field(default_factory=set)


class Intake:
    """One group of batches on its way through one transaction; `at` is RFC 3339."""

    def __init__(self, db: sqlite3.Connection, at: str) -> None:
        self._db, self._at = db, at
        self._outcome = Outcome()
        self._moved: dict[Branch, Cursor] = {}
        self._waiting: list[Waiting] = []

    def take(self, identity: Identity, batch: Batch) -> None:
        """Judge and store one batch; what it holds is folded by `finish`."""
        branch = (identity, batch.epoch)
        at = self._moved.get(branch) or cursor(self._db, identity, batch.epoch) or self._begin(identity, batch)
        if at is None:
            self._answer(
                branch, standing(self._db, identity, batch.epoch, [batch.parent] if batch.parent else []), gap=True
            )
            return
        held = held_hash(self._db, identity, batch.epoch, batch.last) if batch.last <= at.seq else None
        match decide(batch, at, held):
            case Next(skip, lost):
                at = self._store(identity, batch, skip, lost)
                self._answer(branch, at, gap=False)
            case Duplicate():
                self._answer(branch, at, gap=False)
            case Gap():
                self._answer(branch, at, gap=True)
            case Fork(place):
                self._alarm(
                    identity,
                    "fork",
                    f"{identity} sends another entry {place} of {batch.epoch} than headquarters holds",
                    "The box was restored from a copy, or there are two of it. Selling goes on; ask who did what.",
                )
                self._answer(branch, at, gap=True)

    def finish(self) -> Outcome:
        """Fold everything taken and move the cursors."""
        fold(self._db, self._waiting, self._at, self._outcome.moved)
        for (identity, _), to in self._moved.items():
            move(self._db, identity, to, self._at)
            self._db.execute(_SEEN, (identity, *split_identity(identity), self._at))
        return self._outcome

    def _begin(self, identity: Identity, batch: Batch) -> Cursor | None:
        """A branch HQ never saw begins at entry 1 (or what is left of it), or after a parent HQ holds."""
        if batch.parent is not None:
            known = holds(self._db, identity, batch.parent)
        else:
            known = batch.first == 1 or batch.lost is not None
        return open_branch(self._db, identity, batch.epoch, batch.parent, self._at) if known else None

    def _answer(self, branch: Branch, at: Cursor, *, gap: bool) -> None:
        before = self._outcome.acks.get(branch)
        gap = gap or (before is not None and before.gap)
        self._outcome.acks[branch] = Ack(epoch=at.epoch, seq=at.seq, hash=at.hash.hex(), gap=gap)

    def _store(self, identity: Identity, batch: Batch, skip: int, lost: tuple[Seq, Seq] | None) -> Cursor:
        if lost is not None:
            self._lose(identity, batch.epoch, *lost)
        fresh = rows(batch, skip)
        self._db.executemany(_ENTRY, [_cells(identity, batch.epoch, row, self._at) for row in fresh])
        store = split_identity(identity)[0]
        for row in fresh:
            if foldable(row.type):
                place = Place(identity, store, batch.epoch, row.seq, said_at(row.time, self._at), row.data)
                self._waiting.append(Waiting(place, row.type))
            if row.flagged:
                self._bad_hash(identity, row)
        self._outcome.stored += len(fresh)
        at = Cursor(batch.epoch, fresh[-1].seq, fresh[-1].hash)
        self._moved[identity, batch.epoch] = at
        return at

    def _lose(self, identity: Identity, epoch: str, first: Seq, last: Seq) -> None:
        self._db.execute(_LOST, (identity, epoch, first, last, self._at))
        text = f"{identity} no longer has entries {first} to {last}, and headquarters never got them"
        self._alarm(identity, "lost", text, "Take what was sold then from the paper receipts.")

    def _bad_hash(self, identity: Identity, row: Row) -> None:
        text = f"entry {row.seq} of {identity} does not have the hash it claims"
        self._alarm(identity, "bad-hash", text, "Run `edge verify` on the box: its record was changed.")

    def _alarm(self, identity: Identity, kind: str, text: str, hint: str) -> None:
        raise_alarm(self._db, self._at, identity, kind, text, hint)


def _cells(identity: Identity, epoch: str, row: Row, at: str) -> tuple[object, ...]:
    return (
        identity, epoch, row.seq, row.time, row.type, row.cause, row.actor, row.businessdate, row.data, row.hash, at,
        int(row.flagged),
    )  # fmt: skip
