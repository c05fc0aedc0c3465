"""What the replicator needs of a journal, and how the store's journal gives it."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from edge.journal.chain import genesis
from edge.journal.store import Journal
from edge.sync.wire import Point, Recorded
from edge.units import Identity, Key, Seq

FOLLOWER = "hq"
_EPOCH_AT = "SELECT epoch FROM epochs WHERE first <= ? ORDER BY first DESC, rowid DESC LIMIT 1"
_ROOT = "SELECT epoch FROM epochs WHERE parent_epoch IS NULL"
_GREW = "SELECT epoch, parent_hash FROM epochs WHERE parent_seq = ? ORDER BY rowid DESC LIMIT 1"
_LINEAGE = """SELECT parent_epoch, parent_seq, parent_hash FROM epochs WHERE parent_epoch IS NOT NULL
ORDER BY first DESC, rowid DESC LIMIT 64"""
_HASH = "SELECT hash FROM entries WHERE seq = ?"
_OLDEST = "SELECT min(seq) FROM entries"
_POSITION = "SELECT position FROM followers WHERE name = ?"
_SALES = """SELECT count(*), (SELECT time FROM entries
WHERE type IN ('edge.sale.closed.v1', 'edge.sale.returned.v1') AND seq > ?1 ORDER BY seq LIMIT 1)
FROM entries WHERE type IN ('edge.sale.closed.v1', 'edge.sale.returned.v1') AND seq > ?1"""


@dataclass(frozen=True, slots=True)
class Lag:
    """What exists only on this box: `sales` closed and not yet at HQ, the first of them at `since` (RFC 3339)."""

    head: Seq
    acked: Seq
    sales: int
    since: str = ""

    @property
    def entries(self) -> int:
        return self.head - self.acked


class Record(Protocol):
    """A journal, seen by its replicator. Places are (epoch, seq, hash in hex)."""

    @property
    def identity(self) -> Identity: ...
    def head(self) -> Point:
        """The newest entry, under the epoch that the next one will carry."""

    async def oldest(self) -> Seq:
        """The oldest entry still held; head + 1 when there is none."""

    async def entries(self, after: Seq, limit: int) -> Sequence[Recorded]: ...
    async def point(self, seq: Seq) -> Point | None:
        """The place `seq`, the genesis at 0; None where nothing is held."""

    async def grew(self, seq: Seq) -> Point | None:
        """The same place under the epoch that began after it; None when none did."""

    async def lineage(self) -> tuple[Point, ...]:
        """Where this epoch and those before it began, newest first."""

    async def acked(self) -> Seq: ...
    async def save_acked(self, at: Point) -> None: ...
    async def relabel(self, after: Seq, epoch: str) -> None: ...
    async def lag(self, acked: Seq) -> Lag: ...
    def ringing(self, bell: asyncio.Event) -> AbstractContextManager[None]:
        """While it lasts, `bell` is set whenever something was committed."""


class JournalRecord:
    """The store's journal as a `Record`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def identity(self) -> Identity:
        return self._journal.identity

    def head(self) -> Point:
        head = self._journal.head
        return Point(head.epoch, head.seq, head.hash.hex())

    async def oldest(self) -> Seq:
        ((oldest,),) = await self._journal.rows(_OLDEST)
        return Seq(self._journal.head.seq + 1 if oldest is None else oldest)

    async def entries(self, after: Seq, limit: int) -> Sequence[Recorded]:
        return await self._journal.entries(after, limit)

    async def point(self, seq: Seq) -> Point | None:
        if seq == 0:
            ((root,),) = await self._journal.rows(_ROOT)
            return Point(root, 0, genesis(self.identity, root).hex())
        rows = await self._journal.rows(_HASH, (seq,))
        if not rows:
            return None
        ((epoch,),) = await self._journal.rows(_EPOCH_AT, (seq,))
        return Point(epoch, seq, rows[0][0].hex())

    async def grew(self, seq: Seq) -> Point | None:
        rows = await self._journal.rows(_GREW, (seq,))
        return Point(rows[0][0], seq, rows[0][1].hex()) if rows else None

    async def lineage(self) -> tuple[Point, ...]:
        return tuple(Point(epoch, seq, digest.hex()) for epoch, seq, digest in await self._journal.rows(_LINEAGE))

    async def acked(self) -> Seq:
        rows = await self._journal.rows(_POSITION, (FOLLOWER,))
        return Seq(rows[0][0] if rows else 0)

    async def save_acked(self, at: Point) -> None:
        digest = bytes.fromhex(at.hash)
        await self._journal.transact(
            lambda tx: tx.save_position(FOLLOWER, Seq(at.seq), digest), cause=Key(f"ack:{at.seq}")
        )

    async def relabel(self, after: Seq, epoch: str) -> None:
        await self._journal.relabel(after, epoch)

    async def lag(self, acked: Seq) -> Lag:
        ((sales, since),) = await self._journal.rows(_SALES, (acked,))
        return Lag(self._journal.head.seq, acked, sales, since or "")

    def ringing(self, bell: asyncio.Event) -> AbstractContextManager[None]:
        return self._journal.ringing(bell)
