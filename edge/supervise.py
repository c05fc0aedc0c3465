"""The only reconnect loop: open, run, lose, wait (full jitter), again. One broken device never stops the others."""

import asyncio
from collections.abc import Callable
from logging import getLogger
from random import Random
from typing import Protocol, TypeVar

from edge.errors import DeviceLost, Halt, Refused
from edge.health import Health

log = getLogger(__name__)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Emit = Callable[[T], None]
"""Hands over what a device saw; synchronous, called on the event loop."""
FIRST, CAP = 0.1, 5.0
"""Seconds the wait before reopening starts with, and never exceeds."""


class Device(Protocol[T_co]):
    """Three methods and no loop; its address is a URL, so a simulator is only another address."""

    @property
    def name(self) -> str: ...
    async def open(self) -> None:
        """Reach the device, or raise DeviceLost."""

    async def run(self, emit: Emit[T_co]) -> None:
        """Work until it is lost; returns only by raising DeviceLost."""

    async def close(self) -> None:
        """Let go of it; never raises, may be called after a failed `open`."""


class Supervisor:
    """Keeps devices running until `stop`; a Halt from any of them ends `halted`."""

    def __init__(self, health: Health, chance: Random) -> None:
        self._health, self._chance = health, chance
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.halted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def watch(self, device: Device[T], emit: Emit[T]) -> None:
        """Keep `device` running; what it sees goes to `emit`."""
        if device.name in self._tasks:
            raise Halt(f"two devices are called {device.name}", hint="Give each its own name in store.toml.")
        self._health.down(device.name, "Starting.")
        self._tasks[device.name] = asyncio.create_task(self._keep(device, emit), name=f"device {device.name}")

    async def stop(self) -> None:
        """End every device, last one first."""
        for task in reversed(self._tasks.values()):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._tasks.clear()
        if self.halted.done() and not self.halted.cancelled():
            self.halted.exception()
        self.halted.cancel()

    async def _keep(self, device: Device[T], emit: Emit[T]) -> None:
        ceiling = FIRST
        while True:
            opened = False
            try:
                await device.open()
                opened = True
                self._health.up(device.name)
                await device.run(emit)
            except DeviceLost as lost:
                self._health.down(device.name, lost.hint or "Check its cable and power.", lost.message)
            except Refused as refused:  # the store itself cannot go on just now: its disk is full
                self._health.down(device.name, refused.hint or "Try again in a moment.", refused.message)
            except Halt as halt:
                self._health.down(device.name, halt.hint, halt.message)
                if not self.halted.done():
                    self.halted.set_exception(halt)
                return
            except Exception as bug:
                log.exception("%s failed in a way nobody foresaw", device.name)
                self._health.down(device.name, "Restarting it. If this stays, call support.", repr(bug))
            finally:
                await device.close()
            ceiling = FIRST if opened else min(CAP, ceiling * 2)
            await asyncio.sleep(self._chance.uniform(0, ceiling))
