"""The till's verbs about coupons and customers (docs/screens.md)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from edge.facts import CouponAdded, CustomerAttached, Fact, NothingChanged
from edge.pos.promotions.verbs import AttachCustomer, DropCoupon, TakeCoupon
from edge.units import CustomerId
from edge.web.house import Json
from edge.web.problem import bad_request

if TYPE_CHECKING:
    from edge.web.till.call import Call

MAX_NAME = 64


class CouponBody(msgspec.Struct):
    code: str


class CustomerBody(msgspec.Struct):
    customer: str


async def coupon(call: "Call") -> Json:
    facts = await call.do(TakeCoupon(call.till, _name(call.read(CouponBody).code)))
    return coupon_result(facts) or {}


async def drop_coupon(call: "Call") -> Json:
    await call.do(DropCoupon(call.till, _name(call.read(CouponBody).code)))
    return {}


async def attach_customer(call: "Call") -> Json:
    await call.do(AttachCustomer(call.till, CustomerId(_name(call.read(CustomerBody).customer))))
    return {}


def offered(facts: tuple[Fact, ...]) -> Json | None:
    """What a scan brought, when it was no goods: a coupon, or a customer's card (perhaps once more); None for goods."""
    if any(isinstance(fact, CustomerAttached | NothingChanged) for fact in facts):
        return {"kind": "customer"}
    return coupon_result(facts)


def coupon_result(facts: tuple[Fact, ...]) -> Json | None:
    """What a scan or a code brought, when it was a coupon."""
    found = next((fact for fact in facts if isinstance(fact, CouponAdded)), None)
    return None if found is None else {"kind": "coupon", "coupon": found.code, "name": found.name}


def _name(text: str) -> str:
    """A code or number somebody sent: short, plain, without blanks around it."""
    text = text.strip()
    if not 0 < len(text) <= MAX_NAME or not text.isascii() or not text.isprintable():
        raise bad_request("no such code")
    return text


VERBS: Mapping[str, Callable[["Call"], Awaitable[Json]]] = {
    "coupon": coupon,
    "drop-coupon": drop_coupon,
    "attach-customer": attach_customer,
}
