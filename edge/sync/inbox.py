"""Downwards: applies HQ's feeds page by page, asks on a gap, and builds a restored HQ's feed beside the old one."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from logging import getLogger
from typing import NoReturn

from edge.clock import Clock
from edge.facts import FeedApplied
from edge.journal.store import Journal
from edge.journal.tx import Tx
from edge.sync import wire
from edge.sync.standing import Chance, Publish
from edge.sync.tables import BUILDING, LIVE, Applies, Held
from edge.units import Key, Seq

log = getLogger(__name__)
FEEDS: tuple[wire.FeedName, ...] = ("store", "all")
_POSITIONS = "SELECT feed, epoch, seq, hash, state FROM feed_positions"


class Outcome(Enum):
    """What became of a page."""

    APPLIED = "applied"
    OLD = "old"
    GAP = "gap"
    OTHER = "other"
    """Of an epoch, or from a place, that is not ours."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds."""

    answer_time: float = 2.0
    """How long HQ has at least to answer a want."""
    retry_cap: float = 30.0
    hint_spread: float = 1.0
    """A gap in the feed for everybody is asked for within this time, so that not all stores ask at once."""
    look_every: float = 30.0
    """A quiet feed is asked for this often: a lost hint must not stay lost."""


def apply_page(tx: Tx, page: wire.FeedPage, applies: Applies, asked: wire.Want | None = None) -> Outcome:
    """Apply one page inside the writer's transaction; the fact it leaves is recorded in the same one.

    `asked` is the want it answers: a page of the same epoch from another place says that HQ does not know ours.
    """
    if asked is not None and asked.epoch == page.epoch and asked.seq != page.after:
        return Outcome.OTHER
    held = Held(tx.db, applies)
    live, building = held.position(page.feed), held.position(page.feed, BUILDING)
    if live is None and page.after == 0:
        live = wire.FeedPosition(page.feed, page.epoch, 0, page.prev)
    if live is not None and live.epoch == page.epoch:
        return _apply_live(tx, held, page, live)
    if building is not None and building.epoch == page.epoch:
        return _build(tx, held, page, building, live)
    if asked is not None and page.after == 0 and live is not None:
        held.forget(page.feed, BUILDING)
        held.drop_all_but(page.feed, live.epoch)
        return _build(tx, held, page, wire.FeedPosition(page.feed, page.epoch, 0, page.prev), live)
    return Outcome.OTHER


def _fits(page: wire.FeedPage, at: wire.FeedPosition) -> Outcome:
    if page.after > at.seq:
        return Outcome.GAP
    if page.after == at.seq and page.prev != at.hash:
        return Outcome.OTHER
    return Outcome.OLD if page.to <= at.seq else Outcome.APPLIED


def _apply_live(tx: Tx, held: Held, page: wire.FeedPage, at: wire.FeedPosition) -> Outcome:
    outcome = _fits(page, at)
    if outcome is not Outcome.APPLIED:
        return outcome
    fresh = [entry for entry in page.entries if entry.seq > at.seq]
    for entry in fresh:
        held.hold(page.feed, page.epoch, entry.key, entry.seq, entry.data)
        _apply(held, page.feed, entry.key, entry.seq, entry.data)
    held.move(_end(page))
    _record(tx, page, Seq(at.seq + 1), fresh)
    return outcome


def _build(tx: Tx, held: Held, page: wire.FeedPage, at: wire.FeedPosition, live: wire.FeedPosition | None) -> Outcome:
    """Keep a page of the new epoch aside; when the epoch is complete, show what differs and switch."""
    outcome = _fits(page, at)
    if outcome is Outcome.APPLIED:
        for entry in page.entries:
            if entry.seq > at.seq:
                held.hold(page.feed, page.epoch, entry.key, entry.seq, entry.data)
        held.move(_end(page), BUILDING)
    complete = page.to == page.head and outcome in (Outcome.APPLIED, Outcome.OLD)
    if complete and (outcome is Outcome.APPLIED or page.to == at.seq):
        _switch(tx, held, page, live)
        return Outcome.APPLIED
    return outcome


def _switch(tx: Tx, held: Held, page: wire.FeedPage, live: wire.FeedPosition | None) -> None:
    for key, seq, value in held.differences(page.feed, live.epoch if live else "", page.epoch):
        _apply(held, page.feed, key, seq, value)
    held.forget(page.feed, BUILDING)
    held.move(_end(page))
    held.drop_all_but(page.feed, page.epoch)
    everything = [wire.feed_entry(seq, key, value) for key, seq, value in held.values(page.feed, page.epoch)]
    _record(tx, page, Seq(1), everything)
    log.warning("headquarters was restored: feed %s now shows epoch %s", page.feed, page.epoch)


def _apply(held: Held, feed: str, key: str, seq: int, value: bytes | None) -> None:
    why = held.apply(feed, key, seq, value)
    if why:
        log.error("feed %s: %s cannot be used: %s", feed, key, why)


def _record(tx: Tx, page: wire.FeedPage, first: Seq, entries: Sequence[wire.FeedEntry]) -> None:
    tx.record(FeedApplied(page.feed, page.epoch, first, Seq(page.to), wire.page_digest(entries)))


