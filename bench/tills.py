"""Sales a second through a real `edge run` over HTTP: one till and four, without printers and with pretend ones.

A sale is four scans and a payment in cash, each an HTTP request that ends in a durable commit; cashiers do not wait
between presses. Beside it what the disk alone would allow: bare commits a second over five commits a sale.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench._shop import (
    GOODS,
    MANAGER,
    PIN,
    PRICE,
    Opened,
    Premises,
    bare_commits,
    code,
    percentile,
    prepare,
    sales_closed,
)
from edge.sim.printer import SimPrinter
from edge.sim.stage.cashier import Cashier

LINES = 4
COMMITS = LINES + 1


@dataclass(frozen=True, slots=True)
class Rung:
    """`sales` in `seconds`; `bare` is the median of a bare commit meanwhile, before and after."""

    name: str
    sales: int
    seconds: float
    bare: float

    @property
    def per_second(self) -> float:
        return self.sales / self.seconds

    def words(self) -> str:
        disk = 1 / (self.bare * COMMITS)
        return (
            f"{self.name:28}{self.per_second:8.1f} sales/s  {self.per_second * COMMITS:7.1f} requests/s    "
            f"disk alone {disk:7.1f} sales/s    ratio {self.per_second / disk:5.2f}"
        )


def begin_day(opened: Opened, till: str) -> Cashier:
    """Somebody signs in at a till and opens it."""
    cashier = Cashier(opened.ports[0], till)
    cashier.sign_in(MANAGER, PIN)
    cashier.do("open-shift", float_minor=0)
    return cashier


def sell(cashier: Cashier, sales: int, chance: Random, lines: int = LINES) -> None:
    """Ring `sales` baskets of `lines` different things."""
    for _ in range(sales):
        for number in chance.sample(range(GOODS), lines):
            cashier.do("scan", code=code(number))
        total = lines * PRICE
        cashier.do("pay", tenders=[{"kind": "cash", "tendered_minor": total}], total_minor=total)


async def rung(tills: int, sales: int, seed: int, *, printers: bool) -> Rung:
    """All tills sell at once, each its share of `sales`."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        papers = [SimPrinter() for _ in range(tills)] if printers else []
        for printer in papers:
            await printer.start()
            stack.push_async_callback(printer.stop)
        opened = await prepare(Premises(folder, tills, [printer.url for printer in papers]))
        shop = opened.process()
        await shop.start()
        stack.push_async_callback(shop.stop)
        await shop.ready()
        before = bare_commits(folder, 100)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(tills) as hands:
            cashiers = [await loop.run_in_executor(hands, begin_day, opened, str(n)) for n in range(1, tills + 1)]
            begun = time.perf_counter()
            await asyncio.gather(
                *(
                    loop.run_in_executor(hands, sell, cashier, sales // tills, Random(seed + at))
                    for at, cashier in enumerate(cashiers)
                )
            )
            took = time.perf_counter() - begun
        for cashier in cashiers:
            cashier.close()
        bare = percentile([*before, *bare_commits(folder, 100)], 0.5)
        closed = sales_closed(folder / "journal.db")
    if closed != sales // tills * tills:
        raise SystemExit(f"{closed} sales in the journal, {sales // tills * tills} were rung")
    name = f"{tills} till{'s' * (tills > 1)}, {'printing' if printers else 'no printer'}"
    return Rung(name, closed, took, bare)


async def measure(sales: int, seed: int, tills: Sequence[int] = (1, 4)) -> list[Rung]:
    """One line of the table each."""
    return [await rung(number, sales, seed, printers=printers) for printers in (False, True) for number in tills]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=200)
    parser.add_argument("--tills", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    for each in asyncio.run(measure(chosen.sales, chosen.seed, chosen.tills)):
        print(each.words())
    return 0


if __name__ == "__main__":
    sys.exit(main())
