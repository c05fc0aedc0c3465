"""Taking and giving back what is not cash: inside the writer's transaction, load, decide, give the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.approvals import Need
from edge.commands import Command, Context, Handler
from edge.effects.machine import Event, State
from edge.effects.tables import Intent, drop, finish, intend, move, state_of
from edge.effects.tables import settle as settle_effect
from edge.errors import Refused
from edge.facts import (
    Fact,
    TenderAsked,
    TenderCaptured,
    TenderDeclined,
    TenderKept,
    TenderReversed,
    TenderReversing,
    TenderSent,
    TenderSettled,
)
from edge.journal.tx import Tx
from edge.pos.basket import BasketState
from edge.pos.load import basket_of, must_be_open, shift_of
from edge.pos.paying import Paying, Payment
from edge.pos.payment.errand import MANUAL, Errand, decode, encode
from edge.pos.payment.ledger import NOBODY_KNOWS, Standing, Tendered, captured, may_ask, offers, slip_number
from edge.pos.payment.tables import at_terminal, by_effect, by_id, of_sale
from edge.pos.payment.verbs import (
    AskTender,
    CancelTender,
    ConfirmTender,
    ReverseTender,
    SendTender,
    SettleTender,
    TellTender,
)
from edge.pos.shop import Shop, Way
from edge.pos.tenders import money
from edge.units import EffectId, EffectKind, TenderId, TillId

_PAYLOAD = "SELECT payload FROM effects WHERE effect = ?"
_CHARGES = frozenset({Standing.ASKED, Standing.UNKNOWN})
_OPEN = frozenset({Standing.ASKED, Standing.REVERSING}) | NOBODY_KNOWS


class Taking:
    """Handlers of the ledger of tenders. A capture that pays the basket in full pays it in the same transaction."""

    def __init__(self, shop: Shop, paying: Paying) -> None:
        self._shop, self._paying = shop, paying

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {
            AskTender: self.ask,
            ConfirmTender: self.confirm,
            CancelTender: self.cancel,
            ReverseTender: self.reverse,
            SettleTender: self.settle,
            SendTender: self.send,
            TellTender: self.tell,
        }

    def ask(self, tx: Tx, command: AskTender, context: Context) -> Sequence[Fact]:
        """The intent: durable before the terminal hears of it."""
        shift = must_be_open(tx, command.till)
        way = self._way(command.till, command.name)
        self._paying.may_sell(tx, command.till, command.fiscal_hint)
        rung = self._paying.rung_up(tx, command.till, command.total_minor)
        held, priced = rung.held, rung.priced
        mine = of_sale(tx.db, held.basket.id)
        may_ask(priced.total, command.amount_minor, mine, at_terminal(tx.db, command.till, way.terminal))
        if way.driver != MANUAL and command.terminal_hint:
            raise Refused("the card terminal does not answer", hint=command.terminal_hint, code="terminal-down")
        if command.buyer:
            self._paying.check_buyer(command.buyer)
        tender, currency = TenderId(context.ids.new()), self._shop.profile.currency
        errand = Errand("charge", command.amount_minor, currency, way.driver, buyer=command.buyer)
        asked = TenderAsked(
            tender, held.basket.id, command.till, shift.id, context.actor, way.kind, way.name, command.amount_minor,
            way.terminal,
        )  # fmt: skip
        intent = Intent(EffectId(tender), EffectKind.CARD, held.basket.id, way.target, encode(errand))
        return [asked, intend(tx, intent)]

    def confirm(self, tx: Tx, command: ConfirmTender, context: Context) -> Sequence[Fact]:
        """The cashier is the wire."""
        found = self._mine(tx, command.till, command.tender)
        if found.terminal in self._shop.wired:
            raise Refused("that terminal speaks for itself", hint="Look at its display.", code="tender-open")
        if found.state not in _OPEN:
            raise _over()
        told = TellTender(found.effect, command.approved, slip_number(command.slip) if command.approved else "")
        return self._came(tx, found, replace(told, why="" if command.approved else "declined"), by=context)

    def cancel(self, tx: Tx, command: CancelTender, context: Context) -> Sequence[Fact]:
        """What has not left is dropped; anything else is for the terminal to say, so nothing follows here."""
        found = self._mine(tx, command.till, command.tender)
        if found.state not in _OPEN:
            raise _over()
        if state_of(tx, found.effect) is not State.INTENDED:
            return []
        return self._came(tx, found, TellTender(found.effect, happened=False, why="cancelled"), by=context)

    def reverse(self, tx: Tx, command: ReverseTender, context: Context) -> Sequence[Fact]:
        """Money that no paid sale counts goes back where it came from."""
        found = self._mine(tx, command.till, command.tender)
        if found.state is not Standing.CAPTURED or found.used:
            raise _over()
        way = self._way_to(found)
        if at_terminal(tx.db, command.till, found.terminal):
            raise Refused("the terminal is being asked", hint="Finish at the terminal first.", code="tender-open")
        self._businessdate(tx, command.till)
        errand = Errand("reverse", found.amount, self._shop.profile.currency, way.driver, found.slip, found.trace)
        effect = EffectId(context.ids.new())
        asked = intend(tx, Intent(effect, EffectKind.CARD, found.sale, way.target, encode(errand)))
        return [TenderReversing(found.tender, found.sale, found.till, context.actor, effect), asked]

    def settle(self, tx: Tx, command: SettleTender, context: Context) -> Sequence[Fact]:
        """A manager read the slip: the only way out when the terminal cannot say."""
        found = self._mine(tx, command.till, command.tender)
        if found.state not in NOBODY_KNOWS:
            raise _over()
        amount = money(found.amount, self._shop.profile)
        by = context.demand(tx, Need("settle", after=amount))
        slip = slip_number(command.slip) if command.happened else command.slip.strip()[:40]
        told = TellTender(found.effect, command.happened, slip, why="" if command.happened else "settled by a manager")
        said = TenderSettled(found.tender, found.till, found.effect, command.happened, slip, by)
        return [said, *self._came(tx, found, told, by=context)]

    def send(self, tx: Tx, command: SendTender, context: Context) -> Sequence[Fact]:
        """Now the terminal is told."""
        found = by_effect(tx.db, command.effect)
        move(tx, command.effect, Event.SEND)
        return [] if found is None else [TenderSent(found.tender, found.till, command.effect, command.trace)]

    def tell(self, tx: Tx, command: TellTender, context: Context) -> Sequence[Fact]:
        """The terminal's word, which may come after a manager's: then the first one stands."""
        found = by_effect(tx.db, command.effect)
        if found is None or found.effect != command.effect or found.state not in _OPEN:
            raise _over()
        return self._came(tx, found, command, by=context)

    def _came(self, tx: Tx, found: Tendered, told: TellTender, *, by: Context) -> Sequence[Fact]:
        """What follows from knowing: the effect ends, the tender moves on, and a basket paid in full is paid."""
        self._businessdate(tx, found.till)
        errand = self._errand(tx, found.effect)
        ended = _ended(tx, found.effect, told, str(by.actor))
        where = (found.tender, found.sale, found.till)
        if found.state not in _CHARGES:
            if not told.happened:
                return [*ended, TenderKept(*where, told.why)]
            back = TenderReversed(*where, found.kind, found.name, found.terminal, found.amount, told.slip)
            return [*ended, back]
        if not told.happened:
            return [*ended, TenderDeclined(*where, told.why)]
        taken = TenderCaptured(
            *where, found.kind, found.name, found.terminal, found.amount, told.slip, told.trace, told.card, told.at
        )
        now = replace(found, state=Standing.CAPTURED, slip=told.slip)
        return [*ended, taken, *self._paid(tx, now, errand, by)]

    def _paid(self, tx: Tx, now: Tendered, errand: Errand | None, context: Context) -> Sequence[Fact]:
        """The payment, when this was the last missing part. A capture is recorded whatever stops the payment."""
        held, shift = basket_of(tx.db, now.sale), shift_of(tx.db, now.till)
        if shift is None or held.basket.state is not BasketState.OPEN:
            return []
        mine = [now if each.tender == now.tender else each for each in of_sale(tx.db, now.sale)]
        rung = self._paying.priced(held, tx.at)
        if captured(mine) != rung.priced.total:
            return []
        tx.db.execute("SAVEPOINT paid")
        try:
            payment = Payment(now.user, tuple(offers(mine)), None if errand is None else errand.buyer)
            facts = self._paying.take(tx, rung, shift, payment, context)
        except Refused:
            tx.db.execute("ROLLBACK TO paid")
            facts = []
        tx.db.execute("RELEASE paid")
        return facts

    def _way(self, till: TillId, name: str) -> Way:
        way = self._shop.position(till).ways.get(name)
        if way is None:
            raise Refused(
                f"{name} is not taken here", hint="Choose another way to pay.", code="unknown-way", status=404
            )
        return way

    def _way_to(self, found: Tendered) -> Way:
        ways = self._shop.position(found.till).ways.values()
        way = next((each for each in ways if each.terminal == found.terminal), None)
        if way is None:
            raise Refused(
                f"terminal {found.terminal} is not here any more", hint="Name it in store.toml.", code="terminal-down"
            )
        return way

    def _mine(self, tx: Tx, till: TillId, tender: TenderId) -> Tendered:
        self._shop.position(till)
        found = by_id(tx.db, tender)
        if found is None or found.till != till:
            raise Refused("no such payment at this till", hint="Reload the page.", code="unknown-tender", status=404)
        return found

    def _errand(self, tx: Tx, effect: EffectId) -> Errand | None:
        row = tx.db.execute(_PAYLOAD, (effect,)).fetchone()
        return decode(row[0]) if row and row[0] else None

    def _businessdate(self, tx: Tx, till: TillId) -> None:
        shift = shift_of(tx.db, till)
        if shift is not None:
            tx.businessdate = shift.business_date


def _ended(tx: Tx, effect: EffectId, told: TellTender, by: str) -> Sequence[Fact]:
    """The effect's own end, from wherever it stands."""
    state = state_of(tx, effect)
    if state is State.UNKNOWN:
        return [settle_effect(tx, effect, happened=told.happened, by=by)]
    if state is State.INTENDED and not told.happened:
        return [drop(tx, effect, told.why)]
    if state is State.INTENDED:
        move(tx, effect, Event.SEND)
    if told.happened:
        return [finish(tx, effect, proven=bool(told.trace))]
    move(tx, effect, Event.REFUSE, why=told.why)
    return []


def _over() -> Refused:
    return Refused("that payment is settled already", hint="Reload the page.", code="effect-state")
