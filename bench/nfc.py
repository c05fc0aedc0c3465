"""From the tag in the field to the event: what a tap costs, beside the same reading without session and threads.

`tap -> seen` is the whole reader: the wait for the next look, anti-collision, reading, the way to the event loop.
`bare reading` is nfcpy alone on the same wire: the part that no code of ours can save.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import quantiles

from edge.clock import system_clock
from edge.nfc.frontend import open_frontend
from edge.nfc.reader import LOOK_EMPTY, Reader
from edge.nfc.session import TagEvent, TagGone, TagSeen
from edge.nfc.tag import GoodsTag, check_digit, uri_of, write_message
from edge.sim.field import Field, Spot
from edge.sim.pn532 import Pn532
from edge.sim.tag import Ntag, Tag, Type4
from edge.units import Gtin


def message(number: int) -> bytes:
    body = f"{5_710_000_000_000 + number:013d}"
    return write_message(uri_of(GoodsTag("id.shop.example", Gtin(body + check_digit(body)), serial=f"S{number}")))


def ntag(number: int) -> Tag:
    return Ntag(b"\x04" + number.to_bytes(6, "big"), message(number))


def type4(number: int) -> Tag:
    return Type4(b"\x04" + number.to_bytes(6, "big"), message(number))


async def tap_to_seen(spot: Spot, address: str, kind: Callable[[int], Tag], taps: int) -> list[float]:
    """Seconds from laying each tag down to its `TagSeen` on the event loop."""
    reader, heard = Reader("bench", address, system_clock()), asyncio.Queue[tuple[TagEvent, float]]()
    await reader.open()
    running = asyncio.create_task(reader.run(lambda event: heard.put_nowait((event, time.perf_counter()))))
    took, chance = [], Random(1)
    for number in range(taps):
        await asyncio.sleep(chance.uniform(0, LOOK_EMPTY))  # customers do not wait for our looks
        laid = time.perf_counter()
        spot.put(kind(number))
        event, at = await heard.get()
        assert isinstance(event, TagSeen)
        assert event.uri
        took.append(at - laid)
        spot.take()
        assert isinstance((await heard.get())[0], TagGone)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await reader.close()
    return took


async def bare_reading(spot: Spot, address: str, kind: Callable[[int], Tag], taps: int) -> list[float]:
    """Seconds nfcpy takes to find and read a tag that lies there already."""
    frontend = await asyncio.to_thread(open_frontend, address)

    def once() -> float:
        begun = time.perf_counter()
        sighting = frontend.sense()
        assert sighting is not None
        assert frontend.read(sighting)
        return time.perf_counter() - begun

    took = []
    for number in range(taps):
        spot.put(kind(number))
        took.append(await asyncio.to_thread(once))
    spot.take()
    await asyncio.to_thread(frontend.close)
    return took


def line(what: str, seen: Sequence[float], bare: Sequence[float]) -> str:
    (p50, p99), (bare50, _) = ((quantiles(took, n=100)[49], quantiles(took, n=100)[98]) for took in (seen, bare))
    return (
        f"{what:24} tap -> seen p50 {p50 * 1e3:6.1f} ms  p99 {p99 * 1e3:6.1f} ms   "
        f"bare reading p50 {bare50 * 1e3:6.1f} ms ({1 / bare50:5.0f} taps/s)   ratio {p50 / bare50:5.1f}"
    )


async def measure(taps: int) -> None:
    field = Field()
    await field.plug()
    with tempfile.TemporaryDirectory() as folder:
        chip = Pn532(Path(folder) / "nfc")
        chip.plug()
        for name, spot, address in (("udp", field, field.address), ("pn532", chip, chip.address)):
            for kind in (ntag, type4):
                seen = await tap_to_seen(spot, address, kind, taps)
                bare = await bare_reading(spot, address, kind, taps)
                print(line(f"{name} {kind.__name__}", seen, bare))
        chip.unplug()
    await field.unplug()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=30)
    asyncio.run(measure(parser.parse_args().taps))
    return 0


if __name__ == "__main__":
    sys.exit(main())
