"""Taking the money: paid -> fiscal port -> closed -> paper. Durable before visible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from edge.clock import moment
from edge.commands import Command, Context, Handler
from edge.countries.buyer import BuyerNumber, declined, must_ask, read_buyer
from edge.countries.profile import Regime
from edge.effects.machine import State
from edge.effects.tables import Intent, intend
from edge.errors import Refused
from edge.facts import Evidence, Fact, FiscalRefused, FiscalReported, SaleClosed, SalePaid
from edge.journal.chain import MAX_ENTRY
from edge.journal.tx import Tx
from edge.pos.basket import BasketState
from edge.pos.drawer import kick
from edge.pos.fiscal.document import FiscalDocument, decode, encode, owed, sale_document
from edge.pos.fiscal.outcome import made, not_made
from edge.pos.fiscal.port import later
from edge.pos.load import Held, Shift, basket_of, counters, must_be_open, open_basket, paid_of
from edge.pos.payment.ledger import must_be_quiet, offers
from edge.pos.payment.tables import of_sale
from edge.pos.pricing import Priced, price
from edge.pos.promotions.reckon import coupons_used
from edge.pos.series import series
from edge.pos.shop import Position, Shop
from edge.pos.tenders import Offer, Settled, cash_in, settle
from edge.pos.training.handlers import practice_sale
from edge.pos.verbs import CloseSale, Pay, RefuseSale, RetryFiscal
from edge.units import EffectId, EffectKind, Minor, TenderKind, TillId, UserId

_UNFINISHED = "SELECT sale FROM sales WHERE till = ? AND closed_seq IS NULL ORDER BY paid_seq LIMIT 1"
_LAST = (
    "SELECT effect, state, payload FROM effects WHERE subject = ? AND kind = 'fiscal' ORDER BY place DESC, rowid DESC"
)


@dataclass(frozen=True, slots=True)
class Payment:
    """What pays a whole basket: by whom it is taken, with what, and what the fiscal port must know."""

    user: UserId
    offers: Sequence[Offer]
    buyer: str | None = None
    fiscal_hint: str = ""


@dataclass(frozen=True, slots=True)
class RungUp:
    """A basket and what it costs now: priced once a command."""

    held: Held
    priced: Priced


class Paying:
    """Handlers from the customer's money to the closed sale."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {Pay: self.pay, CloseSale: self.close, RefuseSale: self.refuse, RetryFiscal: self.retry}

    def pay(self, tx: Tx, command: Pay, context: Context) -> Sequence[Fact]:
        """The money is taken once; a total other than the one the cashier saw takes nothing.

        What the ledger holds captured counts; cash pays the rest. While nobody knows what became of a card payment,
        cash may pay all of it: what turns out to be captured after all is given back.
        """
        shift = must_be_open(tx, command.till, training=True)
        if shift.training:
            rung = self.rung_up(tx, command.till, command.total_minor)
            offered = [Offer(each.kind, each.tendered_minor) for each in command.tenders]
            return practice_sale(tx, self._shop, rung.held, rung.priced, offered, context.actor)
        self.may_sell(tx, command.till, command.fiscal_hint)
        rung = self.rung_up(tx, command.till, command.total_minor)
        if any(each.kind is not TenderKind.CASH for each in command.tenders):
            raise Refused("only cash is paid like this", hint="Ask the terminal first.", code="bad-tender", status=422)
        tenders = of_sale(tx.db, rung.held.basket.id)
        must_be_quiet(tenders)
        cash = [Offer(each.kind, each.tendered_minor) for each in command.tenders]
        payment = Payment(context.actor, (*offers(tenders), *cash), command.buyer, command.fiscal_hint)
        return self.take(tx, rung, shift, payment, context)

    def rung_up(self, tx: Tx, till: TillId, total: Minor) -> RungUp:
        """The open basket and its price. Refused when it is empty or not worth the `total` the cashier saw."""
        held = open_basket(tx.db, till)
        if held is None or not held.basket.lines:
            raise Refused("nothing is rung up", hint="Scan the first item.", code="empty-basket")
        rung = self.priced(held, tx.at)
        if rung.priced.total != total:
            raise Refused("the total has changed", hint="Look at the total, then pay again.", code="total-changed")
        return rung

    def priced(self, held: Held, at: str) -> RungUp:
        """A basket, priced at a moment."""
        return RungUp(held, self._priced(held, at))

    def take(self, tx: Tx, rung: RungUp, shift: Shift, payment: Payment, context: Context) -> Sequence[Fact]:
        """The whole payment of an open basket: paid, and what follows from it."""
        held, priced, till = rung.held, rung.priced, rung.held.basket.till
        settled = settle(priced.total, payment.offers, self._shop.profile, self._shop.day(tx.at))
        buyer = self._buyer(payment.buyer, priced.total, settled)
        paid = SalePaid(
            sale=held.basket.id,
            till=till,
            shift=shift.id,
            user=payment.user,
            total=priced.total,
            rounding=settled.rounding,
            payable=settled.payable,
            tenders=settled.tenders,
            change=settled.change,
            buyer="" if buyer is None else buyer.shown,
        )
        return [
            paid,
            *coupons_used(held.basket),
            *self._kick(tx, self._shop.position(till), paid),
            *self._after_paid(tx, held, priced, paid, buyer, payment, context),
        ]

    def close(self, tx: Tx, command: CloseSale, context: Context) -> Sequence[Fact]:
        """The evidence is here: the sale closes, unless the law let it close before."""
        proof = made(tx, command.effect)
        held = basket_of(tx.db, command.sale)
        paid, paid_at = paid_of(tx.db, command.sale)
        if held.basket.state is not BasketState.PAID:
            evidence = command.evidence
            return [proof, FiscalReported(command.sale, paid.till, evidence.device, evidence.number, evidence.at)]
        tx.businessdate = _business_date(tx, paid)
        closed = self._closed(tx, held, self._priced(held, paid_at), paid, paid_at, command.evidence)
        if len(msgspec.json.encode(closed)) > MAX_ENTRY:
            closed = replace(closed, evidence=replace(command.evidence, text=()))
        return [proof, closed]

    def refuse(self, tx: Tx, command: RefuseSale, context: Context) -> Sequence[Fact]:
        """The device said no: nothing was issued, the sale stays paid and may be tried again."""
        facts = not_made(tx, command.effect, command.why)
        paid, _ = paid_of(tx.db, command.sale)
        return [*facts, FiscalRefused(command.sale, paid.till, command.device, command.why)]

    def retry(self, tx: Tx, command: RetryFiscal, context: Context) -> Sequence[Fact]:
        """Ask again for a receipt that was refused; never while nobody knows what became of the last try."""
        row = tx.db.execute(_LAST, (command.sale,)).fetchone()
        held = basket_of(tx.db, command.sale)
        if held.basket.till != command.till:
            raise Refused("no such sale at this till", hint="Reload the page.", code="unknown-sale", status=404)
        if row is None or row[1] == State.DONE or held.basket.state not in (BasketState.PAID, BasketState.CLOSED):
            raise Refused("that sale needs no receipt", hint="Reload the page.", code="sale-finished")
        if row[1] != State.NOT_DONE:
            raise Refused("the device is still being asked", hint="Wait a moment.", code="sale-unfinished")
        paid, _ = paid_of(tx.db, command.sale)
        return [self._intend(tx, paid, decode(row[2]), context)]

    def may_sell(self, tx: Tx, till: TillId, fiscal_hint: str) -> None:
        """Refused before any money is taken, where nothing may be sold without the fiscal device."""
        fiscal = self._shop.profile.fiscal
        if fiscal.sell_without or fiscal.regime is Regime.NONE:
            return
        if fiscal_hint:
            raise Refused("nothing may be sold without the fiscal device", hint=fiscal_hint, code="fiscal-down")
        if tx.db.execute(_UNFINISHED, (till,)).fetchone():
            raise Refused(
                "the last sale has no fiscal receipt yet", hint="Ask for it again first.", code="sale-unfinished"
            )

    def check_buyer(self, text: str) -> None:
        """Refused when `text` is no buyer's number here."""
        read_buyer(self._shop.profile, text)

    def _buyer(self, text: str | None, total: Minor, settled: Settled) -> BuyerNumber | None:
        """The number given; None when there is none. Refused when the law wants the question and nobody asked it."""
        profile = self._shop.profile
        if text:
            return read_buyer(profile, text)
        if not must_ask(profile, total, cash_in(settled.tenders)):
            return None
        if text is None:
            raise Refused(
                "the customer's number is needed", hint="Ask for it, or say none.", code="buyer-needed", status=422
            )
        return declined(profile)

    def _kick(self, tx: Tx, position: Position, paid: SalePaid) -> Sequence[Fact]:
        cash = any(each.kind is TenderKind.CASH for each in paid.tenders)
        if not cash or not position.drawer or self._shop.profile.fiscal.device_kicks_drawer:
            return []
        effect = EffectId(f"drawer.{paid.sale}")
        return [intend(tx, Intent(effect, EffectKind.DRAWER, paid.sale, position.drawer, kick(position.pin)))]

    def _after_paid(
        self,
        tx: Tx,
        held: Held,
        priced: Priced,
        paid: SalePaid,
        buyer: BuyerNumber | None,
        payment: Payment,
        context: Context,
    ) -> Sequence[Fact]:
        profile, at = self._shop.profile, tx.at
        if profile.fiscal.regime is Regime.NONE:
            return [self._closed(tx, held, priced, paid, at, Evidence(Regime.NONE))]
        document = sale_document(priced, paid, profile, paid_at=at, business_date=tx.businessdate, buyer=buyer)
        if not owed(document, profile):
            return [self._closed(tx, held, priced, paid, at, Evidence(profile.fiscal.regime))]
        asked = self._intend(tx, paid, document, context)
        if not (profile.fiscal.sell_without and payment.fiscal_hint):
            return [asked]
        return [asked, self._closed(tx, held, priced, paid, at, later(profile, moment(at)))]

    def _intend(self, tx: Tx, paid: SalePaid, document: FiscalDocument, context: Context) -> Fact:
        target = self._shop.position(paid.till).fiscal
        if not target:
            raise Refused("this till has no fiscal device", hint="Name it in store.toml.", code="fiscal-down")
        effect = EffectId(context.ids.new())
        return intend(tx, Intent(effect, EffectKind.FISCAL, paid.sale, target, encode(document)))

    def _closed(
        self, tx: Tx, held: Held, priced: Priced, paid: SalePaid, paid_at: str, evidence: Evidence
    ) -> SaleClosed:
        letters = series(tx.db, self._shop.first_letter)
        receipts, _ = counters(tx.db, paid.till, letters)
        return SaleClosed(
            sale=paid.sale,
            number=f"{self._shop.store}-{paid.till}{letters}-{receipts + 1}",
            till=paid.till,
            shift=paid.shift,
            user=paid.user,
            origin=held.basket.origin,
            country=self._shop.profile.country,
            currency=self._shop.profile.currency,
            business_date=tx.businessdate,
            opened_at=held.opened_at,
            paid_at=paid_at,
            lines=priced.lines,
            taxes=priced.taxes,
            total=priced.total,
            rounding=paid.rounding,
            payable=paid.payable,
            tenders=paid.tenders,
            change=paid.change,
            evidence=evidence,
            price_version=held.basket.price_version,
            buyer=paid.buyer,
            customer=held.basket.customer,
            opened_by=held.basket.user,
        )

    def _priced(self, held: Held, paid_at: str) -> Priced:
        return price(held.basket, self._shop.profile, self._shop.day(paid_at))


def _business_date(tx: Tx, paid: SalePaid) -> str:
    row = tx.db.execute("SELECT business_date FROM shifts WHERE shift = ?", (paid.shift,)).fetchone()
    return str(row[0])