def _end(page: wire.FeedPage) -> wire.FeedPosition:
    return wire.FeedPosition(page.feed, page.epoch, page.to, page.hash)


class Inbox:
    """Give it pages and HQ's own positions as they arrive; run one `session` per connection."""

    def __init__(
        self, journal: Journal, applies: Applies, clock: Clock, chance: Chance, rhythm: Rhythm | None = None
    ) -> None:
        self._journal, self._applies, self._clock, self._chance = journal, applies, clock, chance
        self._rhythm = rhythm or Rhythm()
        self._bell = asyncio.Event()
        self._pages: deque[wire.FeedPage] = deque(maxlen=64)
        self._due: dict[wire.FeedName, float] = {}
        self._heads: dict[str, wire.FeedPosition] = {}

    async def positions(self) -> tuple[wire.FeedPosition, ...]:
        """What is applied, for the hello."""
        rows = await self._journal.rows(_POSITIONS)
        return tuple(wire.FeedPosition(*row[:4]) for row in rows if row[4] == LIVE)

    def received_page(self, page: wire.FeedPage) -> None:
        self._pages.append(page)
        self._bell.set()

    def received_heads(self, heads: Sequence[wire.FeedPosition]) -> None:
        """How far HQ's feeds go, from its answer to a hello."""
        for head in heads:
            self._heads[head.feed] = head
            self._due[head.feed] = min(self._due.get(head.feed, 0.0), self._now())
        self._bell.set()

    def begin(self) -> None:
        """A new connection."""
        self._pages.clear()
        self._heads.clear()
        self._due = dict.fromkeys(FEEDS, self._now() + self._rhythm.answer_time)

    async def session(self, publish: Publish) -> NoReturn:
        """Keep both feeds up to date until the line is lost or the task is cancelled."""
        while True:
            self._bell.clear()
            await self._take()
            now = self._now()
            due = [feed for feed in FEEDS if self._due.get(feed, 0.0) <= now]
            if due and not await self._complete(due[0]):
                await self._fetch(publish, due[0])
            elif due:
                self._quiet(due[0])
            else:
                await self._ring_within(min(self._due.values()) - now)

    async def _fetch(self, publish: Publish, feed: wire.FeedName) -> None:
        """Ask until this feed is complete; one want is open at a time."""
        attempt, want = 0, await self._want(feed)
        while True:
            await publish(wire.Channel.WANT, wire.write_message(want))
            wait = self._rhythm.answer_time + wire.retry_delay(attempt, self._rhythm.retry_cap, self._chance.jitter())
            page = await self._answer(want.nonce, self._now() + wait)
            if page is None:
                attempt += 1
                continue
            outcome = await self._apply(page, want)
            if outcome is Outcome.APPLIED and page.to < page.head:
                attempt, want = 0, await self._want(feed)
                continue
            self._quiet(feed)
            return

    async def _complete(self, feed: wire.FeedName) -> bool:
        """Whether HQ has just said that its feed goes exactly as far as ours."""
        head = self._heads.pop(feed, None)
        at = [row for row in await self._journal.rows(_POSITIONS) if row["feed"] == feed]
        return len(at) == 1 and head == wire.FeedPosition(*at[0][:4]) and at[0]["state"] == LIVE

    def _quiet(self, feed: wire.FeedName) -> None:
        self._due[feed] = self._now() + self._rhythm.look_every * (0.5 + self._chance.jitter())

    async def _want(self, feed: wire.FeedName) -> wire.Want:
        nonce = wire.new_epoch(self._chance.bits())
        rows = {row["state"]: row for row in await self._journal.rows(_POSITIONS) if row["feed"] == feed}
        at = rows.get(BUILDING) or rows.get(LIVE)
        if at is None:
            return wire.Want(feed=feed, nonce=nonce, epoch="", seq=0, hash="")
        return wire.Want(feed=feed, nonce=nonce, epoch=at["epoch"], seq=at["seq"], hash=at["hash"])

    async def _answer(self, nonce: str, deadline: float) -> wire.FeedPage | None:
        """The page with `nonce`; pages nobody asked for are applied meanwhile."""
        while (left := deadline - self._now()) > 0:
            self._bell.clear()
            page = await self._take(nonce)
            if page is not None:
                return page
            await self._ring_within(left)
        return None

    async def _take(self, nonce: str = "") -> wire.FeedPage | None:
        """Apply the pages that came in by themselves; give the one that answers `nonce`."""
        while self._pages:
            page = self._pages.popleft()
            if nonce and page.nonce == nonce:
                return page
            if page.nonce:
                continue  # the late answer to a want that was asked again
            if await self._apply(page) in (Outcome.GAP, Outcome.OTHER):
                soon = self._now() + self._rhythm.hint_spread * self._chance.jitter()
                self._due[page.feed] = min(self._due.get(page.feed, soon), soon)
        return None

    async def _apply(self, page: wire.FeedPage, asked: wire.Want | None = None) -> Outcome:
        cause = Key(f"feed:{page.feed}:{page.epoch}:{page.to}")
        return await self._journal.transact(lambda tx: apply_page(tx, page, self._applies, asked), cause=cause)

    async def _ring_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._bell.wait()
        except TimeoutError:
            return

    def _now(self) -> float:
        return self._clock.monotonic()
