"""Rings the baskets of a file through two tills and compares both ledgers (`edge demo --check --baskets FILE`)."""

import asyncio
import csv
import io
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

import msgspec

from edge.errors import Refused
from edge.sim.stage.books import Books, Comparison
from edge.sim.stage.cashier import Cashier
from edge.sim.stage.theatre import Theatre
from edge.sim.stage.world import MAIN, MANAGER, PIN

Basket = tuple[str, ...]
CATCH_UP = 120.0
"""Seconds headquarters gets after the last sale."""


@dataclass(frozen=True, slots=True)
class Result:
    """The last line a replay prints; `hq_` figures are headquarters' own, the others the store's."""

    sales: int
    lines: int
    gross_minor: int
    hq_sales: int
    hq_lines: int
    hq_gross_minor: int
    duplicates: int
    missing: int
    chain: str
    sales_per_s: float

    @property
    def good(self) -> bool:
        """Nothing lost, nothing doubled, nothing altered."""
        same = (self.sales, self.lines, self.gross_minor) == (self.hq_sales, self.hq_lines, self.hq_gross_minor)
        return same and self.duplicates == 0 and self.missing == 0 and self.chain == "ok"


def read_baskets(path: Path) -> list[Basket]:
    """The baskets of a file: one a line, item names between commas. Refused when there is nothing to ring."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read: {error}", hint="Name a text file, one basket a line.") from None
    baskets = [
        tuple(name for part in line.split(",") if (name := part.strip().casefold())) for line in text.split("\n")
    ]
    filled = [basket for basket in baskets if basket]
    if not filled:
        raise Refused(f"{path} holds no basket", hint="One basket a line, item names between commas.")
    return filled


def price(name: str) -> int:
    """Minor units, tax included."""
    return 100 + crc32(name.encode()) % 9900


def catalogue(names: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """A code for each name, and the CSV that headquarters imports; two tax rates, an article a name."""
    codes = {name: f"item-{number}" for number, name in enumerate(names, 1)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["article", "name", "sku", "code", "price_minor", "currency", "tax_label", "valid_from"])
    for name, code in codes.items():
        rate = "standard" if crc32(name.encode()) % 2 == 0 else "reduced"
        writer.writerow([code, name[:200], code, code, price(name), "XTS", rate, "2020-01-01"])
    return codes, text.getvalue().encode()


async def replay(baskets: Sequence[Basket]) -> Result:
    """Open a shop without a country, ring everything, wait for headquarters, compare, close."""
    names = sorted({name for basket in baskets for name in basket})
    codes, sheet = catalogue(names)
    theatre = Theatre("")
    try:
        await theatre.open("zz", sheet=sheet)
        port = theatre.ports.stores[MAIN][0]
        await asyncio.to_thread(_wait_for_goods, port, list(codes.values())[-1])
        began = time.monotonic()
        await asyncio.gather(
            *(asyncio.to_thread(_ring, port, str(till), baskets[till - 1 :: 2], codes) for till in (1, 2))
        )
        took = time.monotonic() - began
        books = theatre.world.books
        return _result(books, await _caught_up(books), len(baskets) / took)
    finally:
        await theatre.close()


def _wait_for_goods(port: int, last: str) -> None:
    """The catalogue comes down the cable; the last article is there when a search finds it."""
    cashier = Cashier(port, "1")
    cashier.wait_for(last)
    cashier.close()


def _ring(port: int, till: str, baskets: Sequence[Basket], codes: dict[str, str]) -> None:
    cashier = Cashier(port, till)
    cashier.sign_in(MANAGER, PIN)
    cashier.do("open-shift", float_minor=0)
    for basket in baskets:
        for name in basket:
            cashier.do("scan", code=codes[name])
        total = sum(price(name) for name in basket)
        cashier.do("pay", tenders=[{"kind": "cash", "tendered_minor": total}], total_minor=total)
    cashier.close()


async def _caught_up(books: Books) -> Comparison:
    """Wait until headquarters holds every entry (or the time is up: the figures then say so)."""
    until = time.monotonic() + CATCH_UP
    while True:
        mine, theirs = await asyncio.to_thread(books.heads)
        late = time.monotonic() > until
        if theirs >= mine or late:
            found = await asyncio.to_thread(books.compare)
            if found.equal or late:
                return found
        await asyncio.sleep(0.1)


def _result(books: Books, entries: Comparison, speed: float) -> Result:
    mine, theirs = books.store(), books.hq()
    return Result(
        mine.sales, mine.lines, mine.gross_minor, theirs.sales, theirs.lines, theirs.gross_minor,
        books.doubles() + entries.different, entries.missing, books.chain(), round(speed, 1),
    )  # fmt: skip


def line(result: Result) -> str:
    """The result as one line of JSON."""
    return msgspec.json.encode(asdict(result)).decode()
