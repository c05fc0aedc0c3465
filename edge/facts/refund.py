"""Goods coming back: what is decided, before the fiscal port has spoken and any money has left the drawer."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.facts.sale import SaleLine
from edge.facts.shift import TaxSum
from edge.units import CustomerId, LineId, Minor, Origin, SaleId, ShiftId, TenderKind, TillId, UserId


@dataclass(frozen=True, slots=True)
class RefundPart:
    """`amount` goes back by `given` for goods worth `goods` that were paid by `paid`; both are the same as a rule."""

    paid: TenderKind
    given: TenderKind
    goods: Minor
    amount: Minor
    reference: str = ""
    """The original payment's own number, for a tender that is given back by it."""


@fact("refund.decided")
@dataclass(frozen=True, slots=True)
class RefundDecided:
    """Goods are taken back; the money leaves with `sale.returned`, when the fiscal port has given its evidence.

    Amounts are positive. Against a receipt `sale` and `original` (its number) name it and the lines carry its line
    numbers; without one both are empty. `total == sum(line.gross)`, `sum(part.amount) == total + rounding`.
    """

    returned: SaleId
    sale: SaleId | None
    original: str
    till: TillId
    shift: ShiftId
    user: UserId
    origin: Origin
    currency: str
    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...]
    total: Minor
    rounding: Minor
    parts: tuple[RefundPart, ...]
    reason: str
    damaged: tuple[LineId, ...] = ()
    """Lines whose goods cannot be sold again."""
    approved_by: UserId | None = None
    exchange: SaleId | None = None
    """The sale that the money went into."""
    customer: CustomerId | None = None
    proof: str = ""
    """The signed receipt number shown where the sale itself is not on this box."""


@fact("refund.dropped")
@dataclass(frozen=True, slots=True)
class RefundDropped:
    """A refund that the fiscal port had not made was given up: no money left, the goods went home again."""

    returned: SaleId
    till: TillId
    why: str
