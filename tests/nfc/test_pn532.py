"""nfcpy's real PN532 driver against a simulated chip on a serial line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from edge.clock import system_clock
from edge.health import Health
from edge.nfc.frontend import open_frontend
from edge.nfc.reader import Reader
from edge.nfc.session import TagEvent, TagSeen
from edge.nfc.tag import Link
from edge.sim.field import Field
from edge.sim.pn532 import Pn532
from edge.supervise import Supervisor
from tests.nfc.test_reader import KINDS, Kind, link, ntag, one_tap
from tests.waiting import until


@pytest.fixture
async def chip(tmp_path: Path) -> AsyncIterator[Pn532]:
    chip = Pn532(tmp_path / "nfc-wall-1")
    chip.plug()
    yield chip
    chip.unplug()


@pytest.mark.parametrize(("kind", "tech"), KINDS)
async def test_the_chips_own_driver_reads_every_kind_of_tag(chip: Pn532, kind: Kind, tech: str) -> None:
    frontend = await asyncio.to_thread(open_frontend, chip.address + tech)
    try:
        for number in range(10):
            assert await asyncio.to_thread(frontend.sense) is None
            chip.put(kind(number))
            assert await asyncio.to_thread(one_tap, frontend) == Link(link(number), checked=True)
            chip.take()
    finally:
        await asyncio.to_thread(frontend.close)


async def test_a_chip_left_at_a_high_speed_by_a_kill_is_found_again(chip: Pn532) -> None:
    killed = await asyncio.to_thread(open_frontend, chip.address)
    vars(killed)["_tty"].tty.close()  # what the operating system does for a process that was killed
    again = await asyncio.to_thread(open_frontend, chip.address)
    chip.put(ntag(1))
    assert await asyncio.to_thread(one_tap, again) == Link(link(1), checked=True)
    await asyncio.to_thread(again.close)


async def test_a_closed_reader_leaves_the_chip_where_the_next_one_looks_for_it(chip: Pn532) -> None:
    for number in range(3):
        frontend = await asyncio.to_thread(open_frontend, chip.address)
        chip.put(ntag(number))
        assert await asyncio.to_thread(one_tap, frontend) == Link(link(number), checked=True)
        await asyncio.to_thread(frontend.close)


async def test_a_reader_pulled_out_and_plugged_in_again_comes_back_by_itself(chip: Pn532, field: Field) -> None:
    """Both kinds of wire, side by side, under the one supervisor: neither stops the other."""
    health, clock, seen = Health(system_clock()), system_clock(), list[TagEvent]()
    supervisor = Supervisor(health, Random(1))
    for name, address in (("serial", chip.address), ("udp", field.address)):
        supervisor.watch(Reader(name, address, clock), seen.append)
    try:
        for number in range(0, 6, 2):
            chip.put(ntag(number))
            field.put(ntag(number + 1))
            await last_two(seen, {link(number), link(number + 1)})
            chip.unplug()
            await field.unplug()
            await until(lambda: not any(part.up for part in health.snapshot().values()))
            chip.plug()
            await field.plug()
            await until(lambda: all(part.up for part in health.snapshot().values()))
    finally:
        await supervisor.stop()


def uris(seen: list[TagEvent]) -> list[str]:
    return [event.uri for event in seen if isinstance(event, TagSeen)]


async def last_two(seen: list[TagEvent], wanted: set[str]) -> None:
    await until(lambda: set(uris(seen)[-2:]) == wanted)
