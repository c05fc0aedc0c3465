"""Inside the writer's transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edge.clock import stamp
from edge.facts import Fact, fact_name
from edge.journal.chain import entry_hash, fact_data
from edge.journal.entry import Entry, Head
from edge.journal.room import Project
from edge.units import Identity, Key, Seq, UserId

_INSERT = """INSERT INTO entries (seq, time, type, cause, actor, businessdate, data, hash, request)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ENTRY = """SELECT seq, (SELECT epoch FROM epochs WHERE first <= seq ORDER BY first DESC, rowid DESC LIMIT 1),
time, type, cause, actor, businessdate, data, hash FROM entries"""
AFTER = _ENTRY + " WHERE seq > ? ORDER BY seq LIMIT ?"
CAUSED = _ENTRY + " WHERE cause = ? ORDER BY seq"
_SAVE = """INSERT INTO followers (name, position, hash) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET position = excluded.position, hash = excluded.hash"""

Projections = Mapping[type[Fact], Sequence[Project]]


@dataclass(slots=True)
class Tx:
    """One command's share of a transaction; lives on the writer's thread, never outside it."""

    db: sqlite3.Connection
    identity: Identity
    now: datetime
    cause: Key
    actor: UserId
    businessdate: str
    head: Head
    projections: Projections
    request: bytes | None = None
    recorded: list[Entry] = field(default_factory=list)
    bells: set[str] = field(default_factory=set)
    at: str = field(init=False)
    """`now`, as it is written down."""

    def __post_init__(self) -> None:
        self.at = stamp(self.now)

    def record(self, fact: Fact) -> Entry:
        """Hash `fact` onto the chain, insert it, keep every room's tables in step."""
        seq, time, kind, data = Seq(self.head.seq + 1), self.at, fact_name(type(fact)), fact_data(fact)
        digest = entry_hash(self.head.hash, seq, time, kind, self.cause, self.actor, self.businessdate, data)
        self.db.execute(
            _INSERT, (seq, time, kind, self.cause, self.actor, self.businessdate, data, digest, self.request)
        )
        entry = Entry(seq, self.head.epoch, time, kind, self.cause, self.actor, self.businessdate, data, digest)
        self.head = Head(self.head.epoch, seq, digest)
        self.recorded.append(entry)
        for project in self.projections.get(type(fact), ()):
            project(self.db, entry, fact)
        return entry

    def record_all(self, facts: Sequence[Fact]) -> list[Entry]:
        """Record `facts` in order."""
        return [self.record(fact) for fact in facts]

    def ring(self, bell: str) -> None:
        """Wake whoever waits for `bell`, once this is durable."""
        self.bells.add(bell)

    def caused(self, cause: Key) -> list[Entry]:
        """Everything recorded under `cause`, in order."""
        return [Entry(*row) for row in self.db.execute(CAUSED, (cause,))]

    def position(self, follower: str) -> Seq:
        """How far `follower` has come; 0 when it never worked."""
        row = self.db.execute("SELECT position FROM followers WHERE name = ?", (follower,)).fetchone()
        return Seq(row[0] if row else 0)

    def save_position(self, follower: str, seq: Seq, hash: bytes | None = None) -> None:
        """`follower` has done the work up to and including `seq`; `hash` is the proof, where it has one."""
        self.db.execute(_SAVE, (follower, seq, hash))

    def entries(self, after: Seq, limit: int = 500) -> list[Entry]:
        """At most `limit` entries above `after`."""
        return [Entry(*row) for row in self.db.execute(AFTER, (after, limit))]
