"""The books as tables for an accountant: one row a sale, line, tax, tender, movement and Z (pure; docs/export.md).

Amounts are signed: what a return gives back is negative. Times are local with their offset.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from edge.facts import CashFound, CashReceived, CashSent, SaleClosed, SaleReturned
from edge.pos.books.shifts import Book, Line
from edge.pos.cash.moves import SIGN, moved
from edge.units import MoveKind

When = Callable[[str], str]
"""A stored time as the store's clock showed it."""


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A receipt. `total + rounding == payable`, the sum of its tenders; `net + tax == total`, the sum of its lines."""

    business_date: str
    till: str
    z: str
    """The Z that counts it, `A 12`; empty while the shift is open."""
    number: str
    kind: str
    """`sale` or `return`."""
    at: str
    cashier: str
    currency: str
    lines: int
    net: int
    tax: int
    total: int
    rounding: int
    payable: int
    sale: str
    of: str
    """The sale a return is against."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a receipt; `gross = quantity * unit_price - discount`."""

    business_date: str
    till: str
    z: str
    number: str
    kind: str
    line: int
    sku: str
    article: str
    name: str
    quantity: int
    unit_price: int
    discount: int
    gross: int
    tax_label: str


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One rate's share of a receipt; `rate` in hundredths of a percent."""

    business_date: str
    till: str
    z: str
    number: str
    kind: str
    tax_label: str
    rate: int
    net: int
    tax: int
    gross: int


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One way in which a receipt was paid; `tendered - change` is `amount` for cash."""

    business_date: str
    till: str
    z: str
    number: str
    kind: str
    tender: str
    amount: int
    tendered: int
    change: int
    reference: str


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Cash that moved without a sale; `amount` is signed by what it did to the drawer."""

    business_date: str
    till: str
    z: str
    at: str
    kind: str
    amount: int
    currency: str
    cashier: str
    approved_by: str
    reason: str
    other: str
    """The other till of a transfer; the Z that found money is for."""
    move: str


@dataclass(frozen=True, slots=True)
class ZRow:
    """A Z, as it was recorded."""

    business_date: str
    till: str
    series: str
    z_number: int
    opened_at: str
    closed_at: str
    closed_by: str
    currency: str
    sales: int
    returns: int
    lines: int
    gross_sales: int
    gross_returns: int
    rounding: int
    float_amount: int
    cash_sales: int
    cash_refunds: int
    moves: int
    expected_cash: int
    counted_cash: int
    variance: int
    reason: str
    voided_lines: int
    voided_baskets: int
    drawer_kicks: int
    no_sales: int
    open_baskets: int
    unfinished_sales: int
    unknown_effects: int
    grand_total: int
    hash: str
    """The first 16 hex digits of the journal entry's hash, as its paper shows them."""


Row = SaleRow | LineRow | TaxRow | TenderRow | MoveRow | ZRow
TABLES: Mapping[str, type[Row]] = {
    "sales": SaleRow, "lines": LineRow, "taxes": TaxRow, "tenders": TenderRow, "movements": MoveRow, "z": ZRow,
}  # fmt: skip
"""Table -> the shape of its rows."""
MONEY = frozenset(
    {
        "net", "tax", "total", "rounding", "payable", "unit_price", "discount", "gross", "amount", "tendered", "change",
        "gross_sales", "gross_returns", "float_amount", "cash_sales", "cash_refunds", "expected_cash", "counted_cash",
        "variance", "grand_total", "moves",
    }
)  # fmt: skip
"""Columns in minor units."""


def columns(kind: type[Row]) -> tuple[str, ...]:
    """The names of a table's columns, in order."""
    return tuple(field.name for field in fields(kind))


def table(name: str, books: Sequence[Book], when: When) -> Iterator[Row]:
    """Every row of one table, in the order of the journal within each book."""
    make: Mapping[str, Callable[[Book, When], Iterator[Row]]] = {
        "sales": _sales, "lines": _lines, "taxes": _taxes, "tenders": _tenders, "movements": _moves, "z": _z,
    }  # fmt: skip
    for book in books:
        yield from make[name](book, when)


