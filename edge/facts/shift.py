"""A till's day: float, count, Z."""

from dataclasses import dataclass

from edge.facts.cash import MoveSum, TenderSum
from edge.facts.registry import fact
from edge.units import BasisPoints, Minor, MoveId, ShiftId, TillId, UserId

NOTHING = Minor(0)


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
    opened_at: str = ""
    approved_by: UserId | None = None
    """The manager who let the till open although the clock stood before the last business date."""


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


@fact("cash.variance_seen")
@dataclass(frozen=True, slots=True)
class VarianceSeen:
    """`user`, who may, was shown how far the last count is off; the day may be closed with it."""

    shift: ShiftId
    till: TillId
    user: UserId
    counted: Minor
    expected: Minor


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One rate's share of a receipt or a Z: `net + tax == gross`."""

    label: str
    rate: BasisPoints
    net: Minor
    tax: Minor
    gross: Minor


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What was not finished at a Z, and what the next Z therefore begins with.

    `kind` is `basket` (`count` lines), `sale` (paid, or a `refund`; waits for the fiscal port), `effect` (on its
    way outside), `unknown-effect`, `transfer-out` or `transfer-in` (`amount` nobody has confirmed, the other till in
    `what`). An effect says in `what` what it is (`paper`, `fiscal`, …), in `of` which sale or shift it is for.
    """

    kind: str
    subject: str
    count: int = 0
    amount: Minor = NOTHING
    what: str = ""
    of: str = ""


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
    """The series of its receipts; each series has its own Z numbers from one."""
    opened_at: str = ""
    closed_at: str = ""
    moves: tuple[MoveSum, ...] = ()
    """Cash that moved without a sale."""
    cash_sales: Minor = NOTHING
    """Cash of the sales, change given: tendered minus change."""
    cash_refunds: Minor = NOTHING
    no_sales: int = 0
    unfinished_sales: int = 0
    unknown_papers: int = 0
    """How many of `unknown_effects` are papers."""
    open_transfers: int = 0
    open_items: tuple[OpenItem, ...] = ()
    training_sales: int = 0
    """Sales that were only practice since the Z before: counted apart, in no other figure."""
    training_total: Minor = NOTHING
    """Whole, so that the next Z needs nothing from before this one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The amounts of a shift so far."""

    gross_sales: Minor
    gross_returns: Minor
    taxes: tuple[TaxSum, ...]
    tenders: tuple[TenderSum, ...]
    moves: tuple[MoveSum, ...]
    rounding: Minor
    float_amount: Minor
    expected_cash: Minor
    grand_total: Minor


@fact("shift.read")
@dataclass(frozen=True, slots=True)
class ShiftRead:
    """An X: the shift so far, nothing reset. Without a manager it has no `figures`, so that the count stays blind."""

    read: MoveId
    shift: ShiftId
    till: TillId
    user: UserId
    business_date: str
    currency: str
    sales: int
    returns: int
    lines: int
    voided_lines: int
    voided_baskets: int
    drawer_kicks: int
    no_sales: int
    open_baskets: int
    unfinished_sales: int
    unknown_effects: int
    open_transfers: int
    figures: Figures | None = None
    approved_by: UserId | None = None
