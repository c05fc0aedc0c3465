"""`POST /api/v1/tills/{till}/{verb}`: one verb, one command, one answer (docs/screens.md)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from fastapi import Request, Response

from edge.errors import Refused
from edge.facts import (
    CashCounted,
    Fact,
    LineAdded,
    LineVoided,
    QuantityChanged,
    SaleClosed,
    SalePaid,
    ShiftClosed,
    ShiftOpened,
)
from edge.pos import verbs
from edge.pos.day.handlers import BLIND_COUNTS
from edge.pos.load import shift_of
from edge.pos.shop import Choose
from edge.tasks.handlers import SettleTask
from edge.units import EffectId, LineId, ListId, Minor, SaleId, Sku, TaskId, TillId
from edge.web.asking import key, language, limited
from edge.web.house import House, Json
from edge.web.problem import answer
from edge.web.till import cash as cash_api
from edge.web.till import discounts as till_discounts
from edge.web.till import offers as till_offers
from edge.web.till import parking as till_parking
from edge.web.till import tenders as tender_api
from edge.web.till import training as till_training
from edge.web.till.bodies import (
    AddBody,
    CloseBody,
    CountBody,
    FloatBody,
    LineBody,
    ListBody,
    PaperBody,
    PayBody,
    QuantityBody,
    ReasonBody,
    SaleBody,
    ScanBody,
    TaskBody,
)
from edge.web.till.call import Call
from edge.web.till.people import VERBS as PEOPLE
from edge.web.till.returns import VERBS as RETURNS
from edge.web.till.tills import Tills

MAX_BODY = 64 * 1024
F = TypeVar("F", bound=Fact)


async def open_shift(call: Call) -> Json:
    facts = await call.do(verbs.OpenShift(call.till, Minor(call.read(FloatBody).float_minor)))
    return {"shift": _one(facts, ShiftOpened).shift}


async def scan(call: Call) -> Json:
    body = call.read(ScanBody)
    try:
        with call.house.metrics.scan():
            facts = await call.do(verbs.Scan(call.till, body.code, body.quantity))
    except Choose as choose:
        return {"kind": "choose", "article": choose.article}
    return till_offers.offered(facts) or {"kind": "line", "line": _line(facts)}


async def add(call: Call) -> Json:
    body = call.read(AddBody)
    facts = await call.do(verbs.Add(call.till, Sku(body.sku), body.quantity, body.override_hold))
    return {"line": _line(facts)}


async def set_quantity(call: Call) -> Json:
    body = call.read(QuantityBody)
    await call.do(verbs.SetQuantity(call.till, LineId(body.line), body.quantity, body.override_hold))
    return {"line": body.line}


async def void_line(call: Call) -> Json:
    facts = await call.do(verbs.VoidLine(call.till, LineId(call.read(LineBody).line)))
    return {"line": _one(facts, LineVoided).line}


async def void_basket(call: Call) -> Json:
    await call.do(verbs.VoidBasket(call.till, call.read(ReasonBody).reason))
    return {}


async def pay(call: Call) -> Json:
    body = call.read(PayBody)
    offered = tuple(verbs.Offered(tender.kind, Minor(tender.tendered_minor)) for tender in body.tenders)
    hint = call.tills.fiscal_hint(call.till)
    facts = await call.do(verbs.Pay(call.till, offered, Minor(body.total_minor), body.buyer, hint))
    practice = next((fact for fact in facts if isinstance(fact, SaleClosed) and fact.training), None)
    if practice is not None:
        return till_training.practice_view(practice)
    return tender_api.paid_view(_one(facts, SalePaid))


async def settle_paper(call: Call) -> Json:
    body = call.read(PaperBody)
    await call.do(verbs.SettlePaper(call.till, EffectId(body.effect), body.came_out))
    return {}


async def settle_task(call: Call) -> Json:
    await call.do(SettleTask(TaskId(call.read(TaskBody).task)))
    return {}


async def retry_fiscal(call: Call) -> Json:
    await call.do(verbs.RetryFiscal(call.till, SaleId(call.read(SaleBody).sale)))
    return {}


async def take_list(call: Call) -> Json:
    wanted = ListId(call.read(ListBody).list)
    skus, choose = await call.tills.list_items(wanted)
    facts = await call.do(verbs.TakeList(call.till, wanted, skus))
    lines = [fact.line for fact in facts if isinstance(fact, LineAdded | QuantityChanged)]
    return {"lines": lines, "choose": choose}


async def count(call: Call) -> Json:
    facts = await call.do(verbs.Count(call.till, tuple(call.read(CountBody).pieces)))
    counted = _one(facts, CashCounted)
    shift = await call.house.journal.read(lambda db: shift_of(db, call.till))
    agrees = shift is not None and shift.counted == shift.expected
    recount = shift is not None and not agrees and shift.counts < BLIND_COUNTS
    return {"total_minor": counted.total, "agrees": agrees, "recount": recount}


async def variance(call: Call) -> Json:
    await call.do(verbs.SeeVariance(call.till))
    return await call.tills.variance(call.till)


async def close_shift(call: Call) -> Json:
    body = call.read(CloseBody)
    facts = await call.do(verbs.CloseShift(call.till, body.reason, body.keep_parked, body.keep_returns))
    return {"z": z_view(_one(facts, ShiftClosed))}


VERBS: Mapping[str, Callable[[Call], Awaitable[Json]]] = {
    **PEOPLE,
    "open-shift": open_shift,
    "scan": scan,
    "add": add,
    "set-quantity": set_quantity,
    "void-line": void_line,
    "void-basket": void_basket,
    "pay": pay,
    "settle-paper": settle_paper,
    "retry-fiscal": retry_fiscal,
    "settle-task": settle_task,
    "take-list": take_list,
    "count": count,
    "variance": variance,
    "close-shift": close_shift,
    **till_parking.VERBS,
    **till_training.VERBS,
    **till_discounts.VERBS,
    **cash_api.VERBS,
    **RETURNS,
    **tender_api.VERBS,
    **till_offers.VERBS,
}


async def post(request: Request, house: House, tills: Tills) -> Response:
    """Do one verb and answer with its result and the till's state."""
    till = TillId(request.path_params["till"])
    house.shop.position(till)
    verb = VERBS.get(request.path_params["verb"])
    if verb is None:
        raise Refused(
            f"a till cannot {request.path_params['verb']}",
            hint="Check the address; docs/openapi.json lists every one.",
            code="unknown-verb",
            status=404,
        )
    body = await limited(request, MAX_BODY)
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    call = Call(house, tills, till, key(request, "till"), body, token)
    result = await verb(call)
    return answer({"result": result, "state": await tills.state(till, language(request, house))})


