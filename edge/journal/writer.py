"""The one writer: a thread that runs each piece of work in one hop and shares only the COMMIT."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from edge.errors import Halt, Refused
from edge.journal.entry import Entry, Head
from edge.journal.tx import Tx

T = TypeVar("T")
GROUP = 128
"""Commands that may share one COMMIT."""
CHECKPOINT = 64
"""Transactions after which the write-ahead log is copied home, once nobody is waiting; at the latest after eight times
as many."""


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """A piece of work, and where its answer goes; only on the thread of the answer's own loop."""

    begin: Callable[[sqlite3.Connection, Head], Tx]
    work: Callable[[Tx], T]
    answer: "asyncio.Future[T]"


@dataclass(slots=True)
class Committed:
    """What one COMMIT made durable, and the answers that may now be given (on the thread of those who asked)."""

    head: Head
    changed: bool = False
    answers: Sequence[Callable[[], None]] = ()
    entries: list[Entry] = field(default_factory=list)
    bells: set[str] = field(default_factory=set)


class Writer:
    """Owns the only writing connection. After a failed COMMIT it refuses everything: what is on disk is uncertain."""

    def __init__(self, db: sqlite3.Connection, head: Head, committed: Callable[[Committed], None]) -> None:
        self._db, self._committed = db, committed
        self.head = head
        self._jobs: queue.SimpleQueue[Job[object] | None] = queue.SimpleQueue()
        self._broken: Halt | None = None
        self._since_checkpoint = 0
        db.execute("PRAGMA wal_autocheckpoint = 0")  # not within a COMMIT: `_checkpoint` does it after the answers
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def submit(self, job: "Job[T]") -> None:
        """Queue `job`; it is answered after COMMIT, or with what went wrong, through `committed`."""
        self._jobs.put(job)  # type: ignore[arg-type]  # a queue of jobs of every type

    def close(self) -> None:
        """Finish what is queued, then end the thread and close the connection."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            group, going = self._next_group()
            if group:
                self._committed(self._transaction(group))
                self._checkpoint()
        self._db.close()

    def _next_group(self) -> tuple[list[Job[object]], bool]:
        group: list[Job[object]] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            if len(group) == GROUP or self._jobs.empty():
                return group, True
            job = self._jobs.get()
        return group, False

    def _transaction(self, group: Sequence[Job[object]]) -> Committed:
        if self._broken is not None:
            return _failed(self.head, group, self._broken)
        before, done = self.head, Committed(self.head)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            done.answers = [self._one(job, done) for job in group]
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self.head = before
            return _failed(before, group, self._undo(error))
        done.head, done.changed = self.head, self.head != before
        return done

    def _checkpoint(self) -> None:
        """Copy the log home while nobody waits for it. One that fails loses nothing: the next one does its work."""
        self._since_checkpoint += 1
        late = self._since_checkpoint >= 8 * CHECKPOINT
        if self._since_checkpoint >= CHECKPOINT and (late or self._jobs.empty()):
            self._since_checkpoint = 0
            with suppress(sqlite3.OperationalError):
                self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def _one(self, job: Job[object], done: Committed) -> Callable[[], None]:
        """Run one job in its savepoint; what it returns is to be called after COMMIT."""
        self._db.execute("SAVEPOINT job")
        try:
            tx = job.begin(self._db, self.head)
            result = job.work(tx)
        except BaseException as error:  # whatever it is belongs to the caller, not to this thread
            if isinstance(error, sqlite3.Error) and (_disk(error) or not self._db.in_transaction):
                raise  # nobody in this group may be told "recorded"
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            failure = error
            return lambda: job.answer.set_exception(failure)
        self._db.execute("RELEASE job")
        self.head = tx.head
        done.entries += tx.recorded
        done.bells |= tx.bells
        return partial(job.answer.set_result, result)

    def _undo(self, error: sqlite3.Error) -> Refused | Halt:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return Refused(
                "the disk is full", hint="Free space on the box, then try again.", code="disk-full", status=507
            )
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Refused(
                "another program holds the journal", hint="End it, then try again.", code="journal-held", status=503
            )
        self._broken = Halt(
            f"the journal could not be written: {error}",
            hint="Stop selling on this box and check its disk; `edge verify` says what is safe.",
        )
        return self._broken


def _disk(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _failed(head: Head, group: Sequence[Job[object]], error: BaseException) -> Committed:
    return Committed(head, answers=[partial(job.answer.set_exception, error) for job in group])
