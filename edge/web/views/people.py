"""Who may sign in at a till and who has, for its page."""

import sqlite3
from collections.abc import Mapping, Sequence

from edge.staff.rights import role
from edge.staff.tables import AT_TILL, locked
from edge.units import TillId, UserId

Json = Mapping[str, object]
_USERS = "SELECT user, name, role FROM people WHERE active ORDER BY name"


def users(db: sqlite3.Connection) -> list[Json]:
    """Everybody who works here, with what they may do; `locked` after too many wrong PINs."""
    people = db.execute(_USERS).fetchall()
    rights = {named: _rights(db, named) for named in {named for *_, named in people}}
    return [
        {"id": user, "name": name, "role": named, "rights": rights[named], "locked": locked(db, UserId(user))}
        for user, name, named in people
    ]


def user_at(db: sqlite3.Connection, till: TillId) -> Json | None:
    """Who is signed in at a till."""
    row = db.execute(AT_TILL, (till,)).fetchone()
    if row is None:
        return None
    user, _, name, named, number, _ = row
    return {"id": user, "name": name, "role": named, "rights": _rights(db, named), "session": number}


def _rights(db: sqlite3.Connection, named: str) -> Sequence[str]:
    held = role(db, named)
    return [] if held is None else sorted(held.rights)
