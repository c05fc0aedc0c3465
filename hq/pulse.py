"""Tells whoever waits that headquarters knows something new."""

import asyncio


class Pulse:
    """`beat` on the event loop after a commit; `wait` returns when a beat came after the one last seen."""

    def __init__(self) -> None:
        self.count = 0
        self._bell = asyncio.Event()

    def beat(self) -> None:
        """Something changed."""
        self.count += 1
        self._bell.set()
        self._bell = asyncio.Event()

    async def wait(self, seen: int, seconds: float) -> int:
        """The number of the newest beat, as soon as it is not `seen`, at the latest after `seconds`."""
        if self.count == seen:
            try:
                async with asyncio.timeout(seconds):
                    await self._bell.wait()
            except TimeoutError:
                pass
        return self.count
