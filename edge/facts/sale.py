"""A sale or return, paid and closed."""

from dataclasses import dataclass

from edge.facts.offers import Given
from edge.facts.registry import fact
from edge.facts.shift import TaxSum
from edge.units import (
    NO_TENDER,
    ArticleId,
    CustomerId,
    LineId,
    Minor,
    Origin,
    SaleId,
    Seq,
    ShiftId,
    Sku,
    TenderId,
    TenderKind,
    TillId,
    UserId,
)


@dataclass(frozen=True, slots=True)
class Tender:
    """What the customer gave: for cash `tendered >= amount`, the difference is change."""

    kind: TenderKind
    amount: Minor
    tendered: Minor
    reference: str = ""
    name: str = ""
    """How the shop calls this way of paying (`card`, `mobilepay`); empty for cash."""
    tender: TenderId = NO_TENDER
    """The captured tender, so that a refund finds its way back; empty for cash."""


@fact("sale.paid")
@dataclass(frozen=True, slots=True)
class SalePaid:
    """The money is in the till; the sale closes when the fiscal port has given its evidence.

    `payable = total + rounding`; `change` is cash handed back.
    """

    sale: SaleId
    till: TillId
    shift: ShiftId
    user: UserId
    total: Minor
    rounding: Minor
    payable: Minor
    tenders: tuple[Tender, ...]
    change: Minor
    buyer: str = ""
    """The buyer's number, masked when it is personal (law 10)."""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """`gross = quantity * unit_price - discount`, tax included."""

    line: LineId
    sku: Sku
    article: ArticleId
    name: str
    quantity: int
    unit_price: Minor
    discount: Minor
    gross: Minor
    tax_label: str
    promotions: tuple[Given, ...] = ()
    """What of the discount promotions gave; the rest somebody gave by hand."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the fiscal port gave back; `regime` is `none`, `device`, `service`, `deferred` or, of a return, `beside`.

    `beside` is a record that the law wants kept beside the device, which prints no negative receipt.

    `text` is the service's own words, printed unchanged; `qr` what its QR says.
    """

    regime: str
    device: str = ""
    number: str = ""
    at: str = ""
    counters: str = ""
    signature: str = ""
    qr: str = ""
    text: tuple[str, ...] = ()
    printed: bool = False
    """The device has printed the legal receipt itself."""
    deadline: str = ""


@fact("sale.closed")
@dataclass(frozen=True, slots=True)
class SaleClosed:
    """The customer has paid, the evidence is here; a receipt is owed. Complete in itself."""

    sale: SaleId
    number: str
    """`{store}-{till}{series}-{sequence}`, gap-free per till and series (a letter; six more after a fork)."""
    till: TillId
    shift: ShiftId
    user: UserId
    origin: Origin
    country: str
    currency: str
    business_date: str
    opened_at: str
    paid_at: str
    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...]
    total: Minor
    rounding: Minor
    payable: Minor
    tenders: tuple[Tender, ...]
    change: Minor
    evidence: Evidence
    price_version: Seq
    buyer: str = ""
    customer: CustomerId | None = None
    training: bool = False
    opened_by: UserId | None = None
    """Who began the basket; `user` took the payment."""


@fact("sale.returned")
@dataclass(frozen=True, slots=True)
class SaleReturned:
    """Goods came back and the money left; amounts are positive. Complete in itself.

    Against `sale` the lines carry its line numbers; `original` is its receipt's number.
    """

    returned: SaleId
    sale: SaleId | None
    number: str
    till: TillId
    shift: ShiftId
    user: UserId
    origin: Origin
    currency: str
    business_date: str
    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...]
    total: Minor
    rounding: Minor
    tenders: tuple[Tender, ...]
    evidence: Evidence
    reason: str
    sellable: bool
    """Of all of it; `damaged` names single lines that are not."""
    original: str = ""
    damaged: tuple[LineId, ...] = ()
    approved_by: UserId | None = None
    exchange: SaleId | None = None
    """The sale that the money went into; its change is what the customer got."""
    customer: CustomerId | None = None

    def sound(self, line: LineId) -> bool:
        """Whether the goods of `line` can be sold again."""
        return self.sellable and line not in self.damaged
