"""The till's verbs about discounts (docs/screens.md): who approves one shows their PIN with it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from edge.pos.discounting import DiscountBasket, DiscountLine
from edge.pos.discounts import RIGHT
from edge.units import BasisPoints, LineId, Minor, UserId
from edge.web.house import Json
from edge.web.till_bodies import SignInBody

if TYPE_CHECKING:
    from edge.web.till_call import Call


class DiscountBody(msgspec.Struct):
    """Neither `rate` (basis points) nor `amount_minor` takes the discount off again."""

    rate: int = 0
    amount_minor: int = 0
    reason: str = ""
    line: int | None = None
    manager: SignInBody | None = None


async def discount_line(call: "Call") -> Json:
    body = call.read(DiscountBody)
    line, by = LineId(body.line or 0), await _approved(call, body)
    await call.do(DiscountLine(call.till, line, BasisPoints(body.rate), Minor(body.amount_minor), body.reason, by))
    return {"line": line}


async def discount_basket(call: "Call") -> Json:
    body = call.read(DiscountBody)
    by = await _approved(call, body)
    await call.do(DiscountBasket(call.till, BasisPoints(body.rate), Minor(body.amount_minor), body.reason, by))
    return {}


async def _approved(call: "Call", body: DiscountBody) -> UserId | None:
    """Who shows a PIN for this discount; nobody when it needs none."""
    await call.session()
    if body.manager is None:
        return None
    return await call.house.desk.approve(UserId(body.manager.user), body.manager.pin, call.till, RIGHT, call.key)


VERBS: Mapping[str, Callable[["Call"], Awaitable[Json]]] = {
    "discount-line": discount_line,
    "discount-basket": discount_basket,
}
