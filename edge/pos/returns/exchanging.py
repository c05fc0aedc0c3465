"""An exchange: goods come back and others are sold in one transaction; only the difference changes hands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, SaleClosed
from edge.journal.tx import Tx
from edge.pos.load import open_basket
from edge.pos.paying import Paying
from edge.pos.returns.handlers import Returning
from edge.pos.returns.verbs import Exchange, Refund
from edge.pos.shop import Shop
from edge.pos.verbs import Offered, Pay
from edge.units import Minor, TenderKind


class Exchanging:
    """One handler over two others: what comes back is decided, its money pays the open basket."""

    def __init__(self, shop: Shop) -> None:
        self._returning, self._paying = Returning(shop), Paying(shop)

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {Exchange: self.exchange}

    def exchange(self, tx: Tx, command: Exchange, context: Context) -> Sequence[Fact]:
        """The customer adds `tendered_minor` to what comes back; what is over the basket's price is the change."""
        held = open_basket(tx.db, command.till)
        if held is None or not held.basket.lines:
            raise Refused("nothing is rung up", hint="Scan the first item.", code="empty-basket")
        back = Refund(
            command.till,
            command.sale,
            command.back,
            command.amount_minor,
            command.reason,
            TenderKind.CASH,
            command.fiscal_hint,
        )
        made = self._returning.decide(tx, back, context)
        offered = Offered(TenderKind.CASH, Minor(command.amount_minor + command.tendered_minor))
        pay = Pay(command.till, (offered,), command.basket_minor, command.buyer, command.fiscal_hint)
        sold = self._paying.pay(tx, pay, context)
        numbered = sum(isinstance(fact, SaleClosed) for fact in sold)
        refund = replace(made.refund, exchange=held.basket.id)
        returned = self._returning.giving.after(tx, replace(made, refund=refund, numbered=numbered), context)
        return [*sold, *returned]
