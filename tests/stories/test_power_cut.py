"""The power goes at a random moment while two tills ring, again and again (kill -9); what was answered is true."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from edge.facts import SaleClosed, SalePaid
from edge.sim.stage.world import MAIN
from tests.stories.proof import agree, facts, numbers, papers, printed, sold
from tests.stories.town import Crew, OneShop, settle_papers, town


def _journal(world: OneShop) -> Path:
    return world.folder / MAIN / "journal.db"


def _causes(journal: Path) -> set[str]:
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        return {str(row[0]) for row in db.execute("SELECT DISTINCT cause FROM entries")}


def _everything_answered_is_true(journal: Path, crew: Crew) -> None:
    """Every answered press is in the journal; every payment exists once, as it was answered, and nobody else's does."""
    told = {sale: sums for witness in crew.witnesses.values() for sale, sums in witness.sales.items()}
    for witness in crew.witnesses.values():
        assert len(set(witness.answered)) == len(witness.answered)
        assert set(witness.answered) <= _causes(journal)
    recorded = facts(journal)
    paid = Counter(str(fact.sale) for fact in recorded if isinstance(fact, SalePaid))
    closed = {str(fact.sale): fact for fact in recorded if isinstance(fact, SaleClosed)}
    assert set(paid.values()) == {1}
    assert paid.keys() == closed.keys() == told.keys()
    assert {sale: (int(fact.total), len(fact.lines)) for sale, fact in closed.items()} == told


async def _papers_are_honest(world: OneShop, port: int) -> None:
    """What nobody knows is asked and, where it did not come out, printed again, marked. In the end each has one."""
    journal = _journal(world)
    await printed(journal)
    unknown = [number for number, _, state in papers(journal) if state == "unknown"]
    unmarked = numbers(world.printers)
    assert max(unmarked.values()) == 1, unmarked
    asked = await asyncio.to_thread(settle_papers, port, set(unmarked))
    assert asked == len(unknown), "every paper of unknown fate is asked for"
    await _second_papers(journal, sum(number not in unmarked for number in unknown))
    await printed(journal)
    again = numbers(world.printers, second=True)
    assert numbers(world.printers) == unmarked, "nothing unmarked came out of a question"
    assert unmarked + again == Counter(sale.number for sale in sold(journal))
    assert again.keys() <= set(unknown)


async def _second_papers(journal: Path, wanted: int) -> None:
    async with asyncio.timeout(10):
        while sum(effect.count(".") > 1 for _, effect, _ in papers(journal)) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _cut_power(tmp_path: Path, seed: int, times: int) -> None:
    chance = Random(seed)
    async with town(tmp_path) as world:
        port = world.ports.stores[MAIN][0]
        crew = Crew(port, chance)
        crew.begin()
        for _ in range(times):
            await crew.until(crew.sales + chance.randint(1, 6))
            await asyncio.sleep(chance.uniform(0, 0.1))
            await world.pull_plug()
            await world.power()
        await crew.until(crew.sales + 2)
        await crew.home()
        journal = _journal(world)
        _everything_answered_is_true(journal, crew)
        await _papers_are_honest(world, port)
        await agree(world.books)


@pytest.mark.chaos
async def test_whatever_moment_the_power_goes_what_was_answered_is_true(tmp_path: Path, seed: int) -> None:
    await _cut_power(tmp_path, seed, 3)


@pytest.mark.chaos
async def test_in_poland_a_power_cut_leaves_no_sale_without_a_fiscal_receipt_and_none_with_two(
    tmp_path: Path, seed: int
) -> None:
    """The devices keep their own truth: as many receipts as sales, and each sale holds its own."""
    await _cut_power_in_poland(tmp_path, seed, 3)


async def _cut_power_in_poland(tmp_path: Path, seed: int, times: int) -> None:
    chance = Random(seed)
    async with town(tmp_path, country="pl") as world:
        crew = Crew(world.ports.stores[MAIN][0], chance)
        crew.begin()
        for _ in range(times):
            await crew.until(crew.sales + chance.randint(1, 4))
            for sim in world.fiscal:
                sim.device.faults.drop_answer = chance.random() < 0.3
            await asyncio.sleep(chance.uniform(0, 0.1))
            await world.pull_plug()
            await world.power()
        await crew.until(crew.sales + 2)
        await crew.home()
        _everything_answered_is_true(_journal(world), crew)
        evidence = Counter(sale.evidence.number for sale in sold(_journal(world)))
        assert evidence == Counter(receipt.evidence.number for sim in world.fiscal for receipt in sim.device.receipts)
        assert set(evidence.values()) == {1}
        await agree(world.books)


@pytest.mark.chaos
@pytest.mark.long
@pytest.mark.seconds(600)
async def test_a_week_of_power_cuts(tmp_path: Path, seed: int) -> None:
    await _cut_power(tmp_path, seed, 40)


@pytest.mark.chaos
@pytest.mark.long
@pytest.mark.seconds(600)
async def test_a_week_of_power_cuts_in_poland(tmp_path: Path, seed: int) -> None:
    await _cut_power_in_poland(tmp_path, seed, 25)
