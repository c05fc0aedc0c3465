"""Whatever happens to a printer, in whatever order: no customer gets two papers, and what is proven came out."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.pos.receipt.escpos import BEGIN, CUT
from edge.sim.printer import SimPrinter
from tests.pos.rig import Rig, rig, soon

PICTURE = b"\x1dv0\x00\x04\x00\x18\x00" + b"\x55" * 96
MISHAPS: dict[str, Callable[[SimPrinter], None]] = {
    "paper out": SimPrinter.paper_out,
    "the roll ends": lambda sim: sim.roll_ends_after(random.randrange(1, 400)),
    "cover": lambda sim: sim.cover(open=True),
    "cutter": lambda sim: sim.cutter(jammed=True),
    "line lost": SimPrinter.hang_up,
    "line lost later": lambda sim: setattr(sim.faults, "cut_after", random.randrange(1, 200)),
    "mute": lambda sim: setattr(sim.faults, "mute", True),
    "hung": lambda sim: setattr(sim.faults, "hung", True),
    "nothing": lambda sim: None,
}


def _put_right(sim: SimPrinter) -> None:
    sim.faults.mute = sim.faults.hung = False
    sim.machine.head.roll = None
    sim.cutter(jammed=False)
    sim.new_roll()


async def _a_bad_day(shop: Rig, customers: int) -> None:
    shop.go()
    for number in range(customers):
        MISHAPS[random.choice(list(MISHAPS))](shop.sim)
        paper = BEGIN + b"begin " + PICTURE + f"customer {number}.\n".encode() + CUT
        await shop.owe(f"p{number}", payload=paper)
        if random.random() < 0.7:
            _put_right(shop.sim)
    shop.sim.faults.cut_after = None
    _put_right(shop.sim)
    for number in range(customers):
        await shop.becomes(f"p{number}", "done", "unknown")
    await soon(lambda: shop.printer.status.ready)
    _put_right(shop.sim)


async def _check(shop: Rig, customers: int) -> None:
    for number in range(customers):
        came_out = sum(f"customer {number}." in text for text in shop.said())
        state, proven = await shop.state(f"p{number}")
        assert came_out <= 1, f"customer {number} got {came_out} papers ({state})"
        if (state, proven) == ("done", 1):
            assert came_out == 1, f"customer {number} got no paper, yet it is proven"
    order = [text for text in shop.said() if "customer" in text]
    assert order == sorted(order, key=lambda text: int(text.partition("customer ")[2].partition(".")[0]))


async def test_a_bad_day_gives_nobody_two_papers(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        await _a_bad_day(shop, 8)
        await _check(shop, 8)


@pytest.mark.long
@pytest.mark.seconds(300)
async def test_many_bad_days_give_nobody_two_papers(tmp_path: Path) -> None:
    for day in range(25):
        path = tmp_path / str(day)
        path.mkdir()
        async with rig(path) as shop:
            await _a_bad_day(shop, 12)
            await _check(shop, 12)
