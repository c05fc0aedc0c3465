"""From the scanned code to the line: one HTTP request to a real `edge run`, whose answer holds the new basket.

Beside it a bare SQLite commit on the same disk (the scan is durable when it is answered), and the same request line
without work (the till's state, which is only read).
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from bench._shop import GOODS, PRICE, Opened, Premises, bare_commits, code, percentile, prepare
from bench.tills import begin_day

TARGET = 0.030
BASKET = 10


@dataclass(frozen=True, slots=True)
class Scans:
    """Seconds: of each scan, of reading the state, of a bare commit."""

    scan: list[float]
    read: list[float]
    bare: list[float]

    def words(self) -> str:
        parts = (("scan -> line", self.scan), ("reading only", self.read), ("bare commit", self.bare))
        shown = [f"{name} p50 {_ms(took, 0.5)} ms  p99 {_ms(took, 0.99)} ms" for name, took in parts]
        ratio = percentile(self.scan, 0.5) / percentile(self.bare, 0.5)
        return "\n".join([*shown, f"ratio to a bare commit p50 {ratio:.2f}, to the target p99 {self.share:.2f}"])

    @property
    def share(self) -> float:
        """How much of the target's time a scan takes."""
        return percentile(self.scan, 0.99) / TARGET


def _ms(took: list[float], share: float) -> str:
    return f"{percentile(took, share) * 1e3:6.2f}"


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _at_the_till(opened: Opened, scans: int, seed: int) -> tuple[list[float], list[float]]:
    cashier, chance, took = begin_day(opened, "1"), Random(seed), list[float]()
    while len(took) < scans:
        for number in chance.sample(range(GOODS), BASKET):
            took.append(_timed(partial(cashier.do, "scan", code=code(number))))
        cash = [{"kind": "cash", "tendered_minor": BASKET * PRICE}]
        cashier.do("pay", tenders=cash, total_minor=BASKET * PRICE)
    read = [_timed(cashier.state) for _ in range(max(10, scans // 5))]
    cashier.close()
    return took, read


async def measure(scans: int, seed: int) -> Scans:
    """At least `scans` scans, in baskets of ten."""
    with tempfile.TemporaryDirectory() as folder:
        opened = await prepare(Premises(Path(folder)))
        shop = opened.process()
        await shop.start()
        try:
            await shop.ready()
            scan, read = await asyncio.to_thread(_at_the_till, opened, scans, seed)
        finally:
            await shop.stop()
        return Scans(scan, read, bare_commits(Path(folder), max(20, scans // 5)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=1_500)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    print(asyncio.run(measure(chosen.scans, chosen.seed)).words())
    return 0


if __name__ == "__main__":
    sys.exit(main())
