"""The touch-wall, shopping lists and shelves."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import ArticleId, Grams, ListId, Origin, PlateId, SaleId, Sku, TillId, WallId


@fact("wall.tapped")
@dataclass(frozen=True, slots=True)
class WallTapped:
    """One of our goods was shown to a wall. `tag` is its registry id, or an HMAC under a daily key.

    `counter` is what a tag that proves itself counted; two places meeting the same one have met a clone.
    """

    wall: WallId
    reader: str
    article: ArticleId
    sku: Sku | None
    tag: str
    counter: int | None = None


@fact("list.opened")
@dataclass(frozen=True, slots=True)
class ListOpened:
    """A customer began to choose; `wall` is where, if at one."""

    list: ListId
    origin: Origin
    wall: WallId | None = None


@fact("list.added")
@dataclass(frozen=True, slots=True)
class ListAdded:
    """An article, or one variant of it, was put on a wish list."""

    list: ListId
    article: ArticleId
    sku: Sku | None


@fact("list.removed")
@dataclass(frozen=True, slots=True)
class ListRemoved:
    """It was taken off the list again."""

    list: ListId
    article: ArticleId
    sku: Sku | None


@fact("list.sent_to_till")
@dataclass(frozen=True, slots=True)
class ListSentToTill:
    """The list went to a till, to be rung up there."""

    list: ListId
    till: TillId


@fact("shelf.counted")
@dataclass(frozen=True, slots=True)
class ShelfCounted:
    """A plate's count changed by `delta` to `count`; `residual` is in thousandths of a unit.

    `delta` is 0 when only the weight it is known by moved (an item lies across two plates, slow drift).
    """

    plate: PlateId
    sku: Sku
    count: int
    delta: int
    step: Grams
    residual: int
    weight: Grams | None = None
    """What the plate weighs with `count` on it: a restart compares with it."""


@fact("shelf.unknown")
@dataclass(frozen=True, slots=True)
class ShelfUnknown:
    """Weight changed by no whole number of units: nobody knows the count until it changes back or is counted.

    `weight` and `residual` (thousandths of a unit) are the evidence.
    """

    plate: PlateId
    sku: Sku
    step: Grams
    weight: Grams | None = None
    residual: int | None = None


@fact("shelf.withdrawn")
@dataclass(frozen=True, slots=True)
class ShelfWithdrawn:
    """The plate is blind: its count is withdrawn until it sees again. A display plate has no `sku`."""

    plate: PlateId
    reason: str
    sku: Sku | None = None


@fact("shelf.restored")
@dataclass(frozen=True, slots=True)
class ShelfRestored:
    """The plate sees again (or for the first time, or a person counted it): `count` units weigh `weight`."""

    plate: PlateId
    sku: Sku
    count: int
    weight: Grams | None = None


@fact("shelf.calibrated")
@dataclass(frozen=True, slots=True)
class ShelfCalibrated:
    """A plate weighs by a new line: `zero` raw counts empty, `loaded` under `mass`; a third mass proved it.

    `reverts` names the earlier version whose points are in force again.
    """

    plate: PlateId
    version: int
    zero: int
    loaded: int
    mass: Grams
    check: int
    check_mass: Grams
    reverts: int | None = None


@fact("display.handled")
@dataclass(frozen=True, slots=True)
class DisplayHandled:
    """A display sample is `present`, was `lifted`, put `back`, or stayed `gone`: interest, never a stock change."""

    plate: PlateId
    article: ArticleId
    what: str


@fact("list.taken")
@dataclass(frozen=True, slots=True)
class ListTaken:
    """A till put a list's items into a basket."""

    list: ListId
    till: TillId
    basket: SaleId
