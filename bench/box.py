"""The store process: seconds until it is ready, and its memory after a day of 5,000 sales.

Beside it a Python that only imports the libraries the store is built on: what no code of ours can save. Memory is read
after a fifth of the day too: what it grew by since then is what another week would go on growing by.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from bench._shop import Opened, Premises, memory, prepare, sales_closed
from bench.tills import begin_day, sell
from edge.sim.stage.cashier import Cashier

READY, RESIDENT = 2.0, 150.0
LIBRARIES = "import aiosqlite, argon2, babel, biip, fastapi, msgspec, nfc, paho.mqtt.client, uvicorn, uvloop"
_IDLE = f"{LIBRARIES}, sys; print(flush=True); sys.stdin.read()"
TILLS = 4
WARM = 5
"""The caches are full after this part of the day."""
Held = tuple[float, float]
"""Megabytes: resident, own."""


@dataclass(frozen=True, slots=True)
class Box:
    """Seconds to ready (best of several) and memory beside the libraries alone; `warm`: after a `WARM`th of `sales`."""

    ready: float
    fresh: Held
    warm: Held
    after: Held
    sales: int
    bare_ready: float
    bare: Held

    @property
    def grown(self) -> float:
        """Kilobytes of its own for each sale, once warm."""
        return (self.after[1] - self.warm[1]) * 1024 / (self.sales - self.sales // WARM)

    def words(self) -> str:
        def line(what: str, megabytes: Held) -> str:
            return f"{what:36} resident {megabytes[0]:6.1f} MB   own {megabytes[1]:6.1f} MB"

        return "\n".join(
            [
                f"ready in {self.ready:.2f} s    libraries alone {self.bare_ready:.2f} s    "
                f"ratio {self.ready / self.bare_ready:.2f}, to the target {self.ready / READY:.2f}",
                line("store process, just opened", self.fresh),
                line(f"store process, after {self.sales // WARM:,} sales", self.warm),
                line(f"store process, after {self.sales:,} sales", self.after),
                line("libraries alone", self.bare),
                f"ratio to the libraries {self.after[0] / self.bare[0]:.2f}, "
                f"to the target {self.after[0] / RESIDENT:.2f}",
                f"grown by {self.grown:.2f} kB a sale after the first {self.sales // WARM:,}",
            ]
        )


async def _to_ready(opened: Opened) -> float:
    shop = opened.process()
    begun = time.perf_counter()
    await shop.start()
    try:
        await shop.ready()
        return time.perf_counter() - begun
    finally:
        await shop.stop()


def _libraries() -> tuple[float, tuple[float, float]]:
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", _IDLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as idle:
        assert idle.stdout is not None
        idle.stdout.readline()
        took = time.perf_counter() - begun
        held = memory(idle.pid)
        idle.communicate(b"")
    return took, held


async def measure(sales: int, starts: int, seed: int) -> Box:
    """Start it `starts` times, then let it sell for a day."""
    with tempfile.TemporaryDirectory() as folder:
        opened = await prepare(Premises(Path(folder), TILLS))
        ready = min([await _to_ready(opened) for _ in range(starts)])
        bare = [_libraries() for _ in range(starts)]
        shop = opened.process()
        await shop.start()
        try:
            await shop.ready()
            fresh = memory(shop.pid)
            with ThreadPoolExecutor(TILLS) as hands:
                cashiers = [begin_day(opened, str(till)) for till in range(1, TILLS + 1)]
                await _sell(hands, cashiers, sales // WARM, seed)
                warm = memory(shop.pid)
                await _sell(hands, cashiers, sales - sales // WARM, seed + TILLS)
            for cashier in cashiers:
                cashier.close()
            after = memory(shop.pid)
        finally:
            await shop.stop()
        sold = sales_closed(Path(folder) / "journal.db")
    return Box(ready, fresh, warm, after, sold, min(took for took, _ in bare), bare[0][1])


async def _sell(hands: Executor, cashiers: Sequence[Cashier], sales: int, seed: int) -> None:
    """All cashiers at once, each its share; lines of one thing."""
    loop, shares = asyncio.get_running_loop(), _shared(sales, len(cashiers))
    work = [
        partial(sell, cashier, share, Random(seed + at), lines=1)
        for at, (cashier, share) in enumerate(zip(cashiers, shares, strict=True))
    ]
    await asyncio.gather(*(loop.run_in_executor(hands, each) for each in work))


def _shared(sales: int, among: int) -> list[int]:
    return [sales // among + (at < sales % among) for at in range(among)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=5_000)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    print(asyncio.run(measure(chosen.sales, chosen.starts, chosen.seed)).words())
    return 0


if __name__ == "__main__":
    sys.exit(main())
