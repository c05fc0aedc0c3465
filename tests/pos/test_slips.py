"""The slips of a day beside the record: what is expected, what was counted, why they differ."""

from pathlib import Path

import pytest

from edge.errors import Refused
from edge.facts import SlipsCounted
from edge.pos.payment.slips import Counted, CountSlips, expected, slips
from edge.pos.payment.verbs import ConfirmTender, ReverseTender
from edge.pos.verbs import Add
from edge.units import Minor
from tests.pos.test_tender_ledger import BOOT, PAIR, ask, confirm, wired
from tests.pos.till_world import BOOT_43, SOCK, TILL, TillWorld, till_world


async def _a_day(world: TillWorld) -> None:
    """A sock by card, a boot by card and wallet, of which the wallet was given back and paid again by card."""
    await world.do(Add(TILL, SOCK))
    await confirm(world, await ask(world, PAIR, PAIR), "1")
    await world.do(Add(TILL, BOOT_43))
    phone = await ask(world, 20_000, BOOT, "mobilepay")
    await confirm(world, phone, "P1")
    await world.do(ReverseTender(TILL, phone.tender))
    await world.do(ConfirmTender(TILL, phone.tender, approved=True, slip="P2"))
    await confirm(world, await ask(world, BOOT, BOOT), "2")


def _count(*counted: tuple[str, int, int], reason: str = "") -> CountSlips:
    return CountSlips(TILL, tuple(Counted(name, count, Minor(amount)) for name, count, amount in counted), reason)


async def test_slips_that_agree_are_counted_once(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await _a_day(world)
        found = await world.journal.read(lambda db: slips(db, TILL))
        assert [(each.terminal, each.number, each.given_back) for each in found] == [
            ("m1", "1", False), ("m1", "2", False), ("m2", "P1", True),
        ]  # fmt: skip
        assert expected(found) == {"m1": (2, PAIR + BOOT), "m2": (0, 0)}
        (counted,) = await world.do(_count(("m1", 2, PAIR + BOOT), ("m2", 0, 0)))
        assert isinstance(counted, SlipsCounted)
        assert await world.journal.read(lambda db: slips(db, TILL)) == []
        with pytest.raises(Refused, match="not this till's"):
            await world.do(_count(("m1", 0, 0)))
        before, after = await world.journal.rebuild()
        assert before == after


async def test_a_missing_slip_is_written_down_with_its_reason(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await _a_day(world)
        short = (("m1", 1, BOOT), ("m2", 0, 0))
        with pytest.raises(Refused, match="differ"):
            await world.do(_count(*short))
        (counted,) = await world.do(_count(*short, reason="one fell behind the desk"))
        assert isinstance(counted, SlipsCounted)
        assert (counted.sums[0].expected - counted.sums[0].counted, counted.reason) == (
            PAIR,
            "one fell behind the desk",
        )


@pytest.mark.parametrize(
    "wrong", [(), (("m1", 2, PAIR + BOOT),), (("m1", -1, 0), ("m2", 0, 0)), (("m1", 1, 1), ("m2", 0, 0), ("z9", 1, 1))]
)
async def test_only_this_till_s_terminals_are_counted(tmp_path: Path, wrong: tuple[tuple[str, int, int], ...]) -> None:
    async with till_world(tmp_path) as world:
        await _a_day(world)
        with pytest.raises(Refused, match="not this till's"):
            await world.do(_count(*wrong, reason="no"))


async def test_a_payment_nobody_knows_of_waits_for_the_next_count(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await _a_day(world)
        await world.do(Add(TILL, SOCK))
        await wired(world, PAIR, PAIR)
        found = await world.journal.read(lambda db: slips(db, TILL))
        assert {each.terminal for each in found} == {"m1", "m2"}
