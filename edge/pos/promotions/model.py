"""The words of the promotion engine (pure): units of goods, sets of them that a promotion takes, and what it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from edge.facts.offers import Terms
from edge.pos.discounts.shares import share_of
from edge.units import LineId, Minor, Sku


class Kind(StrEnum):
    """How a promotion works."""

    PERCENT = "percent"
    AMOUNT = "amount"
    PRICE = "price"
    BUY_GET = "buy-get"
    MIX = "mix"
    BUNDLE = "bundle"
    THRESHOLD = "threshold"


SINGLE = frozenset({Kind.PERCENT, Kind.AMOUNT, Kind.PRICE})
"""Kinds that look at one unit at a time."""
GIFT = 1
"""The part of a threshold whose unit is the gift; its other goods are part 0."""

Fits = tuple[tuple[str, int], ...]
"""(key of a promotion, part), sorted."""


@dataclass(frozen=True, slots=True)
class Ware:
    """`count` units of one line at `price` each; `fits` says which promotions take them, and as what."""

    line: LineId
    sku: Sku
    tax_label: str
    price: Minor
    count: int
    fits: Fits


@dataclass(frozen=True, slots=True)
class Class:
    """Units that no promotion can tell apart."""

    price: Minor
    fits: Fits


@dataclass(frozen=True, slots=True)
class Set:
    """Units that one promotion takes together: (class, how many) in order of class, and what they are given."""

    key: str
    units: tuple[tuple[int, int], ...]
    saving: Minor
    gift: int | None = None
    """The class whose unit is the gift: all of the saving is its own."""


@dataclass(frozen=True, slots=True)
class Use:
    """A set, taken `times` times."""

    taken: Set
    times: int


@dataclass(frozen=True, slots=True)
class Stock:
    """What a solver is given: classes dearest first, how many units of each, and the promotions by key."""

    classes: tuple[Class, ...]
    counts: tuple[int, ...]
    terms: tuple[Terms, ...]
    """Best priority first, then by key."""
    limits: tuple[int, ...]
    """For each of `terms`: sets allowed, 0 for any number."""
    serving: Mapping[tuple[str, int], tuple[int, ...]] = field(init=False, compare=False)
    """(promotion, part) -> the classes that serve as it, dearest first; it follows from `classes`."""

    def __post_init__(self) -> None:
        found: dict[tuple[str, int], list[int]] = {}
        for at, each in enumerate(self.classes):
            for fit in each.fits:
                found.setdefault(fit, []).append(at)
        object.__setattr__(self, "serving", {fit: tuple(classes) for fit, classes in found.items()})

    def serves(self, terms: Terms, part: int) -> tuple[int, ...]:
        """The classes that serve as a part of a promotion, dearest first."""
        return self.serving.get((terms.key, part), ())


def off(terms: Terms, worth: Sequence[Minor]) -> Minor:
    """What `terms` takes off units worth this much each; never more than all of it."""
    whole = Minor(sum(worth))
    if terms.price is not None:
        return Minor(max(0, whole - terms.price))
    return share_of(whole, terms.rate) if terms.rate else Minor(min(terms.amount, whole))


def worth(units: Sequence[tuple[int, int]], classes: Sequence[Class]) -> list[Minor]:
    """The price of every unit of a set, dearest first."""
    return sorted((classes[at].price for at, count in units for _ in range(count)), reverse=True)


def set_saving(terms: Terms, units: Sequence[tuple[int, int]], classes: Sequence[Class]) -> Minor:
    """What a whole set is given. Buy-and-get gives on the cheapest of the set, everything else on all of it."""
    prices = worth(units, classes)
    if terms.kind != Kind.BUY_GET:
        return off(terms, prices)
    return Minor(sum(off(terms, [price]) for price in prices[terms.needs[0] :]))


Remaining = Mapping[int, int]
"""Class -> units not yet taken."""
