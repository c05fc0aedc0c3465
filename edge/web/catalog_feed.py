"""Topic `catalog`: which products' price, reviews or stock changed, so that pages read them again."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import aclosing

from edge.clock import moment, stamp
from edge.facts import (
    Fact,
    FeedApplied,
    SaleClosed,
    SaleReturned,
    StockCounted,
    StockDamaged,
    StockHeld,
    StockReceived,
    StockReleased,
)
from edge.web.house import House, Json
from edge.web.live import Frame

TOPIC = "catalog"
REMEMBERED = 60.0
"""A frame names what changed in so many seconds: whoever gets only the newest one misses nothing."""
MOST_NAMED = 200
ALL = "*"
LOOK_EVERY = 60.0
_ARTICLE = "SELECT article FROM variants WHERE sku = ?"
_NEXT = "SELECT min(valid_from) FROM prices WHERE list = ? AND valid_from > ?"
_STOCK = (StockReceived, StockCounted, StockDamaged, StockHeld, StockReleased)


class CatalogFeed:
    """Follows the journal and the clock; `repriced` is called when a price has begun that was announced before."""

    def __init__(self, house: House, repriced: Callable[[], None]) -> None:
        self._house, self._repriced = house, repriced
        self._changed: deque[tuple[float, str]] = deque()
        self._fed = asyncio.Event()

    async def state(self, name: str, _language: str) -> Json | None:
        """What a page is told that has just come: anything may have changed."""
        return self._frame([ALL]) if not name else None

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(), name="catalog: journal")
            group.create_task(self._prices(), name="catalog: prices")

    async def _follow(self) -> None:
        async with aclosing(self._house.journal.follow(self._house.journal.head.seq)) as entries:
            async for entry in entries:
                fact = entry.fact()
                if isinstance(fact, FeedApplied):
                    self._fed.set()
                    self._tell([ALL])
                elif fact is not None:
                    self._tell(await self._articles(fact))

    async def _prices(self) -> None:
        """Wait for the next price that begins by itself."""
        clock, since = self._house.clock, self._house.clock.now()
        while True:
            ((at,),) = await self._house.journal.rows(_NEXT, (self._house.config.store.price_list, stamp(since)))
            left = LOOK_EVERY if at is None else (moment(at) - clock.now()).total_seconds()
            self._fed.clear()
            try:
                async with asyncio.timeout(max(0.0, min(LOOK_EVERY, left))):
                    await self._fed.wait()
            except TimeoutError:
                if at is not None and moment(at) <= clock.now():
                    since = moment(at)
                    self._tell([ALL])
                    self._repriced()

    async def _articles(self, fact: Fact) -> Iterable[str]:
        if isinstance(fact, SaleClosed | SaleReturned):
            return [line.article for line in fact.lines]
        if isinstance(fact, _STOCK):
            return [str(row["article"]) for row in await self._house.journal.rows(_ARTICLE, (fact.sku,))]
        return []

    def _tell(self, articles: Iterable[str]) -> None:
        now = self._house.clock.monotonic()
        fresh = [(now, article) for article in articles]
        if not fresh:
            return
        self._changed.extend(fresh)
        while self._changed[0][0] < now - REMEMBERED:
            self._changed.popleft()
        named = dict.fromkeys(article for _, article in self._changed)
        told = [ALL] if ALL in named or len(named) > MOST_NAMED else list(named)
        if told == [ALL]:
            self._changed = deque([(now, ALL)])
        self._house.live.publish(Frame(TOPIC, self._house.journal.head.seq, self._frame(told)))

    def _frame(self, articles: list[str]) -> Json:
        seq = self._house.journal.head.seq
        return {"seq": seq, "at": stamp(self._house.clock.now()), "articles": articles}
