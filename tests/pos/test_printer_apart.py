"""A box killed in the middle of a paper: what is printed next begins on its own paper."""

import asyncio
import dataclasses
from pathlib import Path

import pytest

from edge.effects.machine import Event
from edge.effects.tables import move, recover, settle
from edge.pos.printer.driver import Printer, Queues
from edge.pos.printer.model import MODELS
from edge.pos.printer.raster import Fonts
from edge.pos.receipt.escpos import BEGIN, Press, apart
from edge.units import EffectId, Key
from tests.pos.rig import Rig, rig

HALF = EffectId("half")


async def _killed_in_mid_paper(shop: Rig) -> None:
    """As the box that is no more left it: half of its bytes at the printer, the effect on its way; then a new start."""
    await shop.owe(HALF)
    await shop.journal.transact(lambda tx: move(tx, HALF, Event.SEND), cause=Key("begun"))
    _, writer = await asyncio.open_connection("127.0.0.1", shop.sim.port)
    writer.write(BEGIN + b"the upper half\n" + b"\x1dv0\x00\x04\x00\x18\x00" + b"\x55" * 40)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await shop.journal.transact(lambda tx: tx.record_all(recover(tx)), cause=Key("boot"))


@pytest.mark.parametrize("answer", [None, False])
async def test_the_next_paper_does_not_hang_on_the_torn_one(tmp_path: Path, answer: bool | None) -> None:
    async with rig(tmp_path) as shop:
        await _killed_in_mid_paper(shop)
        if answer is not None:
            settled = lambda tx: tx.record(settle(tx, HALF, happened=answer, by="anna"))  # noqa: E731
            await shop.journal.transact(settled, cause=Key("asked"))
        shop.go()
        await shop.owe("next", "the next customer")
        await shop.becomes("next", "done")
        upper, whole = shop.said()
        assert upper.startswith("the upper half")
        assert whole == "the next customer"


async def test_after_a_paper_that_came_out_nothing_is_cut_off(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        shop.go()
        await shop.owe("first")
        await shop.becomes("first", "done")
        await shop.supervisor.stop()
        queues = Queues(shop.printer._papers, shop.printer._kicks, shop.printer._drawer._log)
        shop.printer = Printer(shop.printer._setup, shop.printer._port, queues, shop.printer._drawer._clock)
        shop.go()
        await shop.owe("second")
        await shop.becomes("second", "done")
        assert len(shop.sim.papers) == 2


def test_a_printer_without_a_cutter_says_that_the_paper_above_is_not_complete() -> None:
    model = dataclasses.replace(MODELS["tm-t20"], cutter=False)
    words = apart(str, Press(model, Fonts()))
    assert b"THE PAPER ABOVE IS NOT COMPLETE" in words
    assert b"\x1dV" not in words
