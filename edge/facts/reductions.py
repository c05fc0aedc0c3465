"""What is taken off the price of a line or a basket by somebody's decision."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import BasisPoints, LineId, Minor, SaleId, UserId


@fact("basket.line_discounted")
@dataclass(frozen=True, slots=True)
class LineDiscounted:
    """`rate` of the line's price, or else `amount`, is taken off; it replaces an earlier discount of the line.

    It never takes more than `ceiling` of what the line costs, whatever becomes of the line afterwards.
    """

    basket: SaleId
    line: LineId
    rate: BasisPoints
    amount: Minor
    ceiling: BasisPoints
    reason: str
    user: UserId
    approved_by: UserId | None = None
    """Whose ceiling it is, when it is above the cashier's own."""


@fact("basket.line_discount_removed")
@dataclass(frozen=True, slots=True)
class LineDiscountRemoved:
    """The line costs its price again."""

    basket: SaleId
    line: LineId


@fact("basket.discounted")
@dataclass(frozen=True, slots=True)
class BasketDiscounted:
    """As `LineDiscounted`, of all that the basket costs; shared out over its lines."""

    basket: SaleId
    rate: BasisPoints
    amount: Minor
    ceiling: BasisPoints
    reason: str
    user: UserId
    approved_by: UserId | None = None


@fact("basket.discount_removed")
@dataclass(frozen=True, slots=True)
class BasketDiscountRemoved:
    """The basket costs the sum of its lines again."""

    basket: SaleId
