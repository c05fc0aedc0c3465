"""Headquarters' database: one writer thread that runs whole transactions, one reader for the pages.

SQLite here; everything else speaks plain SQL through the connection it is handed, so that another database can take
this file's place. A work function runs on the writer's thread in its own savepoint; works that wait together share
one COMMIT, and each is answered after it.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Generic, TypeVar

from edge.errors import Halt, Refused

T = TypeVar("T")
GROUP = 64
"""Works that may share one COMMIT."""
SCHEMA = files("hq").joinpath("schema.sql").read_text(encoding="utf-8")
FOLDED = files("hq").joinpath("folded.sql").read_text(encoding="utf-8")


class Job(Generic[T]):
    """A piece of work and where its answer goes."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self.work = work
        self.answer: Future[T] = Future()


class Store:
    """`transact` for work that writes, `read` for pages; both run off the event loop."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self._db = path, db
        self._jobs: queue.SimpleQueue[Job[object] | None] = queue.SimpleQueue()
        self._broken: Halt | None = None
        self._thread = threading.Thread(target=self._run, name="hq-writer", daemon=True)
        self._thread.start()
        self._pages = ThreadPoolExecutor(1, thread_name_prefix="hq-reader")
        self._reader: sqlite3.Connection | None = None

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Create or open the database at `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(path, connect(path))

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Queue `work`; the future is answered once it is durable."""
        job = Job(work)
        self._jobs.put(job)  # type: ignore[arg-type]  # a queue of jobs of every type
        return job.answer

    async def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction; returns when it is durable. Cancelling the caller changes nothing."""
        waiting = asyncio.wrap_future(self.submit(work))
        waiting.add_done_callback(_retrieved)
        return await asyncio.shield(waiting)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a read-only connection, on one snapshot."""
        return await asyncio.wrap_future(self._pages.submit(self._snapshot, work))

    def close(self) -> None:
        """Finish what is queued, then close; the writer last, so that it leaves one whole file."""
        self._pages.submit(self._close_reader).result()
        self._pages.shutdown()
        self._jobs.put(None)
        self._thread.join()

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

    def _run(self) -> None:
        going = True
        while going:
            group, going = self._next_group()
            if group:
                self._transaction(group)
        self._db.close()

    def _next_group(self) -> tuple[list[Job[object]], bool]:
        group: list[Job[object]] = []
        job = self._jobs.get()
        while job is not None:
            if job.answer.set_running_or_notify_cancel():
                group.append(job)
            if len(group) == GROUP or self._jobs.empty():
                return group, True
            job = self._jobs.get()
        return group, False

    def _transaction(self, group: list[Job[object]]) -> None:
        if self._broken is not None:
            return _fail(group, self._broken)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            answers = [self._one(job) for job in group]
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            return _fail(group, self._undo(error))
        for answer in answers:
            answer()
        return None

    def _one(self, job: Job[object]) -> Callable[[], None]:
        self._db.execute("SAVEPOINT job")
        try:
            result = job.work(self._db)
        except BaseException as error:  # whatever it is belongs to the caller, not to this thread
            if isinstance(error, sqlite3.OperationalError) and (is_disk(error) or not self._db.in_transaction):
                raise  # nobody in this group may be told "done"
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            failure = error
            return lambda: job.answer.set_exception(failure)
        self._db.execute("RELEASE job")
        return lambda: job.answer.set_result(result)

    def _undo(self, error: sqlite3.Error) -> Refused | Halt:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return Refused("headquarters' disk is full", hint="Free space, then it goes on by itself.", status=507)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Refused("another receiver holds the database", hint="It is tried again by itself.", status=503)
        self._broken = Halt(
            f"headquarters' database could not be written: {error}",
            hint="Check its disk and start hq again; the stores keep everything until then.",
        )
        return self._broken


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


def is_disk(error: sqlite3.Error) -> bool:
    """Whether the disk, not the data, is to blame."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _fail(group: list[Job[object]], error: BaseException) -> None:
    for job in group:
        job.answer.set_exception(error)


def _retrieved(answer: "asyncio.Future[T]") -> None:
    if not answer.cancelled():
        answer.exception()
