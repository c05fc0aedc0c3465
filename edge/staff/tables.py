"""Who works here: people and PIN hashes outlive a rebuild and can be erased; sessions follow from the facts.

Only sessions that last are kept, one a till: what has ended is in the journal.
"""

import sqlite3
from collections.abc import Callable, Mapping

from edge.facts import Fact, SignInRefused, StaffSignedIn, StaffSignedOut
from edge.feedwords import StaffValue, read_value
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.journal.tx import Tx
from edge.staff.rights import ROLES
from edge.units import UserId

KEEP = """
CREATE TABLE IF NOT EXISTS people (
    user TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, pin_hash TEXT NOT NULL,
    active INTEGER NOT NULL, source TEXT NOT NULL    -- 'feed' or 'local' (the first manager, made by `edge init`)
) WITHOUT ROWID;
"""
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    session TEXT PRIMARY KEY, user TEXT NOT NULL, till TEXT NOT NULL UNIQUE, opened_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong_pins (
    user TEXT PRIMARY KEY, times INTEGER NOT NULL, last_at TEXT NOT NULL
) WITHOUT ROWID;
"""


def _signed_in(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StaffSignedIn)
    db.execute("DELETE FROM sessions WHERE till = ?", (fact.till,))
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (fact.session, fact.user, fact.till, entry.time))
    db.execute("DELETE FROM wrong_pins WHERE user = ?", (fact.user,))


def _signed_out(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StaffSignedOut)
    db.execute("DELETE FROM sessions WHERE session = ?", (fact.session,))


def _refused(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SignInRefused)
    db.execute(
        """INSERT INTO wrong_pins VALUES (?1, 1, ?2)
        ON CONFLICT (user) DO UPDATE SET times = times + 1, last_at = ?2""",
        (fact.user, entry.time),
    )


ROOM = Room(
    "staff",
    schema=SCHEMA,
    keep=KEEP,
    project={StaffSignedIn: _signed_in, StaffSignedOut: _signed_out, SignInRefused: _refused},
)


def _staff(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        db.execute("DELETE FROM people WHERE user = ? AND source = 'feed'", (key.partition("/")[2],))
        return
    value = read_value("staff", data)
    assert isinstance(value, StaffValue)
    row = (value.id, value.name, value.role, value.pin_hash, value.active)
    db.execute("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?, 'feed')", row)


FEED: Mapping[str, Callable[[sqlite3.Connection, str, bytes | None], None]] = {"staff": _staff}


def allowed(tx: Tx, user: UserId, right: str) -> bool:
    """Whether `user` works here and has a role with `right`."""
    row = tx.db.execute("SELECT role FROM people WHERE user = ? AND active", (user,)).fetchone()
    return row is not None and right in ROLES.get(row[0], frozenset())


def role_of(tx: Tx, user: UserId) -> str:
    """The role of somebody who works here, else nothing."""
    row = tx.db.execute("SELECT role FROM people WHERE user = ? AND active", (user,)).fetchone()
    return "" if row is None else str(row[0])
