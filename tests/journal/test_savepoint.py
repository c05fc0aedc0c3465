"""A command of a group may fail alone: what its savepoint would undo is kept in memory, not in a file nobody named."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.clock import system_clock
from edge.errors import Refused
from edge.journal.room import Room
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.units import Identity, Key

PAGES = 40
"""SQLite begins a temporary file when a savepoint would undo more than sixteen pages; a sale is about eighteen."""
WIDE = Room("wide", schema="CREATE TABLE IF NOT EXISTS wide (place INTEGER PRIMARY KEY, filling BLOB NOT NULL);")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    setup = Setup(tmp_path / "journal.db", Identity("a_b"), "00000000000000aa", system_clock(), (WIDE,))
    opened = await Journal.open(setup)
    await opened.transact(lambda tx: _fill(tx.db, b"a"), cause=Key("first"))
    yield opened
    await opened.close()


async def test_a_wide_command_opens_no_file_beside_the_journal(journal: Journal) -> None:
    assert await journal.transact(_fill_and_look, cause=Key("second")) == set()


async def test_a_wide_command_that_fails_leaves_nothing(journal: Journal) -> None:
    with pytest.raises(Refused):
        await journal.transact(_fill_and_refuse, cause=Key("second"))
    rows = await journal.rows("SELECT DISTINCT substr(filling, 1, 1) AS letter FROM wide")
    assert [row["letter"] for row in rows] == [b"a"]


def _fill(db: sqlite3.Connection, letter: bytes) -> None:
    rows = [(place, letter * 3_000) for place in range(PAGES)]
    db.executemany("INSERT OR REPLACE INTO wide VALUES (?, ?)", rows)


def _fill_and_look(tx: Tx) -> set[str]:
    _fill(tx.db, b"b")
    mine = {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    return {name for name in mine if "etilqs" in name}


def _fill_and_refuse(tx: Tx) -> None:
    _fill(tx.db, b"c")
    raise Refused("not today")
