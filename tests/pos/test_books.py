"""The books are the Z told row by row: every sum of every table is the Z's own figure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import Refused
from edge.facts import Denomination, SaleClosed, SaleReturned, ShiftClosed, Tender, read_fact
from edge.pos.books.csv import amount, csv_files
from edge.pos.books.read import books_of, days
from edge.pos.books.rows import MONEY, TABLES, LineRow, MoveRow, Row, SaleRow, TaxRow, TenderRow, ZRow, columns, table
from edge.pos.books.shifts import Book
from edge.pos.cash.verbs import FindCash, ReadShift
from edge.pos.load import shift_of
from edge.pos.verbs import CloseShift, Count, OpenShift, Scan, VoidBasket
from edge.units import Key, Minor, SaleId, UserId
from tests.pos.test_cash import KINDS, SECOND, expected, one, sell_by_card, step
from tests.pos.till_world import SOCK_CODE, TILL, TillWorld, till_world

DAY = "2026-06-06"
BO = UserId("bo")
_NEWEST = "SELECT data FROM entries WHERE type = 'edge.sale.closed.v1' ORDER BY seq DESC LIMIT 1"


def same(at: str) -> str:
    return at


async def read(world: TillWorld, first: str = DAY, last: str = DAY) -> Sequence[Book]:
    return await world.journal.read(lambda db: books_of(db, first, last))


async def take_z(world: TillWorld, reason: str = "") -> ShiftClosed:
    should = max(0, await expected(world))
    await world.do(Count(TILL, (Denomination(Minor(50), should // 50),)))
    return one(await world.do(CloseShift(TILL, reason or "x")), ShiftClosed)


async def give_back(world: TillWorld, number: int) -> None:
    """A whole return of the newest sale, as returns will record it."""
    rows = await world.journal.rows(_NEWEST)
    shift = await world.journal.read(lambda db: shift_of(db, TILL))
    if not rows or shift is None:
        return
    of = read_fact("edge.sale.closed.v1", rows[0]["data"])
    assert isinstance(of, SaleClosed)
    back = SaleReturned(
        SaleId(f"back{number}"), of.sale, f"R-{number}", TILL, shift.id, of.user, of.origin, of.currency,
        of.business_date, of.lines, of.taxes, of.total, of.rounding,
        tuple(Tender(each.kind, each.amount, each.amount) for each in of.tenders), of.evidence, "too small", True,
    )  # fmt: skip
    await world.journal.transact(lambda tx: tx.record(back), cause=Key(f"back {number}"))


def agrees(book: Book) -> None:
    """Every table of one book against its Z."""
    z = book.z
    assert z is not None
    rows: dict[str, list[Row]] = {name: list(table(name, [book], same)) for name in TABLES}
    sales = [row for row in rows["sales"] if isinstance(row, SaleRow)]
    assert sum(row.total for row in sales if row.kind == "sale") == z.gross_sales
    assert -sum(row.total for row in sales if row.kind == "return") == z.gross_returns
    assert [row.kind for row in sales].count("sale") == z.sales
    assert sum(row.rounding for row in sales) == z.rounding
    assert all(row.net + row.tax == row.total for row in sales)
    lines = [row for row in rows["lines"] if isinstance(row, LineRow)]
    assert sum(row.gross for row in lines) == z.gross_sales - z.gross_returns
    assert sum(row.kind == "sale" for row in lines) == z.lines
    taxes = [row for row in rows["taxes"] if isinstance(row, TaxRow)]
    for each in z.taxes:
        mine = [row for row in taxes if (row.tax_label, row.rate) == (each.label, each.rate)]
        assert (sum(r.net for r in mine), sum(r.tax for r in mine), sum(r.gross for r in mine)) == (
            each.net, each.tax, each.gross,
        )  # fmt: skip
    assert sum(row.gross for row in taxes) == sum(each.gross for each in z.taxes)
    tenders = [row for row in rows["tenders"] if isinstance(row, TenderRow)]
    for sum_of in z.tenders:
        mine_ = [row for row in tenders if row.tender == sum_of.kind]
        assert (sum(r.amount for r in mine_), len(mine_)) == (sum_of.amount, sum_of.count)
    moves = [row for row in rows["movements"] if isinstance(row, MoveRow)]
    cash = sum(row.amount for row in tenders if row.tender == "cash")
    assert z.float_amount + cash + sum(row.amount for row in moves) == z.expected_cash
    (told,) = [row for row in rows["z"] if isinstance(row, ZRow)]
    assert (told.gross_sales, told.expected_cash, told.variance, told.grand_total) == (
        z.gross_sales, z.expected_cash, z.variance, z.grand_total,
    )  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.one_of(KINDS, st.sampled_from(["sale", "card", "return", "z"])), st.integers(1, 400)),
                min_size=3, max_size=14))  # fmt: skip
async def test_every_sum_of_every_table_is_the_zs(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        async with till_world(Path(folder)) as world:
            await world.do(OpenShift(SECOND, Minor(0)))
            taken = []
            for number, (what, units) in enumerate(steps):
                if what == "card":
                    await sell_by_card(world)
                elif what == "return":
                    await give_back(world, number)
                elif what == "z":
                    taken.append(await take_z(world))
                    await world.do(OpenShift(TILL, Minor(10000)))
                else:
                    await step(world, what, units * 50)
            taken.append(await take_z(world))
            found = await read(world)
            closed = [book for book in found if book.z is not None]
            assert [book.z for book in closed] == taken
            for book in closed:
                agrees(book)
            assert [book.till for book in found if book.z is None] == [SECOND]


async def test_a_day_is_cut_by_its_shifts_not_by_midnight(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await step(world, "sale", 1)
        world.time.pass_(days=1)
        await step(world, "sale", 1)
        z = await take_z(world)
        await world.do(OpenShift(TILL, Minor(0)))
        await step(world, "sale", 1)
        (first,) = await read(world)
        assert (first.z, len(list(first.of(SaleClosed)))) == (z, 2)
        (second,) = await read(world, "2026-06-07", "2026-06-07")
        assert (second.z, len(list(second.of(SaleClosed)))) == (None, 1)
        assert len(await read(world, DAY, "2026-06-07")) == 2
        assert await read(world, "2020-01-01", "2020-12-31") == []


async def test_the_csv_opens_in_a_spreadsheet_and_obeys_no_name(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await step(world, "sale", 1)
        await world.do(Scan(TILL, SOCK_CODE))
        await world.do(VoidBasket(TILL, "gone"))
        await world.do(ReadShift(TILL))
        await take_z(world, "=1+1")
        await world.do(FindCash(TILL, "A", 1, Minor(100), "@found", to_safe=True))
        await world.do(OpenShift(TILL, Minor(0)))
        files = dict(csv_files(await read(world), 2, same))
    assert set(files) == {f"{name}.csv" for name in TABLES}
    for name, kind in TABLES.items():
        text = files[f"{name}.csv"].decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert tuple(rows[0]) == columns(kind)
        assert all(len(row) == len(rows[0]) for row in rows)
        assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row)
    z = next(csv.DictReader(io.StringIO(files["z.csv"].decode("utf-8-sig"), newline="")))
    assert (z["gross_sales"], z["reason"], z["business_date"]) == ("49.25", "'=1+1", DAY)
    (move,) = csv.DictReader(io.StringIO(files["movements.csv"].decode("utf-8-sig"), newline=""))
    assert (move["kind"], move["amount"], move["other"]) == ("found", "0.00", "A 1")


def test_amounts_have_the_currencys_decimals_and_never_a_float() -> None:
    assert [amount(-123450, 2), amount(5, 3), amount(1000, 0), amount(-1, 2)] == ["-1234.50", "0.005", "1000", "-0.01"]
    ints = {f.name for kind in TABLES.values() for f in fields(kind) if f.type in (int, "int")}
    assert ints >= MONEY


@pytest.mark.parametrize(
    ("first", "last"), [("2026-06-02", "2026-06-01"), ("x", "2026-06-01"), ("2020-01-01", "2026-01-01")]
)
def test_dates_that_are_none_are_refused(first: str, last: str) -> None:
    with pytest.raises(Refused) as refused:
        days(first, last)
    assert refused.value.code == "bad-date"
