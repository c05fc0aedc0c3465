"""Who may take how much off a line or a basket (pure): up to their role's ceiling, above it with somebody's approval.

An amount is measured against what the line (or the basket) costs now, promotions and earlier discounts taken off;
whatever happens to the basket later, the discount never takes more than the ceiling it was given under.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.errors import Refused
from edge.facts import BasketDiscounted, BasketDiscountRemoved, Fact, LineDiscounted, LineDiscountRemoved
from edge.pos.basket import Basket, line_of, must_be_open, words
from edge.pos.reductions import share_of
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
    ceiling: BasisPoints
    """The asker's own."""
    approved_by: UserId | None
    approved: BasisPoints
    """The approver's ceiling."""

    @property
    def nothing(self) -> bool:
        return self.rate == 0 and self.amount == 0


def discount_line(basket: Basket, line: LineId, wanted: Wanted, costs: Minor) -> Sequence[Fact]:
    """A discount on one line that `costs` so much without it, in place of the one it had."""
    found = line_of(basket, line)
    if wanted.nothing:
        return [] if found.reduction is None else [LineDiscountRemoved(basket.id, line)]
    ceiling, by = _granted(wanted, costs)
    return [LineDiscounted(basket.id, line, wanted.rate, wanted.amount, ceiling, words(wanted.reason), wanted.user, by)]


def discount_basket(basket: Basket, wanted: Wanted, costs: Minor) -> Sequence[Fact]:
    """A discount on all of a basket that `costs` so much without it, in place of the one it had."""
    must_be_open(basket)
    if wanted.nothing:
        return [] if basket.reduction is None else [BasketDiscountRemoved(basket.id)]
    ceiling, by = _granted(wanted, costs)
    return [BasketDiscounted(basket.id, wanted.rate, wanted.amount, ceiling, words(wanted.reason), wanted.user, by)]


def _granted(wanted: Wanted, costs: Minor) -> tuple[BasisPoints, UserId | None]:
    """The ceiling that covers what is asked, and whose it is when it is not the asker's own."""
    if (wanted.rate and wanted.amount) or not 0 <= wanted.rate <= WHOLE or wanted.amount < 0:
        raise Refused("a discount is a percentage or an amount", hint="Type it again.", code="bad-discount", status=422)
    if wanted.amount > costs:
        raise Refused("more than it costs", hint="Type a smaller amount.", code="bad-discount", status=422)
    if not words(wanted.reason):
        raise Refused("a discount needs a reason", hint="Say why it is given.", code="reason-needed", status=422)
    if _covers(wanted.ceiling, wanted, costs):
        return wanted.ceiling, None
    if wanted.approved_by is not None and _covers(wanted.approved, wanted, costs):
        return wanted.approved, wanted.approved_by
    raise Refused(
        "that is a larger discount than you may give",
        hint="Ask somebody who may approve it.",
        code="approval-needed",
        status=403,
        details={"right": RIGHT, "ceiling": wanted.ceiling},
    )


def _covers(ceiling: BasisPoints, wanted: Wanted, costs: Minor) -> bool:
    return wanted.rate <= ceiling and wanted.amount <= share_of(costs, ceiling)
