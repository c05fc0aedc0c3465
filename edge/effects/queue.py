"""What one device has to do, oldest first; every call is durable when it returns."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from edge.clock import moment
from edge.effects.machine import Event
from edge.effects.tables import bell, drop, finish, lose, move
from edge.facts import Fact
from edge.journal.store import Journal
from edge.journal.tx import Tx
from edge.units import EffectId, EffectKind, Key

_NEXT = """SELECT effect, kind, subject, payload, intended_at FROM effects
WHERE target IN (SELECT value FROM json_each(?)) AND state = 'intended' ORDER BY place, rowid LIMIT 1"""

_WAITING = """SELECT effect, kind, subject, payload, intended_at FROM effects
WHERE target IN (SELECT value FROM json_each(?)) AND state = 'intended' ORDER BY place, rowid"""

_UNKNOWN = """SELECT effect, kind, subject, payload, intended_at FROM effects
WHERE target IN (SELECT value FROM json_each(?)) AND state = 'unknown' ORDER BY place, rowid"""

_ON_ITS_WAY = """SELECT effect FROM effects
WHERE target IN (SELECT value FROM json_each(?)) AND state IN ('sent', 'fenced') ORDER BY place, rowid"""
_LAST = """SELECT state FROM effects
WHERE target IN (SELECT value FROM json_each(?)) AND state NOT IN ('intended', 'dropped')
ORDER BY place DESC, rowid DESC LIMIT 1"""
_STOPPED = "its driver stopped before the device answered"


@dataclass(frozen=True, slots=True)
class Job:
    """One intended effect of a target."""

    effect: EffectId
    kind: EffectKind
    payload: bytes
    intended_at: datetime
    subject: str


class EffectQueue:
    """The effects of one device: those of its target, or of several tills that share it (`1/printer`, `2/printer`)."""

    def __init__(self, journal: Journal, *targets: str) -> None:
        self._journal, self._targets = journal, msgspec.json.encode(targets).decode()
        self._bell = asyncio.Event()
        for target in targets:
            journal.share_bell(bell(target), self._bell)

    async def next(self) -> Job:
        """Wait for the oldest effect nobody has begun."""
        while True:
            self._bell.clear()
            rows = await self._journal.rows(_NEXT, (self._targets,))
            if rows:
                return _job(rows[0])
            await self._bell.wait()

    async def sent(self, effect: EffectId) -> None:
        """Its first byte may leave now."""
        await self._journal.transact(lambda tx: move(tx, effect, Event.SEND), cause=Key(f"{effect}:sent"))

    async def returned(self, effect: EffectId) -> None:
        """Surely nothing of it had left: it waits again."""
        await self._journal.transact(lambda tx: move(tx, effect, Event.RETURN), cause=Key(f"{effect}:returned"))

    async def waiting(self) -> list[Job]:
        """Effects nobody has begun, oldest first."""
        return [_job(row) for row in await self._journal.rows(_WAITING, (self._targets,))]

    async def unsettled(self) -> list[Job]:
        """Effects nobody can speak for, oldest first."""
        return [_job(row) for row in await self._journal.rows(_UNKNOWN, (self._targets,))]

    async def interrupted(self) -> None:
        """Whoever works here begins anew: what was on its way when it stopped, without a word, is unknown."""
        rows = await self._journal.rows(_ON_ITS_WAY, (self._targets,))
        if rows:
            effects = [EffectId(row[0]) for row in rows]
            cause = Key(f"{effects[0]}:interrupted")
            await self._journal.transact(
                lambda tx: tx.record_all([lose(tx, each, _STOPPED) for each in effects]), cause=cause
            )

    async def stopped_halfway(self) -> bool:
        """Whether nobody can say that the effect begun last has ended, or somebody said that it had not happened."""
        rows = await self._journal.rows(_LAST, (self._targets,))
        return bool(rows) and rows[0][0] != "done"

    async def fenced(self, effect: EffectId) -> None:
        """All its bytes and the fence have left."""
        await self._journal.transact(lambda tx: move(tx, effect, Event.FENCE), cause=Key(f"{effect}:fenced"))

    async def done(self, effect: EffectId, *, proven: bool) -> None:
        """It happened; `proven` when the device said so."""
        await self._record(f"{effect}:done", lambda tx: finish(tx, effect, proven=proven))

    async def unknown(self, effect: EffectId, why: str) -> None:
        """Nobody can say whether it happened."""
        await self._record(f"{effect}:unknown", lambda tx: lose(tx, effect, why))

    async def dropped(self, effect: EffectId, why: str) -> None:
        """It never left and never will."""
        await self._record(f"{effect}:dropped", lambda tx: drop(tx, effect, why))

    async def _record(self, cause: str, decide: Callable[[Tx], Fact]) -> None:
        await self._journal.transact(lambda tx: tx.record(decide(tx)), cause=Key(cause))


def _job(row: sqlite3.Row) -> Job:
    effect, kind, subject, payload, at = row
    return Job(EffectId(effect), EffectKind(kind), payload, moment(at), subject)
