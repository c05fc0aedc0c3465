"""The best that a basket's goods can be given, whatever the order they were rung up in (pure).

Exclusion groups come one after another, in order of name, those of thresholds alone last; each looks at the prices the
earlier ones left, and in each a unit joins at most one promotion. Within a group, units that compete for each other
are solved together: up to twelve exactly, more by always taking the set that gives most (`explain` says which).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge.facts.offers import Terms
from edge.pos.promotions.candidates import binds
from edge.pos.promotions.exact import MOST_UNITS, exact
from edge.pos.promotions.greedy import greedy
from edge.pos.promotions.model import Class, Fits, Kind, Stock, Use, Ware
from edge.pos.promotions.sharing import share
from edge.units import LineId, Minor


@dataclass(frozen=True, slots=True)
class Applied:
    """What one promotion gave: `times` sets, `saving` in all; `exact` when no better way exists in its group."""

    key: str
    name: str
    exclusion: str
    times: int
    saving: Minor
    exact: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """`lines` says what each promotion took off each line; sums agree with `applied`."""

    lines: Mapping[LineId, Mapping[str, Minor]]
    applied: tuple[Applied, ...]

    def saved(self, line: LineId) -> Minor:
        """All that promotions took off a line."""
        return Minor(sum(self.lines.get(line, {}).values()))


NOTHING = Outcome({}, ())


def best(wares: Sequence[Ware], terms: Mapping[str, Terms], limits: Mapping[str, int]) -> Outcome:
    """What `wares` are given under `terms`; `limits` says how many sets a promotion may have (0: any number)."""
    lots = sorted(wares, key=lambda ware: (ware.sku, ware.tax_label, ware.price, ware.fits, ware.line))
    given: dict[LineId, dict[str, Minor]] = {}
    applied: list[Applied] = []
    for exclusion in _in_turn(terms.values()):
        ours = {key: each for key, each in terms.items() if each.exclusion == exclusion}
        taking = [(at, _only(lot.fits, ours)) for at, lot in enumerate(lots)]
        after, tallies = dict[int, list[Ware]](), list[_Tally]()
        for group in _components([(at, fits) for at, fits in taking if fits], ours, limits):
            found, proven = _solve(lots, group, ours, limits)
            told = share(found, lots, group)
            for line, key, saving in told.given:
                of_line = given.setdefault(line, {})
                of_line[key] = Minor(of_line.get(key, 0) + saving)
            after |= told.lots
            tallies += [_Tally(use.taken.key, use.times, use.times * use.taken.saving, proven) for use in found.uses]
        applied += [_told(ours[key], tallies) for key in sorted({tally.key for tally in tallies})]
        lots = [each for at, lot in enumerate(lots) for each in after.get(at, [lot])]
    return Outcome(given, tuple(applied))


def _in_turn(terms: Iterable[Terms]) -> list[str]:
    kinds: dict[str, set[str]] = {}
    for each in terms:
        kinds.setdefault(each.exclusion, set()).add(each.kind)
    return sorted(kinds, key=lambda name: (kinds[name] == {Kind.THRESHOLD}, name))


def _only(fits: Fits, ours: Mapping[str, Terms]) -> Fits:
    return tuple((key, part) for key, part in fits if key in ours)


Group = tuple[tuple[int, Fits], ...]
"""(place of a lot, its fits) of lots that compete."""


def _components(
    lots: Sequence[tuple[int, Fits]], terms: Mapping[str, Terms], limits: Mapping[str, int]
) -> Iterable[Group]:
    """Lots that a promotion binds together, together; every other lot by itself."""
    above: dict[object, object] = {}

    def root(node: object) -> object:
        while (parent := above.setdefault(node, node)) != node:
            above[node] = above[parent]
            node = parent
        return node

    for at, fits in lots:
        for key, _ in fits:
            if binds(terms[key], limits[key]):
                above[root(at)] = root(key)
    groups: dict[object, list[tuple[int, Fits]]] = {}
    for at, fits in lots:
        groups.setdefault(root(at), []).append((at, fits))
    return [tuple(group) for group in groups.values()]


def _solve(
    lots: Sequence[Ware], group: Group, terms: Mapping[str, Terms], limits: Mapping[str, int]
) -> tuple["Solved", bool]:
    counts: dict[Class, int] = {}
    for at, fits in group:
        one = Class(lots[at].price, fits)
        counts[one] = counts.get(one, 0) + lots[at].count
    classes = tuple(sorted(counts, key=lambda each: (-each.price, each.fits)))
    keys = sorted({key for _, fits in group for key, _ in fits}, key=lambda key: (-terms[key].priority, key))
    stock = Stock(
        classes,
        tuple(counts[each] for each in classes),
        tuple(terms[key] for key in keys),
        tuple(limits[key] for key in keys),
    )
    alone = not any(binds(terms[key], limits[key]) for key in keys)
    proven = alone or sum(stock.counts) <= MOST_UNITS
    return Solved(classes, _exact(stock) if proven and not alone else _greedy(stock)), proven


@dataclass(frozen=True, slots=True)
class Solved:
    """The sets that are taken out of `classes`."""

    classes: tuple[Class, ...]
    uses: tuple[Use, ...]


def forget_sets() -> None:
    """Work everything out anew: for measurements."""
    _exact.cache_clear()
    _greedy.cache_clear()


@lru_cache(maxsize=1024)
def _exact(stock: Stock) -> tuple[Use, ...]:
    """Pure, and asked again for every line that is added beside the same goods."""
    return exact(stock)


@lru_cache(maxsize=1024)
def _greedy(stock: Stock) -> tuple[Use, ...]:
    return greedy(stock)


def _told(each: Terms, tallies: Sequence["_Tally"]) -> Applied:
    ours = [tally for tally in tallies if tally.key == each.key]
    times, saving = sum(tally.times for tally in ours), sum(tally.saving for tally in ours)
    return Applied(each.key, each.name, each.exclusion, times, Minor(saving), exact=all(tally.proven for tally in ours))


@dataclass(frozen=True, slots=True)
class _Tally:
    """What one promotion gave to goods that compete."""

    key: str
    times: int
    saving: int
    proven: bool
