"""The till's verbs about cash that moves without a sale, and the X (docs/cash.md)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from edge.facts import CashFound, CashMoved, CashReceived, CashSent, CashTakenBack, NoSale, ShiftRead
from edge.pos.cash import verbs
from edge.units import Minor, MoveId, MoveKind, TillId
from edge.web.house import Json

if TYPE_CHECKING:
    from edge.web.till.call import Call

Movement = CashMoved | CashSent | CashReceived | CashTakenBack | CashFound | NoSale


class MoveBody(msgspec.Struct):
    kind: MoveKind
    amount_minor: int
    reason: str


class WhyBody(msgspec.Struct):
    reason: str


class SendBody(msgspec.Struct):
    to: str
    amount_minor: int
    reason: str


class TransferBody(msgspec.Struct):
    move: str
    amount_minor: int = 0


class FoundBody(msgspec.Struct):
    z_number: int
    amount_minor: int
    reason: str
    series: str = "A"
    to_safe: bool = False


class XBody(msgspec.Struct):
    amounts: bool = False


async def move_cash(call: "Call") -> Json:
    body = call.read(MoveBody)
    return await _moved(call, verbs.MoveCash(call.till, body.kind, Minor(body.amount_minor), body.reason))


async def no_sale(call: "Call") -> Json:
    return await _moved(call, verbs.OpenDrawer(call.till, call.read(WhyBody).reason))


async def send_cash(call: "Call") -> Json:
    body = call.read(SendBody)
    return await _moved(call, verbs.SendCash(call.till, TillId(body.to), Minor(body.amount_minor), body.reason))


async def receive_cash(call: "Call") -> Json:
    body = call.read(TransferBody)
    return await _moved(call, verbs.ReceiveCash(call.till, MoveId(body.move), Minor(body.amount_minor)))


async def take_back_cash(call: "Call") -> Json:
    return await _moved(call, verbs.TakeBackCash(call.till, MoveId(call.read(TransferBody).move)))


async def cash_found(call: "Call") -> Json:
    body = call.read(FoundBody)
    amount = Minor(body.amount_minor)
    return await _moved(call, verbs.FindCash(call.till, body.series, body.z_number, amount, body.reason, body.to_safe))


async def x_report(call: "Call") -> Json:
    facts = await call.do(verbs.ReadShift(call.till, call.read(XBody).amounts))
    return {"x": x_view(next(fact for fact in facts if isinstance(fact, ShiftRead)))}


VERBS: Mapping[str, Callable[["Call"], Awaitable[Json]]] = {
    "move-cash": move_cash,
    "no-sale": no_sale,
    "send-cash": send_cash,
    "receive-cash": receive_cash,
    "take-back-cash": take_back_cash,
    "cash-found": cash_found,
    "x-report": x_report,
}


def x_view(x: ShiftRead) -> Json:
    """An X as the pages show it."""
    view: dict[str, object] = {
        "business_date": x.business_date,
        "sales": x.sales,
        "returns": x.returns,
        "lines": x.lines,
        "voided_lines": x.voided_lines,
        "voided_baskets": x.voided_baskets,
        "drawer_kicks": x.drawer_kicks,
        "no_sales": x.no_sales,
        "open_baskets": x.open_baskets,
        "unfinished_sales": x.unfinished_sales,
        "unknown_effects": x.unknown_effects,
        "open_transfers": x.open_transfers,
        "figures": None,
    }
    if x.figures is not None:
        view["figures"] = {
            "gross_sales_minor": x.figures.gross_sales,
            "gross_returns_minor": x.figures.gross_returns,
            "float_minor": x.figures.float_amount,
            "expected_minor": x.figures.expected_cash,
            "tenders": [{"kind": t.kind, "amount_minor": t.amount, "count": t.count} for t in x.figures.tenders],
            "moves": [{"kind": m.kind, "amount_minor": m.amount, "count": m.count} for m in x.figures.moves],
        }
    return view


async def _moved(call: "Call", command: object) -> Json:
    facts = await call.do(command)
    return {"move": next(fact.move for fact in facts if isinstance(fact, Movement))}
