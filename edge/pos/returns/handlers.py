"""Taking goods back: refund decided -> fiscal port -> closed, the money leaves -> paper. Durable before visible."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from edge.clock import moment, stamp
from edge.commands import Command, Context, Handler
from edge.countries.profile import ReturnDocument, TaxRate
from edge.effects.machine import State
from edge.effects.tables import Intent, intend
from edge.errors import Refused
from edge.facts import (
    Fact,
    FiscalRefused,
    FiscalReported,
    RefundDecided,
    RefundDropped,
    SaleClosed,
    SaleLine,
)
from edge.journal.tx import Tx
from edge.pos.basket import MAX_QUANTITY, words
from edge.pos.fiscal.document import decode, encode
from edge.pos.fiscal.outcome import made, not_made
from edge.pos.load import Shift, must_be_open
from edge.pos.returns.due import MAX_LINES, Back, Due, due, earlier_of, instead, loose
from edge.pos.returns.giving import Decided, Giving
from edge.pos.returns.limits import Ask, approved
from edge.pos.returns.load import decided, must_be_sold, refunds_of, sold
from edge.pos.returns.verbs import CloseRefund, DropRefund, Loose, Refund, RefundLoose, RefuseRefund, RetryRefund
from edge.pos.shop import Shop
from edge.pos.tax import tax_sums
from edge.units import EffectId, EffectKind, LineId, Minor, Origin, SaleId, TenderKind, UserId

PRICE_DAYS = 30
"""Without a receipt the lowest price of so many days is given back, or the present one when that is lower."""
_LAST = """SELECT effect, state, payload FROM effects WHERE subject = ? AND kind = 'fiscal'
ORDER BY place DESC, rowid DESC"""


class Returning:
    """Handlers from goods on the counter to money in the customer's hand."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self.giving = shop, Giving(shop)

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {
            Refund: self.refund,
            RefundLoose: self.refund_loose,
            CloseRefund: self.close,
            RefuseRefund: self.refuse,
            RetryRefund: self.retry,
            DropRefund: self.drop,
        }

    def refund(self, tx: Tx, command: Refund, context: Context) -> Sequence[Fact]:
        """Against the receipt; a total other than the one the cashier saw gives nothing back."""
        return self.giving.after(tx, self.decide(tx, command, context), context)

    def refund_loose(self, tx: Tx, command: RefundLoose, context: Context) -> Sequence[Fact]:
        """Without the sale: the lowest price of thirty days, a manager's yes, within the day's limits."""
        shift = must_be_open(tx, command.till)
        self._may_give(command.till, command.fiscal_hint)
        if not self._shop.profile.returns.without_receipt:
            raise Refused("here nothing comes back without its receipt", hint="Ask for it.", code="receipt-needed")
        found = self.worth(tx.db, stamp(tx.now), command.back)
        _same(found, command.amount_minor)
        by = approved(tx, Ask(found.total, command.proof, command.proof_minor), self._shop.profile, context)
        damaged = [LineId(n) for n, each in enumerate(command.back, 1) if each.damaged]
        made_of = self._decided(shift, found, command.reason, damaged, context)
        refund = replace(made_of, approved_by=by, proof=command.proof, original=command.proof)
        return self.giving.after(tx, Decided(refund, None, command.fiscal_hint), context)

    def decide(self, tx: Tx, command: Refund, context: Context) -> Decided:
        """What is given back for a part of a sale, decided from everything that came back before."""
        shift = must_be_open(tx, command.till)
        self._may_give(command.till, command.fiscal_hint)
        sale = must_be_sold(tx.db, command.sale)
        found = self.due(tx.db, stamp(tx.now), sale, command.back, command.to)
        _same(found, command.amount_minor)
        other = any(part.given is not part.paid for part in found.parts)
        by = approved(tx, Ask(found.total, against=True, other=other), self._shop.profile, context)
        damaged = [back.line for back in command.back if back.damaged]
        refund = replace(
            self._decided(shift, found, command.reason, damaged, context),
            sale=sale.sale,
            original=sale.number,
            origin=sale.origin,
            customer=sale.customer,
            approved_by=by,
        )
        return Decided(refund, sale, command.fiscal_hint)

    def due(
        self, db: sqlite3.Connection, at: str, sale: SaleClosed, back: Sequence[Back], to: TenderKind | None = None
    ) -> Due:
        """What is due at `at` for `back`, by the original tenders or all of it by `to`."""
        profile, day = self._shop.profile, self._shop.day(at)
        if sale.currency != profile.currency:
            raise Refused(f"that was paid in {sale.currency}", hint="Ask the office.", code="bad-tender")
        found = due(sale, earlier_of(refunds_of(db, sale.sale)), back, profile, day)
        return found if to is None else instead(found, to, profile, day)

    def worth(self, db: sqlite3.Connection, at: str, back: Sequence[Loose]) -> Due:
        """What is due for goods without a receipt, at the tax rates of `at`."""
        if not back or len(back) > MAX_LINES or len({each.sku for each in back}) != len(back):
            raise Refused("nothing was chosen", hint="Choose what comes back.", code="nothing-back", status=422)
        rated = [self._loose(db, at, LineId(number), each) for number, each in enumerate(back, 1)]
        taxes = tax_sums([(rate, line.gross) for line, rate in rated], self._shop.profile.tax_rounding)
        return loose([line for line, _ in rated], taxes, self._shop.profile, self._shop.day(at))

    def _loose(self, db: sqlite3.Connection, at: str, line: LineId, each: Loose) -> tuple[SaleLine, TaxRate]:
        if not 1 <= each.quantity <= MAX_QUANTITY:
            raise Refused("that is no quantity", hint="Check the quantity.", code="bad-quantity", status=422)
        item = self._shop.goods.offer(db, each.sku, at)
        if item.currency != self._shop.profile.currency:
            raise Refused(f"{item.name} is priced in {item.currency}", hint="Ask the office.", code="no-price")
        low = self._shop.goods.lowest(db, each.sku, stamp(moment(at) - timedelta(days=PRICE_DAYS)), at)
        price = item.price if low is None else min(low, item.price)
        rate, gross = self._shop.profile.rate(item.tax_label, self._shop.day(at)), Minor(each.quantity * price)
        what = (item.sku, item.article, item.name, each.quantity, price)
        return SaleLine(line, *what, Minor(0), gross, rate.label), rate

    def close(self, tx: Tx, command: CloseRefund, context: Context) -> Sequence[Fact]:
        """The evidence is here: the money leaves, unless the law let it leave before."""
        proof = made(tx, command.effect)
        refund, state = decided(tx.db, command.returned)
        if state != "decided":
            it = command.evidence
            return [proof, FiscalReported(refund.returned, refund.till, it.device, it.number, it.at)]
        original = None if refund.sale is None else sold(tx.db, refund.sale)
        printed = command.evidence.printed and self._shop.profile.returns.document is ReturnDocument.REFUND
        facts = self.giving.closed(tx, Decided(refund, original), replace(command.evidence, printed=printed))
        return [proof, *facts]

    def refuse(self, tx: Tx, command: RefuseRefund, context: Context) -> Sequence[Fact]:
        """The device said no: no money leaves; it may be tried again or given up."""
        facts = not_made(tx, command.effect, command.why)
        refund, _ = decided(tx.db, command.returned)
        return [*facts, FiscalRefused(refund.returned, refund.till, command.device, command.why)]

    def retry(self, tx: Tx, command: RetryRefund, context: Context) -> Sequence[Fact]:
        """Ask again for a refund that was refused; never while nobody knows what became of the last try."""
        refund, payload = self._refused(tx, command)
        target = self._shop.position(refund.till).fiscal
        effect = EffectId(context.ids.new())
        again = encode(replace(decode(payload), paid_at=stamp(tx.now)))
        return [intend(tx, Intent(effect, EffectKind.FISCAL, refund.returned, target, again))]

    def drop(self, tx: Tx, command: DropRefund, context: Context) -> Sequence[Fact]:
        """No money has left and nothing was made: the customer takes the goods home again."""
        refund, _ = self._refused(tx, command)
        _, state = decided(tx.db, command.returned)
        if state != "decided" or refund.exchange is not None:
            raise Refused("the money has left already", hint="Ask for the fiscal receipt again.", code="sale-finished")
        return [RefundDropped(refund.returned, refund.till, "the fiscal device refused it")]

    def _refused(self, tx: Tx, command: RetryRefund | DropRefund) -> tuple[RefundDecided, bytes]:
        refund, state = decided(tx.db, command.returned)
        row = tx.db.execute(_LAST, (command.returned,)).fetchone()
        if refund.till != command.till:
            raise Refused("no such return at this till", hint="Reload the page.", code="unknown-sale", status=404)
        if row is None or row[1] == State.DONE or state == "dropped":
            raise Refused("that return needs nothing more", hint="Reload the page.", code="sale-finished")
        if row[1] != State.NOT_DONE:
            raise Refused("the device is still being asked", hint="Wait a moment.", code="sale-unfinished")
        return refund, row[2]

    def _may_give(self, till: str, hint: str) -> None:
        profile = self._shop.profile
        asks = profile.returns.document in (ReturnDocument.REFUND, ReturnDocument.CASH_OUT)
        if asks and hint and not profile.fiscal.sell_without:
            raise Refused("nothing can be given back without the fiscal device", hint=hint, code="fiscal-down")

    def _decided(
        self, shift: Shift, found: Due, reason: str, damaged: Sequence[LineId], context: Context
    ) -> RefundDecided:
        reason = words(reason)
        if not reason:
            raise Refused("a return needs a reason", hint="Say why it comes back.", code="reason-needed", status=422)
        return RefundDecided(
            returned=SaleId(context.ids.new()),
            sale=None,
            original="",
            till=shift.till,
            shift=shift.id,
            user=UserId(context.actor),
            origin=Origin.STORE,
            currency=self._shop.profile.currency,
            lines=found.lines,
            taxes=found.taxes,
            total=found.total,
            rounding=found.rounding,
            parts=found.parts,
            reason=reason,
            damaged=tuple(damaged),
        )


def _same(found: Due, seen: Minor) -> None:
    if found.amount != seen:
        raise Refused("the amount has changed", hint="Look at it, then give it back again.", code="total-changed")
