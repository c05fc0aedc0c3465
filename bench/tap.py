"""From the tag on the wall to the page: the simulated NFC field, a real `edge run` and a client of its event stream.

Time runs from laying the tag down to the wall's frame that shows it: the reader's next look, anti-collision, reading,
the command and its durable facts, the wall's whole state, the stream. Beside it nfcpy alone finding and reading a tag
that lies there, on the same wire, as in `bench.nfc`.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import msgspec

from bench._shop import GOODS, HOST, WALL, Opened, Premises, check, code, percentile, prepare
from bench.nfc import bare_reading
from edge.nfc.tag import GoodsTag, uri_of, write_message
from edge.sim.field import Field
from edge.sim.tag import Ntag, Tag
from edge.units import Gtin

TARGET = 0.300
HELD, AWAY = 0.1, 0.1
"""Seconds a tag is held to the wall, and until the next one comes; then up to a quarter of a second by chance."""


@dataclass(frozen=True, slots=True)
class Taps:
    """Seconds: of each tap until its frame, of nfcpy's bare reading."""

    tap: Sequence[float]
    bare: Sequence[float]

    def words(self) -> str:
        p50, p99, bare = percentile(self.tap, 0.5), percentile(self.tap, 0.99), percentile(self.bare, 0.5)
        return (
            f"tap -> wall frame p50 {p50 * 1e3:6.1f} ms  p99 {p99 * 1e3:6.1f} ms    "
            f"bare reading p50 {bare * 1e3:5.1f} ms    ratio {p50 / bare:4.1f}, p99 to the target {p99 / TARGET:4.2f}"
        )


class Tapped(msgspec.Struct):
    """What the wall shows of a tap."""

    article: str | None


class Device(msgspec.Struct):
    """How the wall's reader is."""

    state: str


class State(msgspec.Struct):
    """What of the wall's state we look at."""

    reader: Device
    tap: Tapped | None


class Event(msgspec.Struct):
    """One event of the stream; a heartbeat has no data."""

    data: State | None = None


class Page:
    """A wall's page: follows the floor door's stream."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.shown, self.ready = "", False
        self.news = asyncio.Event()

    async def follow(self) -> None:
        """Until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(f"GET /api/v1/stream?topics=wall:{WALL} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
            await writer.drain()
            async for line in reader:
                if line.startswith(b"data: {"):
                    self._heard(msgspec.json.decode(line[6:], type=Event))
        finally:
            writer.close()

    def _heard(self, event: Event) -> None:
        state = event.data
        if state is None:
            return
        self.ready = state.reader.state == "up"
        self.shown = "" if state.tap is None else state.tap.article or ""
        self.news.set()

    def shows(self, article: str) -> bool:
        """Whether it shows `article`."""
        return self.shown == article

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for the frame that makes it true."""
        async with asyncio.timeout(10):
            while not true():
                self.news.clear()
                await self.news.wait()


def tag(number: int) -> Tag:
    """The tag of the shop's item `number`; every time another piece of it."""
    body = f"5710000{number % GOODS:05d}"
    link = uri_of(GoodsTag(HOST, Gtin("0" + body + check(body)), serial=f"S{number}"))
    return Ntag(b"\x04" + number.to_bytes(6, "big"), write_message(link))


async def _tapping(field: Field, opened: Opened, taps: int, chance: Random) -> list[float]:
    page, took = Page(opened.ports[1]), list[float]()
    async with asyncio.TaskGroup() as group:
        following = group.create_task(page.follow())
        await page.until(lambda: page.ready)
        for number in range(1, taps + 1):
            await asyncio.sleep(AWAY + chance.uniform(0, 0.25))
            begun = time.perf_counter()
            field.put(tag(number))
            await page.until(partial(page.shows, code(number)))
            took.append(time.perf_counter() - begun)
            await asyncio.sleep(HELD)
            field.take()
        following.cancel()
    return took


async def measure(taps: int, seed: int) -> Taps:
    """`taps` customers at one wall."""
    field = Field()
    await field.plug()
    try:
        with tempfile.TemporaryDirectory() as folder:
            opened = await prepare(Premises(Path(folder), reader=field.address))
            shop = opened.process()
            await shop.start()
            try:
                await shop.ready()
                tapped = await _tapping(field, opened, taps, Random(seed))
            finally:
                await shop.stop()
        return Taps(tapped, await bare_reading(field, field.address, tag, max(5, taps)))
    finally:
        await field.unplug()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    print(asyncio.run(measure(chosen.taps, chosen.seed)).words())
    return 0


if __name__ == "__main__":
    sys.exit(main())