def receipts(book: Book) -> Iterator[tuple[Line, SaleClosed | SaleReturned, int]]:
    """Sales (1) and returns (-1) of a book, in order."""
    for line in book.lines:
        fact = line.fact
        if isinstance(fact, SaleClosed) and not fact.training:
            yield line, fact, 1
        elif isinstance(fact, SaleReturned):
            yield line, fact, -1


def z_name(book: Book) -> str:
    """`A 12`, or nothing while the shift is open."""
    return "" if book.z is None else f"{book.z.series} {book.z.z_number}"


def _key(book: Book) -> tuple[str, str, str]:
    return book.date, book.till, z_name(book)


def _kind(sign: int) -> str:
    return "sale" if sign > 0 else "return"


def _sales(book: Book, when: When) -> Iterator[Row]:
    for line, fact, sign in receipts(book):
        net, tax = sum(each.net for each in fact.taxes), sum(each.tax for each in fact.taxes)
        yield SaleRow(
            *_key(book), fact.number, _kind(sign), when(fact.paid_at if isinstance(fact, SaleClosed) else line.at),
            fact.user, fact.currency, len(fact.lines), sign * net, sign * tax, sign * fact.total, sign * fact.rounding,
            sign * (fact.total + fact.rounding), fact.sale if isinstance(fact, SaleClosed) else fact.returned,
            "" if isinstance(fact, SaleClosed) else fact.sale or "",
        )  # fmt: skip


def _lines(book: Book, when: When) -> Iterator[Row]:
    for _, fact, sign in receipts(book):
        for each in fact.lines:
            yield LineRow(
                *_key(book), fact.number, _kind(sign), each.line, each.sku, each.article, each.name,
                sign * each.quantity, each.unit_price, sign * each.discount, sign * each.gross, each.tax_label,
            )  # fmt: skip


def _taxes(book: Book, when: When) -> Iterator[Row]:
    for _, fact, sign in receipts(book):
        for each in fact.taxes:
            yield TaxRow(
                *_key(book), fact.number, _kind(sign), each.label, each.rate, sign * each.net, sign * each.tax,
                sign * each.gross,
            )  # fmt: skip


def _tenders(book: Book, when: When) -> Iterator[Row]:
    for _, fact, sign in receipts(book):
        for each in fact.tenders:
            yield TenderRow(
                *_key(book), fact.number, _kind(sign), each.kind, sign * each.amount, sign * each.tendered,
                sign * (each.tendered - each.amount), each.reference,
            )  # fmt: skip


def _moves(book: Book, when: When) -> Iterator[Row]:
    for line in book.lines:
        fact = line.fact
        found = moved(fact)
        if found is None and not isinstance(fact, CashFound):
            continue
        _, kind, amount = found or (book.till, MoveKind.FOUND, 0)
        other = {CashSent: "to", CashReceived: "sender"}.get(type(fact), "")
        yield MoveRow(
            *_key(book), when(line.at), kind, SIGN[kind] * amount, getattr(fact, "currency", ""),
            getattr(fact, "user", line.actor), getattr(fact, "approved_by", None) or "", getattr(fact, "reason", ""),
            f"{fact.series} {fact.z_number}" if isinstance(fact, CashFound) else getattr(fact, other, ""),
            getattr(fact, "move", ""),
        )  # fmt: skip


def _z(book: Book, when: When) -> Iterator[Row]:
    z = book.z
    if z is None:
        return
    yield ZRow(
        z.business_date, z.till, z.series, z.z_number, when(z.opened_at) if z.opened_at else "", when(book.z_at),
        z.user, z.currency, z.sales, z.returns, z.lines, z.gross_sales, z.gross_returns, z.rounding, z.float_amount,
        z.cash_sales, z.cash_refunds, sum(SIGN[each.kind] * each.amount for each in z.moves), z.expected_cash,
        z.counted_cash, z.variance, z.reason, z.voided_lines, z.voided_baskets, z.drawer_kicks, z.no_sales,
        z.open_baskets, z.unfinished_sales, z.unknown_effects, z.grand_total, book.z_hash,
    )  # fmt: skip
