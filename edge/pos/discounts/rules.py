"""Who may take how much off a line or a basket (pure): up to their role's ceiling, above it with somebody's approval.

An amount is measured against what the line (or the basket) costs now, promotions and earlier discounts taken off;
whatever happens to the basket later, the discount never takes more than the ceiling it was given under.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.errors import Refused
from edge.facts import BasketDiscounted, BasketDiscountRemoved, Fact, LineDiscounted, LineDiscountRemoved
from edge.pos.basket import Basket, line_of, must_be_open, words
from edge.pos.discounts.shares import share_of
from edge.pos.tax import WHOLE
from edge.units import BasisPoints, LineId, Minor, UserId

RIGHT = "discount-over"
"""What somebody who approves a discount above the cashier's ceiling must be allowed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked: `rate` or `amount` (neither takes a discount off again), why, and who asks."""

    rate: BasisPoints
    amount: Minor
    reason: str
    user: UserId

    @property
    def nothing(self) -> bool:
        return self.rate == 0 and self.amount == 0


@dataclass(frozen=True, slots=True)
class Granted:
    """The ceiling that covers what is asked, and whose it is when it is not the asker's own."""

    ceiling: BasisPoints
    by: UserId | None = None


def discount_line(basket: Basket, line: LineId, wanted: Wanted, granted: Granted) -> Sequence[Fact]:
    """A discount on one line, in place of the one it had."""
    found = line_of(basket, line)
    if wanted.nothing:
        return [] if found.reduction is None else [LineDiscountRemoved(basket.id, line)]
    return [LineDiscounted(basket.id, line, *_what(wanted, granted))]


def discount_basket(basket: Basket, wanted: Wanted, granted: Granted) -> Sequence[Fact]:
    """A discount on all of a basket, in place of the one it had."""
    must_be_open(basket)
    if wanted.nothing:
        return [] if basket.reduction is None else [BasketDiscountRemoved(basket.id)]
    return [BasketDiscounted(basket.id, *_what(wanted, granted))]


def must_make_sense(wanted: Wanted, costs: Minor) -> None:
    """Refused when it is no discount on something that `costs` so much without it."""
    if (wanted.rate and wanted.amount) or not 0 <= wanted.rate <= WHOLE or wanted.amount < 0:
        raise Refused("a discount is a percentage or an amount", hint="Type it again.", code="bad-discount", status=422)
    if wanted.amount > costs:
        raise Refused("more than it costs", hint="Type a smaller amount.", code="bad-discount", status=422)
    if not words(wanted.reason):
        raise Refused("a discount needs a reason", hint="Say why it is given.", code="reason-needed", status=422)


def covers(ceiling: BasisPoints, wanted: Wanted, costs: Minor) -> bool:
    """Whether a role that may go so far may give it."""
    return wanted.rate <= ceiling and wanted.amount <= share_of(costs, ceiling)


def _what(wanted: Wanted, granted: Granted) -> tuple[BasisPoints, Minor, BasisPoints, str, UserId, UserId | None]:
    return wanted.rate, wanted.amount, granted.ceiling, words(wanted.reason), wanted.user, granted.by
