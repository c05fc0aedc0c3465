"""The days' report for a manager: takings by hour, tax, product, cashier, tender, and what went otherwise (pure).

Every figure is a sum over the same books the exports are made of, so it is the Z's own.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edge.facts import (
    BasketDiscounted,
    BasketVoided,
    CashFound,
    HoldOverridden,
    LineDiscounted,
    LineVoided,
    NoSale,
    SaleClosed,
    SaleReturned,
)
from edge.pos.books.rows import receipts
from edge.pos.books.shifts import Book, Line
from edge.pos.cash.moves import SIGN, moved

Local = Callable[[str], datetime]
"""A stored time on the store's clock."""
MOST = 200
"""So many single events are listed."""


@dataclass(slots=True)
class Sum:
    """What adds up under one name: receipts, pieces, amounts; a return takes off."""

    sales: int = 0
    returns: int = 0
    units: int = 0
    net: int = 0
    tax: int = 0
    gross: int = 0
    discount: int = 0

    def add(self, sign: int, **amounts: int) -> None:
        """Add amounts with a sign."""
        for name, amount in amounts.items():
            setattr(self, name, getattr(self, name) + sign * amount)


@dataclass(slots=True)
class Report:
    """Sums by name, in order of first use; `events` are what a manager reads one by one."""

    total: Sum = field(default_factory=Sum)
    gross_sales: int = 0
    gross_returns: int = 0
    rounding: int = 0
    hours: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    """`2026-06-06 14 +02:00`: the hour that comes twice is two."""
    taxes: dict[tuple[str, int], Sum] = field(default_factory=lambda: defaultdict(Sum))
    products: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    names: dict[str, str] = field(default_factory=dict)
    cashiers: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    tenders: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    moves: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    voids: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    """By cashier: lines and baskets taken out."""
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    events: list[Mapping[str, object]] = field(default_factory=list)


def report(books: Sequence[Book], local: Local) -> Report:
    """The report of some books."""
    made = Report()
    for book in books:
        for line, fact, sign in receipts(book):
            _receipt(made, line, fact, sign, local)
        for line in book.lines:
            _event(made, book, line)
    return made


def _receipt(made: Report, line: Line, fact: SaleClosed | SaleReturned, sign: int, local: Local) -> None:
    at = local(fact.paid_at if isinstance(fact, SaleClosed) else line.at)
    net, tax = sum(each.net for each in fact.taxes), sum(each.tax for each in fact.taxes)
    units, discount = sum(each.quantity for each in fact.lines), sum(each.discount for each in fact.lines)
    for each in (made.total, made.hours[f"{at:%Y-%m-%d %H} {_offset(at)}"], made.cashiers[fact.user]):
        _count(each, sign)
        each.add(sign, units=units, net=net, tax=tax, gross=fact.total, discount=discount)
    if sign > 0:
        made.gross_sales += fact.total
    else:
        made.gross_returns += fact.total
    made.rounding += sign * fact.rounding
    for rate in fact.taxes:
        made.taxes[rate.label, rate.rate].add(sign, net=rate.net, tax=rate.tax, gross=rate.gross)
    for item in fact.lines:
        made.names[item.sku] = item.name
        made.products[item.sku].add(sign, units=item.quantity, gross=item.gross, discount=item.discount)
        _count(made.products[item.sku], sign)
    for tender in fact.tenders:
        made.tenders[tender.kind].add(sign, gross=tender.amount)
        made.tenders[tender.kind].sales += 1
    if discount and sign > 0:
        made.counts["discounted"] += 1


def _event(made: Report, book: Book, line: Line) -> None:
    fact, found = line.fact, moved(line.fact)
    if found is not None:
        made.moves[found[1]].add(SIGN[found[1]], gross=found[2])
        made.moves[found[1]].sales += 1
    match fact:
        case LineVoided():
            made.voids[line.actor].units += 1
        case BasketVoided():
            made.voids[line.actor].sales += 1
            _tell(made, book, line, "void", reason=fact.reason)
        case NoSale():
            made.counts["no_sales"] += 1
            _tell(made, book, line, "no-sale", reason=fact.reason)
        case LineDiscounted() | BasketDiscounted():
            made.counts["discounts"] += 1
            _tell(made, book, line, "discount", reason=fact.reason, approved_by=fact.approved_by or "")
        case HoldOverridden():
            made.counts["overrides"] += 1
            _tell(made, book, line, "override", reason=fact.sku)
        case SaleReturned():
            _tell(made, book, line, "return", reason=fact.reason, amount_minor=fact.total)
        case CashFound():
            _tell(made, book, line, "found", reason=fact.reason, amount_minor=fact.amount)
        case _:
            pass


def _tell(made: Report, book: Book, line: Line, kind: str, **more: object) -> None:
    if len(made.events) < MOST:
        empty = {"reason": "", "approved_by": "", "amount_minor": None}
        made.events.append({"kind": kind, "at": line.at, "till": book.till, "user": line.actor, **empty, **more})


def _count(of: Sum, sign: int) -> None:
    if sign > 0:
        of.sales += 1
    else:
        of.returns += 1


def _offset(at: datetime) -> str:
    text = f"{at:%z}"
    return f"{text[:3]}:{text[3:5]}"
