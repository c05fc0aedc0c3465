"""The one writer of a file: a thread that runs each piece of work in one hop and shares only the COMMIT.

The journal and headquarters' database are both written like this. A work gets the connection and runs in a savepoint of
its own; what it raises belongs to its caller and takes nothing of its neighbours with it. Nobody is answered before the
COMMIT, everybody by one wake-up of their loop.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from edge.errors import Halt, Refused

T = TypeVar("T")
GROUP = 128
"""Works that may share one COMMIT."""
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """A piece of work, and where its answer goes."""

    work: Callable[[sqlite3.Connection], T]
    answer: "asyncio.Future[T]"


def _nothing(committed: bool) -> Step:
    return lambda: None


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs from file to file: the thread's name, and what callers are told.

    `settled` hears on the writer's thread whether a group was committed; what it gives runs on the callers' loop before
    they are answered. After `checkpoint` transactions the write-ahead log is copied home, once nobody is waiting, at
    the latest after eight times as many; 0 leaves that to SQLite, which does it within a COMMIT.
    """

    name: str
    full: Callable[[], Refused]
    held: Callable[[], Refused]
    broken: Callable[[sqlite3.Error], Halt]
    settled: Callable[[bool], Step] = _nothing
    checkpoint: int = 0


class Writer:
    """Owns the only writing connection. After a failed COMMIT it refuses everything: what is on disk is uncertain."""

    def __init__(self, db: sqlite3.Connection, manner: Manner) -> None:
        self._db, self._manner = db, manner
        self._jobs: queue.SimpleQueue[Job[object] | None] = queue.SimpleQueue()
        self._broken: Halt | None = None
        self._since_checkpoint = 0
        if manner.checkpoint:
            db.execute("PRAGMA wal_autocheckpoint = 0")
        self._thread = threading.Thread(target=self._run, name=manner.name, daemon=True)
        self._thread.start()

    async def transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction; returns when it is durable. Cancelling the caller changes nothing."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_retrieved)
        self._jobs.put(Job(work, answer))  # type: ignore[arg-type]  # a queue of jobs of every type
        return await asyncio.shield(answer)

    def close(self) -> None:
        """Finish what is queued, then end the thread and close the connection."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            group, going = self._next_group()
            if group:
                answers = self._transaction(group)
                group[0].answer.get_loop().call_soon_threadsafe(_each, answers)
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

    def _transaction(self, group: Sequence[Job[object]]) -> Sequence[Step]:
        """What is to be called on the loop of those who asked, in this order."""
        if self._broken is not None:
            return _failed(group, self._broken)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            answers = [self._one(job) for job in group]
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            return [self._manner.settled(False), *_failed(group, self._undo(error))]
        return [self._manner.settled(True), *answers]

    def _one(self, job: Job[object]) -> Step:
        """Run one job in its savepoint."""
        self._db.execute("SAVEPOINT job")
        try:
            result = job.work(self._db)
        except BaseException as error:  # whatever it is belongs to the caller, not to this thread
            if isinstance(error, sqlite3.Error) and (_disk(error) or not self._db.in_transaction):
                raise  # nobody in this group may be told "recorded"
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            failure = error
            return lambda: job.answer.set_exception(failure)
        self._db.execute("RELEASE job")
        return partial(job.answer.set_result, result)

    def _checkpoint(self) -> None:
        """Copy the log home while nobody waits for it. One that fails loses nothing: the next one does its work."""
        self._since_checkpoint += 1
        every = self._manner.checkpoint
        late = self._since_checkpoint >= 8 * every
        if every and self._since_checkpoint >= every and (late or self._jobs.empty()):
            self._since_checkpoint = 0
            with suppress(sqlite3.OperationalError):
                self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def _undo(self, error: sqlite3.Error) -> Refused | Halt:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return self._manner.full()
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self._manner.held()
        self._broken = self._manner.broken(error)
        return self._broken


def _each(steps: Sequence[Step]) -> None:
    for step in steps:
        step()


def _disk(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _failed(group: Sequence[Job[object]], error: BaseException) -> list[Step]:
    return [partial(job.answer.set_exception, error) for job in group]


def _retrieved(answer: "asyncio.Future[T]") -> None:
    if not answer.cancelled():
        answer.exception()
