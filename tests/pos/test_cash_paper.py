"""Every movement of cash leaves a slip: once, and a second one, marked, when somebody says the first did not come."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from edge.effects.machine import Event
from edge.effects.tables import lose, move, settle
from edge.facts import EffectIntended, Fact
from edge.pos.cash.verbs import MoveCash, OpenDrawer, ReadShift
from edge.pos.printer.reprint import Reprint
from edge.pos.printer.spool import Spool, TillPrinter, document_of
from edge.units import EffectId, EffectKind, Key, Minor, MoveKind, Seq
from tests.pos.sold import SHOP
from tests.pos.test_printer_spool import PRESS
from tests.pos.till_world import TILL, TillWorld, till_world

PRINTER = TillPrinter(PRESS, "1/printer")


async def spooled(world: TillWorld) -> Sequence[str]:
    """Spool everything recorded so far; the names of all papers there are."""
    spool = Spool(world.journal, SHOP, {TILL: PRINTER})
    for entry in await world.journal.entries(Seq(0)):
        await spool.spool(entry)
    rows = await world.journal.rows("SELECT subject FROM effects WHERE kind = 'paper' ORDER BY place")
    return [row["subject"] for row in rows]


def subject(facts: Sequence[Fact]) -> str:
    (kick,) = [fact for fact in facts if isinstance(fact, EffectIntended) and fact.kind is EffectKind.DRAWER]
    return kick.subject


async def test_each_movement_owes_one_slip_also_when_the_spool_comes_twice(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        paid = subject(await world.do(MoveCash(TILL, MoveKind.PAY_OUT, Minor(5000), "postage")))
        opened = subject(await world.do(OpenDrawer(TILL, "a customer wants change")))
        await world.do(ReadShift(TILL))
        papers = await spooled(world)
        assert len(papers) == 3
        assert papers[:2] == [paid, opened]
        assert await spooled(world) == papers
        documents = [document_of(entry, SHOP) for entry in await world.journal.entries(Seq(0))]
        assert [each.kind for each in documents if each is not None] == ["slip", "slip", "x"]


async def test_a_slip_that_did_not_come_out_is_printed_again_marked(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        paid = subject(await world.do(MoveCash(TILL, MoveKind.PAY_OUT, Minor(5000), "postage")))
        await spooled(world)
        effect = EffectId(f"paper.{paid}")

        def lost(tx):  # type: ignore[no-untyped-def]
            move(tx, effect, Event.SEND)
            return tx.record_all([lose(tx, effect, "unplugged"), settle(tx, effect, happened=False, by="anna")])

        again = asyncio.create_task(Reprint(world.journal, SHOP, {TILL: PRINTER}).run())
        await asyncio.sleep(0)
        await world.journal.transact(lost, cause=Key("lost"))
        sql = "SELECT payload FROM effects WHERE effect = ?"
        found: list[bytes] = []

        async def second() -> bool:
            found[:] = [row["payload"] for row in await world.journal.rows(sql, (f"{effect}.2",))]
            return bool(found)

        async with asyncio.timeout(10):
            while not await second():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        again.cancel()
        assert b"SECOND PRINT - FIRST NOT CONFIRMED" in found[0]
