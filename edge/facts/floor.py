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
    list: ListId
    article: ArticleId
    sku: Sku | None


@fact("list.removed")
@dataclass(frozen=True, slots=True)
class ListRemoved:
    list: ListId
    article: ArticleId
    sku: Sku | None


@fact("list.sent_to_till")
@dataclass(frozen=True, slots=True)
class ListSentToTill:
    list: ListId
    till: TillId


@fact("shelf.counted")
@dataclass(frozen=True, slots=True)
class ShelfCounted:
    """A plate's count changed by `delta` to `count`; `residual` is in thousandths of a unit."""

    plate: PlateId
    sku: Sku
    count: int
    delta: int
    step: Grams
    residual: int


@fact("shelf.unknown")
@dataclass(frozen=True, slots=True)
class ShelfUnknown:
    """Weight changed by no whole number of units."""

    plate: PlateId
    sku: Sku
    step: Grams


@fact("shelf.withdrawn")
@dataclass(frozen=True, slots=True)
class ShelfWithdrawn:
    """The plate is blind: its count is withdrawn until it sees again."""

    plate: PlateId
    reason: str


@fact("shelf.restored")
@dataclass(frozen=True, slots=True)
class ShelfRestored:
    plate: PlateId
    sku: Sku
    count: int


@fact("display.handled")
@dataclass(frozen=True, slots=True)
class DisplayHandled:
    """A display sample was `lifted` or put `back`: interest, never a stock change."""

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
