"""Pure: what a wall shows, and the list a customer fills there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from edge.errors import Refused
from edge.facts import Fact, ListAdded, ListRemoved, ListSentToTill, WallTapped
from edge.units import ArticleId, ListId, SaleId, Sku, TillId, WallId

IDLE = 45.0
"""Seconds without a touch after which a product page gives way to the attract screen."""
NOTICE = 8.0
"""Seconds a word about a tag that is not ours stays."""
MAX_ITEMS = 50


class Kind(StrEnum):
    """What a wall shows."""

    ATTRACT = "attract"
    OURS = "ours"
    NOT_OURS = "not-ours"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Screen:
    """One wall's screen. `tap` rises with everything new it shows; `since` and `touched` are monotonic seconds."""

    wall: WallId
    kind: Kind = Kind.ATTRACT
    tap: int = 0
    article: ArticleId | None = None
    sku: Sku | None = None
    words: str = ""
    hint: str = ""
    since: float = 0.0
    touched: float = 0.0


def tapped(screen: Screen, fact: WallTapped, tap: int, at: float) -> Screen:
    """One of our goods was held to the wall: its page, whatever was shown before."""
    fresh = Screen(screen.wall, Kind.OURS, max(tap, screen.tap + 1), since=at, touched=at)
    return replace(fresh, article=fact.article, sku=fact.sku)


def refused(screen: Screen, why: Refused, tap: int, at: float) -> Screen:
    """A tag that leads nowhere: say so, in words."""
    kind = Kind.UNREADABLE if why.code == "unreadable" else Kind.NOT_OURS
    fresh = Screen(screen.wall, kind, max(tap, screen.tap + 1), since=at, touched=at)
    return replace(fresh, words=why.message, hint=why.hint)


def touched(screen: Screen, at: float) -> Screen:
    """Somebody is there."""
    return replace(screen, touched=at)


def due(screen: Screen, at: float) -> float | None:
    """Seconds until the attract screen is due; None while it shows."""
    if screen.kind is Kind.ATTRACT:
        return None
    stays = IDLE if screen.kind is Kind.OURS else NOTICE
    return max(0.0, screen.touched + stays - at)


def rested(screen: Screen, at: float) -> Screen:
    """The attract screen once it is due, else the same screen."""
    return Screen(screen.wall, tap=screen.tap, since=at, touched=at) if due(screen, at) == 0.0 else screen


@dataclass(frozen=True, slots=True)
class Choice:
    """What a customer chose: an article, and the variant once a size is chosen."""

    article: ArticleId
    sku: Sku | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A customer's list. `till` is where it was sent, `basket` the one a till put it into."""

    list: ListId
    wall: WallId | None
    items: tuple[Choice, ...] = ()
    till: TillId | None = None
    basket: SaleId | None = None


def add(chosen: Chosen, choice: Choice) -> Sequence[Fact]:
    """A list holds a thing once; choosing it again changes nothing."""
    _open(chosen)
    if choice in chosen.items:
        return []
    if len(chosen.items) >= MAX_ITEMS:
        raise Refused(f"the list is full at {MAX_ITEMS}", hint="Take something off the list first.", code="list-full")
    return [ListAdded(chosen.list, choice.article, choice.sku)]


def remove(chosen: Chosen, choice: Choice) -> Sequence[Fact]:
    """Take a thing off the list."""
    _open(chosen)
    if choice not in chosen.items:
        raise Refused("that is not on the list", hint="Look at the list again.", code="not-on-list", status=404)
    return [ListRemoved(chosen.list, choice.article, choice.sku)]


def send(chosen: Chosen, till: TillId) -> Sequence[Fact]:
    """Show the list at a till; it may be filled on until the till has taken it, and sent to another."""
    _open(chosen)
    if not chosen.items:
        raise Refused("the list is empty", hint="Choose something first.", code="list-empty")
    return [] if chosen.till == till else [ListSentToTill(chosen.list, till)]


def _open(chosen: Chosen) -> None:
    if chosen.basket is not None:
        raise Refused("a till has taken this list", hint="Start a new list.", code="list-taken")
