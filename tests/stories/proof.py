"""What must be true after any story, read from the databases and from the pretend devices' own memory."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from edge.facts import Fact, SaleClosed, read_fact
from edge.sim.printer import SimPrinter
from edge.sim.stage.books import Books
from edge.sim.stage.cashier import Json

NUMBER = re.compile(r"harbour-\d[A-Z]+-\d+")
SECOND = "SECOND PRINT"
LAST_LINE = "Check "
_FACTS = "SELECT type, data FROM entries ORDER BY seq"
_PAPERS = """SELECT s.number, e.effect, e.state FROM effects e JOIN sales s ON s.sale = e.subject
WHERE e.kind = 'paper' ORDER BY e.place"""


async def agree(books: Books, seconds: float = 20.0) -> None:
    """Headquarters comes to hold every entry once, byte for byte, and counts what the shop counts."""
    async with asyncio.timeout(seconds):
        while not (await asyncio.to_thread(books.compare)).equal:  # noqa: ASYNC110  # another's database
            await asyncio.sleep(0.05)
    assert books.store() == books.hq()
    assert books.doubles() == 0
    assert books.chain() == "ok"


def facts(journal: Path) -> list[Fact]:
    """Every fact of a journal."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        read = [read_fact(name, data) for name, data in db.execute(_FACTS)]
    return [fact for fact in read if fact is not None]


def sold(journal: Path) -> list[SaleClosed]:
    """Every closed sale: each once, each with its evidence, receipt numbers without a gap."""
    closed = [fact for fact in facts(journal) if isinstance(fact, SaleClosed)]
    assert len({fact.sale for fact in closed}) == len(closed), "a sale closed twice"
    for till in {fact.till for fact in closed}:
        numbers = [int(fact.number.rpartition("-")[2]) for fact in closed if fact.till == till]
        assert numbers == list(range(1, len(numbers) + 1)), f"receipt numbers of till {till} have a gap"
    return closed


def numbers(printers: Sequence[SimPrinter], *, second: bool = False) -> Counter[str]:
    """Receipt numbers that came out whole, down to the last line: on unmarked papers, or those of a second print."""
    found: Counter[str] = Counter()
    for printer in printers:
        for paper in printer.papers:
            places = [match.start() for match in NUMBER.finditer(paper.text)]
            for begin, end in pairwise([*places, len(paper.text)]):
                number = NUMBER.match(paper.text, begin)
                marked = SECOND in paper.text[:begin]
                if number and LAST_LINE in paper.text[begin:end] and marked == second:
                    found[number.group()] += 1
    return found


def papers(journal: Path) -> list[tuple[str, str, str]]:
    """Receipt number, effect and state of every paper owed."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        return [(str(number), str(effect), str(state)) for number, effect, state in db.execute(_PAPERS)]


async def printed(journal: Path, seconds: float = 20.0) -> None:
    """Every paper has come out, or somebody must be asked."""
    async with asyncio.timeout(seconds):
        while any(state in ("intended", "sent", "fenced") for _, _, state in papers(journal)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def one_paper_each(journal: Path, printers: Sequence[SimPrinter]) -> None:
    """Each closed sale has exactly one unmarked paper, and nothing else came out."""
    assert numbers(printers) == Counter(fact.number for fact in sold(journal))
    assert not numbers(printers, second=True)


def notes(amount: int) -> list[Json]:
    """A drawer's contents as notes and coins."""
    return [{"value": 50_000, "count": amount // 50_000}, {"value": 50, "count": amount % 50_000 // 50}]
