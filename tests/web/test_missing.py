"""A missing 50: the manager sees where it may have gone."""

from pathlib import Path
from typing import Any

from edge.countries.profile import load_profile
from edge.facts import Denomination, DrawerOpened
from edge.pos.cash.verbs import OpenDrawer
from edge.pos.load import shift_of
from edge.pos.verbs import Count, Offered, Pay, Scan, VoidBasket
from edge.units import Key, Minor, TenderKind
from edge.web.views.missing import candidates
from tests.pos.test_cash import sell_by_card
from tests.pos.till_world import SOCK_CODE, TILL, TillWorld, till_world


async def seen(world: TillWorld, counted: int) -> dict[str, Any]:
    await world.do(Count(TILL, (Denomination(Minor(50), counted // 50),)))

    def read(db):  # type: ignore[no-untyped-def]
        shift = shift_of(db, TILL)
        assert shift is not None
        return candidates(db, shift, load_profile("dk"))

    return {str(each["kind"]): dict(each) for each in await world.journal.read(read)}


async def pay(world: TillWorld, tendered: int, kind: TenderKind = TenderKind.CASH) -> None:
    await world.do(Scan(TILL, SOCK_CODE))
    await world.do(Pay(TILL, (Offered(kind, Minor(tendered)),), Minor(4925)))


async def test_a_missing_fifty_points_at_the_sale_whose_change_was_fifty(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await pay(world, 5000)
        await pay(world, 10000)
        await pay(world, 20000)
        await sell_by_card(world)
        found = await seen(world, 50000 + 3 * 4950 - 5000)
        assert [(sale["number"], sale["change_minor"]) for sale in found["wrong-change"]["sales"]] == [
            ("cph-1A-2", 5050)
        ]
        assert "no-sale" not in found


async def test_what_else_may_explain_a_difference_is_counted(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await pay(world, 4950)
        await world.do(OpenDrawer(TILL, "change"))
        await world.do(Scan(TILL, SOCK_CODE))
        await world.do(VoidBasket(TILL, "gone"))
        await world.journal.transact(lambda tx: tx.record(DrawerOpened(TILL, kicked=False)), cause=Key("d"))
        found = await seen(world, 50000)
        assert {kind: each["count"] for kind, each in found.items()} == {
            "drawer-open": 1, "no-sale": 1, "void": 1, "wrong-tender": 1,
        }  # fmt: skip


async def test_a_drawer_that_agrees_points_at_no_sale(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await pay(world, 10000)
        assert await seen(world, 54950) == {}
