"""What headquarters says of promotions, coupons and who belongs to which group of customers (pure).

A promotion is one kind of arithmetic over parts of the range:

| kind        | parts                       | gives                                                       |
|-------------|-----------------------------|-------------------------------------------------------------|
| `percent`   | one                         | `rate` off each unit                                        |
| `amount`    | one                         | `amount` off each unit                                      |
| `price`     | one                         | each unit for `price`                                       |
| `buy-get`   | one; `buy` and `get`        | `rate` (or `amount`, `price`) on the `get` cheapest of each `buy + get` |
| `mix`       | one; `count`                | any `count` units for `price`, or `rate` or `amount` off    |
| `bundle`    | two to six with `quantity`  | that many of each for `price`, or `rate` or `amount` off    |
| `threshold` | one, or two with the gift   | from `floor` on, off all of part one, or off one of part two |

A promotion that does not fit this is refused whole.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from edge.feedshapes import Amount, Short, Stamp, Texts, Word

Several = Annotated[tuple[Word, ...], Meta(max_length=5_000)]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z|^\Z")]
Few = Annotated[int, Meta(ge=1, le=99)]
GIFT_PARTS = 2
MOST_PARTS = 6
MOST_TOGETHER = 99


class PromotionKind(StrEnum):
    """The arithmetic of a promotion."""

    PERCENT = "percent"
    AMOUNT = "amount"
    PRICE = "price"
    BUY_GET = "buy-get"
    MIX = "mix"
    BUNDLE = "bundle"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True)
class Part:
    """Goods by SKU, article or category, or everything; `quantity` of them make this part of a bundle."""

    skus: Several = ()
    articles: Several = ()
    categories: Annotated[tuple[Short, ...], Meta(max_length=500)] = ()
    everything: bool = False
    quantity: Few = 1

    def __post_init__(self) -> None:
        if bool(self.skus or self.articles or self.categories) == self.everything:
            raise ValueError("a part names goods, or is everything")


@dataclass(frozen=True, slots=True)
class PromotionValue:
    """In force for baskets opened from `valid_from` until before `valid_until`, on `days` from `begins` to `ends`.

    Days (1 is Monday) and hours are the store's own; an `ends` before `begins` is in the next morning, which counts as
    the day it belongs to. Of one `exclusion` group a unit joins at most one promotion. `times` is how many sets a
    basket (with `coupon`: each coupon) may have, 0 for any number; `groups` the customers it is for, empty for all.
    """

    id: Word
    name: Texts
    kind: PromotionKind
    parts: Annotated[tuple[Part, ...], Meta(min_length=1, max_length=MOST_PARTS)]
    valid_from: Stamp
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
    rate: Annotated[int, Meta(ge=0, le=10_000)] = 0
    amount: Amount = 0
    price: Amount | None = None
    buy: Annotated[int, Meta(ge=0, le=MOST_TOGETHER)] = 0
    get: Annotated[int, Meta(ge=0, le=MOST_TOGETHER)] = 0
    count: Annotated[int, Meta(ge=0, le=MOST_TOGETHER)] = 0
    floor: Amount = 0
    valid_until: Stamp | None = None
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=7)] = ()
    begins: Clock = ""
    ends: Clock = ""
    exclusion: Word = "goods"
    priority: Annotated[int, Meta(ge=-1_000, le=1_000)] = 0
    times: Annotated[int, Meta(ge=0, le=9_999)] = 0
    groups: Annotated[tuple[Word, ...], Meta(max_length=50)] = ()
    coupon: bool = False

    def __post_init__(self) -> None:
        wrong = next((words for words, true in _rules(self) if not true), "")
        if wrong:
            raise ValueError(f"promotion {self.id}: {wrong}")

    @property
    def needs(self) -> tuple[int, ...]:
        """How many units of each part make one set."""
        match self.kind:
            case PromotionKind.BUY_GET:
                return (self.buy, self.get)
            case PromotionKind.MIX:
                return (self.count,)
            case PromotionKind.BUNDLE:
                return tuple(part.quantity for part in self.parts)
            case _:
                return tuple(1 for _ in self.parts)


def _rules(of: PromotionValue) -> tuple[tuple[str, bool], ...]:
    kind, gives = of.kind, (of.rate > 0) + (of.amount > 0) + (of.price is not None)
    parts = {PromotionKind.BUNDLE: range(2, MOST_PARTS + 1), PromotionKind.THRESHOLD: range(1, GIFT_PARTS + 1)}
    return (
        ("it has no name", bool(of.name)),
        ("it gives exactly one of rate, amount and price", gives == 1),
        ("percent gives a rate", kind is not PromotionKind.PERCENT or of.rate > 0),
        ("amount gives an amount", kind is not PromotionKind.AMOUNT or of.amount > 0),
        ("price gives a price", kind is not PromotionKind.PRICE or of.price is not None),
        ("that many parts make no such promotion", len(of.parts) in parts.get(kind, range(1, 2))),
        ("buy-get needs buy and get, others neither", (kind is PromotionKind.BUY_GET) == (of.buy > 0 and of.get > 0)),
        ("buy and get go together", (of.buy > 0) == (of.get > 0)),
        ("mix needs a count, others none", (kind is PromotionKind.MIX) == (of.count > 0)),
        ("threshold needs a floor, others none", (kind is PromotionKind.THRESHOLD) == (of.floor > 0)),
        ("a threshold sets no price", kind is not PromotionKind.THRESHOLD or len(of.parts) > 1 or of.price is None),
        ("too many units together", sum(of.needs) <= MOST_TOGETHER),
        ("it ends before it begins", of.valid_until is None or of.valid_until > of.valid_from),
        ("begins and ends go together", bool(of.begins) == bool(of.ends)),
    )


@dataclass(frozen=True, slots=True)
class CouponValue:
    """What a customer's coupon says: it opens `promotion` for a basket, `uses` times in a store (0: any number)."""

    code: Word
    promotion: Word
    valid_from: Stamp
    valid_until: Stamp | None = None
    uses: Annotated[int, Meta(ge=0, le=10**6)] = 1


@dataclass(frozen=True, slots=True)
class MemberValue:
    """The groups a customer belongs to, by their opaque number."""

    customer: Word
    groups: Annotated[tuple[Word, ...], Meta(max_length=50)] = field(default=())
