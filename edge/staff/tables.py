"""Who works here: people and PIN hashes outlive a rebuild and can be erased; sessions follow from the facts.

Only sessions that last are kept, one a till: what has ended is in the journal.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.facts import Fact, SignInRefused, StaffSignedIn, StaffSignedOut, StaffUnlocked
from edge.feedwords import RoleValue, StaffValue, read_value
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.journal.tx import Tx
from edge.staff.rights import LOCK_AFTER, approvers, role_of
from edge.units import UserId

KEEP = """
CREATE TABLE IF NOT EXISTS people (
    user TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, pin_hash TEXT NOT NULL,
    active INTEGER NOT NULL, source TEXT NOT NULL    -- 'feed' or 'local' (the first manager, made by `edge init`)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pins (
    user TEXT PRIMARY KEY, given TEXT NOT NULL,      -- the hash they were given; another one begins everything anew
    own TEXT NOT NULL, one_time INTEGER NOT NULL,    -- what they chose instead, and whether they must
    since INTEGER NOT NULL                           -- sessions and wrong PINs up to this entry count no more
) WITHOUT ROWID;
"""
SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    session TEXT PRIMARY KEY, user TEXT NOT NULL, till TEXT NOT NULL UNIQUE, opened_at TEXT NOT NULL,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong_pins (
    user TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (user, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roles (role TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_PIN = """SELECT p.name, p.role, p.pin_hash, coalesce(own, ''), coalesce(one_time, 0), coalesce(since, 0)
FROM people p LEFT JOIN pins ON pins.user = p.user WHERE p.user = ? AND p.active"""
_WRONG = "SELECT count(*), max(at) FROM wrong_pins WHERE user = ? AND seq > ?"
_GIVEN = """INSERT INTO pins SELECT ?1, ?2, '', ?3, coalesce(max(seq), 0) FROM entries WHERE true
ON CONFLICT (user) DO UPDATE SET given = excluded.given, own = '', one_time = excluded.one_time, since = excluded.since
WHERE given <> excluded.given"""
_HERE = """SELECT s.user, s.till, p.name, p.role, s.seq, s.session FROM sessions s JOIN people p ON p.user = s.user
LEFT JOIN pins ON pins.user = s.user WHERE p.active AND s.seq > coalesce(pins.since, 0)"""
OPEN = _HERE
"""Everybody who is signed in."""
SESSION = f"{_HERE} AND s.session = ?"
"""(user, till, name, role, number, session) behind the digest of a token."""
AT_TILL = f"{_HERE} AND s.till = ?"
"""The same, of whoever is signed in at a till."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who works here, as they prove who they are."""

    name: str
    role: str
    hash: str
    must_change: bool
    """Their PIN was given for one sign-in only."""
    since: int


def known(db: sqlite3.Connection, user: UserId) -> Known | None:
    """None when nobody of that name works here."""
    row = db.execute(_PIN, (user,)).fetchone()
    if row is None:
        return None
    name, role, given, own, one_time, since = row
    return Known(name, role, own or given, bool(one_time) and not own, since)


def wrong_pins(db: sqlite3.Connection, user: UserId, since: int) -> tuple[int, str]:
    """How many wrong PINs in a row, and when the last one was."""
    times, at = db.execute(_WRONG, (user, since)).fetchone()
    return times, at or ""


def locked(db: sqlite3.Connection, user: UserId) -> bool:
    """Whether a manager must let `user` in again: never the last one who could, who is only made to wait."""
    if not _too_many(db, user):
        return False
    return any(other != user and not _too_many(db, other) for other in approvers(db, "unlock"))


def choose_pin(tx: Tx, user: UserId, pin_hash: str) -> None:
    """Somebody chose a PIN of their own; it lives in this table alone."""
    row = tx.db.execute("SELECT pin_hash FROM people WHERE user = ?", (user,)).fetchone()
    given(tx.db, user, row[0])
    tx.db.execute("UPDATE pins SET own = ? WHERE user = ?", (pin_hash, user))


def _too_many(db: sqlite3.Connection, user: UserId) -> bool:
    person = known(db, user)
    return person is not None and wrong_pins(db, user, person.since)[0] >= LOCK_AFTER


def given(db: sqlite3.Connection, user: UserId, pin_hash: str, *, one_time: bool = False) -> None:
    """Somebody was given a PIN: if it is another one than before, what they chose themselves and every session end."""
    db.execute(_GIVEN, (user, pin_hash, one_time))


def _signed_in(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StaffSignedIn)
    db.execute("DELETE FROM sessions WHERE till = ?", (fact.till,))
    row = (fact.session, fact.user, fact.till, entry.time, entry.seq)
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", row)
    db.execute("DELETE FROM wrong_pins WHERE user = ?", (fact.user,))


def _signed_out(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StaffSignedOut)
    db.execute("DELETE FROM sessions WHERE session = ?", (fact.session,))


def _unlocked(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StaffUnlocked)
    db.execute("DELETE FROM wrong_pins WHERE user = ?", (fact.user,))


def _refused(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SignInRefused)
    db.execute("INSERT INTO wrong_pins VALUES (?, ?, ?)", (fact.user, entry.seq, entry.time))


ROOM = Room(
    "staff",
    schema=SCHEMA,
    keep=KEEP,
    project={
        StaffSignedIn: _signed_in,
        StaffSignedOut: _signed_out,
        SignInRefused: _refused,
        StaffUnlocked: _unlocked,
    },
)


def _staff(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        user = key.partition("/")[2]
        gone = db.execute("DELETE FROM people WHERE user = ? AND source = 'feed'", (user,)).rowcount
        if gone:
            db.execute("DELETE FROM pins WHERE user = ?", (user,))
        return
    value = read_value("staff", data)
    assert isinstance(value, StaffValue)
    row = (value.id, value.name, value.role, value.pin_hash, value.active)
    db.execute("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?, 'feed')", row)
    if value.active:
        given(db, value.user, value.pin_hash, one_time=value.one_time)
    else:
        db.execute("DELETE FROM pins WHERE user = ?", (value.id,))


def _role(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        db.execute("DELETE FROM roles WHERE role = ?", (key.partition("/")[2],))
        return
    value = read_value("role", data)
    assert isinstance(value, RoleValue)
    db.execute("INSERT OR REPLACE INTO roles VALUES (?, ?)", (value.id, data.decode()))


FEED: Mapping[str, Callable[[sqlite3.Connection, str, bytes | None], None]] = {"staff": _staff, "role": _role}


def allowed(tx: Tx, user: UserId, right: str) -> bool:
    """Whether `user` works here and has a role with `right`."""
    return right in role_of(tx.db, user).rights
