"""From the closed sale to the paper in the customer's hand: once, in order, and again after any restart."""

import asyncio
from dataclasses import replace
from pathlib import Path

from edge.facts import Evidence, Fact
from edge.journal.entry import Entry
from edge.pos.printer.model import MODELS
from edge.pos.printer.spool import Spool, TillPrinter, copy_for, document_of, intent_for, paper_for, second_for
from edge.pos.receipt.document import DocumentKind
from edge.pos.receipt.escpos import Press
from edge.units import Key, SaleId, Seq, TillId
from tests.pos.rig import PRINTER, Rig, rig, soon
from tests.pos.sold import FONTS, SHOP, sale

PRESS = Press(MODELS["tm-t20"], FONTS)
TILL = TillPrinter(PRESS, PRINTER)


async def _record(shop: Rig, fact: Fact) -> Entry:
    return await shop.journal.transact(lambda tx: tx.record(fact), cause=Key(f"test {id(fact)}"))


def _spool(shop: Rig) -> Spool:
    return Spool(shop.journal, SHOP, {TillId("till1"): TILL})


async def test_a_closed_sale_prints_its_receipt(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        spooling = asyncio.create_task(_spool(shop).run())
        shop.go()
        await soon(lambda: shop.printer.status.ready)
        await _record(shop, sale())
        await soon(lambda: len(shop.sim.papers) == 1)
        await shop.becomes("paper.5a1e", "done")
        assert shop.sim.kicks == 0, "the drawer is the payment's business"
        assert "S1-T1A-000042" in shop.said()[0]
        spooling.cancel()


async def test_the_bytes_are_stored_before_the_first_leaves_and_hold_the_chain(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        entry = await _record(shop, sale())
        await _spool(shop).spool(entry)
        (row,) = await shop.journal.rows("SELECT payload FROM effects WHERE kind = 'paper'")
        assert row["payload"] == paper_for(entry, SHOP, PRESS)
        assert entry.hash[:2].hex().upper().encode() in row["payload"]


async def test_a_spool_that_stops_and_starts_owes_each_paper_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        for number in range(4):
            await _record(shop, replace(sale(), sale=SaleId(f"s{number}"), number=f"N{number}"))
        entries = await shop.journal.entries(Seq(0))
        await _spool(shop).spool(entries[0])
        await _spool(shop).spool(entries[0])
        await _spool(shop).spool(entries[1])
        spooling = asyncio.create_task(_spool(shop).run())
        shop.go()
        await soon(lambda: len(shop.sim.papers) == 4)
        await shop.becomes("paper.s3", "done")
        spooling.cancel()
        numbers = [next(line for line in text.splitlines() if line.startswith("Number")) for text in shop.said()]
        assert [line.split()[-1] for line in numbers] == ["N0", "N1", "N2", "N3"]


async def test_a_rebuild_prints_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        entry = await _record(shop, sale())
        await _spool(shop).spool(entry)
        await shop.journal.rebuild()
        await _spool(shop).spool(entry)
        assert len(await shop.journal.rows("SELECT 1 FROM effects WHERE kind = 'paper'")) == 1


async def test_no_paper_of_ours_where_the_fiscal_device_printed_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        entry = await _record(shop, sale(evidence=Evidence("device", printed=True)))
        assert paper_for(entry, SHOP, PRESS) is None
        assert intent_for(entry, SHOP, TILL) is None


async def test_copies_and_second_prints_are_the_same_bytes_with_a_mark(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        entry = await _record(shop, sale())
    original = paper_for(entry, SHOP, PRESS)
    copy, second = copy_for(entry, SHOP, PRESS, 1), second_for(entry, SHOP, PRESS)
    assert original is not None
    assert copy is not None
    assert second is not None
    assert b"COPY 1" in copy
    assert b"SECOND PRINT - FIRST NOT CONFIRMED" in second
    begin = next(place for place in range(len(original)) if original[place] != copy[place])
    assert copy.endswith(original[begin:])
    assert second.endswith(original[begin:])


async def test_other_facts_owe_no_paper(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        entry = await _record(shop, sale())
        await _spool(shop).spool(entry)
        others = [each for each in await shop.journal.entries(Seq(0)) if each.seq != entry.seq]
        assert others
        assert all(document_of(each, SHOP) is None for each in others)
        document = document_of(entry, SHOP)
        assert document is not None
        assert document.kind is DocumentKind.SALE


async def test_unplugged_between_any_two_steps_no_customer_gets_two_papers(tmp_path: Path) -> None:
    """The cable goes while sale after sale is closed: each receipt came out at most once, or a person is asked."""
    async with rig(tmp_path) as shop:
        spooling = asyncio.create_task(_spool(shop).run())
        shop.go()
        await soon(lambda: shop.printer.status.ready)
        for number in range(6):
            await _record(shop, replace(sale(), sale=SaleId(f"s{number}"), number=f"N{number}"))
            await asyncio.sleep(0.04 * number)
            shop.sim.hang_up()
        for number in range(6):
            await shop.becomes(f"paper.s{number}", "done", "unknown")
        spooling.cancel()
        for number in range(6):
            printed = sum(f"N{number}\n" in text for text in shop.said())
            state, _ = await shop.state(f"paper.s{number}")
            assert printed == 1 if state == "done" else printed <= 1
