"""The journal: the only truth of a store, in one SQLite file with one writer.

`transact` decides, records and projects in one transaction; `follow` hands entries to followers; `rows` serves
screens from a read-only connection.
"""

import asyncio
import os
import sqlite3
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import TypeVar

import aiosqlite

from edge.clock import Clock
from edge.errors import Halt
from edge.facts import Fact
from edge.journal.alone import alone
from edge.journal.chain import genesis
from edge.journal.entry import Entry, Head
from edge.journal.growth import Committed, Growth, manner
from edge.journal.reading import read_only, snapshot
from edge.journal.rebuild import derived_digest, rebuild
from edge.journal.room import Project, Room
from edge.journal.tx import AFTER, Tx
from edge.journal.writer import Writer
from edge.units import Identity, Key, Seq, UserId

T = TypeVar("T")
SCHEMA = files("edge.journal").joinpath("schema.sql").read_text(encoding="utf-8")
_PAGE = 500
SYSTEM = UserId("system")
"""The actor of what the box does by itself."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a journal is opened with; `epoch` is used when it is new, `today` gives the business date of a moment.

    `timed` is held around every transaction, until it is durable.
    """

    path: Path
    identity: Identity
    epoch: str
    clock: Clock
    rooms: Sequence[Room] = ()
    today: Callable[[datetime], str] = field(default=lambda moment: moment.date().isoformat())
    timed: Callable[[], AbstractContextManager[None]] = nullcontext


