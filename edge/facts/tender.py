"""Money that is not cash: asked for, then captured, declined or reversed (law 13)."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import EffectId, Minor, SaleId, ShiftId, TenderId, TenderKind, TillId, UserId


@fact("tender.asked")
@dataclass(frozen=True, slots=True)
class TenderAsked:
    """The intent, durable before the terminal is told: `amount` is to be taken towards the open basket `sale`.

    Its own id is also its effect's. `name` is how the shop calls this way of paying (`card`, `mobilepay`).
    """

    tender: TenderId
    sale: SaleId
    till: TillId
    shift: ShiftId
    user: UserId
    kind: TenderKind
    name: str
    amount: Minor
    terminal: str


@fact("tender.sent")
@dataclass(frozen=True, slots=True)
class TenderSent:
    """Before the first byte of `effect` leaves: `trace` is the terminal's last trace number so far.

    A terminal that is asked afterwards is believed by what changed since.
    """

    tender: TenderId
    till: TillId
    effect: EffectId
    trace: str


@fact("tender.captured")
@dataclass(frozen=True, slots=True)
class TenderCaptured:
    """The money is ours. `slip` is the terminal's receipt number, `trace` its trace number, `card` the scheme."""

    tender: TenderId
    sale: SaleId
    till: TillId
    kind: TenderKind
    name: str
    terminal: str
    amount: Minor
    slip: str
    trace: str = ""
    card: str = ""
    at: str = ""
    """The terminal's own time, as it writes it."""


@fact("tender.declined")
@dataclass(frozen=True, slots=True)
class TenderDeclined:
    """Nothing was taken: the terminal, the customer or the cashier said no, or nothing had ever left."""

    tender: TenderId
    sale: SaleId
    till: TillId
    why: str


@fact("tender.reversing")
@dataclass(frozen=True, slots=True)
class TenderReversing:
    """A captured tender is to be given back, by `effect`."""

    tender: TenderId
    sale: SaleId
    till: TillId
    user: UserId
    effect: EffectId


@fact("tender.reversed")
@dataclass(frozen=True, slots=True)
class TenderReversed:
    """It was given back; `slip` is the reversal's own receipt number."""

    tender: TenderId
    sale: SaleId
    till: TillId
    kind: TenderKind
    name: str
    terminal: str
    amount: Minor
    slip: str


@fact("tender.kept")
@dataclass(frozen=True, slots=True)
class TenderKept:
    """It was not given back: the terminal said no to the reversal. The money is still ours."""

    tender: TenderId
    sale: SaleId
    till: TillId
    why: str


@fact("tender.settled")
@dataclass(frozen=True, slots=True)
class TenderSettled:
    """A person read the slip of an effect nobody could speak for, and said whether it happened."""

    tender: TenderId
    till: TillId
    effect: EffectId
    happened: bool
    slip: str
    user: UserId
