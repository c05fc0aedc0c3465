"""Scan -> line, and the cold start, with a large range in force: 300,000 products and 2,000 promotions.

Baskets of 100 lines are rung up over HTTP out of one aisle, so that many of their goods compete for the same
promotions. Beside the scans: a bare commit on the same disk, and the pricing of the full basket alone.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

import msgspec

from bench._shop import EPOCH, Opened, Premises, bare_commits, percentile, prepare
from bench.tills import begin_day
from edge.app.rooms import FEED, World, journal_setup, shop_of
from edge.feedoffers import Part, PromotionKind, PromotionValue
from edge.feedwords import ArticleValue, PriceValue, Value, VariantValue, key_of, kind_of, plain
from edge.journal.chain import canonical
from edge.journal.store import Journal
from edge.journal.tx import Tx
from edge.pos.load import open_basket
from edge.pos.promotions.reckon import forget
from edge.pos.promotions.reckon import given as reckoned
from edge.sync.tables import Held
from edge.units import Key, TillId

SCAN_TARGET, START_TARGET = 0.030, 3.0
LONG_AGO = "2020-01-01T00:00:00.000Z"
AISLE = 300
"""Neighbouring products, of which one customer fills a basket."""
WIDTH = 60
PAGE = 20_000


@dataclass(frozen=True, slots=True)
class Sizes:
    products: int
    promotions: int
    baskets: int
    lines: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds: of each scan (`full`: into a basket three quarters full), of a bare commit, of pricing, of starts."""

    scan: list[float]
    full: list[float]
    bare: list[float]
    priced: list[float]
    starts: list[float]
    given: int

    def words(self) -> str:
        parts = (("scan -> line", self.scan), ("  the last quarter", self.full), ("bare commit", self.bare),
                 ("all rules of a full basket, anew", self.priced))  # fmt: skip
        shown = [f"{name} p50 {_ms(took, 0.5)} ms  p99 {_ms(took, 0.99)} ms" for name, took in parts]
        start = min(self.starts)
        return "\n".join([
            *shown,
            f"promotions given in a full basket: {self.given}",
            f"cold start {start:.2f} s, ratio to the target {start / START_TARGET:.2f}",
            f"ratio to a bare commit p50 {percentile(self.scan, 0.5) / percentile(self.bare, 0.5):.2f}, "
            f"to the target p99 {percentile(self.scan, 0.99) / SCAN_TARGET:.2f}",
        ])  # fmt: skip


def _ms(took: list[float], share: float) -> str:
    return f"{percentile(took, share) * 1e3:6.2f}"


def name(number: int) -> str:
    """The SKU, article and code of a product."""
    return f"p-{number:06d}"


def values(sizes: Sizes, chance: Random) -> Iterator[Value]:
    """All that headquarters tells."""
    for number in range(sizes.products):
        sku = name(number)
        yield ArticleValue(sku, {"en": f"Product {number}"}, category=f"aisle-{number // AISLE}")
        yield VariantValue(sku, sku, codes=(sku,))
        yield PriceValue("main", sku, chance.randrange(995, 60_000), "XTS", "standard", LONG_AGO)
    for number in range(sizes.promotions):
        yield promotion(number, sizes, chance)


GIVES: Mapping[PromotionKind, Mapping[str, object]] = {
    PromotionKind.PERCENT: {"rate": 1_500},
    PromotionKind.AMOUNT: {"amount": 500},
    PromotionKind.PRICE: {"price": 4_900},
    PromotionKind.BUY_GET: {"rate": 10_000, "buy": 2, "get": 1},
    PromotionKind.MIX: {"price": 9_900, "count": 3},
    PromotionKind.BUNDLE: {"rate": 2_000},
    PromotionKind.THRESHOLD: {"rate": 500, "floor": 50_000, "exclusion": "basket"},
}


