"""Tasks without which a store must not go on."""

import asyncio
from collections.abc import Callable, Coroutine
from logging import getLogger

from edge.errors import Halt, Refused

log = getLogger(__name__)


PAUSE = 2.0
"""Seconds between two tries while the disk is full."""


async def patiently(name: str, work: Callable[[], Coroutine[object, object, None]], pause: float = PAUSE) -> None:
    """Run a follower for ever. While the store may not record (its disk is full) it waits, and goes on where it was."""
    said = False
    while True:
        try:
            await work()
            return
        except* Refused as refusals:
            refused = refusals.exceptions[0]
            if not said:
                log.warning("%s waits: %s", name, refused)
        said = True
        await asyncio.sleep(pause)


class Vital:
    """Tasks without which the store must not go on; the first that ends ends `halted`."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[object]] = []
        self.halted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def keep(self, name: str, work: Coroutine[object, object, object]) -> None:
        """Run `work` for the life of the store."""
        task: asyncio.Task[object] = asyncio.create_task(work, name=name)
        task.add_done_callback(self.pass_on)
        self._tasks.append(task)

    def pass_on(self, ended: "asyncio.Future[object] | asyncio.Future[None]") -> None:
        """Something ended that must not."""
        if ended.cancelled() or self.halted.done():
            return
        error = ended.exception()
        halt = error if isinstance(error, Halt) else Halt(f"{ended} ended", hint="Restart the box and tell support.")
        if error is not None and halt is not error:
            log.error("a part of the store failed", exc_info=error)
            halt.__cause__ = error
        self.halted.set_exception(halt)

    async def stop(self) -> None:
        """End them, last one first."""
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.halted.done() and not self.halted.cancelled():
            self.halted.exception()
        self.halted.cancel()
