"""A basket: what its facts have made of it, and what may happen to it next (pure).

`apply` folds facts into a frozen `Basket`; the deciders look at one and answer with the facts that follow, or
raise `Refused` with a hint. Nothing here knows tax or rounding: `total` is the sum of the lines before anything is
taken off; what the customer pays is for `edge.pos.pricing` to say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec

from edge.errors import Halt, Refused
from edge.facts.basket import BasketOpened, BasketVoided, CustomerAttached, LineAdded, LineVoided, QuantityChanged
from edge.facts.offers import CouponAdded, CouponRemoved, PromotionsKept
from edge.facts.parked import BasketParked, BasketResumed
from edge.facts.reductions import BasketDiscounted, BasketDiscountRemoved, LineDiscounted, LineDiscountRemoved
from edge.facts.registry import Fact, fact_name
from edge.facts.sale import SaleClosed, SalePaid
from edge.pos.discounts.shares import Reduction, reduction_in
from edge.pos.promotions.held import NO_OFFERS, Offers, offered
from edge.units import ArticleId, CustomerId, Grams, LineId, Minor, Origin, SaleId, Seq, ShiftId, Sku, TillId, UserId

MAX_LINES = 1_000
"""Lines ever added to one basket, voided ones too: a closed sale must fit one fact of 256 KiB."""
MAX_BYTES = 240 * 1024
"""What the lines may take up in the closed sale."""
_LINE_BYTES = 180
"""A line in the closed sale without its words."""
MAX_QUANTITY = 9_999
MAX_TOTAL = Minor(10**13)
MAX_REASON = 200
EMPTY = "empty"
"""Why a basket without a line goes away by itself; no Z counts it."""


class BasketState(StrEnum):
    """Where a basket stands."""

    OPEN = "open"
    PARKED = "parked"
    PAID = "paid"
    CLOSED = "closed"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A variant at the price of the basket's price version; with `weight`, `unit_price` is for this weighed piece."""

    sku: Sku
    article: ArticleId
    name: str
    unit_price: Minor
    tax_label: str
    weight: Grams | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is shown and sold."""

    line: LineId
    sku: Sku
    article: ArticleId
    name: str
    quantity: int
    unit_price: Minor
    tax_label: str
    code: str | None = None
    weight: Grams | None = None
    reduction: Reduction | None = None

    @property
    def gross(self) -> Minor:
        return Minor(self.quantity * self.unit_price)


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket as its facts have left it; `last_line` is the highest line number ever given."""

    id: SaleId
    till: TillId
    shift: ShiftId
    user: UserId
    price_version: Seq
    origin: Origin = Origin.STORE
    state: BasketState = BasketState.OPEN
    lines: tuple[Line, ...] = ()
    last_line: int = 0
    voided_lines: int = 0
    customer: CustomerId | None = None
    reduction: Reduction | None = None
    offers: Offers = NO_OFFERS
    training: bool = False
    """Somebody practises: it will be no sale."""

    @property
    def open(self) -> bool:
        return self.state is BasketState.OPEN

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def total(self) -> Minor:
        return Minor(sum(line.gross for line in self.lines))


_ends = {
    BasketParked: BasketState.PARKED,
    BasketVoided: BasketState.VOIDED,
    SalePaid: BasketState.PAID,
    SaleClosed: BasketState.CLOSED,
}

Wares = tuple[tuple[Sku, Minor, str, Grams, int], ...]


def wares(basket: Basket) -> Wares:
    """What is bought, whatever the order of the scans: (sku, unit price, tax label, grams, quantity), sorted."""
    return tuple(
        sorted(
            (ware.sku, ware.unit_price, ware.tax_label, ware.weight or Grams(0), ware.quantity) for ware in basket.lines
        )
    )


def apply(basket: Basket | None, fact: Fact) -> Basket:
    """The basket after `fact`; a first fact must be `BasketOpened`. Raises Halt on facts no basket can have."""
    if isinstance(fact, BasketOpened):
        if basket is not None:
            raise Halt(f"basket {fact.basket} was opened twice", hint="Run `edge verify`.")
        who = (fact.till, fact.shift, fact.user)
        return Basket(fact.basket, *who, fact.price_version, fact.origin, training=fact.training)
    if basket is None:
        raise Halt(f"{fact_name(type(fact))} of a basket nobody opened", hint="Run `edge verify`.")
    match fact:
        case LineAdded():
            after = replace(basket, lines=(*basket.lines, _line(fact)), last_line=fact.line)
        case QuantityChanged():
            changed = replace(_find(basket, fact.line), quantity=fact.quantity)
            after = replace(basket, lines=tuple(changed if x.line == fact.line else x for x in basket.lines))
        case LineVoided():
            gone = _find(basket, fact.line)
            kept = tuple(line for line in basket.lines if line is not gone)
            offers, voided = basket.offers.without(fact.line), basket.voided_lines + 1
            after = replace(basket, lines=kept, voided_lines=voided, offers=offers)
        case LineDiscounted() | LineDiscountRemoved() | BasketDiscounted() | BasketDiscountRemoved():
            after = _reduced(basket, fact)
        case CustomerAttached():
            after = replace(basket, customer=fact.customer, offers=replace(basket.offers, groups=fact.groups))
        case PromotionsKept() | CouponAdded() | CouponRemoved():
            after = replace(basket, offers=offered(basket.offers, fact))
        case BasketResumed():
            after = replace(basket, state=BasketState.OPEN, till=fact.till, shift=fact.shift)
        case BasketParked() | BasketVoided() | SalePaid() | SaleClosed():
            after = replace(basket, state=_ends[type(fact)])
        case _:
            raise Halt(f"{fact_name(type(fact))} is no fact of a basket", hint="Report this with the journal.")
    return after


