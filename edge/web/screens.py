"""Pushes every screen's state when the journal, a device or the cable changed; many changes make one frame."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import aclosing

from edge.units import TillId
from edge.web.catalog_feed import TOPIC, CatalogFeed
from edge.web.checkup import Checkup
from edge.web.floor import Floor
from edge.web.house import House, Json
from edge.web.live import Frame, Live
from edge.web.till.tills import Tills
from edge.web.views.display import display_state
from edge.web.words import LANGUAGES

PAUSE = 0.03
"""Seconds in which further changes are gathered into the same frame."""
BREATH = 20.0
"""A shelf's frame is good for a minute; a fresh one comes well before it ends."""
Show = Callable[[str, str], Awaitable[Json | None]]
"""Gives the state of what has this name to readers of a language."""
TILLS = frozenset({"till", "display"})
EVERY = TILLS | {"wall", "shelf"}
JOURNAL = {
    "edge.feed.": EVERY,
    "edge.sale.": TILLS | {"shelf"},
    "edge.stock.": TILLS | {"shelf"},
    "edge.shelf.": frozenset({"shelf"}),
    "edge.display.": frozenset({"shelf"}),
    "edge.wall.": frozenset[str](),
}
"""What an entry changes, by the beginning of its type; the tills' pages for every other."""
BOARD = {
    "shelf/": frozenset({"shelf"}),
    "wall:": frozenset({"wall"}),
    "health/reader/": frozenset({"wall"}),
    "tag:": frozenset[str](),
    "shown:": frozenset[str](),
}
"""What a live value changes, by the beginning of its key; the tills' pages for every other."""


class Screens:
    """Topics by their prefix; `run` keeps whoever watches up to date."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.tills = Tills(house)
        self.floor = Floor(house)
        self.catalog = CatalogFeed(house, self.touch)
        self._shows: Mapping[str, Show] = {
            "till": self.till,
            "display": self.display,
            "wall": self.floor.wall,
            "shelf": self.floor.shelf,
            TOPIC: self.catalog.state,
        }
        self._stale: set[str] = set()
        self._changed = asyncio.Event()
        house.live, house.checkup = Live(self.snapshot, shop=house.here()), Checkup(house)

    def touch(self) -> None:
        """Something changed that no journal entry tells."""
        self._mark(EVERY)

    @property
    def topics(self) -> frozenset[str]:
        """The kinds of topic there are: what stands before the colon."""
        return frozenset(self._shows)

    async def snapshot(self, topic: str) -> Frame | None:
        """The state of `{kind}:{name}/{language}` now; without a language in the store's. None: no such topic."""
        kind, _, named = topic.partition(":")
        name, _, language = named.partition("/")
        show = self._shows.get(kind) if language in ("", *LANGUAGES) else None
        state = None if show is None else await show(name, language or self._house.config.store.language)
        return None if state is None else Frame(topic, int(str(state["seq"])), state)

    async def till(self, name: str, language: str) -> Json | None:
        """`TillState`."""
        return await self.tills.state(TillId(name), language) if TillId(name) in self._house.tills() else None

    async def display(self, name: str, language: str) -> Json | None:
        """`DisplayState`."""
        state = await self.till(name, language)
        return None if state is None else display_state(state)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._journal(), name="screens: journal")
            group.create_task(self._board(), name="screens: board")
            group.create_task(self._push(), name="screens: push")
            group.create_task(self._breathe(), name="screens: shelves")
            group.create_task(self.catalog.run(), name="screens: catalog")

    async def _journal(self) -> None:
        async with aclosing(self._house.journal.follow(self._house.journal.head.seq)) as entries:
            async for entry in entries:
                self._mark(_kinds(JOURNAL, entry.type))

    async def _board(self) -> None:
        async with aclosing(self._house.board.watch("")) as values:
            async for value in values:
                self._mark(_kinds(BOARD, value.key))

    async def _breathe(self) -> None:
        while True:
            await asyncio.sleep(BREATH)
            self._mark({"shelf"})

    def _mark(self, kinds: Collection[str]) -> None:
        self._stale.update(kinds)
        if self._stale:
            self._changed.set()

    async def _push(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            stale, self._stale = self._stale, set()
            for topic in self._house.live.watched():
                if topic.partition(":")[0] in stale and (frame := await self.snapshot(topic)) is not None:
                    self._house.live.publish(frame)
            await asyncio.sleep(PAUSE)


def _kinds(table: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    return next((kinds for beginning, kinds in table.items() if name.startswith(beginning)), TILLS)
