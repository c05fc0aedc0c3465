"""The Z of a long day: the whole command (fold over the journal, decided, recorded, fsynced) and the fold alone.

Beside it the same entries read bare: every row of the day fetched from the same file and thrown away.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench._shop import GOODS, MANAGER, PRICE, Premises, code, prepare
from edge.app.rooms import World, handlers, journal_setup, shop_of
from edge.commands import Door
from edge.facts import Denomination
from edge.journal.store import Journal
from edge.pos.day.handlers import takings
from edge.pos.load import shift_of
from edge.pos.verbs import Add, CloseShift, Count, Offered, OpenShift, Pay
from edge.units import Key, Minor, Sku, TenderKind, TillId, UserId

TARGET = 1.0
TILL = TillId("1")
LINES = 4
_DAY = "SELECT seq, time, type, cause, actor, businessdate, data, hash FROM entries ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Long:
    """Seconds: of the whole command, of the fold alone, of reading the same rows bare."""

    entries: int
    command: float
    fold: float
    bare: float

    def words(self) -> str:
        parts = (("Z, whole command", self.command), ("fold alone (X)", self.fold), ("same rows, bare", self.bare))
        shown = [f"{name:18} {took * 1e3:8.1f} ms" for name, took in parts]
        ratios = f"ratio to bare reading {self.command / self.bare:.2f}, to the target {self.command / TARGET:.3f}"
        return "\n".join([f"{self.entries} entries", *shown, ratios])


async def _ring(door: Door, number: int, chance: Random) -> None:
    actor = UserId(MANAGER)
    for line in range(LINES):
        sku = Sku(code(chance.randrange(GOODS)))
        await door.send(Add(TILL, sku), key=Key(f"add {number} {line}"), actor=actor)
    tenders = (Offered(TenderKind.CASH, Minor(LINES * PRICE)),)
    await door.send(Pay(TILL, tenders, Minor(LINES * PRICE)), key=Key(f"pay {number}"), actor=actor)


async def measure(sales: int, seed: int) -> Long:
    """One day of `sales` sales, then its Z."""
    world, chance = World.real(), Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        opened = await prepare(Premises(Path(folder)))
        shop = shop_of(opened.config)
        journal = await Journal.open(journal_setup(opened.config, shop, world))
        try:
            door = Door(journal, handlers(opened.config, shop, world), world.ids, lambda tx, user, right: True)
            await door.send(OpenShift(TILL, Minor(0)), key=Key("open"), actor=UserId(MANAGER))
            for number in range(sales):
                await _ring(door, number, chance)
            shift = await journal.read(lambda db: shift_of(db, TILL))
            assert shift is not None
            smallest = min(shop.profile.denominations)
            pieces = (Denomination(smallest, 1),)
            await door.send(Count(TILL, pieces), key=Key("count"), actor=UserId(MANAGER))
            begun = time.perf_counter()
            await journal.transact(lambda tx: takings(tx, TILL), cause=Key("x"))
            fold = time.perf_counter() - begun
            close = CloseShift(TILL, "a bench counts nothing")
            begun = time.perf_counter()
            await door.send(close, key=Key("z"), actor=UserId(MANAGER))
            command = time.perf_counter() - begun
            with closing(sqlite3.connect(f"file:{journal.path}?mode=ro", uri=True)) as db:
                begun = time.perf_counter()
                entries = sum(1 for _ in db.execute(_DAY))
                bare = time.perf_counter() - begun
            return Long(entries, command, fold, bare)
        finally:
            await journal.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}, {chosen.sales} sales")
    print(asyncio.run(measure(chosen.sales, chosen.seed)).words())
    return 0


if __name__ == "__main__":
    sys.exit(main())
