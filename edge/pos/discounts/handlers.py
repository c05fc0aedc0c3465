"""Commands about discounts, inside the writer's transaction: the ceiling is that of the actor's role, read here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from edge.approvals import Need
from edge.clock import stamp
from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact
from edge.journal.tx import Tx
from edge.pos.basket import Basket, line_of
from edge.pos.discounts.rules import (
    RIGHT,
    Granted,
    Wanted,
    covers,
    discount_basket,
    discount_line,
    must_make_sense,
)
from edge.pos.load import Held, must_be_open, open_basket
from edge.pos.payment.ledger import must_be_untouched
from edge.pos.payment.tables import of_sale
from edge.pos.pricing import Priced, price
from edge.pos.shop import Shop
from edge.rights import Role
from edge.staff.rights import role_of
from edge.units import BasisPoints, LineId, Minor, TillId

Most = Callable[[Role], BasisPoints]
"""Which part of a ceiling counts."""


@dataclass(frozen=True, slots=True)
class DiscountLine:
    """Take `rate` of a line's price off, or `amount_minor`; neither takes its discount off again."""

    right: ClassVar[str] = "discount"
    till: TillId
    line: LineId
    rate: BasisPoints
    amount_minor: Minor
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DiscountBasket:
    """As `DiscountLine`, for the whole basket."""

    right: ClassVar[str] = "discount"
    till: TillId
    rate: BasisPoints
    amount_minor: Minor
    reason: str = ""


class Discounting:
    """Handlers of discounts."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {DiscountLine: self.line, DiscountBasket: self.basket}

    def line(self, tx: Tx, command: DiscountLine, context: Context) -> Sequence[Fact]:
        basket = self._held(tx, command.till).basket
        found = line_of(basket, command.line)
        lines = tuple(replace(each, reduction=None) if each is found else each for each in basket.lines)
        priced = self._priced(tx, replace(basket, lines=lines, reduction=None))
        costs = next(each.gross for each in priced.lines if each.line == found.line)
        wanted = _wanted(command, context)
        return discount_line(basket, command.line, wanted, _granted(tx, wanted, costs, context, _of_a_line))

    def basket(self, tx: Tx, command: DiscountBasket, context: Context) -> Sequence[Fact]:
        basket = self._held(tx, command.till).basket
        costs, wanted = self._priced(tx, replace(basket, reduction=None)).total, _wanted(command, context)
        return discount_basket(basket, wanted, _granted(tx, wanted, costs, context, _of_a_basket))

    def _held(self, tx: Tx, till: TillId) -> Held:
        must_be_open(tx, till, training=True)
        held = open_basket(tx.db, till)
        if held is None or not held.basket.lines:
            raise Refused("nothing is rung up", hint="Scan the first item.", code="empty-basket")
        must_be_untouched(of_sale(tx.db, held.basket.id))
        return held

    def _priced(self, tx: Tx, basket: Basket) -> Priced:
        return price(basket, self._shop.profile, self._shop.day(stamp(tx.now)))


def _wanted(command: DiscountLine | DiscountBasket, context: Context) -> Wanted:
    return Wanted(command.rate, command.amount_minor, command.reason, context.actor)


def _granted(tx: Tx, wanted: Wanted, costs: Minor, context: Context, most: Most) -> Granted:
    """The actor's own ceiling where it is enough, else that of whoever approved exactly this."""
    own = most(role_of(tx.db, context.actor))
    if wanted.nothing:
        return Granted(own)
    must_make_sense(wanted, costs)
    if covers(own, wanted, costs):
        return Granted(own)
    by = context.demand(tx, Need(RIGHT, lambda role: covers(most(role), wanted, costs)))
    return Granted(most(role_of(tx.db, by)), by)


def _of_a_line(role: Role) -> BasisPoints:
    return BasisPoints(role.most("discount_line"))


def _of_a_basket(role: Role) -> BasisPoints:
    return BasisPoints(role.most("discount_basket"))
