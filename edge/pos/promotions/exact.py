"""The best that up to twelve competing units can be given, proven by looking at every way that could be it (pure).

Units that no promotion can tell apart are one class with a count; what is left of each class is one number of eight
bits in a single integer, so that *is there enough for this set* is one subtraction. A way is left unexplored only when
the most that its units could ever be given is no more than what is known already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge.facts.offers import Terms
from edge.pos.promotions.candidates import every_set, threshold
from edge.pos.promotions.model import GIFT, SINGLE, Kind, Set, Stock, Use, off
from edge.units import Minor

MOST_UNITS = 12
_BITS = 8
_ONE = (1 << _BITS) - 1


@dataclass(frozen=True, slots=True)
class _Option:
    """A set with its units packed; `bound` is the most these units could be given, `limit` the place of its counter."""

    taken: Set
    packed: int
    bound: int
    limit: int


@dataclass(frozen=True, slots=True)
class _Step:
    """How a best answer was reached."""

    taken: Set
    after: "_Step | None"


_Answer = tuple[int, _Step | None]


def exact(stock: Stock) -> tuple[Use, ...]:
    """The sets that together give most; of equals the one found first, by promotions of better priority first."""
    search = _Search(stock)
    most, steps = search.best(search.whole)
    over: Set | None = None
    for terms in (each for each in stock.terms if each.kind == Kind.THRESHOLD):
        for packed in search.parts():
            rest = search.whole - packed
            if _at_most(terms, stock, search, packed) + search.bound(rest) <= most:
                continue
            taken = threshold(terms, stock, search.unpacked(packed))
            if taken is not None and taken.saving + search.best(rest)[0] > most:
                most, over = taken.saving + search.best(rest)[0], taken
                steps = search.best(rest)[1]
    return _uses([*_sets(steps), *([over] if over else [])])


def _at_most(terms: Terms, stock: Stock, search: "_Search", packed: int) -> int:
    """No threshold gives more than this to `packed`."""
    prices = [each.price * search.count(packed, at) for at, each in enumerate(stock.classes)]
    if len(terms.needs) > GIFT:
        return max((off(terms, [stock.classes[at].price]) for at, price in enumerate(prices) if price), default=0)
    return off(terms, [Minor(sum(prices))]) if sum(prices) >= terms.floor else 0


class _Search:
    def __init__(self, stock: Stock) -> None:
        self._counts = stock.counts
        self._guard = sum(1 << (_BITS * at + _BITS - 1) for at in range(len(stock.counts)))
        self.whole = sum(count << (_BITS * at) for at, count in enumerate(stock.counts))
        limited = [at for at, limit in enumerate(stock.limits) if limit]
        self._limits = tuple(stock.limits[at] for at in limited)
        self._memo: dict[tuple[int, tuple[int, ...]], _Answer] = {}
        every = [
            (place, taken)
            for place, terms in enumerate(stock.terms)
            if terms.kind != Kind.THRESHOLD
            for taken in every_set(terms, stock)
        ]
        needed = _needed(every, stock)
        self._bounds = _bounds([taken for _, taken in needed], stock)
        self._options: list[list[_Option]] = [[] for _ in stock.counts]
        for place, taken in needed:
            packed = sum(count << (_BITS * at) for at, count in taken.units)
            limit = limited.index(place) if place in limited else -1
            self._options[taken.units[0][0]].append(_Option(taken, packed, self.bound(packed), limit))
        for options in self._options:
            options.sort(key=lambda each: each.bound - each.taken.saving)

    def best(self, left: int) -> _Answer:
        """The most that sets can give to the units that are `left`, and how."""
        return self._best(left, self._limits)

    def _best(self, left: int, limits: tuple[int, ...]) -> _Answer:
        if left == 0:
            return 0, None
        known = self._memo.get((left, limits))
        if known is None:
            known = self._memo[left, limits] = self._look(left, limits)
        return known

    def _look(self, left: int, limits: tuple[int, ...]) -> _Answer:
        lowest = ((left & -left).bit_length() - 1) // _BITS
        most, step, bound = 0, None, self.bound(left)
        guarded = left | self._guard
        for option in self._options[lowest]:
            if bound - option.bound + option.taken.saving <= most:
                break
            if (guarded - option.packed) & self._guard != self._guard:
                continue
            if option.limit >= 0 and not limits[option.limit]:
                continue
            then = limits if option.limit < 0 else _less(limits, option.limit)
            more, after = self._best(left - option.packed, then)
            if more + option.taken.saving > most:
                most, step = more + option.taken.saving, _Step(option.taken, after)
        if bound - self._bounds[lowest] > most:
            without, after = self._best(left - (1 << (_BITS * lowest)), limits)
            if without > most:
                return without, after
        return most, step

    def bound(self, packed: int) -> int:
        """No sets give more than this to `packed`."""
        total, at = 0, 0
        while packed:
            total += (packed & _ONE) * self._bounds[at]
            packed >>= _BITS
            at += 1
        return total

    def parts(self) -> Iterator[int]:
        """Every part of the whole, the largest first."""
        parts = [0]
        for at, count in enumerate(self._counts):
            parts = [part | (take << (_BITS * at)) for take in range(count, -1, -1) for part in parts]
        yield from parts

    def count(self, packed: int, at: int) -> int:
        """How many units of a class `packed` holds."""
        return packed >> (_BITS * at) & _ONE

    def unpacked(self, packed: int) -> dict[int, int]:
        """Class -> units."""
        return {at: self.count(packed, at) for at in range(len(self._counts))}


def _needed(every: Sequence[tuple[int, Set]], stock: Stock) -> list[tuple[int, Set]]:
    """Without the sets that give no more than their units get one by one; of the lone ones only the best."""
    alone: dict[int, tuple[int, Set]] = {}
    for place, taken in every:
        if stock.terms[place].kind in SINGLE and not stock.limits[place]:
            at = taken.units[0][0]
            if at not in alone or taken.saving > alone[at][1].saving:
                alone[at] = place, taken
    singly = {at: taken.saving for at, (_, taken) in alone.items()}
    more = [
        (place, taken)
        for place, taken in every
        if taken.saving > sum(singly.get(at, 0) * count for at, count in taken.units)
    ]
    return [*more, *alone.values()]


def _bounds(sets: Sequence[Set], stock: Stock) -> list[int]:
    """For each class the largest share, by price and rounded up, that one of its units has in any set."""
    bounds = [0] * len(stock.counts)
    for each in sets:
        whole = sum(stock.classes[at].price * count for at, count in each.units)
        for at, _ in each.units:
            bounds[at] = max(bounds[at], -(-each.saving * stock.classes[at].price // whole))
    return bounds


def _less(limits: tuple[int, ...], at: int) -> tuple[int, ...]:
    return (*limits[:at], limits[at] - 1, *limits[at + 1 :])


def _sets(step: _Step | None) -> list[Set]:
    found = []
    while step is not None:
        found.append(step.taken)
        step = step.after
    return found


def _uses(sets: Sequence[Set]) -> tuple[Use, ...]:
    times: dict[Set, int] = {}
    for each in sets:
        times[each] = times.get(each, 0) + 1
    return tuple(Use(each, count) for each, count in times.items())
