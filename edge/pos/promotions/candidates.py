"""Which sets a promotion could take out of the units that are left (pure)."""

from collections.abc import Iterator, Sequence

from edge.facts.offers import Terms
from edge.pos.promotions.model import GIFT, SINGLE, Kind, Remaining, Set, Stock, off, set_saving
from edge.units import Minor

Units = tuple[tuple[int, int], ...]


def binds(terms: Terms, limit: int) -> bool:
    """Whether taking one unit can change what another one is given."""
    return limit > 0 or terms.kind not in SINGLE


def every_set(terms: Terms, stock: Stock) -> Iterator[Set]:
    """Every set `terms` could take, whatever else is taken; not for thresholds."""
    match terms.kind:
        case Kind.BUY_GET | Kind.MIX:
            vectors = _choose(stock.serves(terms, 0), sum(terms.needs), stock.counts)
        case Kind.BUNDLE:
            vectors = _bundles(terms, stock)
        case _:
            vectors = (((at, 1),) for at in stock.serves(terms, 0))
    for units in vectors:
        saving = set_saving(terms, units, stock.classes)
        if saving > 0:
            yield Set(terms.key, units, saving)


def dearest_set(terms: Terms, stock: Stock, left: Remaining) -> Set | None:
    """The set of the dearest units that are left; None when there is none, or it gives nothing."""
    if terms.kind == Kind.THRESHOLD:
        return threshold(terms, stock, left)
    units: dict[int, int] = {}
    for part, need in _scarcest_first(terms, stock):
        missing = need
        for at in stock.serves(terms, part):
            take = min(missing, left.get(at, 0) - units.get(at, 0))
            if take > 0:
                units[at] = units.get(at, 0) + take
                missing -= take
        if missing:
            return None
    vector = tuple(sorted(units.items()))
    saving = set_saving(terms, vector, stock.classes)
    return Set(terms.key, vector, saving) if saving > 0 else None


def threshold(terms: Terms, stock: Stock, left: Remaining) -> Set | None:
    """Everything that is left and fits, when it is worth enough; with a gift, the dearest one that it pays for."""
    classes = stock.classes
    goods = [at for at in stock.serves(terms, 0) if left.get(at, 0)]
    units = tuple((at, left[at]) for at in goods)
    total = sum(classes[at].price * count for at, count in units)
    if len(terms.needs) <= GIFT:
        saving = off(terms, [Minor(total)]) if total >= max(1, terms.floor) else 0
        return Set(terms.key, units, Minor(saving)) if saving else None
    for gift in stock.serves(terms, GIFT):
        own = classes[gift].price if gift in goods else 0
        saving = off(terms, [classes[gift].price])
        if left.get(gift, 0) and total - own >= max(1, terms.floor) and saving:
            taken = dict(units) | {gift: left[gift] if gift in goods else 1}
            return Set(terms.key, tuple(sorted(taken.items())), saving, gift)
    return None


def _scarcest_first(terms: Terms, stock: Stock) -> list[tuple[int, int]]:
    """(part, how many), the part that the fewest classes can fill first."""
    if terms.kind in SINGLE:
        return [(0, 1)]
    if terms.kind != Kind.BUNDLE:
        return [(0, sum(terms.needs))]
    return sorted(enumerate(terms.needs), key=lambda each: (len(stock.serves(terms, each[0])), each[0]))


def _choose(from_: Sequence[int], need: int, counts: Sequence[int]) -> Iterator[Units]:
    """Every way to take `need` units of these classes."""
    if need == 0:
        yield ()
        return
    if not from_:
        return
    first, rest = from_[0], from_[1:]
    for take in range(min(need, counts[first]), -1, -1):
        for more in _choose(rest, need - take, counts):
            yield ((first, take), *more) if take else more


def _bundles(terms: Terms, stock: Stock) -> Iterator[Units]:
    """Every way to fill all parts of a bundle, once each, whichever part a unit fills."""
    wanted: dict[tuple[int, ...], int] = {}
    for part, need in enumerate(terms.needs):
        classes = stock.serves(terms, part)
        wanted[classes] = wanted.get(classes, 0) + need
    filled: set[Units] = {()}
    for classes, need in wanted.items():
        filled = {
            vector
            for before in filled
            for more in _choose(classes, need, stock.counts)
            if _within(vector := _together(before, more), stock.counts)
        }
    yield from sorted(filled)


def _together(one: Units, other: Units) -> Units:
    units = dict(one)
    for at, count in other:
        units[at] = units.get(at, 0) + count
    return tuple(sorted(units.items()))


def _within(units: Units, counts: Sequence[int]) -> bool:
    return all(count <= counts[at] for at, count in units)
