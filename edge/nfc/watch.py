"""The readers of a shop's walls, and what the walls show: taps become commands, answers become screens.

Each wall's screen is the board's value `wall:{wall}`, and the reader's presence `tag:{wall}`: lossy, for pages only.
"""

import asyncio
from collections.abc import Iterable
from logging import getLogger

from edge.board import Board
from edge.clock import Clock
from edge.commands import Door
from edge.errors import Refused
from edge.facts import WallTapped
from edge.ids import Ids
from edge.nfc.handlers import Tap
from edge.nfc.session import TagEvent, TagSeen
from edge.nfc.wall import Screen, due, refused, rested, tapped, touched
from edge.units import Key, WallId

log = getLogger(__name__)
BACKLOG = 32
"""Taps of one wall waiting for their answer; a customer never makes so many, so what is above is dropped, and said."""


class Walls:
    """Give `heard` to the supervisor as each reader's emit (with its wall); keep `run` running."""

    def __init__(self, walls: Iterable[WallId], door: Door, board: Board, clock: Clock, ids: Ids) -> None:
        self._door, self._board, self._clock, self._ids = door, board, clock, ids
        self._screens = {wall: Screen(wall, since=clock.monotonic()) for wall in walls}
        self._taps: dict[WallId, asyncio.Queue[TagSeen]] = {wall: asyncio.Queue(BACKLOG) for wall in self._screens}
        for screen in self._screens.values():
            self._show(screen)

    def heard(self, wall: WallId, event: TagEvent) -> None:
        """A reader of `wall` saw something; returns at once."""
        self._board.put(f"tag:{wall}", {"present": isinstance(event, TagSeen)})
        if not isinstance(event, TagSeen):
            return
        try:
            self._taps[wall].put_nowait(event)
        except asyncio.QueueFull:
            log.warning("wall %s: more than %d taps are waiting; one was dropped", wall, BACKLOG)

    def screen(self, wall: WallId) -> Screen:
        """What the wall shows now."""
        return self._screens[wall]

    def touch(self, wall: WallId) -> None:
        """Somebody uses the page: it stays."""
        self._screens[wall] = touched(self._screens[wall], self._clock.monotonic())

    async def run(self) -> None:
        """Serve every wall until cancelled."""
        async with asyncio.TaskGroup() as group:
            for wall in self._screens:
                group.create_task(self._serve(wall), name=f"wall {wall}")

    async def _serve(self, wall: WallId) -> None:
        while True:
            try:
                seen = await asyncio.wait_for(self._taps[wall].get(), due(self._screens[wall], self._clock.monotonic()))
            except TimeoutError:
                rest = rested(self._screens[wall], self._clock.monotonic())
                if rest != self._screens[wall]:
                    self._show(rest)
                continue
            await self._answer(wall, seen)

    async def _answer(self, wall: WallId, seen: TagSeen) -> None:
        number = round(seen.at.timestamp() * 1000)  # rises across restarts too
        try:
            reply = await self._door.send(Tap.of(wall, seen), key=Key(f"tap-{self._ids.new()}"))
        except Refused as why:
            log.info("wall %s: %s", wall, why.message)
            self._show(refused(self._screens[wall], why, number, self._clock.monotonic()))
            return
        for fact in reply.facts():
            if isinstance(fact, WallTapped):
                self._show(tapped(self._screens[wall], fact, number, self._clock.monotonic()))

    def _show(self, screen: Screen) -> None:
        self._screens[screen.wall] = screen
        value = {"kind": str(screen.kind), "tap": screen.tap, "article": screen.article, "sku": screen.sku}
        self._board.put(f"wall:{screen.wall}", value | {"words": screen.words, "hint": screen.hint})
