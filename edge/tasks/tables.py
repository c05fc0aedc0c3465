"""What people must do, and what of it is done."""

import sqlite3
from dataclasses import dataclass

from edge.facts import Fact, TaskDone, TaskOpened
from edge.journal.entry import Entry
from edge.journal.room import Room

SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    task TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, hint TEXT NOT NULL, opened_at TEXT NOT NULL,
    seq INTEGER NOT NULL, done_at TEXT
);
CREATE INDEX IF NOT EXISTS tasks_open ON tasks (seq) WHERE done_at IS NULL;
"""
_OPEN = "SELECT task, kind, subject, hint, opened_at FROM tasks WHERE done_at IS NULL ORDER BY seq LIMIT 100"
_ONE = "SELECT task, kind, subject, hint, opened_at FROM tasks WHERE done_at IS NULL AND task = ?"


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person must do, opened at `at` (RFC 3339)."""

    task: str
    kind: str
    subject: str
    hint: str
    at: str


def open_tasks(db: sqlite3.Connection) -> list[Task]:
    """The oldest hundred, oldest first."""
    return [Task(*row) for row in db.execute(_OPEN).fetchall()]


def open_task(db: sqlite3.Connection, task: str) -> Task | None:
    """A task that is not done yet."""
    row = db.execute(_ONE, (task,)).fetchone()
    return None if row is None else Task(*row)


def _opened(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TaskOpened)
    row = (fact.task, fact.kind, fact.subject, fact.hint, entry.time, entry.seq)
    db.execute("INSERT OR IGNORE INTO tasks VALUES (?, ?, ?, ?, ?, ?, NULL)", row)


def _done(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TaskDone)
    db.execute("UPDATE tasks SET done_at = ? WHERE task = ? AND done_at IS NULL", (entry.time, fact.task))


ROOM = Room("tasks", SCHEMA, {TaskOpened: _opened, TaskDone: _done})
