"""A basket that waits: put aside at one till, taken up again there or at another till of the store."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import SaleId, ShiftId, TillId, UserId


@fact("basket.parked")
@dataclass(frozen=True, slots=True)
class BasketParked:
    """The basket waits under `number`; its prices stay those it began with. A name lives in the erasable table only."""

    basket: SaleId
    till: TillId
    shift: ShiftId
    user: UserId
    number: int


@fact("basket.resumed")
@dataclass(frozen=True, slots=True)
class BasketResumed:
    """The basket, parked at `parked_at` with `lines` lines, is open at `till` and belongs to its shift from now on."""

    basket: SaleId
    till: TillId
    shift: ShiftId
    user: UserId
    parked_at: TillId
    lines: int
