"""A simulated shop: what the shelves said, measured against what truly happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest

from edge.shelf.verdict import CountPlate, DoubtPlate, RestorePlate, Verdict, WithdrawPlate
from edge.sim.plates import Truth
from edge.units import PlateId
from tests.shelf.bench import Bench, stock

UNITS = (20, 35, 60, 120, 250, 500)
LONE = tuple(stock(f"p{unit}", channel, unit) for channel, unit in enumerate(UNITS))
ROW = tuple(
    stock(f"r{place}", 6 + place, 300, sku="boot", neighbours=(f"r{place + 1}",) if place < 2 else ())
    for place in range(3)
)
BUDGET = 3.5


@dataclass(frozen=True)
class Score:
    """How many of the true events were told, how much of what was told is true, and the longest wait."""

    recall: float
    precision: float
    slowest: float
    events: int


def opened(seed: int) -> Bench:
    bench = Bench((*LONE, *ROW), {plate.id: 12 for plate in (*LONE, *ROW)}, seed)
    bench.go(3)
    assert len(bench.of(RestorePlate)) == len(bench.plates)
    bench.said.clear()
    return bench


def trade(bench: Bench, chance: Random, seconds: float) -> None:
    """Customers everywhere, each plate (or row) left alone for four seconds after it was touched."""
    rest: dict[str, float] = {}
    lying: list[dict[PlateId, int]] = []
    end = bench.now + seconds
    while bench.now < end:
        for plate in bench.plates:
            place = "row" if plate in ROW else plate.id
            if bench.now < rest.get(place, 0.0) or chance.random() > 0.1:
                continue
            rest[place] = bench.now + 4.0 + chance.random()
            moment = bench.now + chance.random() / 10
            if plate in ROW and lying and chance.random() < 0.5:
                bench.node.across(lying.pop(), moment, -1)
            elif plate in ROW and chance.random() < 0.4:
                share = chance.randrange(150, 851)
                pair = chance.choice([("r0", "r1"), ("r1", "r2"), ("r1", "r0"), ("r2", "r1")])
                lying.append({PlateId(pair[0]): share, PlateId(pair[1]): 1000 - share})
                bench.node.across(lying[-1], moment)
            elif bench.node.cells[plate.id].units > 3 and chance.random() < 0.6:
                bench.node.take(plate.id, moment, chance.choice([1, 1, 1, 2]))
            else:
                bench.node.put(plate.id, moment, chance.choice([1, 1, 2]))
        bench.go(0.1)
    bench.go(5)


def score(truth: Sequence[Truth], said: Sequence[tuple[float, Verdict]]) -> Score:
    """An event is told when the plates it touched, within the budget, tell its units in sum."""
    told = [(at, v.command) for at, v in said if isinstance(v.command, CountPlate) and v.command.delta]
    used: set[int] = set()
    found, slowest = 0, 0.0
    for event in truth:
        near = [
            number
            for number, (at, count) in enumerate(told)
            if number not in used and count.plate in event.plates and event.at <= at <= event.at + BUDGET
        ]
        if near and sum(told[number][1].delta for number in near) == event.units:
            found += 1
            used.update(near)
            slowest = max(slowest, *(told[number][0] - event.at for number in near))
    return Score(found / len(truth), len(used) / len(told), slowest, len(truth))


@pytest.mark.parametrize("run", range(3))
def test_every_pick_is_told_within_the_budget_and_nothing_else_is(run: int, seed: int) -> None:
    bench = opened(seed)
    trade(bench, Random(seed), 300)
    result = score(bench.node.truth, bench.said)
    assert result.events > 250
    assert result.recall >= 0.99, result
    assert result.precision >= 0.99, result
    assert result.slowest < BUDGET
    assert len(bench.of(DoubtPlate)) <= result.events // 100
    assert not bench.of(WithdrawPlate)


def test_the_end_of_the_day_agrees_with_the_shelves(seed: int) -> None:
    bench = opened(seed)
    trade(bench, Random(seed), 120)
    shown = bench.counts()
    for plate in LONE:
        assert shown[plate.id] == bench.node.cells[plate.id].units
    row = sum(bench.node.cells[plate.id].units for plate in ROW)
    assert sum(shown[plate.id] or 0 for plate in ROW) == row


def test_a_wire_that_spoils_lines_costs_no_count(seed: int) -> None:
    chance = Random(seed)

    def spoiled(chunk: bytes) -> list[bytes]:
        lines = chunk.splitlines(keepends=True)
        return [line[:-9] + b"?" + line[-8:] if chance.random() < 0.1 else line for line in lines]

    bench = opened(seed)
    bench.wire = spoiled
    trade(bench, Random(seed), 120)
    for plate in LONE:
        count = bench.counts()[plate.id]
        assert count is None or count == bench.node.cells[plate.id].units
    assert len(bench.of(CountPlate)) > 50
