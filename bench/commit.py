"""The whole `pay` transaction beside a bare SQLite commit of the same rows: alone, and many at once.

`pay` goes through the door as in the shop: one hop to the writer, decided, hashed, recorded, projected, committed with
an fsync, answered on the event loop. The bare commit inserts the rows that one left behind (its entries, its effect,
its sale) into tables of the same shape, on a connection with the same settings, in turns with the sales.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from bench._shop import MANAGER, PRICE, Premises, code, percentile, prepare
from edge.app.rooms import World, handlers, journal_setup, shop_of
from edge.commands import Door
from edge.journal.store import SCHEMA, Journal, connect
from edge.pos.verbs import Offered, OpenShift, Pay, Scan
from edge.staff.tables import allowed
from edge.units import Key, Minor, TenderKind, TillId, UserId

TARGET = 2.0
PRINTER = "tcp://127.0.0.1:9"
"""Never reached: nothing of this shop is running but its record. A till with a printer has a drawer to open."""
_TABLES = "SELECT sql FROM sqlite_master WHERE tbl_name IN ('effects', 'sales') AND sql IS NOT NULL"
Rows = dict[str, list[tuple[object, ...]]]


@dataclass(slots=True)
class Took:
    """Seconds, of each sale and of each bare commit made right after it."""

    pay: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counter:
    """A journal with its door, without a process around it."""

    journal: Journal
    door: Door

    async def ring(self, till: TillId, lines: int, name: str) -> None:
        """Put `lines` things into the till's basket."""
        for number in range(lines):
            command = Scan(till, code(number))
            await self.door.send(command, key=Key(f"{name}/{number}"), actor=UserId(MANAGER))

    async def pay(self, till: TillId, lines: int, name: str) -> None:
        """Take the money for it."""
        total = Minor(lines * PRICE)
        command = Pay(till, (Offered(TenderKind.CASH, total),), total)
        await self.door.send(command, key=Key(f"{name}/pay"), actor=UserId(MANAGER))

    def left_behind(self, name: str) -> Rows:
        """The rows of one sale."""
        with closing(sqlite3.connect(f"file:{self.journal.path}?mode=ro", uri=True)) as db:
            entries = db.execute("SELECT * FROM entries WHERE cause = ?", (f"{name}/pay",)).fetchall()
            sale = "SELECT sale FROM sales WHERE paid_seq = ?"
            return {
                "entries": entries,
                "effects": db.execute(f"SELECT * FROM effects WHERE subject = ({sale})", entries[0][:1]).fetchall(),
                "sales": db.execute("SELECT * FROM sales WHERE paid_seq = ?", entries[0][:1]).fetchall(),
            }


class Bare:
    """A file of the same shape, written without us."""

    def __init__(self, path: Path, like: Path) -> None:
        self._db = connect(path)
        self._db.executescript(SCHEMA)
        with closing(sqlite3.connect(like)) as shaped:
            tables = [sql for (sql,) in shaped.execute(_TABLES)]
        for sql in tables:
            self._db.execute(sql)

    def commit(self, rows: Sequence[Rows]) -> float:
        """Seconds one transaction with all these rows takes."""
        begun = time.perf_counter()
        self._db.execute("BEGIN IMMEDIATE")
        for each in rows:
            for table, cells in each.items():
                marks = ", ".join("?" * len(cells[0])) if cells else ""
                self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", cells)  # our own names
        self._db.execute("COMMIT")
        return time.perf_counter() - begun

    def close(self) -> None:
        self._db.close()


async def single(counter: Counter, bare: Bare, lines: int, sales: int, what: str = "single") -> Took:
    """One sale after another at one till."""
    took, till = Took(), TillId("1")
    for number in range(sales):
        name = f"{what}/{lines}/{number}"
        await counter.ring(till, lines, name)
        begun = time.perf_counter()
        await counter.pay(till, lines, name)
        took.pay.append(time.perf_counter() - begun)
        took.bare.append(bare.commit([counter.left_behind(name)]))
    return took


async def together(counter: Counter, bare: Bare, tills: int, rounds: int) -> Took:
    """`tills` sales at once: seconds until the last of them is durable, and bare with their rows in one commit."""
    took = Took()
    places = [TillId(str(number)) for number in range(1, tills + 1)]
    for turn in range(rounds):
        names = {till: f"many/{tills}/{turn}/{till}" for till in places}
        for till in places:
            await counter.ring(till, 1, names[till])
        begun = time.perf_counter()
        await asyncio.gather(*(counter.pay(till, 1, names[till]) for till in places))
        took.pay.append(time.perf_counter() - begun)
        rows = [counter.left_behind(name) for name in names.values()]
        took.bare.append(bare.commit(rows))
    return took


async def measure(sales: int, crowds: Sequence[int] = (10, 100), rounds: int = 10) -> Sequence[str]:
    """The lines of the table."""
    with tempfile.TemporaryDirectory() as folder:
        tills = max(crowds, default=1)
        opened = await prepare(Premises(Path(folder), tills, [PRINTER] * tills))
        world, shop = World.real(), shop_of(opened.config)
        journal = await Journal.open(journal_setup(opened.config, shop, world))
        counter = Counter(journal, Door(journal, handlers(opened.config, shop, world), world.ids, allowed))
        bare = Bare(Path(folder) / "bare.db", journal.path)
        try:
            for till in range(1, tills + 1):
                command = OpenShift(TillId(str(till)), Minor(0))
                await counter.door.send(command, key=Key(f"open/{till}"), actor=UserId(MANAGER))
            await single(counter, bare, 1, max(2, sales // 10), "warm")
            table = [words(await single(counter, bare, n, sales), f"pay, {n} line{'s' * (n > 1)}") for n in (1, 5)]
            for crowd in crowds:
                took = await together(counter, bare, crowd, rounds)
                table.append(words(took, f"{crowd} pays at once, all durable"))
        finally:
            bare.close()
            await journal.close()
    return table


def words(took: Took, what: str) -> str:
    """One line: our percentiles, bare's, and their ratio."""
    (ours, our99), (bare, bare99) = ((percentile(each, 0.5), percentile(each, 0.99)) for each in (took.pay, took.bare))
    return (
        f"{what:30} p50 {ours * 1e3:7.2f} ms  p99 {our99 * 1e3:7.2f} ms    bare p50 {bare * 1e3:6.2f} ms  "
        f"p99 {bare99 * 1e3:6.2f} ms    ratio p50 {ours / bare:5.2f}  p99 {our99 / bare99:5.2f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=400)
    parser.add_argument("--crowds", type=int, nargs="*", default=[10, 100], help="how many pay at once")
    chosen = parser.parse_args()
    for line in uvloop.run(measure(chosen.sales, chosen.crowds)):  # the loop the shop itself runs on
        print(line)
    print(f"target: pay p50 at most {TARGET:.0f} x bare")
    return 0


if __name__ == "__main__":
    sys.exit(main())
