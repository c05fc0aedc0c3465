"""Goods that headquarters says were delivered become facts of this store, as each page of the feed arrives."""

from contextlib import aclosing

from edge.commands import Door
from edge.facts import FeedApplied, fact_name
from edge.journal.store import Journal
from edge.stock.handlers import TAKE_IN, TakeIn
from edge.units import Key

_APPLIED = fact_name(FeedApplied)


async def take_in_deliveries(journal: Journal, door: Door) -> None:
    """Until cancelled; what was left from an earlier start comes first."""
    begun = journal.head
    await _take_in(door, f"start:{begun.epoch}:{begun.seq}")
    async with aclosing(journal.follow(begun.seq)) as entries:
        async for entry in entries:
            if entry.type == _APPLIED:
                await _take_in(door, f"{entry.epoch}:{entry.seq}")


async def _take_in(door: Door, occasion: str) -> None:
    part = 0
    while len((await door.send(TakeIn(), key=Key(f"deliveries:{occasion}:{part}"))).entries) == TAKE_IN:
        part += 1