def z_view(z: ShiftClosed) -> Json:
    """A Z as the pages show it."""
    return {
        "z_number": z.z_number,
        "business_date": z.business_date,
        "sales": z.sales,
        "returns": z.returns,
        "gross_sales_minor": z.gross_sales,
        "gross_returns_minor": z.gross_returns,
        "taxes": [
            {"label": t.label, "rate": t.rate, "net_minor": t.net, "tax_minor": t.tax, "gross_minor": t.gross}
            for t in z.taxes
        ],
        "tenders": [{"kind": t.kind, "amount_minor": t.amount, "count": t.count} for t in z.tenders],
        "moves": [{"kind": m.kind, "amount_minor": m.amount, "count": m.count} for m in z.moves],
        "no_sales": z.no_sales,
        "open_baskets": z.open_baskets,
        "unfinished_sales": z.unfinished_sales,
        "unknown_effects": z.unknown_effects,
        "open_transfers": z.open_transfers,
        "rounding_minor": z.rounding,
        "float_minor": z.float_amount,
        "expected_minor": z.expected_cash,
        "counted_minor": z.counted_cash,
        "variance_minor": z.variance,
        "reason": z.reason,
    }


def _one(facts: tuple[Fact, ...], kind: type[F]) -> F:
    return next(fact for fact in facts if isinstance(fact, kind))


def _line(facts: tuple[Fact, ...]) -> int:
    return next(int(fact.line) for fact in facts if isinstance(fact, LineAdded | QuantityChanged))
