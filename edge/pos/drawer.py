"""The cash drawer: the bytes that kick it, the queue it is driven from, and what its switch tells."""

from collections.abc import Callable
from typing import Protocol

from edge.effects.queue import Job
from edge.facts import DrawerClosed, DrawerOpened
from edge.journal.store import Journal
from edge.units import EffectId, Key, TillId


def kick(pin: int) -> bytes:
    """`ESC p`: a pulse of 50 ms on drawer pin 2 (`pin` 0) or 5 (`pin` 1), in its turn."""
    return b"\x1bp" + bytes([pin, 25, 250])


def kick_at_once(pin: int) -> bytes:
    """`DLE DC4 1`: the same pulse at once, although the printer is out of paper."""
    return b"\x10\x14\x01" + bytes([pin, 1])


class Jobs(Protocol):
    """What one device has to do (`edge.effects.queue.EffectQueue`); every call is durable when it returns."""

    async def next(self) -> Job: ...
    async def interrupted(self) -> None: ...
    async def stopped_halfway(self) -> bool: ...
    async def sent(self, effect: EffectId) -> None: ...
    async def fenced(self, effect: EffectId) -> None: ...
    async def done(self, effect: EffectId, *, proven: bool) -> None: ...
    async def unknown(self, effect: EffectId, why: str) -> None: ...
    async def dropped(self, effect: EffectId, why: str) -> None: ...


class DrawerLog(Protocol):
    """Where the drawer's movements go; durable when it returns."""

    async def opened(self, *, kicked: bool) -> None: ...
    async def closed(self) -> None: ...


class DrawerJournal:
    """The movements of one till's drawer as facts; `new` makes an idempotency key."""

    def __init__(self, journal: Journal, till: TillId, new: Callable[[], str]) -> None:
        self._journal, self._till, self._new = journal, till, new

    async def opened(self, *, kicked: bool) -> None:
        fact = DrawerOpened(self._till, kicked)
        await self._journal.transact(lambda tx: tx.record(fact), cause=Key(f"drawer:{self._new()}"))

    async def closed(self) -> None:
        fact = DrawerClosed(self._till)
        await self._journal.transact(lambda tx: tx.record(fact), cause=Key(f"drawer:{self._new()}"))
