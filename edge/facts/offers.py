"""Promotions and coupons of a basket: what it may be given, kept as it stood when its goods were rung up."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import BasisPoints, LineId, Minor, SaleId


@dataclass(frozen=True, slots=True)
class Terms:
    """What a promotion gives. `key` is `{id}@{revision}`: another revision is another promotion.

    `kind` is `percent amount price buy-get mix bundle threshold`; of `rate`, `amount` and `price` one says what is
    given. `needs` is how many units of each part make one set: `(3,)` for *any three*, `(2, 1)` for *buy two, get one*
    and for a bundle of two and one. `floor` is the amount a threshold begins at.
    """

    key: str
    name: str
    kind: str
    exclusion: str
    priority: int
    rate: BasisPoints
    amount: Minor
    price: Minor | None
    needs: tuple[int, ...]
    floor: Minor
    times: int
    """Sets a basket (with a coupon: each coupon) may have; 0 for any number."""
    coupon: bool
    """Given only with a coupon that names it."""
    groups: tuple[str, ...]
    """Given only to customers of one of these groups; empty: to everybody."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A line belongs to part `part` of a promotion."""

    line: LineId
    key: str
    part: int


@fact("basket.promotions_kept")
@dataclass(frozen=True, slots=True)
class PromotionsKept:
    """The promotions that were in force when the basket was opened, as far as its lines fit them.

    From here on the basket is priced by its own facts: whatever becomes of the promotion, the customer gets it.
    """

    basket: SaleId
    terms: tuple[Terms, ...]
    fits: tuple[Fit, ...]


@fact("basket.coupon_added")
@dataclass(frozen=True, slots=True)
class CouponAdded:
    """The customer showed a coupon; `key` is the promotion it opens."""

    basket: SaleId
    code: str
    key: str
    name: str


@fact("basket.coupon_removed")
@dataclass(frozen=True, slots=True)
class CouponRemoved:
    """The coupon was given back unused."""

    basket: SaleId
    code: str


@fact("sale.coupon_used")
@dataclass(frozen=True, slots=True)
class CouponUsed:
    """A sale that has been paid gave what the coupon promised; a single-use coupon is worth nothing any more."""

    sale: SaleId
    code: str
    key: str
    amount: Minor
    """What all coupons of this promotion gave in this sale."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one promotion took off a line."""

    promotion: str
    name: str
    amount: Minor
