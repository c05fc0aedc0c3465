"""The second half of a return: the fiscal port is asked, or the money leaves under a number and the drawer opens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from edge.clock import moment, stamp
from edge.commands import Context
from edge.countries.profile import Regime
from edge.effects.tables import Intent, intend
from edge.errors import Refused
from edge.facts import Evidence, Fact, RefundDecided, SaleClosed, SaleReturned, Tender
from edge.journal.chain import MAX_ENTRY
from edge.journal.tx import Tx
from edge.pos.drawer import kick
from edge.pos.fiscal.document import encode
from edge.pos.fiscal.port import later
from edge.pos.fiscal.refund import refund_document
from edge.pos.load import counters, shift_of
from edge.pos.returns.load import approval, returns_made
from edge.pos.returns.tables import OWN
from edge.pos.series import series
from edge.pos.shop import Shop
from edge.units import EffectId, EffectKind, TenderKind


@dataclass(frozen=True, slots=True)
class Decided:
    """A refund just decided, with what its closing needs; `numbered` receipts are being issued beside it."""

    refund: RefundDecided
    original: SaleClosed | None
    fiscal_hint: str = ""
    numbered: int = 0


class Giving:
    """From a decided refund to money in the customer's hand."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def after(self, tx: Tx, made_of: Decided, context: Context) -> Sequence[Fact]:
        """What follows at once: the fiscal port is asked, or the money leaves."""
        refund, original, profile = made_of.refund, made_of.original, self._shop.profile
        for part in refund.parts:
            if part.given is not TenderKind.CASH:
                raise Refused(
                    f"{part.given} cannot be given back here",
                    hint="Give cash instead, with a manager.",
                    code="tender-cannot",
                    details={"tender": part.given, "amount_minor": part.amount},
                )
        refers_to = "" if original is None else approval(tx.db, original.sale, original.evidence)
        if original is not None and original.evidence.deadline and not refers_to:
            raise Refused(
                "that sale is still to be reported", hint="Wait until it is, then try again.", code="sale-unfinished"
            )
        at = stamp(tx.now)
        document = refund_document(refund, profile, at=at, business_date=tx.businessdate, refers_to=refers_to)
        if document is None:
            return [refund, *self.closed(tx, made_of, self._ours(at))]
        target = self._shop.position(refund.till).fiscal
        if not target:
            raise Refused("this till has no fiscal device", hint="Name it in store.toml.", code="fiscal-down")
        effect = EffectId(context.ids.new())
        asked = intend(tx, Intent(effect, EffectKind.FISCAL, refund.returned, target, encode(document)))
        if profile.fiscal.sell_without and made_of.fiscal_hint:
            return [refund, asked, *self.closed(tx, made_of, later(profile, moment(at)))]
        return [refund, asked]

    def _ours(self, at: str) -> Evidence:
        """No device is asked: our own paper, or the record the law wants kept beside the device."""
        regime = self._shop.profile.fiscal.regime
        beside = regime is Regime.DEVICE
        return Evidence("beside", at=at) if beside else Evidence(regime)

    def closed(self, tx: Tx, made_of: Decided, evidence: Evidence) -> Sequence[Fact]:
        """The return is closed under its number and the drawer opens, in this order, in one transaction."""
        refund = made_of.refund
        shift = shift_of(tx.db, refund.till)
        tx.businessdate = tx.businessdate if shift is None else shift.business_date
        number = self._number(tx, refund, made_of.numbered)
        if evidence.regime == "beside":
            evidence = replace(evidence, number=number)
        fact = SaleReturned(
            returned=refund.returned,
            sale=refund.sale,
            number=number,
            till=refund.till,
            shift=refund.shift if shift is None else shift.id,
            user=refund.user,
            origin=refund.origin,
            currency=refund.currency,
            business_date=tx.businessdate,
            lines=refund.lines,
            taxes=refund.taxes,
            total=refund.total,
            rounding=refund.rounding,
            tenders=tuple(Tender(part.given, part.amount, part.amount, part.reference) for part in refund.parts),
            evidence=evidence,
            reason=refund.reason,
            sellable=True,
            original=refund.original,
            damaged=refund.damaged,
            approved_by=refund.approved_by,
            exchange=refund.exchange,
            customer=refund.customer,
        )
        if len(msgspec.json.encode(fact)) > MAX_ENTRY:
            fact = replace(fact, evidence=replace(evidence, text=()))
        return [fact, *self._kick(tx, fact)]

    def _number(self, tx: Tx, refund: RefundDecided, numbered: int) -> str:
        letters = series(tx.db, self._shop.first_letter)
        if self._shop.profile.returns.own_numbers:
            sequence = f"{OWN}{returns_made(tx.db, refund.till, letters) + 1}"
        else:
            sequence = str(counters(tx.db, refund.till, letters)[0] + numbered + 1)
        return f"{self._shop.store}-{refund.till}{letters}-{sequence}"

    def _kick(self, tx: Tx, fact: SaleReturned) -> Sequence[Fact]:
        """The drawer opens for cash; in an exchange the sale's own payment has opened it."""
        cash = any(each.kind is TenderKind.CASH and each.amount > 0 for each in fact.tenders)
        position = self._shop.position(fact.till)
        if not cash or not position.drawer or fact.exchange or self._shop.profile.fiscal.device_kicks_drawer:
            return []
        effect = EffectId(f"drawer.{fact.returned}")
        return [intend(tx, Intent(effect, EffectKind.DRAWER, fact.returned, position.drawer, kick(position.pin)))]
