"""The line to headquarters is cut for three days; nobody at the tills notices, and headquarters misses nothing."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import cast

from edge.clock import Clock
from edge.sim.stage.assortment import pieces
from edge.sim.stage.cashier import Cashier, Json
from tests.stories.premises import premises
from tests.stories.proof import agree, notes, sold

SALES = 4
"""A till and a day."""
_ARRIVED = "SELECT seq FROM entries WHERE identity = 'harbour_box' ORDER BY arrival"
_DAYS = "SELECT business_date, count(*), sum(gross) FROM sales GROUP BY business_date ORDER BY business_date"
_Z_DAYS = "SELECT business_date, sum(sales), sum(variance) FROM z_reports GROUP BY business_date ORDER BY business_date"


@dataclass(slots=True)
class Calendar:
    """A clock that runs, and can be set to the next morning."""

    ahead: timedelta = timedelta()

    def clock(self) -> Clock:
        return Clock(lambda: datetime.now(UTC) + self.ahead, time.monotonic)

    def sleep(self) -> None:
        self.ahead += timedelta(days=1)


def _day(cashier: Cashier, chance: Random) -> list[float]:
    """A day's customers and the Z; how long each call took."""
    took: list[float] = []
    codes = [piece.code for piece in pieces()]
    for _ in range(SALES):
        for _ in range(2):
            began = time.monotonic()
            cashier.do("scan", code=chance.choice(codes))
            took.append(time.monotonic() - began)
        began = time.monotonic()
        cashier.pay()
        took.append(time.monotonic() - began)
    shift = cast("Json", cashier.state()["shift"])
    assert shift["sales"] == SALES
    cashier.do("count", pieces=notes(_expected(cashier)))
    cashier.do("close-shift")
    return took


def _expected(cashier: Cashier) -> int:
    """A first count of nothing lets the manager see what should be there."""
    cashier.do("count", pieces=notes(0))
    return cast("int", cashier.do("variance")["expected_minor"])


def _nothing_only_here(cashier: Cashier) -> Json:
    """The counter on the first screen goes to nothing once headquarters has acknowledged."""
    patience = time.monotonic() + 5
    while cast("Json", (state := cashier.state())["only_here"])["sales"] != 0:
        assert time.monotonic() < patience, state["only_here"]
        time.sleep(0.05)
    return state


async def test_three_days_without_the_line_reach_headquarters_once_and_in_order(tmp_path: Path, seed: int) -> None:
    calendar, chance = Calendar(), Random(seed)
    async with premises(tmp_path, seed, clock=calendar.clock()) as shop:

        async def day() -> list[float]:
            seeds = {till: Random(chance.getrandbits(32)) for till in ("1", "2")}
            both = await asyncio.gather(*(shop.at_till(till, partial(_day, chance=own)) for till, own in seeds.items()))
            calendar.sleep()
            return [*both[0], *both[1]]

        with_line = await day()
        await agree(shop.books)
        shop.line.cut()
        without = [took for _ in range(3) for took in await day()]
        mine, theirs = shop.books.heads()
        assert mine - theirs > 3 * 2 * SALES * 3, "the shop went on alone"
        state = await shop.at_till("1", Cashier.state)
        assert cast("Json", state["only_here"])["sales"] == 3 * 2 * SALES
        assert cast("Json", state["hq"])["state"] == "down"
        assert median(without) < 5 * median(with_line) + 0.1
        assert max(without) < 5.0

        shop.line.restore()
        await agree(shop.books, 40)
        arrived = [int(str(row[0])) for row in shop.rows(_ARRIVED)]
        assert arrived == sorted(arrived)
        closed = sold(shop.journal)
        assert len(closed) == 4 * 2 * SALES
        days = sorted({sale.business_date for sale in closed})
        assert len(days) == 4
        assert shop.rows(_DAYS) == [
            (date, 2 * SALES, sum(sale.total for sale in closed if sale.business_date == date)) for date in days
        ]
        assert shop.rows(_Z_DAYS) == [(date, 2 * SALES, 0) for date in days]
        state = await shop.at_till("1", _nothing_only_here)
        assert cast("Json", state["hq"])["state"] == "up"
