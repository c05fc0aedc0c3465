"""Several baskets: one is put aside and taken up again, here or at another till of the store, never at two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import BasketParked, BasketResumed, BasketVoided, Fact
from edge.journal.tx import Tx
from edge.pos.basket import EMPTY, BasketState, words
from edge.pos.load import Held, basket_of, must_be_open, open_basket
from edge.pos.parking.tables import forget_name, free_number, name_it, parked
from edge.pos.payment.ledger import must_be_untouched
from edge.pos.payment.tables import of_sale
from edge.units import SaleId, TillId

MOST = 99
"""Baskets of a store that may wait at once."""
MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Park:
    """Put the basket aside. `name` is what the cashier calls it; it is written to no fact."""

    right: ClassVar[str] = "sell"
    carried: ClassVar[tuple[str, ...]] = ("name",)
    till: TillId
    name: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """Take a parked basket up at this till."""

    right: ClassVar[str] = "sell"
    till: TillId
    basket: SaleId


@dataclass(frozen=True, slots=True)
class VoidParked:
    """Give a parked basket up, for a reason, without taking it up."""

    right: ClassVar[str] = "void"
    till: TillId
    basket: SaleId
    reason: str


def _park(tx: Tx, command: Park, context: Context) -> Sequence[Fact]:
    """A basket with money in it, or money on its way, is not put aside."""
    shift, held = must_be_open(tx, command.till), open_basket(tx.db, command.till)
    if held is None or not held.basket.lines:
        raise Refused("nothing is rung up", hint="Scan the first item.", code="empty-basket")
    must_be_untouched(of_sale(tx.db, held.basket.id))
    name = command.name.strip()
    if len(name) > MAX_NAME or not name.isprintable():
        raise Refused(
            "that name is too long or not plain text", hint="Use a few plain words.", code="bad-name", status=422
        )
    if len(parked(tx.db)) >= MOST:
        raise Refused(f"{MOST} baskets wait already", hint="Finish some of them first.", code="too-many")
    if name:
        name_it(tx.db, held.basket.id, name)
    return [BasketParked(held.basket.id, command.till, shift.id, context.actor, free_number(tx.db))]


def _resume(tx: Tx, command: Resume, context: Context) -> Sequence[Fact]:
    """Decided here, one command after another: whoever comes second is told that the basket waits no more."""
    shift, here = must_be_open(tx, command.till), open_basket(tx.db, command.till)
    waiting = _waiting(tx, command.basket)
    if here is not None and here.basket.lines:
        raise Refused("a basket is still open", hint="Park it or finish it first.", code="basket-open")
    basket = waiting.basket
    forget_name(tx.db, basket.id)
    resumed = BasketResumed(basket.id, command.till, shift.id, context.actor, basket.till, len(basket.lines))
    return [*([] if here is None else [BasketVoided(here.basket.id, command.till, EMPTY)]), resumed]


def _void(tx: Tx, command: VoidParked, context: Context) -> Sequence[Fact]:
    must_be_open(tx, command.till)
    _waiting(tx, command.basket)
    reason = words(command.reason)
    if not reason:
        raise Refused("a void needs a reason", hint="Say why the basket is given up.", code="reason-needed", status=422)
    forget_name(tx.db, command.basket)
    return [BasketVoided(command.basket, command.till, reason)]


def _waiting(tx: Tx, basket: SaleId) -> Held:
    held = basket_of(tx.db, basket)
    if held.basket.state is not BasketState.PARKED:
        raise Refused("that basket waits no more", hint="Another till has it, or it is finished.", code="not-parked")
    return held


HANDLERS: Mapping[type[Command], Handler] = {Park: _park, Resume: _resume, VoidParked: _void}
