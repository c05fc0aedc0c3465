"""What people must do: open tasks with their age, and who has taken them."""

import sqlite3

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
