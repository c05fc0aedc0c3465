"""Which tills practise, and how many practice sales each has numbered."""

import sqlite3

from edge.facts import Fact, SaleClosed, TrainingEnded, TrainingStarted
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.units import TillId

SCHEMA = """
CREATE TABLE IF NOT EXISTS training (
    till TEXT PRIMARY KEY, training TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL, seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS training_numbers (till TEXT PRIMARY KEY, sales INTEGER NOT NULL) WITHOUT ROWID;
"""
TRAINING = "SELECT training, user, at, seq FROM training WHERE till = ?"
_COUNT = "INSERT INTO training_numbers VALUES (?, 1) ON CONFLICT (till) DO UPDATE SET sales = sales + 1"


def practised(db: sqlite3.Connection, till: TillId) -> int:
    """How many practice sales a till has made."""
    row = db.execute("SELECT sales FROM training_numbers WHERE till = ?", (till,)).fetchone()
    return 0 if row is None else int(row[0])


def _started(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TrainingStarted)
    row = (fact.till, fact.training, fact.user, entry.time, entry.seq)
    db.execute("INSERT INTO training VALUES (?, ?, ?, ?, ?)", row)


def _ended(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TrainingEnded)
    db.execute("DELETE FROM training WHERE till = ?", (fact.till,))


def _sold(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SaleClosed)
    if fact.training:
        db.execute(_COUNT, (fact.till,))


ROOM = Room(
    "training",
    schema=SCHEMA,
    project={TrainingStarted: _started, TrainingEnded: _ended, SaleClosed: _sold},
)
