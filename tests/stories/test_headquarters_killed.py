"""Headquarters or the broker is killed (kill -9) at random moments while two tills sell: nothing is lost or doubled."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from edge.sim.stage.world import MAIN
from tests.brokers import Mosquitto
from tests.stories.proof import agree, one_paper_each, printed, sold
from tests.stories.town import Crew, OneShop, town


async def _all_is_well(world: OneShop, crew: Crew) -> None:
    journal = world.folder / MAIN / "journal.db"
    await agree(world.books, 40)
    closed = sold(journal)
    told = {sale: sums[0] for witness in crew.witnesses.values() for sale, sums in witness.sales.items()}
    assert {str(sale.sale): int(sale.total) for sale in closed} == told
    await printed(journal)
    one_paper_each(journal, world.printers)


@pytest.mark.chaos
async def test_headquarters_and_its_broker_killed_while_selling_lose_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    async with town(tmp_path) as world:
        crew = Crew(world.ports.stores[MAIN][0], chance)
        crew.begin()
        for _ in range(2):
            await crew.until(crew.sales + chance.randint(1, 5))
            await asyncio.sleep(chance.uniform(0, 0.2))
            await world.hq.kill()
            await crew.until(crew.sales + chance.randint(1, 4))
            await world.hq.start()
            await world.hq.ready()
        await crew.until(crew.sales + 2)
        await crew.home()
        await _all_is_well(world, crew)


@pytest.mark.chaos
async def test_a_mosquitto_killed_while_selling_loses_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    chance, broker = Random(seed), Mosquitto(tmp_path)
    await broker.start()
    try:
        async with town(tmp_path, broker=broker) as world:
            crew = Crew(world.ports.stores[MAIN][0], chance)
            crew.begin()
            for _ in range(3):
                await crew.until(crew.sales + chance.randint(1, 5))
                await asyncio.sleep(chance.uniform(0, 0.2))
                broker.kill()
                await crew.until(crew.sales + chance.randint(1, 3))
                await broker.start()
            await crew.home()
            await _all_is_well(world, crew)
    finally:
        broker.kill()
