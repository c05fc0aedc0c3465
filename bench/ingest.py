"""Facts into headquarters' SQLite: inflated, hash-checked, validated, folded, committed; alone and over Mosquitto.

Over Mosquitto headquarters is a process of its own (`hq run`), the box's end of the line is this one: it keeps eight
batches unacknowledged, as a store does. Beside it the same batches through a bare link, to nobody's database.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.sync.link import Message
from edge.sync.wire import Ack, Channel, read_batch, read_message
from hq.intake import Intake
from hq.store import connect
from tests.brokers import Mosquitto, free_port
from tests.hq.boxes import AALBORG, NOON, Box, packed, sale
from tests.hq.lines import TOPICS, Ear

WINDOW = 8
TARGET = 15_000
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Rate:
    """Facts per second, all told."""

    name: str
    facts: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.facts / self.seconds

    def words(self) -> str:
        return f"{self.name:<44}{self.per_second:>10,.0f} facts/s"


def backlog(facts: int) -> Box:
    """A journal of at least `facts` entries: sales of three lines."""
    box, number = Box(), 0
    while len(box.entries) < facts:
        number += 1
        box.record(*sale(f"s{number}", lines=3))
    return box


def alone(box: Box, payloads: Sequence[bytes], per_commit: int) -> Rate:
    """Headquarters' work without a broker, `per_commit` batches a transaction."""
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Path(folder) / "hq.db")
        begun = time.perf_counter()
        for at in range(0, len(payloads), per_commit):
            db.execute("BEGIN IMMEDIATE")
            intake = Intake(db, NOON)
            for payload in payloads[at : at + per_commit]:
                intake.take(AALBORG, read_batch(payload, AALBORG))
            intake.finish()
            db.execute("COMMIT")
        took = time.perf_counter() - begun
        db.close()
    return Rate(f"headquarters alone, {per_commit} batches a commit", len(box.entries), took)


async def over_mosquitto(box: Box, payloads: Sequence[bytes]) -> Sequence[Rate]:
    """The backlog into a headquarters of its own process; and the same bytes through the broker alone."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Mosquitto(Path(folder))
        await broker.start()
        try:
            bare = await _bare(broker.address, box, payloads)
            return [bare, await _replicated(broker.address, box, payloads, Path(folder))]
        finally:
            broker.kill()


async def _bare(address: str, box: Box, payloads: Sequence[bytes]) -> Rate:
    line = Ear(address)
    await line.link.open()
    begun = time.perf_counter()
    for at in range(0, len(payloads), WINDOW):
        await asyncio.gather(*(line.say(Channel.JOURNAL, payload) for payload in payloads[at : at + WINDOW]))
    took = time.perf_counter() - begun
    await line.link.close()
    return Rate("bare link into Mosquitto", len(box.entries), took)


async def _replicated(address: str, box: Box, payloads: Sequence[bytes], folder: Path) -> Rate:
    path = folder / "hq.toml"
    path.write_text(
        f'[company]\nname = "X"\ncountry = "DK"\ncurrency = "DKK"\ntime_zone = "Europe/Copenhagen"\n'
        f'[paths]\ndatabase = "{folder / "hq.db"}"\n[broker]\nurl = "{address}"\n'
        f'[web]\npage = "127.0.0.1:{free_port()}"\nshop = "127.0.0.1:{free_port()}"\n',
        encoding="utf-8",
    )
    hq = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hq.cli", "run", "--config", str(path), cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    line = _Windowed(address)
    await line.link.open()
    running = asyncio.create_task(line.link.run(line.take_in))
    try:
        async with asyncio.timeout(20):
            await line.until_answered(box)
        begun = time.perf_counter()
        await line.send(payloads, len(box.entries))
        took = time.perf_counter() - begun
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await line.link.close()
        hq.terminate()
        await hq.wait()
    db = sqlite3.connect(folder / "hq.db")
    (held,) = db.execute("SELECT count(*) FROM entries").fetchone()
    db.close()
    if held != len(box.entries):
        raise SystemExit(f"headquarters holds {held} of {len(box.entries)} entries")
    return Rate("replicated, folded, committed, acknowledged", held, took)


class _Windowed(Ear):
    """Sends on only while fewer than `WINDOW` batches are unacknowledged."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.acked = 0
        self.bell = asyncio.Event()

    def take_in(self, message: Message) -> None:
        address = TOPICS.parse(message.topic)
        if address is not None and address.channel is Channel.ACK:
            self.acked = max(self.acked, read_message(Ack, message.payload).seq)
            self.bell.set()

    async def until_answered(self, box: Box) -> None:
        """Headquarters is there once it acknowledges the first entry."""
        while self.acked == 0:
            self.bell.clear()
            await self.say(Channel.JOURNAL, box.payload(1, 1))
            try:
                async with asyncio.timeout(0.2):
                    await self.bell.wait()
            except TimeoutError:
                continue

    async def send(self, payloads: Sequence[bytes], head: int) -> None:
        sent = 0
        while self.acked < head:
            self.bell.clear()
            while sent < len(payloads) and sent - self.acked // 100 < WINDOW:
                await self.say(Channel.JOURNAL, payloads[sent])
                sent += 1
            if self.acked < head:
                async with asyncio.timeout(10):
                    await self.bell.wait()


def measure(facts: int) -> Sequence[Rate]:
    """Every rate, slowest part last."""
    box = backlog(facts)
    payloads = packed(box)
    rates = [alone(box, payloads, per_commit) for per_commit in (1, 4, 16)]
    return [*rates, *asyncio.run(over_mosquitto(box, payloads))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=100_000)
    rates = measure(parser.parse_args().facts)
    for rate in rates:
        print(f"{rate.words()}   {rate.per_second / rates[-2].per_second:6.1%} of the bare link")
    print(f"replicated: {rates[-1].per_second / TARGET:.1f} x the target of {TARGET:,} facts/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
