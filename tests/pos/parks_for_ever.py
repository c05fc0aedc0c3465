"""Two tills of one store park, take up and pay without end, and tell each answer; killed by its test."""

import asyncio
import sys
from pathlib import Path
from random import Random

from edge.commands import Command
from edge.errors import Refused
from edge.pos.load import open_basket
from edge.pos.parking.handlers import Park, Resume
from edge.pos.parking.tables import parked
from edge.pos.verbs import Add, Offered, OpenShift, Pay
from edge.units import Minor, SaleId, TenderKind, TillId
from tests.pos.till_world import SOCK, TILL, TillWorld, till_world

OTHER = TillId("2")


async def run(folder: Path, seed: int) -> None:
    """Until killed."""
    async with till_world(folder) as world:
        world.shop.positions[OTHER] = world.shop.positions[TILL]  # type: ignore[index]
        await world.do(OpenShift(OTHER, Minor(0)))
        await asyncio.gather(*(_till(world, till, Random(f"{seed} {till}")) for till in (TILL, OTHER)))


async def _till(world: TillWorld, till: TillId, chance: Random) -> None:
    while True:
        waiting = [each.basket for each in await world.journal.read(parked)]
        held = await world.journal.read(lambda db: open_basket(db, till))
        total = held.basket.total if held else Minor(0)
        pay = Pay(till, (Offered(TenderKind.CASH, Minor(10**6)),), total)
        commands: list[Command] = [
            Add(till, SOCK),
            Park(till),
            Resume(till, chance.choice([*waiting, SaleId("none")])),
            pay,
        ]
        try:
            await world.do(chance.choice(commands))
        except Refused:
            continue
        sys.stdout.write(f"{world.journal.head.seq}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))
