"""Looking into the journal without being able to change it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; to be used by one thread at a time."""
    uri = f"file:{path}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256)


def snapshot(db: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """What `work` finds in one consistent view."""
    db.execute("BEGIN")
    try:
        return work(db)
    finally:
        db.execute("COMMIT")