def _reduced(
    basket: Basket, fact: LineDiscounted | LineDiscountRemoved | BasketDiscounted | BasketDiscountRemoved
) -> Basket:
    if isinstance(fact, BasketDiscounted | BasketDiscountRemoved):
        return replace(basket, reduction=reduction_in(fact))
    reduced = replace(_find(basket, fact.line), reduction=reduction_in(fact))
    return replace(basket, lines=tuple(reduced if x.line == fact.line else x for x in basket.lines))


def fold(facts: Iterable[Fact]) -> Basket | None:
    """The basket all `facts` make, in order; None of none."""
    basket: Basket | None = None
    for fact in facts:
        basket = apply(basket, fact)
    return basket


def add_line(basket: Basket, item: PricedItem, quantity: int = 1, code: str | None = None) -> Sequence[Fact]:
    """The same variant at the same price goes up on its line; anything else gets a new one.

    So do weighed goods, and a variant whose line somebody has discounted: the discount was for what was there.
    """
    must_be_open(basket)
    _quantity(quantity)
    if item.unit_price < 0:
        raise Refused("a price below nothing", hint="Ask for a price check.", code="bad-price", status=422)
    if item.weight is not None and (quantity != 1 or item.weight <= 0):
        raise Refused(f"{item.name}: weighed goods are sold one weighing at a time", hint="Weigh it again.", status=422)
    _affordable(basket.total + quantity * item.unit_price)
    same = next((line for line in basket.lines if _same(line, item)), None)
    if same is not None:
        return [QuantityChanged(basket.id, same.line, _quantity(same.quantity + quantity))]
    if basket.last_line >= MAX_LINES or _bytes(item) + size_of(basket) > MAX_BYTES:
        raise Refused(
            f"a basket has at most {MAX_LINES} lines", hint="Take payment and start a new basket.", code="too-many"
        )
    number, money = LineId(basket.last_line + 1), (quantity, item.unit_price, item.tax_label)
    return [LineAdded(basket.id, number, item.sku, item.article, item.name, *money, code, item.weight)]


def change_quantity(basket: Basket, line: LineId, quantity: int) -> Sequence[Fact]:
    """The line's quantity becomes `quantity`; nothing follows when it is that already."""
    found = line_of(basket, line)
    if found.weight is not None:
        raise Refused(
            f"{found.name} is weighed, its quantity is one", hint="Void the line and weigh again.", status=422
        )
    _quantity(quantity)
    _affordable(basket.total + (quantity - found.quantity) * found.unit_price)
    return [] if quantity == found.quantity else [QuantityChanged(basket.id, line, quantity)]


def void_line(basket: Basket, line: LineId) -> Sequence[Fact]:
    """The line leaves the basket; its number is never given again."""
    return [LineVoided(basket.id, line_of(basket, line).line)]


def void(basket: Basket, reason: str) -> Sequence[Fact]:
    """The whole basket is given up, for a reason."""
    must_be_open(basket)
    reason = words(reason)
    if not reason:
        raise Refused("a void needs a reason", hint="Say why the basket is given up.", code="reason-needed", status=422)
    return [BasketVoided(basket.id, basket.till, reason, basket.training)]


def words(reason: str) -> str:
    """A reason somebody typed, without blanks around it; Refused when it is endless or not plain text."""
    reason = reason.strip()
    if len(reason) > MAX_REASON or not reason.isprintable():
        raise Refused("that reason is too long or not plain text", hint="Use a few plain words.", status=422)
    return reason


def size_of(basket: Basket) -> int:
    """Bytes that the basket can take up in the closed sale."""
    return sum(_bytes(line) for line in basket.lines) + basket.offers.size()


def _line(fact: LineAdded) -> Line:
    what = (fact.line, fact.sku, fact.article, fact.name, fact.quantity, fact.unit_price)
    return Line(*what, fact.tax_label, fact.code, fact.weight)


def _find(basket: Basket, line: LineId) -> Line:
    for found in basket.lines:
        if found.line == line:
            return found
    raise Halt(f"basket {basket.id} has no line {line}", hint="Run `edge verify`.")


def line_of(basket: Basket, line: LineId) -> Line:
    """A line of an open basket. Refused (`unknown-line`) when it is not there."""
    must_be_open(basket)
    found = next((found for found in basket.lines if found.line == line), None)
    if found is None:
        raise Refused(
            f"line {line} is not in this basket", hint="Choose a line on the screen.", code="unknown-line", status=404
        )
    return found


def _same(line: Line, item: PricedItem) -> bool:
    plain = line.weight is None and item.weight is None and line.reduction is None
    return plain and (line.sku, line.unit_price, line.tax_label) == (item.sku, item.unit_price, item.tax_label)


def _bytes(line: Line | PricedItem) -> int:
    return _LINE_BYTES + len(msgspec.json.encode((line.sku, line.article, line.name, line.tax_label)))


def must_be_open(basket: Basket) -> None:
    """Refused (`not-open`) when it is paid or given up."""
    if not basket.open:
        raise Refused(f"basket {basket.id} is {basket.state}", hint="Start a new sale.", code="not-open")


def _quantity(quantity: int) -> int:
    if quantity < 1:
        raise Refused("a quantity below one", hint="Void the line to take it off.", code="bad-quantity", status=422)
    if quantity > MAX_QUANTITY:
        raise Refused(f"a line has at most {MAX_QUANTITY} pieces", hint="Check the quantity.", code="too-many")
    return quantity


def _affordable(total: int) -> None:
    if total > MAX_TOTAL:
        raise Refused("worth more than a till may take", hint="Check quantities and prices.", code="too-many")
