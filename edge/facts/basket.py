"""A basket while it is being filled."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import ArticleId, CustomerId, Grams, LineId, Minor, Origin, SaleId, Seq, ShiftId, Sku, TillId, UserId


@fact("basket.opened")
@dataclass(frozen=True, slots=True)
class BasketOpened:
    """A basket keeps the price version it began with."""

    basket: SaleId
    till: TillId
    shift: ShiftId
    user: UserId
    price_version: Seq
    origin: Origin = Origin.STORE
    training: bool = False


@fact("basket.line_added")
@dataclass(frozen=True, slots=True)
class LineAdded:
    """`unit_price` and `tax_label` are those of the basket's price version; `code` is what was scanned, if anything."""

    basket: SaleId
    line: LineId
    sku: Sku
    article: ArticleId
    name: str
    quantity: int
    unit_price: Minor
    tax_label: str
    code: str | None = None
    weight: Grams | None = None


@fact("basket.quantity_changed")
@dataclass(frozen=True, slots=True)
class QuantityChanged:
    """The cashier set how many pieces of a line the customer takes."""

    basket: SaleId
    line: LineId
    quantity: int


@fact("basket.line_voided")
@dataclass(frozen=True, slots=True)
class LineVoided:
    """A line was taken off before payment; its number is never used again."""

    basket: SaleId
    line: LineId


@fact("basket.voided")
@dataclass(frozen=True, slots=True)
class BasketVoided:
    """The whole basket was given up before payment, for `reason`."""

    basket: SaleId
    till: TillId
    reason: str
    training: bool = False


@fact("basket.customer_attached")
@dataclass(frozen=True, slots=True)
class CustomerAttached:
    """The customer said who they are; from here on the basket is theirs."""

    basket: SaleId
    customer: CustomerId
    groups: tuple[str, ...] = ()
    """The groups of customers they belong to now."""
