"""The till's commands, named by what a cashier does."""

from dataclasses import dataclass
from typing import ClassVar

from edge.facts import Denomination, Evidence
from edge.units import EffectId, LineId, ListId, Minor, SaleId, Sku, TenderKind, TillId


@dataclass(frozen=True, slots=True)
class OpenShift:
    """Begin the till's day with `float_minor` in the drawer."""

    right: ClassVar[str] = "sell"
    till: TillId
    float_minor: Minor


@dataclass(frozen=True, slots=True)
class Scan:
    """A code came from the scanner or the keyboard."""

    right: ClassVar[str] = "sell"
    till: TillId
    code: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Add:
    """Sell `quantity` of a variant the cashier chose; `override_hold` when they said yes to selling a held one."""

    right: ClassVar[str] = "sell"
    till: TillId
    sku: Sku
    quantity: int = 1
    override_hold: bool = False


@dataclass(frozen=True, slots=True)
class SetQuantity:
    """Sell another quantity on a line; `override_hold` as in `Add`."""

    right: ClassVar[str] = "sell"
    till: TillId
    line: LineId
    quantity: int
    override_hold: bool = False


@dataclass(frozen=True, slots=True)
class VoidLine:
    """Take a line off the basket."""

    right: ClassVar[str] = "void"
    till: TillId
    line: LineId


@dataclass(frozen=True, slots=True)
class VoidBasket:
    """Give the whole basket up, for a reason."""

    right: ClassVar[str] = "void"
    till: TillId
    reason: str


@dataclass(frozen=True, slots=True)
class TakeList:
    """Put a list's chosen variants into the basket."""

    right: ClassVar[str] = "sell"
    carried: ClassVar[tuple[str, ...]] = ("skus",)
    till: TillId
    list: ListId
    skus: tuple[Sku, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """What the customer hands over, as the cashier typed it."""

    kind: TenderKind
    tendered_minor: Minor


@dataclass(frozen=True, slots=True)
class Pay:
    """Take the money. `fiscal_hint` says why the fiscal device is not ready; empty when it is."""

    right: ClassVar[str] = "sell"
    carried: ClassVar[tuple[str, ...]] = ("fiscal_hint",)
    till: TillId
    tenders: tuple[Offered, ...]
    total_minor: Minor
    buyer: str | None = None
    fiscal_hint: str = ""


@dataclass(frozen=True, slots=True)
class CloseSale:
    """The fiscal port gave its evidence for a paid sale."""

    right: ClassVar[str] = ""
    sale: SaleId
    effect: EffectId
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RefuseSale:
    """The fiscal port said no to a paid sale; it stays paid and open."""

    right: ClassVar[str] = ""
    sale: SaleId
    effect: EffectId
    device: str
    why: str


@dataclass(frozen=True, slots=True)
class RetryFiscal:
    """Ask the fiscal port again for the receipt of a paid sale."""

    right: ClassVar[str] = "sell"
    till: TillId
    sale: SaleId


@dataclass(frozen=True, slots=True)
class SettlePaper:
    """The cashier looked: did the paper come out? If not it is printed again, marked."""

    right: ClassVar[str] = "print"
    till: TillId
    effect: EffectId
    came_out: bool


@dataclass(frozen=True, slots=True)
class Count:
    """A blind count of the drawer."""

    right: ClassVar[str] = "cash-up"
    till: TillId
    pieces: tuple[Denomination, ...]


@dataclass(frozen=True, slots=True)
class CloseShift:
    """Take the Z; a count that is off must have been seen by somebody who may. `keep_parked`: baskets wait over it,
    `keep_returns`: returns that the fiscal device has not answered do."""

    right: ClassVar[str] = "cash-up"
    till: TillId
    reason: str = ""
    keep_parked: bool = False
    keep_returns: bool = False


@dataclass(frozen=True, slots=True)
class SeeVariance:
    """Be shown how far the last count is off."""

    right: ClassVar[str] = "cash-up"
    till: TillId
