"""When too many wrong PINs mean a wait, then a manager; and what somebody's role allows, read where it is asked."""

import sqlite3

import msgspec

from edge.feedwords import RoleValue
from edge.rights import BUILT_IN, Role
from edge.units import UserId

FREE_TRIES = 4
"""Wrong PINs in a row that cost nothing."""
LONGEST_WAIT = 300
LOCK_AFTER = 10
"""Wrong PINs in a row after which somebody else must let them in again."""
_ROLE = "SELECT value FROM roles WHERE role = ?"
_ROLE_OF = "SELECT p.role, r.value FROM people p LEFT JOIN roles r ON r.role = p.role WHERE p.user = ? AND p.active"


def wait_seconds(failures: int) -> int:
    """How long after the last wrong PIN the next try may come: 0 at first, then 5 s doubling to five minutes."""
    return 0 if failures < FREE_TRIES else min(LONGEST_WAIT, 5 * 2 ** (failures - FREE_TRIES))


def role(db: sqlite3.Connection, name: str) -> Role | None:
    """A role as headquarters' feed has it, else as built in; None when nobody knows it."""
    row = db.execute(_ROLE, (name,)).fetchone()
    return _read(name, None if row is None else row[0])


def role_of(db: sqlite3.Connection, user: UserId) -> Role:
    """What somebody may do now: nothing when they do not work here, or in a role nobody knows."""
    row = db.execute(_ROLE_OF, (user,)).fetchone()
    return (None if row is None else _read(*row)) or Role("")


def approvers(db: sqlite3.Connection, right: str) -> list[UserId]:
    """Who works here and has `right`, by name."""
    people = db.execute("SELECT user FROM people WHERE active ORDER BY name").fetchall()
    return [UserId(user) for (user,) in people if right in role_of(db, UserId(user)).rights]


def _read(name: str, value: str | None) -> Role | None:
    if value is None:
        return BUILT_IN.get(name)
    said = msgspec.json.decode(value, type=RoleValue)
    return Role(name, frozenset(said.rights), said.ceilings)
