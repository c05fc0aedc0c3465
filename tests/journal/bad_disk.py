"""A process that records until its disk fails: `python bad_disk.py FOLDER COMMANDS`; says what it was told."""

import asyncio
import sys
from pathlib import Path

from edge.clock import system_clock
from edge.errors import Halt, Refused
from edge.facts import StockReceived
from edge.journal.store import Journal, Setup
from edge.units import Identity, Key, Sku
from tests.journal.test_journal import STOCK


def setup(folder: Path) -> Setup:
    return Setup(folder / "j.db", Identity("a_b"), "aa", system_clock(), (STOCK,))


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def main(folder: Path, commands: int) -> None:
    journal = await Journal.open(setup(folder))
    say("open")
    for n in range(commands):
        fact = StockReceived(Sku(f"sku{n}"), 1, f"delivery {n} " + "x" * 2000)
        try:
            await journal.transact(lambda tx, fact=fact: tx.record(fact), cause=Key(f"c{n}"))  # type: ignore[misc]
            say("done", n)
        except Refused as refused:
            say("refused", n, refused.status)
        except Halt:
            say("halted", n)
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