def promotion(number: int, sizes: Sizes, chance: Random) -> PromotionValue:
    """One of every kind in turn, over goods that lie together, every fiftieth over a whole aisle."""
    kind = [*PromotionKind][number % len(PromotionKind)]
    first = chance.randrange(max(1, sizes.products - AISLE))
    goods = tuple(name(first + step) for step in range(min(WIDTH, sizes.products - first)))
    parts: tuple[Part, ...] = (Part(skus=goods),)
    if kind is PromotionKind.BUNDLE:
        parts = Part(skus=goods[::2]), Part(skus=goods[1::2])
    elif number % 50 == 0:
        parts = (Part(categories=(f"aisle-{first // AISLE}",)),)
    told = {
        "id": f"promo-{number}",
        "name": {"en": f"Promotion {number}"},
        "kind": kind,
        "parts": msgspec.to_builtins(parts),
        "valid_from": LONG_AGO,
        "currency": "XTS",
        "priority": number % 5,
        **GIVES[kind],
    }
    return msgspec.convert(told, PromotionValue)


async def stocked(premises: Premises, sizes: Sizes, chance: Random) -> Opened:
    """The shop with all of it, as the inbox puts it there, a page at a time."""
    opened = await prepare(premises)
    journal = await Journal.open(journal_setup(opened.config, shop_of(opened.config), World.real()))
    seq = 10**6
    try:
        for number, page in enumerate(batched(values(sizes, chance), PAGE)):
            await journal.transact(partial(_put, page, seq), cause=Key(f"rules:{number}"))
            seq += PAGE
    finally:
        await journal.close()
    return opened


def _put(page: Sequence[Value], seq: int, tx: Tx) -> None:
    held = Held(tx.db, FEED)
    for place, value in enumerate(page):
        key, data = key_of(value), canonical(plain(value))
        held.hold("all", EPOCH, key, seq + place, data)
        FEED[kind_of(key)](tx.db, key, data)


def batched(every: Iterator[Value], size: int) -> Iterator[list[Value]]:
    while page := list(islice(every, size)):
        yield page


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _at_the_till(opened: Opened, sizes: Sizes, chance: Random) -> tuple[list[float], list[float]]:
    cashier, scan, full = begin_day(opened, "1"), list[float](), list[float]()
    for number in range(sizes.baskets):
        aisle = chance.randrange(max(1, sizes.products // AISLE)) * AISLE
        goods = [aisle + place for place in chance.sample(range(min(AISLE, sizes.products)), sizes.lines)]
        took = [_timed(partial(cashier.do, "scan", code=name(each))) for each in goods]
        scan += took
        full += took[len(took) * 3 // 4 :]
        if number < sizes.baskets - 1:
            cashier.do("void-basket", reason="measured")
    cashier.close()
    return scan, full


def _rules(opened: Opened, times: int) -> tuple[list[float], int]:
    """All rules of the basket that lies there, without anything remembered of it."""
    with closing(sqlite3.connect(opened.config.paths.journal)) as db:
        held = open_basket(db, TillId("1"))
    if held is None:
        raise SystemExit("the basket is gone")
    took, given = [], 0
    for _ in range(times):
        forget()
        begun = time.perf_counter()
        given = len(reckoned(held.basket).applied)
        took.append(time.perf_counter() - begun)
    return took, given


async def measure(sizes: Sizes, seed: int, starts: int) -> Measured:
    """Fill a shop, start it cold, ring up baskets."""
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        opened = await stocked(Premises(Path(folder)), sizes, chance)
        took: list[float] = []
        for number in range(starts):
            shop, begun = opened.process(), time.perf_counter()
            await shop.start()
            await shop.ready(60.0)
            took.append(time.perf_counter() - begun)
            if number < starts - 1:
                await shop.stop()
        try:
            scan, full = await asyncio.to_thread(_at_the_till, opened, sizes, chance)
        finally:
            await shop.stop()
        priced, given = _rules(opened, 5)
        return Measured(scan, full, bare_commits(Path(folder), max(20, len(scan) // 10)), priced, took, given)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=300_000)
    parser.add_argument("--promotions", type=int, default=2_000)
    parser.add_argument("--baskets", type=int, default=10)
    parser.add_argument("--lines", type=int, default=100)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    sizes = Sizes(chosen.products, chosen.promotions, chosen.baskets, chosen.lines)
    print(asyncio.run(measure(sizes, chosen.seed, chosen.starts)).words())
    return 0


if __name__ == "__main__":
    sys.exit(main())
