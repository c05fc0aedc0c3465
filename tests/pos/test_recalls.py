"""What a code says of its own piece decides whether it may be sold: its lot, and its dates."""

import sqlite3
from pathlib import Path

import pytest

from edge.catalog.recalls import FEED, withdrawn
from edge.errors import Refused
from edge.facts import BasketOpened, LineAdded
from edge.feedrecalls import EVERY_LOT, RecallValue
from edge.pos.load import open_basket
from edge.pos.verbs import Add, Scan, TakeList, VoidBasket
from edge.units import Key, ListId
from tests.pos.test_till import one
from tests.pos.till_world import SOCK, SOCK_CODE, TILL, TillWorld, till_world

GTIN = SOCK_CODE.zfill(14)
GLASS = RecallValue(GTIN, "L-7", {"en": "Glass in it.", "da": "Der er glas i."})


async def _refused(world: TillWorld, code: str) -> Refused:
    with pytest.raises(Refused) as refusal:
        await world.do(Scan(TILL, code))
    assert await world.journal.read(lambda db: open_basket(db, TILL)) is None
    assert refusal.value.hint
    return refusal.value


@pytest.mark.parametrize("code", [f"(01){GTIN}(10)L-7", f"]C101{GTIN}10L-7", f"]d201{GTIN}10L-7",
                                  f"https://id.gs1.org/01/{GTIN}/10/L-7"])  # fmt: skip
async def test_a_lot_that_was_called_back_is_refused_with_the_reason(tmp_path: Path, code: str) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(GLASS)
        refusal = await _refused(world, code)
        assert (refusal.code, refusal.details["reason"]) == ("recalled", "Glass in it.")
        assert "Glass in it." in str(refusal)


async def test_another_lot_is_sold_and_so_is_the_lot_when_it_is_let_go(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(GLASS)
        one(await world.do(Scan(TILL, f"(01){GTIN}(10)L-8")), LineAdded)
        key = f"recall/{GTIN}/L-7"
        await world.journal.transact(lambda tx: FEED["recall"](tx.db, key, None), cause=Key("lifted"))
        await world.do(Scan(TILL, f"(01){GTIN}(10)L-7"))
        held = await world.journal.read(lambda db: open_basket(db, TILL))
        assert held is not None
        assert held.basket.units == 2


async def test_every_piece_may_be_called_back_whatever_its_code_says(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(RecallValue(GTIN, EVERY_LOT, {}))
        for code in (SOCK_CODE, f"(01){GTIN}(10)ANY"):
            assert (await _refused(world, code)).code == "recalled"


@pytest.mark.parametrize("how", [Add(TILL, SOCK), TakeList(TILL, ListId("l1"), (SOCK,))])
async def test_goods_called_back_whole_are_not_found_by_name_or_brought_from_the_wall(
    tmp_path: Path, how: Add | TakeList
) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(GLASS)
        await world.do(Add(TILL, SOCK))
        await world.do(VoidBasket(TILL, "a customer left"))
        await world.feed(RecallValue(GTIN, EVERY_LOT, {"en": "Glass in it.", "da": "Der er glas i."}))
        with pytest.raises(Refused) as refusal:
            await world.do(how)
        assert (refusal.value.code, refusal.value.details["gtin"]) == ("recalled", GTIN)
        assert await world.journal.read(lambda db: open_basket(db, TILL)) is None


async def test_no_scan_reads_through_every_code_to_find_a_recall(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        seen: list[str] = []

        def traced(db: sqlite3.Connection) -> None:
            db.set_trace_callback(seen.append)
            withdrawn(db, SOCK)

        await world.journal.read(traced)
        (asked,) = [sql for sql in seen if "recalls" in sql]
        plan = await world.journal.read(lambda db: db.execute(f"EXPLAIN QUERY PLAN {asked}").fetchall())
        assert plan
        assert not [row[3] for row in plan if row[3].startswith("SCAN")]


@pytest.mark.parametrize("ai", ["15", "17"])
async def test_a_piece_past_its_date_is_refused_and_sold_on_the_day_itself(tmp_path: Path, ai: str) -> None:
    async with till_world(tmp_path) as world:
        assert (await _refused(world, f"(01){GTIN}({ai})200131")).code == "expired"
        one(await world.do(Scan(TILL, f"(01){GTIN}({ai}){world.time.at:%y%m%d}")), BasketOpened)
