"""What sets are given, unit by unit and line by line (pure).

Of a set every unit gets its share by price, to the last minor unit, so that whatever is brought back later is worth
what was paid for it; only a gift has all of it. Which of several equal units gets the odd minor unit is decided by
what they are, never by when they were rung up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from edge.pos.discounts.shares import shared
from edge.pos.promotions.model import Class, Fits, Use, Ware
from edge.units import LineId, Minor


class Found(Protocol):
    """Sets out of classes."""

    @property
    def classes(self) -> tuple[Class, ...]: ...
    @property
    def uses(self) -> tuple[Use, ...]: ...


@dataclass(frozen=True, slots=True)
class Shared:
    """`given`: (line, promotion, saving); `lots`: what became of each lot, in parts with their new prices."""

    given: tuple[tuple[LineId, str, Minor], ...]
    lots: Mapping[int, list[Ware]]


@dataclass(slots=True)
class _Run:
    """So many units of a class, each given so much by a promotion."""

    key: str
    saving: Minor
    count: int


def share(found: Found, lots: Sequence[Ware], group: Sequence[tuple[int, Fits]]) -> Shared:
    """Give the sets' savings to the lots of `group`, which are in order of what they are."""
    runs: dict[Class, list[_Run]] = {each: [] for each in found.classes}
    for use in found.uses:
        for at, saving, count in _unit_shares(use, found.classes):
            runs[found.classes[at]].append(_Run(use.taken.key, saving, count * use.times))
    given: list[tuple[LineId, str, Minor]] = []
    after: dict[int, list[Ware]] = {}
    for at, fits in group:
        lot = lots[at]
        after[at] = []
        for run, count in _take(runs[Class(lot.price, fits)], lot.count):
            given.append((lot.line, run.key, Minor(run.saving * count)))
            after[at].append(replace(lot, price=Minor(lot.price - run.saving), count=count))
        rest = lot.count - sum(each.count for each in after[at])
        if rest:
            after[at].append(replace(lot, count=rest))
    return Shared(tuple(given), after)


def _unit_shares(use: Use, classes: Sequence[Class]) -> Iterator[tuple[int, Minor, int]]:
    """(class, saving of one unit, how many such units) of one set."""
    taken = use.taken
    if taken.gift is not None:
        units = dict(taken.units)
        yield taken.gift, taken.saving, 1
        units[taken.gift] -= 1
        yield from ((at, Minor(0), count) for at, count in units.items() if count)
        return
    worth = {at: classes[at].price * count for at, count in taken.units}
    for at, part in shared(taken.saving, worth).items():
        count = dict(taken.units)[at]
        each, odd = divmod(part, count)
        if odd:
            yield at, Minor(each + 1), odd
        yield at, Minor(each), count - odd


def _take(runs: list[_Run], wanted: int) -> Iterator[tuple[_Run, int]]:
    """The next `wanted` units, as far as the runs go."""
    left = wanted
    while left and runs:
        run, count = runs[0], min(left, runs[0].count)
        yield run, count
        left -= count
        run.count -= count
        if not run.count:
            runs.pop(0)
