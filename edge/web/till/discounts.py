"""The till's verbs about discounts (docs/screens.md)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from edge.pos.discounts.handlers import DiscountBasket, DiscountLine
from edge.units import BasisPoints, LineId, Minor
from edge.web.house import Json

if TYPE_CHECKING:
    from edge.web.till.call import Call


class DiscountBody(msgspec.Struct):
    """Neither `rate` (basis points) nor `amount_minor` takes the discount off again."""

    rate: int = 0
    amount_minor: int = 0
    reason: str = ""
    line: int | None = None


async def discount_line(call: "Call") -> Json:
    body = call.read(DiscountBody)
    line = LineId(body.line or 0)
    await call.do(DiscountLine(call.till, line, BasisPoints(body.rate), Minor(body.amount_minor), body.reason))
    return {"line": line}


async def discount_basket(call: "Call") -> Json:
    body = call.read(DiscountBody)
    await call.do(DiscountBasket(call.till, BasisPoints(body.rate), Minor(body.amount_minor), body.reason))
    return {}


VERBS: Mapping[str, Callable[["Call"], Awaitable[Json]]] = {
    "discount-line": discount_line,
    "discount-basket": discount_basket,
}
