"""Commands about coupons and customers."""

from dataclasses import dataclass
from typing import ClassVar

from edge.units import CustomerId, TillId


@dataclass(frozen=True, slots=True)
class TakeCoupon:
    """The customer shows a coupon; its code was scanned or typed."""

    right: ClassVar[str] = "sell"
    till: TillId
    code: str


@dataclass(frozen=True, slots=True)
class DropCoupon:
    """The customer keeps the coupon for another day."""

    right: ClassVar[str] = "sell"
    till: TillId
    code: str


@dataclass(frozen=True, slots=True)
class AttachCustomer:
    """The customer said who they are, by their opaque number."""

    right: ClassVar[str] = "sell"
    till: TillId
    customer: CustomerId
