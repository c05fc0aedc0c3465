"""What headquarters makes of goods that come back is what the store's own Z and stock say."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from edge.facts import Denomination, SaleClosed, SaleReturned, ShiftClosed
from edge.journal.chain import genesis
from edge.journal.entry import Entry
from edge.pos.returns.due import Back
from edge.pos.returns.verbs import Exchange, Loose, Refund, RefundLoose
from edge.pos.verbs import Add, CloseShift, Count
from edge.stock.tables import stock_of
from edge.sync.wire import pack_batch, read_batch
from edge.units import Key, LineId, Minor, Origin, Seq
from hq.rebuild import rebuild
from hq.store import connect
from tests.hq.boxes import NOON, send
from tests.pos.test_returning import one, refund, sell, x_of
from tests.pos.till_world import BOOT_43, SOCK, TILL, TillWorld, till_world

_TOTALS = (
    """SELECT sum(sales), sum(returns), sum(gross_sales), sum(gross_returns), sum(rounding) FROM takings_by_hour"""
)
_TAXES = "SELECT label, rate, sum(net), sum(tax), sum(gross) FROM takings_by_tax GROUP BY label, rate ORDER BY label"
_TENDERS = "SELECT tender, sum(amount) FROM takings_by_tender GROUP BY tender ORDER BY tender"
_STOCK = "SELECT received - sold + returned + variance, damaged FROM stock WHERE sku = ?"


async def _a_day(world: TillWorld) -> ShiftClosed:
    """Parts, damaged pieces, no receipt, an exchange; then the Z."""
    first, second = await sell(world, SOCK, 3), await sell(world, BOOT_43, 1, 99900)
    await world.do(refund(first, 1, 4900))
    await world.do(Refund(TILL, first.sale, (Back(LineId(1), 1, damaged=True),), Minor(4900), "a hole"))
    await world.do(RefundLoose(TILL, (Loose(SOCK, 2),), Minor(9850), "a gift"))
    await world.do(Add(TILL, SOCK, 1))
    swap = (TILL, second.sale, (Back(LineId(1), 1, damaged=True),), Minor(99900), Minor(4925), Minor(0), "too big")
    await world.do(Exchange(*swap))
    cash = (await x_of(world)).expected_cash
    await world.do(Count(TILL, (Denomination(Minor(100), cash // 100), Denomination(Minor(50), cash % 100 // 50))))
    return one(await world.do(CloseShift(TILL)), ShiftClosed)


async def _at_headquarters(world: TillWorld, path: Path) -> None:
    """The store's journal, entry by entry, as its cable brings it."""
    entries = await world.journal.transact(lambda tx: tx.entries(Seq(0), 10_000), cause=Key("look"))
    await _sent(world, entries, path)


async def _sent(world: TillWorld, entries: list[Entry], path: Path) -> None:
    identity, prev = world.journal.identity, genesis(world.journal.identity, entries[0].epoch)
    for begin in range(0, len(entries), 50):
        page = entries[begin : begin + 50]
        send(path, identity, read_batch(pack_batch(identity, page, prev).payload, identity))
        prev = page[-1].hash


def _told(db: sqlite3.Connection) -> dict[str, object]:
    return {name: [tuple(row) for row in db.execute(sql)] for name, sql in
            {"totals": _TOTALS, "taxes": _TAXES, "tenders": _TENDERS}.items()}  # fmt: skip


async def test_takings_tax_and_stock_at_headquarters_are_the_stores_z(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        z = await _a_day(world)
        path = tmp_path / "hq.db"
        await _at_headquarters(world, path)
        with closing(connect(path)) as db:
            told = _told(db)
            assert told["totals"] == [(z.sales, z.returns, z.gross_sales, z.gross_returns, z.rounding)]
            assert told["taxes"] == [(row.label, row.rate, row.net, row.tax, row.gross) for row in z.taxes]
            cash = sum(each.amount for each in z.tenders)
            assert told["tenders"] == [("cash", cash)]
            for sku in (SOCK, BOOT_43):
                mine = await world.journal.read(lambda db, sku=sku: stock_of(db, sku))  # type: ignore[misc]
                assert mine is not None
                assert tuple(db.execute(_STOCK, (sku,)).fetchone()) == (mine.on_hand, mine.damaged), sku
            damaged = db.execute(_STOCK, (BOOT_43,)).fetchone()
            assert tuple(damaged) == (2, 1), "it came back, and cannot be sold"
            assert db.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)
            db.execute("BEGIN IMMEDIATE")
            rebuild(db, NOON)
            db.execute("COMMIT")
            assert _told(db) == told


async def test_a_sale_and_its_full_return_are_nought_at_headquarters(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world, SOCK, 3)
        for amount in (4900, 4900, 5000):
            await world.do(refund(sale, 1, amount))
        path = tmp_path / "hq.db"
        await _at_headquarters(world, path)
        with closing(connect(path)) as db:
            assert db.execute(_TOTALS).fetchone() == (1, 3, 14775, 14775, 0)
            assert all(row[2:] == (0, 0, 0) for row in db.execute(_TAXES).fetchall())
            assert db.execute(_TENDERS).fetchall() == [("cash", 0)]
            assert db.execute(_STOCK, (SOCK,)).fetchone() == (10, 0)


async def test_a_return_keeps_the_origin_of_its_sale(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        sale = await sell(world, SOCK, 1)
        online = replace(sale, sale=type(sale.sale)("online"), number="cph-1A-2", origin=Origin.ONLINE)
        await world.journal.transact(lambda tx: _recorded(tx.db, tx.record(online).seq, online), cause=Key("online"))
        back = one(await world.do(Refund(TILL, online.sale, (Back(LineId(1), 1),), Minor(4950), "x")), SaleReturned)
        assert back.origin is Origin.ONLINE
        path = tmp_path / "hq.db"
        await _at_headquarters(world, path)
        with closing(connect(path)) as db:
            rows = db.execute("SELECT origin FROM sales WHERE kind = 'return'").fetchall()
            assert rows == [("online",)]


def _recorded(db: sqlite3.Connection, seq: int, sale: SaleClosed) -> None:
    """A sale whose payment another story tells."""
    db.execute(
        "INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            sale.sale,
            sale.till,
            sale.shift,
            sale.number,
            sale.total,
            0,
            sale.payable,
            0,
            0,
            1,
            1,
            sale.paid_at,
            seq,
            seq,
        ),
    )
