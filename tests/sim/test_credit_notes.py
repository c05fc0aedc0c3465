"""Baskets and credit notes replayed: every total reckoned once more, by itself, and headquarters' figures with it."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from edge.errors import Refused
from edge.facts import SaleClosed, SaleReturned
from edge.feedwords import ArticleValue, PriceValue, Value, VariantValue
from edge.pos.returns.due import Back
from edge.pos.returns.verbs import Loose, Refund, RefundLoose
from edge.pos.verbs import Add, Offered, Pay
from edge.units import LineId, Minor, Sku, TenderKind, UserId
from hq.store import connect
from tests.hq.test_returns import _TOTALS, _at_headquarters
from tests.pos.test_returning import agree, one, x_of
from tests.pos.till_world import TILL, TillWorld, till_world

RETAIL = Path(__file__).parents[3] / "shared" / "data" / "online-retail.csv"
BO = UserId("bo")
MOST = 60
"""Documents of the file that are replayed."""


@dataclass(frozen=True)
class Document:
    """An invoice, or a credit note (`C…`): (code, pieces, minor units each)."""

    number: str
    customer: str
    rows: tuple[tuple[str, int, int], ...]

    @property
    def credit(self) -> bool:
        return self.number.startswith("C")


def documents(path: Path, most: int) -> list[Document]:
    """Credit notes of the file and invoices of the same customers, in the file's order."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["CustomerID"] and "." in row["UnitPrice"]]
    wanted = {row["CustomerID"] for row in rows if row["InvoiceNo"].startswith("C")}
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
    for row in rows:
        pieces, price = abs(int(row["Quantity"])), _minor(row["UnitPrice"])
        if row["CustomerID"] in wanted and 0 < pieces <= 500 and 0 < price < 100_000:
            found[row["InvoiceNo"], row["CustomerID"]].append((row["StockCode"], pieces, price))
    return [Document(number, customer, tuple(lines)) for (number, customer), lines in found.items()][:most]


def _minor(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def invented(chance: Random) -> list[Document]:
    """Documents of the same shape: repeated codes, odd prices, credit notes in parts, some of unknown sales."""
    made: list[Document] = []
    for number in range(12):
        price = 255 + 84 * (number % 3)
        rows = tuple((f"{chance.randrange(85_000, 85_006)}A", chance.randint(1, 24), price) for _ in range(4))
        made.append(Document(str(536_365 + number), f"c{number % 5}", rows))
        if chance.random() < 0.7:
            code, pieces, price = chance.choice(rows)
            made.append(Document(f"C{536_365 + number}", f"c{number % 5}", ((code, chance.randint(1, pieces), price),)))
    made.append(Document("C1", "nobody", (("85000A", 3, 255),)))
    return made


def _goods(found: Sequence[Document]) -> Iterator[Value]:
    for sku, price in sorted({(_sku(code, price), price) for each in found for code, _, price in each.rows}):
        yield ArticleValue(sku, {"en": f"Article {sku}"})
        yield VariantValue(sku, sku)
        yield PriceValue("main", Sku(sku), price, "XTS", "standard", "2026-01-01T00:00:00.000Z")


def _sku(code: str, price: int) -> str:
    return f"{code.lower()}-{price}"


async def _replay(world: TillWorld, found: Sequence[Document]) -> tuple[int, int]:
    """Sales and returns, reckoned from the file alone."""
    sold, back = 0, 0
    sales: dict[str, list[SaleClosed]] = defaultdict(list)
    left: dict[tuple[str, str, int], int] = defaultdict(int)
    for each in found:
        if not each.credit:
            sales[each.customer].append(await _sell(world, each))
            sold += sum(pieces * price for _, pieces, price in each.rows)
            for line in sales[each.customer][-1].lines:
                left[each.customer, sales[each.customer][-1].sale, line.line] = line.quantity
            continue
        for code, pieces, price in each.rows:
            back += await _credit(world, sales[each.customer], left, (each.customer, _sku(code, price), pieces))
    return sold, back


async def _sell(world: TillWorld, invoice: Document) -> SaleClosed:
    for code, pieces, price in invoice.rows:
        await world.do(Add(TILL, Sku(_sku(code, price)), pieces))
    total = Minor(sum(pieces * price for _, pieces, price in invoice.rows))
    return one(await world.do(Pay(TILL, (Offered(TenderKind.CASH, total),), total)), SaleClosed)


async def _credit(
    world: TillWorld, sales: Sequence[SaleClosed], left: dict[tuple[str, str, int], int], wanted: tuple[str, str, int]
) -> int:
    """Against the newest sale that still has the pieces, else without a receipt; never more than was sold."""
    customer, sku, pieces = wanted
    for sale in reversed(sales):
        for line in sale.lines:
            key = (customer, sale.sale, line.line)
            if line.sku != sku or left[key] == 0:
                continue
            with pytest.raises(Refused) as refused:
                await world.do(_refund(sale, line.line, left[key] + 1, line.unit_price))
            assert refused.value.code == "too-much-back"
            taken = min(pieces, left[key])
            left[key] -= taken
            facts = await world.do(_refund(sale, line.line, taken, line.unit_price))
            assert one(facts, SaleReturned).total == taken * line.unit_price
            return taken * line.unit_price
    price = int(sku.rpartition("-")[2])
    loose = RefundLoose(TILL, (Loose(Sku(sku), 1),), Minor(price), "no receipt")
    return one(await world.do(loose), SaleReturned).total


def _refund(sale: SaleClosed, line: int, pieces: int, price: int) -> Refund:
    back = (Back(LineId(line), pieces),)
    return Refund(TILL, sale.sale, back, Minor(pieces * price), "credit note")


async def _agrees(tmp_path: Path, found: Sequence[Document]) -> None:
    async with till_world(tmp_path, "zz", boot=100, sock=100) as world:
        await world.feed(*_goods(found))
        sold, back = await _replay(world, found)
        x = await x_of(world)
        assert (x.gross_sales, x.gross_returns, x.expected_cash) == (sold, back, 50_000 + sold - back)
        assert back > 0
        await agree(world)
        await _at_headquarters(world, tmp_path / "hq.db")
        with closing(connect(tmp_path / "hq.db")) as db:
            sales, returns, gross, gross_back, rounding = db.execute(_TOTALS).fetchone()
        assert (sales, returns, gross, gross_back, rounding) == (x.sales, x.returns, sold, back, 0)


async def test_invented_credit_notes_add_up(tmp_path: Path, chance: Random) -> None:
    await _agrees(tmp_path, invented(chance))


async def test_real_credit_notes_add_up_where_the_file_is_there(tmp_path: Path, chance: Random) -> None:
    found = documents(RETAIL, MOST) if RETAIL.exists() else invented(chance)
    await _agrees(tmp_path, found)
