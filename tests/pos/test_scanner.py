"""A scanner on a serial line: every code once, in order, whatever the wire does."""

import asyncio
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from edge.clock import system_clock
from edge.health import Health
from edge.pos.scanner import MAX_CODE, Code, Codes, Scanner
from edge.sim.scanner import SimScanner
from edge.supervise import Supervisor

TEXTS = st.lists(st.text("0123456789ABC:/.", min_size=1, max_size=40), max_size=20)


@given(TEXTS, st.integers(1, 50))
def test_codes_are_the_same_however_the_bytes_are_cut(texts: list[str], size: int) -> None:
    codes, data, found = Codes(), b"".join(text.encode() + b"\r\n" for text in texts), list[str]()
    for place in range(0, len(data), size):
        found += codes.feed(data[place : place + size])
    assert found == texts


def test_noise_without_an_end_is_dropped_and_the_next_code_is_read() -> None:
    codes = Codes()
    assert codes.feed(b"x" * (MAX_CODE + 1)) == []
    assert codes.feed(b"yyy\r4006381333931\r") == ["4006381333931"]


async def test_a_scanner_comes_back_by_itself_when_it_is_plugged_in_again(tmp_path: Path) -> None:
    sim = SimScanner(tmp_path / "scanner")
    health, heard = Health(system_clock()), asyncio.Queue[Code]()
    supervisor = Supervisor(health, Random(1))
    sim.plug()
    supervisor.watch(Scanner("scanner/b1", sim.url), heard.put_nowait)
    await _until(health, up=True)
    sim.read("4006381333931")
    assert (await asyncio.wait_for(heard.get(), 5)).text == "4006381333931"
    sim.unplug()
    await _until(health, up=False)
    sim.plug()
    await _until(health, up=True)
    sim.read("5701234567899")
    assert (await asyncio.wait_for(heard.get(), 5)).text == "5701234567899"
    await supervisor.stop()
    sim.unplug()


async def _until(health: Health, *, up: bool) -> None:
    async with asyncio.timeout(10):
        while (part := health.part("scanner/b1")) is None or part.up is not up:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
