"""What the till's handlers are handed: the store, its law, and what other rooms answer."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from edge.clock import moment
from edge.countries.profile import Profile
from edge.errors import Refused
from edge.facts import Terms
from edge.units import ArticleId, CustomerId, Gtin, Minor, Sku, StoreId, TenderKind, TillId


class Item(Protocol):
    """A variant at its price, as the catalogue offers it; `name` is what the receipt prints."""

    @property
    def sku(self) -> Sku: ...
    @property
    def article(self) -> ArticleId: ...
    @property
    def name(self) -> str: ...
    @property
    def price(self) -> Minor: ...
    @property
    def currency(self) -> str: ...
    @property
    def tax_label(self) -> str: ...
    @property
    def by_weight(self) -> bool: ...


class Named(Protocol):
    """What a code names."""

    @property
    def article(self) -> ArticleId: ...
    @property
    def sku(self) -> Sku | None: ...


class Stock(Protocol):
    """One variant's numbers."""

    @property
    def on_hand(self) -> int: ...
    @property
    def held(self) -> int: ...
    @property
    def available(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """When a basket was opened: RFC 3339 in UTC, the same in the store's own zone, and the money it is priced in."""

    utc: str
    local: datetime
    currency: str


class Offer(Protocol):
    """A promotion, and as which of its parts goods serve."""

    @property
    def terms(self) -> Terms: ...
    @property
    def part(self) -> int: ...


class Coupon(Protocol):
    """A coupon headquarters has told of; `valid_until` is empty when it never ends, `uses` 0 for any number."""

    @property
    def promotion(self) -> str: ...
    @property
    def valid_from(self) -> str: ...
    @property
    def valid_until(self) -> str: ...
    @property
    def uses(self) -> int: ...


class GoodsPort(Protocol):
    """What the till asks the catalogue and the stock, inside its transaction."""

    def named(self, db: sqlite3.Connection, code: str) -> Named | None:
        """What a code names here."""

    def offer(self, db: sqlite3.Connection, sku: Sku, at: str) -> Item:
        """A variant at the price that held at `at`; Refused when it is not sold here."""

    def lowest(self, db: sqlite3.Connection, sku: Sku, since: str, at: str) -> Minor | None:
        """The lowest price that held from `since` to `at`."""

    def stock(self, db: sqlite3.Connection, sku: Sku) -> Stock | None:
        """What the record says is here."""

    def offers(
        self, db: sqlite3.Connection, sku: Sku, article: ArticleId, at: Moment, also: frozenset[str]
    ) -> Sequence[Offer]:
        """The promotions in force then that take a variant; of those only a coupon or a group opens, the ids `also`."""

    def promotion(self, db: sqlite3.Connection, name: str, at: Moment) -> Terms | None:
        """A promotion by its id, when it was in force then."""

    def coupon(self, db: sqlite3.Connection, code: str) -> Coupon | None:
        """The coupon with this code."""

    def recall(self, db: sqlite3.Connection, gtin: Gtin, lot: str | None) -> str | None:
        """Why a lot may not be sold, in the store's language (perhaps no words); None when it may."""

    def withdrawn(self, db: sqlite3.Connection, sku: Sku) -> Gtin | None:
        """The GTIN under which every piece of a variant may not be sold; None when it may."""

    def groups(self, db: sqlite3.Connection, customer: CustomerId) -> tuple[str, ...]:
        """The groups a customer belongs to."""

    def opened_to(self, db: sqlite3.Connection, groups: frozenset[str]) -> frozenset[str]:
        """Ids of the promotions that one of these groups opens."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay other than cash: `name` in facts, `label` for people, whose terminal it is and how it is reached."""

    name: str
    label: str
    kind: TenderKind
    terminal: str
    target: str
    driver: str


@dataclass(frozen=True, slots=True)
class Position:
    """One till's devices, by the names their effects go to; empty where it has none."""

    drawer: str = ""
    pin: int = 0
    fiscal: str = ""
    ways: Mapping[str, Way] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shop:
    """One store, as its tills know it."""

    store: StoreId
    profile: Profile
    zone: ZoneInfo
    goods: GoodsPort
    region: str
    first_letter: str = "A"
    positions: Mapping[TillId, Position] = field(default_factory=dict)
    blind: bool = True
    """Whether a count must not know what is expected."""
    most_paid_out: int = 0
    """What a cashier may pay out alone; 0 means the country's largest note."""
    wired: frozenset[str] = frozenset()
    """Terminals that speak for themselves; any other is spoken for by the cashier."""

    def day(self, at: str) -> date:
        """The local day of a moment."""
        return moment(at).astimezone(self.zone).date()

    def today(self, now: datetime) -> str:
        """The local date of `now`, as business dates are written."""
        return now.astimezone(UTC).astimezone(self.zone).date().isoformat()

    def position(self, till: TillId) -> Position:
        """A till's devices. Refused when this store has no such till."""
        found = self.positions.get(till)
        if found is None:
            raise Refused(
                f"no till {till} here", hint="Check the address of this page.", code="unknown-till", status=404
            )
        return found


class Choose(Refused):
    """The code names an article: which variant is for the cashier to choose."""

    def __init__(self, article: ArticleId) -> None:
        super().__init__(f"{article} comes in several", hint="Choose colour and size.", code="choose")
        self.article = article
