"""What people must do: open tasks with their age, and who has taken them."""

import sqlite3
from dataclasses import dataclass

from edge.facts import Fact, TaskDone, TaskOpened, TaskTaken
from edge.journal.entry import Entry
from edge.journal.room import Room

SCHEMA = """
CREATE TABLE IF NOT EXISTS open_tasks (
    task TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, hint TEXT NOT NULL,
    opened_at TEXT NOT NULL, opened_seq INTEGER NOT NULL, taken_by TEXT, taken_at TEXT
) WITHOUT ROWID;
"""
OPEN = """SELECT task, kind, subject, hint, opened_at, taken_by, taken_at FROM open_tasks
ORDER BY opened_seq, task LIMIT ?"""
"""(how many): the oldest first."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person must do, opened at `at` (RFC 3339)."""

    task: str
    kind: str
    subject: str
    hint: str
    at: str


def open_tasks(db: sqlite3.Connection, most: int = 100) -> list[Task]:
    """The oldest first."""
    return [Task(*row[:5]) for row in db.execute(OPEN, (most,)).fetchall()]


def kind_of(db: sqlite3.Connection, task: str) -> str:
    """What sort of task an open one is; "" when it is not open."""
    row = db.execute("SELECT kind FROM open_tasks WHERE task = ?", (task,)).fetchone()
    return "" if row is None else str(row[0])


def _opened(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TaskOpened)
    row = (fact.task, fact.kind, fact.subject, fact.hint, entry.time, entry.seq)
    db.execute("INSERT OR IGNORE INTO open_tasks VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)", row)


def _taken(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TaskTaken)
    db.execute("UPDATE open_tasks SET taken_by = ?, taken_at = ? WHERE task = ?", (fact.user, entry.time, fact.task))


def _done(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TaskDone)
    db.execute("DELETE FROM open_tasks WHERE task = ?", (fact.task,))


ROOM = Room("tasks", schema=SCHEMA, project={TaskOpened: _opened, TaskTaken: _taken, TaskDone: _done})
