"""The till's verbs about baskets that wait."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from edge.facts import BasketParked
from edge.pos.parking.handlers import Park, Resume, VoidParked
from edge.units import SaleId
from edge.web.house import Json

if TYPE_CHECKING:
    from edge.web.till.call import Call


class NameBody(msgspec.Struct):
    name: str = ""


class BasketBody(msgspec.Struct):
    basket: str


class GiveUpBody(msgspec.Struct):
    basket: str
    reason: str


async def park(call: "Call") -> Json:
    facts = await call.do(Park(call.till, call.read(NameBody).name))
    return {"number": next(fact.number for fact in facts if isinstance(fact, BasketParked))}


async def resume(call: "Call") -> Json:
    await call.do(Resume(call.till, SaleId(call.read(BasketBody).basket)))
    return {}


async def void_parked(call: "Call") -> Json:
    body = call.read(GiveUpBody)
    await call.do(VoidParked(call.till, SaleId(body.basket), body.reason))
    return {}


VERBS: Mapping[str, Callable[["Call"], Awaitable[Json]]] = {
    "park": park,
    "resume": resume,
    "void-parked": void_parked,
}
