"""The power goes at any COMMIT of a day with cards: the terminal holds what the books say, nothing twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copy2

import pytest

from edge.clock import system_clock
from edge.facts import Fact, SaleClosed, SalePaid, TenderCaptured, TenderReversed
from edge.journal.verify import verify
from edge.sim.zvt import ZvtSim
from tests.pos.cut_world import Camera, Cut, Outside
from tests.pos.money_world import BOOT, PAIR, MoneyTill, ask, money_till

SOCK_CODE, BOOT_CODE = "5701234500001", "5701234567431"


@dataclass(frozen=True, slots=True)
class Day:
    cuts: list[Cut]
    asked: list[int]


async def _a_day(folder: Path) -> Day:
    """Card, card and cash, one declined, one whose answer is lost, one given back; a picture of every COMMIT."""
    sim = await _terminal(folder, b"")
    asked: list[int] = []
    try:
        async with money_till(folder, sim.address) as till:
            await till.work(lambda cashier: cashier.state())  # the shift is open
            outside = lambda: Outside((), (folder / "terminal.log").read_bytes())  # noqa: E731
            writer = till.store.journal._writer
            camera = Camera(writer._db, till.store.journal.path, folder / "cuts", outside)
            writer._db = camera  # type: ignore[assignment]  # a connection with a camera before it
            for code, fault, amount in (
                (SOCK_CODE, "", PAIR), (BOOT_CODE, "", 50_000), ("", "decline", 70_000), ("", "drop-answer", 60_000),
                ("", "half-answer", 10_000), (SOCK_CODE, "silent", PAIR), ("", "gives-back", PAIR), ("", "", PAIR),
            ):  # fmt: skip
                if code:
                    await till.work(lambda cashier, code=code: cashier.ring([code]))  # type: ignore[misc]
                sim.terminal.next = fault
                asked.append(amount)
                await till.work(lambda cashier, amount=amount: ask(cashier, amount))  # type: ignore[misc]
                await till.tender_is("captured", "declined")
            return Day(camera.cuts(), asked)
    finally:
        await sim.stop()


async def _terminal(folder: Path, truth: bytes) -> ZvtSim:
    (folder / "terminal.log").write_bytes(truth)
    sim = ZvtSim(folder / "terminal.log", system_clock())
    sim.terminal.silent_ms = 200
    await sim.start()
    return sim


async def _afterwards(cut: Cut, outside: Outside, folder: Path) -> None:
    """Switch on again what the cut left, let it come to rest, and compare with the terminal's memory."""
    folder.mkdir()
    for part in cut.folder.iterdir():
        copy2(part, folder / part.name)
    sim = await _terminal(folder, outside.truth)
    try:
        async with money_till(folder, sim.address) as till:
            await _rest(till)
            await _agree(till, sim)
            before, after = await till.store.journal.rebuild()
            assert before == after
    finally:
        await sim.stop()
    assert verify(folder / "j.db").ok, verify(folder / "j.db").words()


async def _rest(till: MoneyTill) -> None:
    """Until nothing is under way and nothing unknown."""

    sql = "SELECT count(*) FROM effects WHERE kind = 'card' AND state IN ('intended', 'sent', 'unknown')"
    async with asyncio.timeout(20):
        while (await till.store.journal.rows(sql))[0][0]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _agree(till: MoneyTill, sim: ZvtSim) -> None:
    facts = await till.facts()
    taken = _taken(facts)
    assert sorted(taken.values()) == sorted(sim.terminal.truth.standing().values())
    assert len({fact.slip for fact in facts if isinstance(fact, TenderCaptured)}) == len(taken), "no slip twice"
    paid = [fact for fact in facts if isinstance(fact, SalePaid)]
    assert len({fact.sale for fact in paid}) == len(paid) == sum(isinstance(fact, SaleClosed) for fact in facts)
    for sale in paid:
        assert sum(taken[each.tender] for each in sale.tenders) == sale.payable == sale.total


def _taken(facts: Sequence[Fact]) -> dict[str, int]:
    taken = {str(fact.tender): int(fact.amount) for fact in facts if isinstance(fact, TenderCaptured)}
    for fact in facts:
        if isinstance(fact, TenderReversed):
            del taken[fact.tender]
    return taken


async def _every(tmp_path: Path, chance: Random | None) -> None:
    (tmp_path / "day").mkdir()
    day = await _a_day(tmp_path / "day")
    assert len(day.cuts) > 30
    cases = [(cut, at, getattr(cut, at)) for cut in day.cuts for at in ("at_once", "later")]
    assert any(cut.at_once != cut.later for cut in day.cuts), "the terminal does something between two commits"
    assert BOOT == 50_000 + 60_000 + 10_000
    for cut, at, outside in cases if chance is None else chance.sample(cases, 5):
        try:
            await _afterwards(cut, outside, tmp_path / f"{cut.number} {at}")
        except BaseException as error:
            error.add_note(f"cut after commit {cut.number} of {len(day.cuts)}, {at}")
            raise


@pytest.mark.seconds(120)
async def test_a_cut_at_some_commits_costs_no_card_payment(tmp_path: Path, chance: Random) -> None:
    await _every(tmp_path, chance)


@pytest.mark.long
@pytest.mark.seconds(900)
async def test_a_cut_at_any_commit_costs_no_card_payment(tmp_path: Path) -> None:
    await _every(tmp_path, None)