class Journal:
    """Open with `Journal.open`, close with `close`; one per process and file."""

    def __init__(self, setup: Setup, writer_db: sqlite3.Connection, head: Head) -> None:
        self._setup = setup
        self._bells: set[asyncio.Event] = set()
        self._named: dict[str, asyncio.Event] = {}
        self._tail: deque[Entry] = deque(maxlen=_PAGE)
        self._head = head
        self._projections = _projections(setup.rooms)
        self._growth = Growth(head)
        self._writer = Writer(writer_db, manner(self._settled))
        self._reader: aiosqlite.Connection | None = None
        self._lock = -1
        self._screens = ThreadPoolExecutor(1, thread_name_prefix="journal-screens")
        self._screen_db, self._look_db = read_only(setup.path), read_only(setup.path)

    @classmethod
    async def open(cls, setup: Setup) -> "Journal":
        """Create or open the file, bring the derived tables up to date. Halt when it is another box's, or in use."""
        lock = alone(setup.path)
        try:
            db = await asyncio.to_thread(_open, setup)
        except BaseException:
            os.close(lock)
            raise
        journal = cls(setup, db, _head(db))
        journal._lock = lock
        reader = await aiosqlite.connect(f"file:{setup.path}?mode=ro", uri=True, isolation_level=None)
        reader.row_factory = sqlite3.Row
        journal._reader = reader
        return journal

    async def close(self) -> None:
        """Finish what is queued; nobody may call `transact` any more. The writer goes last: it clears the WAL away."""
        await asyncio.to_thread(self._screens.shutdown)
        self._screen_db.close()
        self._look_db.close()
        if self._reader is not None:
            await self._reader.close()
        await asyncio.to_thread(self._writer.close)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    @property
    def head(self) -> Head:
        """Epoch, seq and hash of the last durable entry."""
        return self._head

    @property
    def identity(self) -> Identity:
        return self._setup.identity

    @property
    def path(self) -> Path:
        return self._setup.path

    async def transact(self, work: Callable[[Tx], T], *, cause: Key, actor: UserId = SYSTEM) -> T:
        """Run `work` in the writer's transaction; returns when it is durable. Cancelling the caller changes nothing."""

        def begin(db: sqlite3.Connection, head: Head) -> Tx:
            now = self._setup.clock.now()
            return Tx(db, self._setup.identity, now, cause, actor, self._setup.today(now), head, self._projections)

        with self._setup.timed():
            return await self._writer.transact(self._growth.step(begin, work))

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Rows for a screen, read on a read-only connection; never the ground of a decision."""
        if self._reader is None:
            raise Halt("the journal is not open", hint="Open it before reading.")
        return list(await self._reader.execute_fetchall(sql, parameters))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on one consistent, read-only view, in one hop; for screens, never the ground of a decision."""
        return await asyncio.get_running_loop().run_in_executor(self._screens, snapshot, self._screen_db, work)

    def look(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a read-only view here and now: for a handful of rows found by their keys, which take less time
        than the way to another thread. Whatever may read more belongs into `read`."""
        return snapshot(self._look_db, work)

    async def entries(self, after: Seq, limit: int = _PAGE) -> list[Entry]:
        """At most `limit` durable entries above `after`."""
        recent = self._recent(after)
        if recent:
            return recent[:limit]
        return [Entry(*row) for row in await self.rows(AFTER, (after, limit))]

    @contextmanager
    def ringing(self, bell: asyncio.Event) -> Iterator[None]:
        """`bell` is set whenever something was committed; for followers that read whole pages."""
        self._bells.add(bell)
        try:
            yield
        finally:
            self._bells.discard(bell)

    async def follow(self, after: Seq) -> AsyncGenerator[Entry, None]:
        """Every entry above `after`, in order, as each becomes durable; never ends by itself."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            while True:
                bell.clear()
                page = await self.entries(after)
                for entry in page:
                    yield entry
                    after = entry.seq
                if not page:
                    await bell.wait()
        finally:
            self._bells.discard(bell)

    async def rebuild(self) -> tuple[str, str]:
        """Drop the derived tables and replay; gives their digest before and after."""

        def work(tx: Tx) -> tuple[str, str]:
            before = derived_digest(tx.db, self._setup.rooms)
            rebuild(tx, self._setup.rooms)
            return before, derived_digest(tx.db, self._setup.rooms)

        return await self.transact(work, cause=Key("rebuild"))

    async def relabel(self, after: Seq, epoch: str) -> Head:
        """Entries above `after` get the label `epoch` (a fork); gives the parent they grew from."""
        parent = await self.transact(lambda tx: _relabel(tx, after, epoch), cause=Key(f"fork:{epoch}"))
        self._tail.clear()
        return parent

    def bell(self, name: str) -> asyncio.Event:
        """Set whenever a durable transaction rang `name` (`Tx.ring`); whoever waits clears it."""
        return self._named.setdefault(name, asyncio.Event())

    def share_bell(self, name: str, bell: asyncio.Event) -> None:
        """Let `name` ring `bell`, which may ring for several names."""
        self._named[name] = bell

    def _recent(self, after: Seq) -> list[Entry]:
        """Entries above `after` from memory, when they are all still there."""
        if not self._tail or self._tail[0].seq > after + 1:
            return []
        return list(islice(self._tail, after + 1 - self._tail[0].seq, None))

    def _settled(self, committed: bool) -> Callable[[], None]:
        return partial(self._ring, self._growth.settle(committed))

    def _ring(self, done: Committed) -> None:
        self._head = done.head
        self._tail.extend(done.entries)
        for name in done.bells:
            self.bell(name).set()
        if done.changed:
            for bell in self._bells:
                bell.set()


def _projections(rooms: Sequence[Room]) -> Mapping[type[Fact], Sequence[Project]]:
    table: dict[type[Fact], list[Project]] = {}
    for room in rooms:
        for kind, project in room.project.items():
            table.setdefault(kind, []).append(project)
    return table


def connect(path: Path) -> sqlite3.Connection:
    """A writing connection that fsyncs every COMMIT; what a savepoint may undo stays in memory, not in a file."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    db.execute("PRAGMA busy_timeout = 5000")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = FAST")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _open(setup: Setup) -> sqlite3.Connection:
    db = connect(setup.path)
    db.executescript(SCHEMA)
    for room in setup.rooms:
        db.executescript(room.keep)
    db.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (setup.identity,))
    (owner,) = db.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()
    if owner != setup.identity:
        db.close()
        raise Halt(
            f"{setup.path} is the journal of {owner}, not of {setup.identity}",
            hint="Check store and node in store.toml, or point it at the right file.",
        )
    db.execute("INSERT INTO epochs (first, epoch) SELECT 1, ? WHERE NOT EXISTS (SELECT 1 FROM epochs)", (setup.epoch,))
    _derive(db, setup)
    return db


def _derive(db: sqlite3.Connection, setup: Setup) -> None:
    """Create the derived tables; replay everything when their shape is not the one this release wants."""
    shape = "\n".join(room.schema for room in setup.rooms)
    held = db.execute("SELECT value FROM meta WHERE name = 'derived'").fetchone()
    if held is not None and held[0] == shape:
        return
    db.execute("BEGIN IMMEDIATE")
    now = setup.clock.now()
    tx = Tx(db, setup.identity, now, Key("rebuild"), SYSTEM, setup.today(now), _head(db), _projections(setup.rooms))
    rebuild(tx, setup.rooms)
    db.execute("INSERT OR REPLACE INTO meta VALUES ('derived', ?)", (shape,))
    db.execute("COMMIT")


def _head(db: sqlite3.Connection) -> Head:
    (epoch,) = db.execute("SELECT epoch FROM epochs ORDER BY first DESC, rowid DESC LIMIT 1").fetchone()
    row = db.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
    if row is not None:
        return Head(epoch, Seq(row[0]), row[1])
    (identity,) = db.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()
    (root,) = db.execute("SELECT epoch FROM epochs WHERE parent_epoch IS NULL").fetchone()
    return Head(epoch, Seq(0), genesis(identity, root))


def _relabel(tx: Tx, after: Seq, epoch: str) -> Head:
    row = tx.db.execute("SELECT hash FROM entries WHERE seq = ?", (after,)).fetchone()
    (parent,) = (
        tx.db.execute(
            "SELECT epoch FROM epochs WHERE first <= ? ORDER BY first DESC, rowid DESC LIMIT 1", (after,)
        ).fetchone()
        or tx.db.execute("SELECT epoch FROM epochs WHERE parent_epoch IS NULL").fetchone()
    )
    digest = row[0] if row else genesis(tx.identity, parent)
    tx.db.execute("INSERT INTO epochs VALUES (?, ?, ?, ?, ?)", (after + 1, epoch, parent, after, digest))
    tx.head = Head(epoch, tx.head.seq, tx.head.hash)
    return Head(parent, after, digest)
