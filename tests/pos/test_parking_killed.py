"""kill -9 in the middle of parking and taking up: what was answered is there, and every basket is at one place."""

import asyncio
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from edge.facts import BasketOpened, BasketVoided, SalePaid
from edge.journal.store import Journal
from edge.journal.verify import verify
from edge.units import Seq
from tests.pos.till_world import goods, setup, shop_in
from tests.times import Time


@pytest.mark.parametrize("seed", range(3))
async def test_a_box_killed_while_two_tills_park_holds_every_basket_at_one_place(tmp_path: Path, seed: int) -> None:
    chance, answered = Random(seed), 0
    arguments = [sys.executable, "-m", "tests.pos.parks_for_ever", str(tmp_path), str(seed)]
    box = await asyncio.create_subprocess_exec(*arguments, stdout=subprocess.PIPE)
    try:
        assert box.stdout is not None
        for _ in range(chance.randrange(20, 200)):
            answered = int(await box.stdout.readline())
        await asyncio.sleep(chance.uniform(0, 0.01))
    finally:
        box.kill()
        rest, _ = await box.communicate()
        assert await box.wait() == -9
    answered = max([answered, *(int(line) for line in rest.splitlines() if line)])
    assert verify(tmp_path / "j.db").ok
    journal = await Journal.open(setup(tmp_path, shop_in("dk"), Time(), goods("DKK", 99900, 4925)))
    try:
        assert journal.head.seq >= answered
        facts = [entry.fact() for entry in await journal.entries(Seq(0), 100_000)]
        opened = {fact.basket for fact in facts if isinstance(fact, BasketOpened)}
        ended = {fact.sale for fact in facts if isinstance(fact, SalePaid)}
        ended |= {fact.basket for fact in facts if isinstance(fact, BasketVoided)}
        rows = await journal.rows("SELECT basket, till, state FROM baskets WHERE state IN ('open', 'parked')")
        assert {row["basket"] for row in rows} == opened - ended
        at_tills = [row["till"] for row in rows if row["state"] == "open"]
        assert len(at_tills) == len(set(at_tills))
        waiting = {row["basket"] for row in await journal.rows("SELECT basket FROM parked")}
        assert waiting == {row["basket"] for row in rows if row["state"] == "parked"}
        before, after = await journal.rebuild()
        assert before == after
    finally:
        await journal.close()
