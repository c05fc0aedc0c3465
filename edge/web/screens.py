"""Pushes every screen's state when the journal, a device or the cable changed; many changes make one frame."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing

from edge.units import TillId
from edge.web.house import House, Json
from edge.web.live import Frame, Live
from edge.web.tills import Tills
from edge.web.views.display import display_state

PAUSE = 0.03
"""Seconds in which further changes are gathered into the same frame."""
Show = Callable[[str], Awaitable[Json | None]]


class Screens:
    """Topics by their prefix; `run` keeps whoever watches up to date."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.tills = Tills(house)
        self._shows: Mapping[str, Show] = {"till": self.till, "display": self.display}
        self._changed = asyncio.Event()
        house.live = Live(self.snapshot)

    def touch(self) -> None:
        """Something changed that no journal entry tells."""
        self._changed.set()

    async def snapshot(self, topic: str) -> Frame | None:
        """The state of a topic now; None when there is no such topic."""
        kind, _, name = topic.partition(":")
        show = self._shows.get(kind)
        state = None if show is None else await show(name)
        return None if state is None else Frame(topic, int(str(state["seq"])), state)

    async def till(self, name: str) -> Json | None:
        """`TillState`."""
        return await self.tills.state(TillId(name)) if TillId(name) in self._house.tills() else None

    async def display(self, name: str) -> Json | None:
        """`DisplayState`."""
        state = await self.till(name)
        return None if state is None else display_state(state)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._journal(), name="screens: journal")
            group.create_task(self._board(), name="screens: board")
            group.create_task(self._push(), name="screens: push")

    async def _journal(self) -> None:
        async with aclosing(self._house.journal.follow(self._house.journal.head.seq)) as entries:
            async for _ in entries:
                self._changed.set()

    async def _board(self) -> None:
        async with aclosing(self._house.board.watch("")) as values:
            async for _ in values:
                self._changed.set()

    async def _push(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            for topic in self._house.live.watched():
                frame = await self.snapshot(topic)
                if frame is not None:
                    self._house.live.publish(frame)
            await asyncio.sleep(PAUSE)
