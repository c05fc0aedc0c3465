"""Headquarters' database: one writer thread that runs whole transactions, one reader for the pages.

SQLite here; everything else speaks plain SQL through the connection it is handed, so that another database can take
this file's place. A work function runs on the writer's thread in its own savepoint; works that wait together share
one COMMIT, and each is answered after it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from edge.errors import Halt, Refused
from edge.journal.writer import Manner, Writer

T = TypeVar("T")
SCHEMA = files("hq").joinpath("schema.sql").read_text(encoding="utf-8")
FOLDED = files("hq").joinpath("folded.sql").read_text(encoding="utf-8")


class Store:
    """`transact` for work that writes, `read` for pages; both run off the event loop."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._writer = Writer(db, Manner("hq-writer", _full, _held, _broken))
        self._pages = ThreadPoolExecutor(1, thread_name_prefix="hq-reader")
        self._reader: sqlite3.Connection | None = None

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Create or open the database at `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(path, connect(path))

    async def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction; returns when it is durable. Cancelling the caller changes nothing."""
        return await self._writer.transact(work)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a read-only connection, on one snapshot."""
        return await asyncio.wrap_future(self._pages.submit(self._snapshot, work))

    def close(self) -> None:
        """Finish what is queued, then close; the writer last, so that it leaves one whole file."""
        self._pages.submit(self._close_reader).result()
        self._pages.shutdown()
        self._writer.close()

    def _snapshot(self, work: Callable[[sqlite3.Connection], T]) -> T:
        db = self._read_only()
        db.execute("BEGIN")
        try:
            return work(db)
        finally:
            db.execute("COMMIT")

    def _read_only(self) -> sqlite3.Connection:
        if self._reader is None:
            self._reader = read_only(self.path)
        return self._reader

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()


def _full() -> Refused:
    hint = "Free space, then it goes on by itself."
    return Refused("headquarters' disk is full", hint=hint, status=507)


def _held() -> Refused:
    return Refused("another receiver holds the database", hint="It is tried again by itself.", status=503)


def _broken(error: sqlite3.Error) -> Halt:
    return Halt(
        f"headquarters' database could not be written: {error}",
        hint="Check its disk and start hq again; the stores keep everything until then.",
    )


def connect(path: Path) -> sqlite3.Connection:
    """A writing connection that fsyncs every COMMIT, with all tables in place."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -32000")
    db.executescript(SCHEMA)
    db.executescript(FOLDED)
    return db


def read_only(path: Path) -> sqlite3.Connection:
    """A connection for pages and reports: it cannot write."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA busy_timeout = 5000")
    return db
