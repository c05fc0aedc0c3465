"""What many competing units are given: always the set that gives most next, by (saving, priority, key) (pure)."""

from edge.facts.offers import Terms
from edge.pos.promotions.candidates import dearest_set
from edge.pos.promotions.model import Kind, Set, Stock, Use


def greedy(stock: Stock) -> tuple[Use, ...]:
    """Sets until none is left that gives anything; the same set is taken as often as its units last."""
    left = dict(enumerate(stock.counts))
    limits = {each.key: limit or -1 for each, limit in zip(stock.terms, stock.limits, strict=True)}
    found = {each.key: dearest_set(each, stock, left) for each in stock.terms}
    touching = {at: [each for each in stock.terms if each.key in keys] for at, keys in _keys(stock)}
    used: list[Use] = []
    while (best := _best(stock, found)) is not None:
        terms, taken = best
        times = min(left[at] // count for at, count in taken.units)
        if terms.kind == Kind.THRESHOLD:
            times = 1
            limits[terms.key] = 0
        elif limits[terms.key] > 0:
            times = min(times, limits[terms.key])
            limits[terms.key] -= times
        used.append(Use(taken, times))
        for at, count in taken.units:
            left[at] -= times * count
        stale = {each.key: each for at, _ in taken.units for each in touching[at]} | {terms.key: terms}
        for key, each in stale.items():
            found[key] = dearest_set(each, stock, left) if limits[key] else None
    return tuple(used)


def _best(stock: Stock, found: dict[str, Set | None]) -> tuple[Terms, Set] | None:
    """The terms are in order of priority and key, so that the first of the largest is the one."""
    best: tuple[Terms, Set] | None = None
    for each in stock.terms:
        taken = found[each.key]
        if taken is not None and (best is None or taken.saving > best[1].saving):
            best = each, taken
    return best


def _keys(stock: Stock) -> list[tuple[int, set[str]]]:
    return [(at, {key for key, _ in each.fits}) for at, each in enumerate(stock.classes)]
