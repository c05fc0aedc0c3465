"""Commands about discounts, inside the writer's transaction: the ceiling is that of the actor's role, read here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from edge.clock import stamp
from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact
from edge.journal.tx import Tx
from edge.pos.basket import Basket, line_of
from edge.pos.discounts import RIGHT, Wanted, discount_basket, discount_line
from edge.pos.load import Held, must_be_open, open_basket
from edge.pos.payment.ledger import must_be_untouched
from edge.pos.payment.tables import of_sale
from edge.pos.pricing import Priced, price
from edge.pos.shop import Shop
from edge.rights import Role
from edge.staff.rights import role_of
from edge.staff.tables import allowed
from edge.units import BasisPoints, LineId, Minor, TillId, UserId

Most = Callable[[Role], BasisPoints]
"""Which part of a ceiling counts."""


@dataclass(frozen=True, slots=True)
class DiscountLine:
    """Take `rate` of a line's price off, or `amount_minor`; neither takes its discount off again.

    `approved_by` has shown at the till that they are who they say, for this discount.
    """

    right: ClassVar[str] = "discount"
    carried: ClassVar[tuple[str, ...]] = ("approved_by",)
    till: TillId
    line: LineId
    rate: BasisPoints
    amount_minor: Minor
    reason: str = ""
    approved_by: UserId | None = None


@dataclass(frozen=True, slots=True)
class DiscountBasket:
    """As `DiscountLine`, for the whole basket."""

    right: ClassVar[str] = "discount"
    carried: ClassVar[tuple[str, ...]] = ("approved_by",)
    till: TillId
    rate: BasisPoints
    amount_minor: Minor
    reason: str = ""
    approved_by: UserId | None = None


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
        return discount_line(basket, command.line, _wanted(tx, command, context.actor, _of_a_line), costs)

    def basket(self, tx: Tx, command: DiscountBasket, context: Context) -> Sequence[Fact]:
        basket = self._held(tx, command.till).basket
        costs = self._priced(tx, replace(basket, reduction=None)).total
        return discount_basket(basket, _wanted(tx, command, context.actor, _of_a_basket), costs)

    def _held(self, tx: Tx, till: TillId) -> Held:
        must_be_open(tx, till, training=True)
        held = open_basket(tx.db, till)
        if held is None or not held.basket.lines:
            raise Refused("nothing is rung up", hint="Scan the first item.", code="empty-basket")
        must_be_untouched(of_sale(tx.db, held.basket.id))
        return held

    def _priced(self, tx: Tx, basket: Basket) -> Priced:
        return price(basket, self._shop.profile, self._shop.day(stamp(tx.now)))


def _wanted(tx: Tx, command: DiscountLine | DiscountBasket, user: UserId, most: Most) -> Wanted:
    by = command.approved_by
    return Wanted(
        command.rate,
        command.amount_minor,
        command.reason,
        user,
        most(role_of(tx.db, user)),
        by,
        BasisPoints(0) if by is None or not allowed(tx, by, RIGHT) else most(role_of(tx.db, by)),
    )


def _of_a_line(role: Role) -> BasisPoints:
    return BasisPoints(role.most("discount_line"))


def _of_a_basket(role: Role) -> BasisPoints:
    return BasisPoints(role.most("discount_basket"))
