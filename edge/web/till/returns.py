"""The till's verbs about goods that come back (docs/returns.md)."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import msgspec

from edge.clock import stamp
from edge.errors import Refused
from edge.facts import Fact, RefundDecided, SalePaid, SaleReturned
from edge.pos.receipt.reference import Claim, is_reference, read_reference
from edge.pos.returns.due import Back, Due
from edge.pos.returns.handlers import Returning
from edge.pos.returns.limits import RIGHT
from edge.pos.returns.load import limits, must_be_sold, sale_named
from edge.pos.returns.verbs import DropRefund, Exchange, Loose, Refund, RefundLoose, RetryRefund
from edge.units import LineId, Minor, SaleId, Sku, TenderKind
from edge.web.house import Json
from edge.web.till.call import Call
from edge.web.views.returns import due_view, receipt_view

LONGEST = 2000


class ReceiptBody(msgspec.Struct):
    """A receipt's number, or what its QR says."""

    text: str


class BackBody(msgspec.Struct):
    line: int
    quantity: int
    damaged: bool = False


class LooseBody(msgspec.Struct):
    sku: str
    quantity: int
    damaged: bool = False


class DueBody(msgspec.Struct):
    """Against a receipt `sale` and `back`; without one `loose`."""

    sale: str = ""
    back: list[BackBody] = []
    loose: list[LooseBody] = []
    to: TenderKind | None = None


class RefundBody(DueBody):
    amount_minor: int = 0
    reason: str = ""
    text: str = ""
    """The QR of a genuine receipt whose sale is not on this box."""
    basket_minor: int = 0
    tendered_minor: int = 0
    buyer: str | None = None


class ReturnedBody(msgspec.Struct):
    returned: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A genuine receipt of a sale that is not on this box."""

    claim: Claim


async def find_receipt(call: Call) -> Json:
    """The sale behind a receipt, here; or what its signed QR proves when the sale is not on this box."""
    await call.session()
    text = call.read(ReceiptBody).text.strip()[:LONGEST]
    found = await call.house.journal.read(lambda db: _find(call, db, text))
    if isinstance(found, Proven):
        claim = found.claim
        return {
            "kind": "proven",
            "number": claim.number,
            "business_date": claim.business_date,
            "total_minor": claim.total,
            "text": text,
        }
    return found


async def refund_due(call: Call) -> Json:
    """What the customer would get; nothing is decided."""
    session = await call.session()
    body = call.read(DueBody)
    returning, at = Returning(call.house.shop), stamp(call.house.clock.now())

    def read(db: sqlite3.Connection) -> tuple[Due, bool]:
        if body.loose:
            return returning.worth(db, at, _loose(body)), True
        found = returning.due(db, at, must_be_sold(db, SaleId(body.sale)), _back(body), body.to)
        other = any(part.given is not part.paid for part in found.parts)
        return found, other or found.total > limits(db, call.house.shop.profile).receipt

    found, manager = await call.house.journal.read(read)
    return due_view(found, manager=manager and RIGHT not in session.rights)


async def refund(call: Call) -> Json:
    """Take goods back: against a receipt, without one, or in exchange for what is rung up."""
    await call.session()
    body = call.read(RefundBody)
    hint = call.tills.fiscal_hint(call.till)
    amount = Minor(body.amount_minor)
    if body.loose:
        claim = await _proof(call, body.text)
        proof, most = (claim.number, Minor(claim.total)) if claim else ("", Minor(0))
        command = RefundLoose(call.till, _loose(body), amount, body.reason, proof, most, hint)
        return _given(await call.do(command))
    sale = SaleId(body.sale)
    return _given(await call.do(Refund(call.till, sale, _back(body), amount, body.reason, body.to, hint)))


async def exchange(call: Call) -> Json:
    """Goods come back and what is rung up is sold, in one go."""
    await call.session()
    body = call.read(RefundBody)
    hint = call.tills.fiscal_hint(call.till)
    facts = await call.do(
        Exchange(
            call.till,
            SaleId(body.sale),
            _back(body),
            Minor(body.amount_minor),
            Minor(body.basket_minor),
            Minor(body.tendered_minor),
            body.reason,
            body.buyer,
            hint,
        )
    )
    paid = next(fact for fact in facts if isinstance(fact, SalePaid))
    return {**_given(facts), "sale": paid.sale, "payable_minor": paid.payable, "change_minor": paid.change}


async def retry_refund(call: Call) -> Json:
    await call.session()
    await call.do(RetryRefund(call.till, SaleId(call.read(ReturnedBody).returned)))
    return {}


async def drop_refund(call: Call) -> Json:
    await call.session()
    await call.do(DropRefund(call.till, SaleId(call.read(ReturnedBody).returned)))
    return {}


VERBS: Mapping[str, Callable[[Call], Awaitable[Json]]] = {
    "find-receipt": find_receipt,
    "refund-due": refund_due,
    "refund": refund,
    "exchange": exchange,
    "retry-refund": retry_refund,
    "drop-refund": drop_refund,
}


def _find(call: Call, db: sqlite3.Connection, text: str) -> Json | Proven:
    house = call.house
    claim = read_reference(text, lambda message, signature: True) if is_reference(text) else None
    number = text if claim is None else claim.number
    sale = sale_named(db, number, house.shop.store)
    if sale is not None:
        return receipt_view(db, must_be_sold(db, sale), house.config.store.language)
    if claim is None:
        raise Refused(
            f"receipt {number[:60]} is not on this box",
            hint="Check the number, or scan the QR. Of another shop: ask headquarters.",
            code="receipt-not-here",
            status=404,
        )
    if claim.total <= 0:
        raise Refused("that is the paper of a return", hint="Ask for the receipt.", code="refund-of-refund")
    return Proven(read_reference(text, house.genuine))


async def _proof(call: Call, text: str) -> Claim | None:
    """The signed claim of a receipt whose sale is not on this box; None when none was shown."""
    if not text:
        return None
    found = await call.house.journal.read(lambda db: _find(call, db, text.strip()[:LONGEST]))
    if not isinstance(found, Proven):
        raise Refused("that sale is on this box", hint="Scan its receipt again.", code="receipt-here")
    return found.claim


def _back(body: DueBody) -> tuple[Back, ...]:
    return tuple(Back(LineId(each.line), each.quantity, each.damaged) for each in body.back)


def _loose(body: DueBody) -> tuple[Loose, ...]:
    return tuple(Loose(Sku(each.sku), each.quantity, each.damaged) for each in body.loose)


def _given(facts: tuple[Fact, ...]) -> dict[str, object]:
    decided = next(fact for fact in facts if isinstance(fact, RefundDecided))
    closed = next((fact for fact in facts if isinstance(fact, SaleReturned)), None)
    return {
        "returned": decided.returned,
        "number": None if closed is None else closed.number,
        "amount_minor": sum(part.amount for part in decided.parts),
        "closed": closed is not None,
    }
