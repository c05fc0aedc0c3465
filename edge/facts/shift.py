"""A till's day: float, count, Z."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import BasisPoints, Minor, ShiftId, TenderKind, TillId, UserId


@fact("shift.opened")
@dataclass(frozen=True, slots=True)
class ShiftOpened:
    """A till was opened with `float_amount` in its drawer; everything until its Z belongs to this shift."""

    shift: ShiftId
    till: TillId
    user: UserId
    float_amount: Minor
    currency: str
    business_date: str


@dataclass(frozen=True, slots=True)
class Denomination:
    """`count` pieces of a note or coin worth `value`."""

    value: Minor
    count: int


@fact("cash.counted")
@dataclass(frozen=True, slots=True)
class CashCounted:
    """A blind count; the expected amount was not shown before it."""

    shift: ShiftId
    till: TillId
    user: UserId
    pieces: tuple[Denomination, ...]
    total: Minor


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One rate's share of a receipt or a Z: `net + tax == gross`."""

    label: str
    rate: BasisPoints
    net: Minor
    tax: Minor
    gross: Minor


@dataclass(frozen=True, slots=True)
class TenderSum:
    """What one way of paying brought, returns taken off."""

    kind: TenderKind
    amount: Minor
    count: int


@fact("shift.closed")
@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """The Z: a pure fold over the journal entries of one shift; recomputing it gives identical bytes."""

    shift: ShiftId
    till: TillId
    user: UserId
    z_number: int
    business_date: str
    currency: str
    sales: int
    returns: int
    lines: int
    gross_sales: Minor
    gross_returns: Minor
    taxes: tuple[TaxSum, ...]
    tenders: tuple[TenderSum, ...]
    rounding: Minor
    float_amount: Minor
    expected_cash: Minor
    counted_cash: Minor
    variance: Minor
    reason: str
    voided_lines: int
    voided_baskets: int
    drawer_kicks: int
    open_baskets: int
    unknown_effects: int
    grand_total: Minor
    """Gross sales of this till since its first shift; never decreases."""
    series: str = "A"
    """The epoch letter; each letter has its own Z numbers from one."""
