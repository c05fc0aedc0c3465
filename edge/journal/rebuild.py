"""Drop the derived tables and replay the record: the result must be identical."""

import sqlite3
from collections.abc import Sequence
from hashlib import sha256

from edge.journal.room import Room
from edge.journal.tx import Tx
from edge.units import Seq

_PAGE = 2000


def rebuild(tx: Tx, rooms: Sequence[Room]) -> Seq:
    """Replay every entry into fresh tables, inside the caller's transaction; gives the last seq replayed."""
    for room in rooms:
        for table in reversed(room.tables()):
            tx.db.execute(f'DROP TABLE IF EXISTS "{table}"')
        for statement in _statements(room.schema):
            tx.db.execute(statement)
    after = Seq(0)
    while page := tx.entries(after, _PAGE):
        for entry in page:
            fact = entry.fact()
            if fact is not None:
                for project in tx.projections.get(type(fact), ()):
                    project(tx.db, entry, fact)
        after = page[-1].seq
    for room in rooms:
        if room.replay is not None:
            room.replay(tx.db)
    return after


def derived_digest(db: sqlite3.Connection, rooms: Sequence[Room]) -> str:
    """SHA-256 over every derived table's rows, whatever order they were written in."""
    digest = sha256()
    for room in rooms:
        for table in room.tables():
            rows = sorted(repr(tuple(row)) for row in db.execute(f'SELECT * FROM "{table}"'))  # noqa: S608  # our own names
            digest.update(f"{table} {len(rows)}\n".encode() + "\n".join(rows).encode())
    return digest.hexdigest()


def _statements(script: str) -> list[str]:
    """A script's statements, so that they run inside a transaction (executescript would commit)."""
    found, text = [], ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            found.append(text)
            text = ""
    return found
