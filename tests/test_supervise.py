"""One broken device never stops the others."""

import asyncio
from random import Random

import pytest

from edge.clock import system_clock
from edge.errors import DeviceLost, Halt
from edge.health import Health, Part
from edge.supervise import Emit, Supervisor


class Flaky:
    """Fails as told, one way a time, then runs until it is cancelled."""

    def __init__(self, name: str, *failures: Exception) -> None:
        self.name, self._failures = name, list(failures)
        self.opens = self.closes = 0
        self.running = asyncio.Event()

    async def open(self) -> None:
        self.opens += 1

    async def run(self, emit: Emit[int]) -> None:
        if self._failures:
            raise self._failures.pop(0)
        emit(1)
        self.running.set()
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.closes += 1


async def test_a_lost_device_is_opened_again_and_its_neighbour_never_notices() -> None:
    turns: list[Part] = []
    health = Health(system_clock(), turns.append)
    supervisor = Supervisor(health, Random(1))
    seen: list[int] = []
    flaky = Flaky("scale", DeviceLost("gone", hint="Plug it in."), ValueError("a bug"), DeviceLost("gone"))
    steady = Flaky("printer")
    supervisor.watch(flaky, seen.append)
    supervisor.watch(steady, seen.append)
    await asyncio.wait_for(asyncio.gather(flaky.running.wait(), steady.running.wait()), 5)
    await supervisor.stop()
    assert (flaky.opens, flaky.closes, steady.opens, steady.closes) == (4, 4, 1, 1)
    assert seen == [1, 1]
    assert [part.up for part in turns if part.name == "printer"] == [False, True]
    assert "Plug it in." in [part.hint for part in turns]


async def test_a_halt_is_handed_up() -> None:
    health = Health(system_clock())
    supervisor = Supervisor(health, Random(1))
    supervisor.watch(Flaky("journal", Halt("disk", hint="Call.")), lambda seen: None)
    with pytest.raises(Halt, match="disk"):
        await asyncio.wait_for(asyncio.shield(supervisor.halted), 5)
    await supervisor.stop()


async def test_two_devices_of_one_name_are_refused() -> None:
    supervisor = Supervisor(Health(system_clock()), Random(1))
    supervisor.watch(Flaky("a"), lambda seen: None)
    with pytest.raises(Halt, match="two devices are called a"):
        supervisor.watch(Flaky("a"), lambda seen: None)
    await supervisor.stop()
