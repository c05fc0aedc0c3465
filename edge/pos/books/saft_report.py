"""The `eventReport` of an X or Z in SAF-T Cash Register: summed from the book's own receipts (pure)."""

from collections import defaultdict
from dataclasses import dataclass, field

from edge.facts import HoldOverridden, SaleClosed, ShiftClosed, ShiftRead
from edge.pos.books.csv import amount
from edge.pos.books.rows import receipts
from edge.pos.books.saft_codes import GOODS, PAYMENTS
from edge.pos.books.shifts import Book, Line
from edge.pos.books.xml import ident, leaf, node
from edge.pos.cash.moves import SIGN, moved
from edge.units import BasisPoints, TenderKind


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the reports; `before` is what the till sold and took back before the book: sales, returns."""

    ident: str
    name: str
    decimals: int
    before: tuple[int, int]

    def money(self, minor: int) -> str:
        """`-1234.50`."""
        return amount(minor, self.decimals)


@dataclass(slots=True)
class Sums:
    """What a book came to until one of its entries; returns take off, but for `sold` and `back`."""

    sold: int = 0
    back: int = 0
    sales: int = 0
    returns: int = 0
    units: int = 0
    discounts: int = 0
    discount: int = 0
    training: int = 0
    trained: int = 0
    overrides: int = 0
    taxes: dict[tuple[str, BasisPoints], tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))
    """Label and rate -> net, tax."""
    tenders: dict[TenderKind, tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))
    """Count, amount."""
    moves: dict[str, tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))
    """Count, amount, signed by what it did to the drawer."""


def sums(book: Book, upto: int) -> Sums:
    """The book's sums until entry `upto`."""
    made = Sums()
    for line, fact, sign in receipts(book):
        if line.seq > upto:
            break
        if isinstance(fact, SaleClosed):
            made.sold, made.sales = made.sold + fact.total, made.sales + 1
        else:
            made.back, made.returns = made.back + fact.total, made.returns + 1
        for item in fact.lines:
            made.units += sign * item.quantity
            if item.discount and sign > 0:
                made.discounts, made.discount = made.discounts + 1, made.discount + item.discount
        for tax in fact.taxes:
            net, amount_ = made.taxes[tax.label, tax.rate]
            made.taxes[tax.label, tax.rate] = net + sign * tax.net, amount_ + sign * tax.tax
        for tender in fact.tenders:
            count, total = made.tenders[tender.kind]
            made.tenders[tender.kind] = count + 1, total + sign * tender.amount
    for line in (line for line in book.lines if line.seq <= upto):
        found = moved(line.fact)
        if found is not None:
            count, total = made.moves[found[1]]
            made.moves[found[1]] = count + 1, total + SIGN[found[1]] * found[2]
        made.overrides += isinstance(line.fact, HoldOverridden)
        if isinstance(line.fact, SaleClosed) and line.fact.training:
            made.training, made.trained = made.training + 1, made.trained + line.fact.total
    return made


def event_report(maker: Maker, book: Book, line: Line, fact: ShiftClosed | ShiftRead, at: tuple[str, str]) -> str:
    """The report of an X or Z, in the order of the schema; `at` is its local date and time.

    The schema wants each list to have at least one entry: a day without any says so with zeros.
    """
    made, money = sums(book, line.seq), maker.money
    is_z, nothing = isinstance(fact, ShiftClosed), maker.money(0)
    report = f"Z {fact.till} {fact.series} {fact.z_number}" if isinstance(fact, ShiftClosed) else f"X {line.seq}"
    sold, back = maker.before[0] + made.sold, maker.before[1] + made.back
    return node(
        "eventReport",
        leaf("reportID", ident(report)),
        leaf("reportType", "Z report" if is_z else "X report"),
        leaf("companyIdent", ident(maker.ident)), leaf("companyName", maker.name, 100),
        leaf("reportDate", at[0]), leaf("reportTime", at[1]), leaf("registerID", fact.till, 100),
        node("reportTotalCashSales", leaf("totalCashSaleAmnt", money(made.sold))),
        node("reportArtGroups", node(
            "reportArtGroup", leaf("artGroupID", GOODS.id), leaf("artGroupNum", made.units),
            leaf("artGroupAmnt", money(made.sold - made.back)),
        )),
        node("reportPayments", *(
            node("reportPayment", leaf("paymentType", PAYMENTS[kind].id), leaf("paymentNum", count),
                 leaf("paymentAmnt", money(total)))
            for kind, (count, total) in (made.tenders or {TenderKind.CASH: (0, 0)}).items()
        )),
        node("reportCashSalesVat", *(
            node("reportCashSaleVat", leaf("vatCode", label, 20), leaf("vatPerc", amount(rate, 2)),
                 leaf("cashSaleAmnt", money(net)), leaf("vatAmnt", money(tax)), leaf("vatAmntTp", side(tax)))
            for (label, rate), (net, tax) in (made.taxes or {("0", BasisPoints(0)): (0, 0)}).items()
        )),
        leaf("reportOpeningChangeFloat", money(0 if book.opened is None else book.opened.float_amount)),
        leaf("reportReceiptNum", made.sales), leaf("reportOpenCashBoxNum", fact.drawer_kicks),
        leaf("reportReceiptCopyNum", 0), leaf("reportReceiptCopyAmnt", nothing),
        leaf("reportReceiptProformaNum", 0), leaf("reportReceiptProformaAmnt", nothing),
        leaf("reportReturnNum", made.returns), leaf("reportReturnAmnt", money(made.back)),
        leaf("reportDiscountNum", made.discounts), leaf("reportDiscountAmnt", money(made.discount)),
        leaf("reportVoidTransNum", fact.voided_baskets), leaf("reportVoidTransAmnt", nothing),
        node("reportCorrLines", node(
            "reportCorrLine", leaf("corrLineType", "E-LINE-VOID"), leaf("corrLineNum", fact.voided_lines),
            leaf("corrLineAmnt", nothing),
        )),
        node("reportPriceInquiries", node(
            "reportPriceInquiry", leaf("priceInquiryGroup", GOODS.id), leaf("priceInquiryNum", 0),
            leaf("priceInquiryAmnt", nothing),
        )),
        node("reportOtherCorrs", node(
            "reportOtherCorr", leaf("otherCorrType", "E-OVERRIDE"), leaf("otherCorrNum", made.overrides),
            leaf("otherCorrAmnt", nothing),
        )),
        leaf("reportReceiptDeliveryNum", 0), leaf("reportReceiptDeliveryAmnt", nothing),
        leaf("reportTrainingNum", made.training), leaf("reportTrainingAmnt", money(made.trained)),
        _moves("payIn", {kind: each for kind, each in made.moves.items() if each[1] >= 0}, maker),
        _moves("payOut", {kind: (n, -total) for kind, (n, total) in made.moves.items() if total < 0}, maker),
        leaf("reportGrandTotalSales", money(sold)), leaf("reportGrandTotalReturn", money(back)),
        leaf("reportGrandTotalSalesNet", money(sold - back)),
    )  # fmt: skip


def side(minor: int) -> str:
    """Credit for what was sold, debit for what went back."""
    return "D" if minor < 0 else "C"


def _moves(name: str, moves: dict[str, tuple[int, int]], maker: Maker) -> str:
    if not moves:
        return ""
    capital = f"report{name[0].upper()}{name[1:]}"
    return node(f"{capital}s", *(
        node(capital, leaf(f"{name}Type", ident(kind)), leaf(f"{name}Num", count),
             leaf(f"{name}Amnt", maker.money(total)))
        for kind, (count, total) in moves.items()
    ))  # fmt: skip
