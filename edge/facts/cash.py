"""Money that moves without a sale: paid in, paid out, dropped, carried between tills, found again; and the X."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import Minor, MoveId, MoveKind, ShiftId, TenderKind, TillId, UserId


@dataclass(frozen=True, slots=True)
class MoveSum:
    """What one kind of movement came to; `amount` is positive, `kind` says which way it went."""

    kind: MoveKind
    amount: Minor
    count: int


@dataclass(frozen=True, slots=True)
class TenderSum:
    """What one way of paying brought, returns taken off."""

    kind: TenderKind
    amount: Minor
    count: int


@fact("cash.moved")
@dataclass(frozen=True, slots=True)
class CashMoved:
    """Cash was put into or taken out of a drawer: `pay-in`, `pay-out`, `safe-drop` or `bank-drop`."""

    move: MoveId
    till: TillId
    shift: ShiftId
    user: UserId
    kind: MoveKind
    amount: Minor
    """Positive; `kind` says which way."""
    currency: str
    reason: str
    approved_by: UserId | None = None


@fact("cash.sent")
@dataclass(frozen=True, slots=True)
class CashSent:
    """Cash left this till's drawer for the till `to`; open until that till has it or this one takes it back."""

    move: MoveId
    till: TillId
    to: TillId
    shift: ShiftId
    user: UserId
    amount: Minor
    currency: str
    reason: str


@fact("cash.received")
@dataclass(frozen=True, slots=True)
class CashReceived:
    """The cash of transfer `move` lies in this till's drawer: the other side of `cash.sent`."""

    move: MoveId
    till: TillId
    sender: TillId
    shift: ShiftId
    user: UserId
    amount: Minor
    currency: str


@fact("cash.taken_back")
@dataclass(frozen=True, slots=True)
class CashTakenBack:
    """The cash of transfer `move` never arrived and lies in the drawer it came from again."""

    move: MoveId
    till: TillId
    shift: ShiftId
    user: UserId
    amount: Minor
    currency: str


@fact("cash.found")
@dataclass(frozen=True, slots=True)
class CashFound:
    """Money missing at a Z (or too much in it) has been explained later; the Z stays as it was.

    With `into` it was laid into the drawer of that open shift, else it went to the safe.
    """

    move: MoveId
    till: TillId
    user: UserId
    z_number: int
    series: str
    amount: Minor
    currency: str
    reason: str
    into: ShiftId | None = None


@fact("drawer.no_sale")
@dataclass(frozen=True, slots=True)
class NoSale:
    """The drawer was opened without a sale, for a reason that is written down."""

    move: MoveId
    till: TillId
    shift: ShiftId
    user: UserId
    reason: str
