"""The till's verbs for money that is not cash (docs/payments.md)."""

from collections.abc import Awaitable, Callable, Mapping

from edge.errors import Refused
from edge.facts import Fact, SalePaid, SlipsCounted, TenderAsked
from edge.pos.payment import verbs
from edge.pos.payment.slips import CountSlips, expected
from edge.pos.payment.slips import slips as slips_of
from edge.units import Minor, TenderId
from edge.web.house import Json
from edge.web.till.call import Call
from edge.web.till.tender_bodies import AskBody, ConfirmBody, SettleBody, SlipsBody, TenderBody


async def ask(call: Call) -> Json:
    """The terminal is told as soon as this is durable; what becomes of it is in the till's state."""
    body = call.read(AskBody)
    tills = call.tills
    facts = await call.do(
        verbs.AskTender(
            call.till, body.name, Minor(body.amount_minor), Minor(body.total_minor), body.buyer,
            tills.fiscal_hint(call.till), tills.terminal_hint(call.till, body.name),
        )
    )  # fmt: skip
    return {"tender": next(fact.tender for fact in facts if isinstance(fact, TenderAsked))}


async def confirm(call: Call) -> Json:
    body = call.read(ConfirmBody)
    return _paid(await call.do(verbs.ConfirmTender(call.till, TenderId(body.tender), body.approved, body.slip)))


async def cancel(call: Call) -> Json:
    """What the terminal has already been told, it is asked to give up; its own word decides."""
    tender = TenderId(call.read(TenderBody).tender)
    await call.do(verbs.CancelTender(call.till, tender))
    await call.tills.give_up(call.till, tender)
    return {}


async def reverse(call: Call) -> Json:
    await call.do(verbs.ReverseTender(call.till, TenderId(call.read(TenderBody).tender)))
    return {}


async def settle(call: Call) -> Json:
    """A manager, signed in or saying yes here, says what the slip says."""
    body = call.read(SettleBody)
    return _paid(await call.do(verbs.SettleTender(call.till, TenderId(body.tender), body.happened, body.slip)))


async def slips(call: Call) -> Json:
    """The slips that should be there, for whoever may count them."""
    session = await call.session()
    if "cash-up" not in session.rights:
        raise Refused(f"{session.user} may not cash-up", hint="Ask a manager.", code="not-allowed", status=403)
    found = call.house.journal.look(lambda db: slips_of(db, call.till))
    return {
        "terminals": [
            {
                "terminal": terminal,
                "count": count,
                "amount_minor": amount,
                "slips": [
                    {"name": each.name, "slip": each.number, "amount_minor": each.amount, "at": each.at,
                     "given_back": each.given_back}
                    for each in found if each.terminal == terminal
                ],
            }
            for terminal, (count, amount) in sorted(expected(found).items())
        ]
    }  # fmt: skip


async def count_slips(call: Call) -> Json:
    body = call.read(SlipsBody)
    facts = await call.do(CountSlips(call.till, tuple(body.counted), body.reason))
    counted = next(fact for fact in facts if isinstance(fact, SlipsCounted))
    return {"difference_minor": sum(each.counted - each.expected for each in counted.sums)}


VERBS: Mapping[str, Callable[[Call], Awaitable[Json]]] = {
    "ask-tender": ask,
    "confirm-tender": confirm,
    "cancel-tender": cancel,
    "reverse-tender": reverse,
    "settle-tender": settle,
    "slips": slips,
    "count-slips": count_slips,
}


def _paid(facts: tuple[Fact, ...]) -> Json:
    """What `pay` answers, when this paid the sale."""
    paid = next((fact for fact in facts if isinstance(fact, SalePaid)), None)
    return {} if paid is None else paid_view(paid)


def paid_view(paid: SalePaid) -> Json:
    """A payment as its verbs answer it."""
    return {
        "sale": paid.sale,
        "payable_minor": paid.payable,
        "tendered_minor": sum(tender.tendered for tender in paid.tenders),
        "change_minor": paid.change,
    }
