"""Live values (weights, printer state, badge taps): the last per key with its age; lossy."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from edge.clock import Clock


@dataclass(frozen=True, slots=True)
class Live:
    """`value` is plain JSON data; `at` is when it was seen (aware UTC)."""

    key: str
    value: object
    at: datetime


class Board:
    """The last value of each key; watchers see the newest and may miss those between."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._values: dict[str, Live] = {}
        self._watchers: set[_Watcher] = set()

    def put(self, key: str, value: object) -> None:
        """`value` is what `key` shows now."""
        self._values[key] = live = Live(key, value, self._clock.now())
        for watcher in self._watchers:
            watcher.offer(live)

    def get(self, key: str) -> Live | None:
        return self._values.get(key)

    def under(self, prefix: str) -> list[Live]:
        """All values whose key starts with `prefix`."""
        return [live for key, live in sorted(self._values.items()) if key.startswith(prefix)]

    def age(self, live: Live) -> float:
        """Seconds since the value was seen."""
        return (self._clock.now() - live.at).total_seconds()

    async def watch(self, prefix: str) -> AsyncGenerator[Live, None]:
        """What is shown now under `prefix`, then every change, skipping those nobody was in time for."""
        watcher = _Watcher(prefix, {live.key: live for live in self.under(prefix)})
        self._watchers.add(watcher)
        try:
            while True:
                for live in await watcher.take():
                    yield live
        finally:
            self._watchers.discard(watcher)


class _Watcher:
    def __init__(self, prefix: str, waiting: dict[str, Live]) -> None:
        self._prefix, self._waiting = prefix, waiting
        self._bell = asyncio.Event()
        if waiting:
            self._bell.set()

    def offer(self, live: Live) -> None:
        if live.key.startswith(self._prefix):
            self._waiting[live.key] = live
            self._bell.set()

    async def take(self) -> list[Live]:
        await self._bell.wait()
        self._bell.clear()
        taken, self._waiting = list(self._waiting.values()), {}
        return taken
