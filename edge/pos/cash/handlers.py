"""Handlers of the cash drawer: paid in and out, dropped, carried between tills, found; the drawer opened by hand."""

from collections.abc import Mapping, Sequence

from edge.approvals import Need
from edge.commands import Command, Context, Handler
from edge.effects.tables import Intent, intend
from edge.errors import Refused
from edge.facts import CashFound, CashMoved, CashReceived, CashSent, CashTakenBack, Fact, NoSale
from edge.journal.tx import Tx
from edge.pos.cash.moves import BY_HAND, MOST, because, most_out, needs_manager, payable
from edge.pos.cash.tables import Transfer, transfer_of
from edge.pos.cash.verbs import FindCash, MoveCash, OpenDrawer, ReadShift, ReceiveCash, SendCash, TakeBackCash
from edge.pos.day.handlers import takings
from edge.pos.day.xreport import read_of
from edge.pos.drawer import kick
from edge.pos.load import must_be_open
from edge.pos.shop import Shop
from edge.pos.tenders import money
from edge.units import EffectId, EffectKind, MoveId, TillId, UserId

_Z = """SELECT 1 FROM entries WHERE type = 'edge.shift.closed.v1' AND json_extract(CAST(data AS TEXT), '$.till') = ?
AND json_extract(CAST(data AS TEXT), '$.z_number') = ?
AND coalesce(json_extract(CAST(data AS TEXT), '$.series'), 'A') = ?"""


class Cashier:
    """Every movement opens the drawer through the effects machine; nothing else but a cash sale does."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {
            MoveCash: self.move,
            OpenDrawer: self.no_sale,
            SendCash: self.send,
            ReceiveCash: self.receive,
            TakeBackCash: self.take_back,
            FindCash: self.find,
            ReadShift: self.read,
        }

    def move(self, tx: Tx, command: MoveCash, context: Context) -> Sequence[Fact]:
        """A pay-out above a cashier's ceiling and money for the bank need a manager."""
        shift = must_be_open(tx, command.till)
        if command.kind not in BY_HAND:
            raise Refused("cash does not move like that", hint="Choose again.", code="bad-request", status=422)
        amount, reason = payable(command.amount_minor, self._shop.profile), because(command.reason)
        most = most_out(self._shop.profile, self._shop.most_paid_out)
        approved = None
        if needs_manager(command.kind, amount, most):
            approved = _other(context, context.demand(tx, Need("cash-office", after=money(amount, self._shop.profile))))
        move = MoveId(context.ids.new())
        fact = CashMoved(
            move, command.till, shift.id, context.actor, command.kind, amount, self._currency, reason, approved
        )
        return [fact, *self._kick(tx, command.till, move)]

    def no_sale(self, tx: Tx, command: OpenDrawer, context: Context) -> Sequence[Fact]:
        shift = must_be_open(tx, command.till)
        move, reason = MoveId(context.ids.new()), because(command.reason)
        kicked = self._kick(tx, command.till, move)
        if not kicked:
            raise Refused("this till has no drawer it can open", hint="Open it with its key.", code="no-drawer")
        return [NoSale(move, command.till, shift.id, context.actor, reason), *kicked]

    def send(self, tx: Tx, command: SendCash, context: Context) -> Sequence[Fact]:
        """Out here; an open item until it is confirmed there or taken back."""
        shift = must_be_open(tx, command.till)
        self._shop.position(command.to)
        if command.to == command.till:
            raise Refused("that is this till", hint="Choose another till.", code="bad-request", status=422)
        amount, reason = payable(command.amount_minor, self._shop.profile), because(command.reason)
        move = MoveId(context.ids.new())
        sent = CashSent(move, command.till, command.to, shift.id, context.actor, amount, self._currency, reason)
        return [sent, *self._kick(tx, command.till, move)]

    def receive(self, tx: Tx, command: ReceiveCash, context: Context) -> Sequence[Fact]:
        """In there, once, and only what was sent: a difference stays with the till that sent it."""
        shift = must_be_open(tx, command.till)
        found = _open_transfer(tx, command.move)
        if found.to != command.till:
            raise _gone()
        if command.amount_minor != found.amount:
            raise Refused(
                "that is not what was sent",
                hint="Count it again. If it still differs, give it back: the other till takes it back and counts.",
                code="transfer-differs",
            )
        received = CashReceived(
            found.move, command.till, found.sender, shift.id, context.actor, found.amount, self._currency
        )
        return [received, *self._kick(tx, command.till, f"{found.move}.in")]

    def take_back(self, tx: Tx, command: TakeBackCash, context: Context) -> Sequence[Fact]:
        shift = must_be_open(tx, command.till)
        found = _open_transfer(tx, command.move)
        if found.sender != command.till:
            raise _gone()
        back = CashTakenBack(found.move, command.till, shift.id, context.actor, found.amount, self._currency)
        return [back, *self._kick(tx, command.till, f"{found.move}.back")]

    def find(self, tx: Tx, command: FindCash, context: Context) -> Sequence[Fact]:
        """A new fact beside the Z, which never changes."""
        self._shop.position(command.till)
        if tx.db.execute(_Z, (command.till, command.z_number, command.series)).fetchone() is None:
            raise Refused(f"no Z {command.z_number} at this till", hint="Look at the list.", code="no-z", status=404)
        if not 0 < command.amount_minor <= MOST:
            raise Refused("that is no amount found", hint="Type the amount again.", code="bad-amount", status=422)
        shift = None if command.to_safe else must_be_open(tx, command.till)
        move = MoveId(context.ids.new())
        found = CashFound(
            move, command.till, context.actor, command.z_number, command.series, command.amount_minor, self._currency,
            because(command.reason), None if shift is None else shift.id,
        )  # fmt: skip
        return [found, *([] if shift is None else self._kick(tx, command.till, move))]

    def read(self, tx: Tx, command: ReadShift, context: Context) -> Sequence[Fact]:
        """An X. Amounts only for who may see a variance: before the count they would tell what is expected."""
        must_be_open(tx, command.till)
        hidden = command.amounts and self._shop.blind
        sees = _other(context, context.demand(tx, Need("variance"))) if hidden else None
        so_far = takings(tx, command.till)
        return [
            read_of(
                so_far,
                MoveId(context.ids.new()),
                context.actor,
                amounts=command.amounts,
                approved=sees,
            )
        ]

    @property
    def _currency(self) -> str:
        return self._shop.profile.currency

    def _kick(self, tx: Tx, till: TillId, subject: str) -> Sequence[Fact]:
        position = self._shop.position(till)
        if not position.drawer:
            return []
        effect = EffectId(f"drawer.{subject}")
        return [intend(tx, Intent(effect, EffectKind.DRAWER, subject, position.drawer, kick(position.pin)))]


def _other(context: Context, by: UserId) -> UserId | None:
    """Who said yes, when it was not the actor's own to say."""
    return None if by == context.actor else by


def _open_transfer(tx: Tx, move: MoveId) -> Transfer:
    found = transfer_of(tx.db, move)
    if found is None:
        raise _gone()
    return found


def _gone() -> Refused:
    return Refused("that cash is not on its way", hint="Reload the page.", code="no-transfer", status=404)
