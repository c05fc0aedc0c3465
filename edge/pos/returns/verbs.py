"""The till's commands about goods that come back."""

from dataclasses import dataclass
from typing import ClassVar

from edge.facts import Evidence
from edge.pos.returns.due import Back
from edge.units import EffectId, Minor, SaleId, Sku, TenderKind, TillId

NOTHING = Minor(0)


@dataclass(frozen=True, slots=True)
class Refund:
    """Take goods of `sale` back and give `amount_minor`; `to` names another tender than they were paid by.

    `fiscal_hint` says why the fiscal device is not ready.
    """

    right: ClassVar[str] = "refund"
    carried: ClassVar[tuple[str, ...]] = ("fiscal_hint",)
    till: TillId
    sale: SaleId
    back: tuple[Back, ...]
    amount_minor: Minor
    reason: str
    to: TenderKind | None = None
    fiscal_hint: str = ""


@dataclass(frozen=True, slots=True)
class Loose:
    """`quantity` pieces of `sku` whose receipt nobody has."""

    sku: Sku
    quantity: int
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class RefundLoose:
    """Take goods back without their sale: nobody has the receipt, or it is genuine and its sale is not on this box.

    `proof` is a genuine receipt's number and `proof_minor` its total, when its QR was scanned.
    """

    right: ClassVar[str] = "refund"
    carried: ClassVar[tuple[str, ...]] = ("fiscal_hint",)
    till: TillId
    back: tuple[Loose, ...]
    amount_minor: Minor
    reason: str
    proof: str = ""
    proof_minor: Minor = NOTHING
    fiscal_hint: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Take goods back and sell what is rung up, in one go; `tendered_minor` is what the customer adds in cash."""

    right: ClassVar[str] = "refund"
    carried: ClassVar[tuple[str, ...]] = ("fiscal_hint",)
    till: TillId
    sale: SaleId
    back: tuple[Back, ...]
    amount_minor: Minor
    basket_minor: Minor
    tendered_minor: Minor
    reason: str
    buyer: str | None = None
    fiscal_hint: str = ""


@dataclass(frozen=True, slots=True)
class CloseRefund:
    """The fiscal port gave its evidence for a decided refund: the money may leave."""

    right: ClassVar[str] = ""
    returned: SaleId
    effect: EffectId
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RefuseRefund:
    """The fiscal port said no to a decided refund: no money leaves."""

    right: ClassVar[str] = ""
    returned: SaleId
    effect: EffectId
    device: str
    why: str


@dataclass(frozen=True, slots=True)
class RetryRefund:
    """Ask the fiscal port again for a refund that it refused."""

    right: ClassVar[str] = "refund"
    till: TillId
    returned: SaleId


@dataclass(frozen=True, slots=True)
class DropRefund:
    """Give up a refund that the fiscal port refused: the customer keeps the goods."""

    right: ClassVar[str] = "refund"
    till: TillId
    returned: SaleId
