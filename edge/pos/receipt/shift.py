"""Pure: the Z (and X) report as a document."""

from collections.abc import Iterator

from edge.facts import ShiftClosed
from edge.pos.receipt.document import Align, Block, Document, DocumentKind, Gap, Pair, Rule, Table, Weight, Words
from edge.pos.receipt.sale import check_value
from edge.pos.receipt.shop import Shop


def z_report(fact: ShiftClosed, chain: bytes, shop: Shop) -> Document:
    """The numbered end of a shift, whose journal entry has the hash `chain`."""
    _ = shop.translate
    blocks = (
        *_head(fact, shop, f"{_('Z report')} {fact.z_number}"),
        *_figures(fact, shop),
        *_cash(fact, shop),
        *_events(fact, shop),
        Words("chain", f"{_('Check')} {check_value(chain)}", Align.CENTRE),
    )
    return Document(DocumentKind.Z, fact.shift, str(fact.z_number), shop.language, _("Z report"), blocks)


def x_report(so_far: ShiftClosed, shop: Shop) -> Document:
    """The same figures in the middle of a shift: no number, no reset, and no cash that a blind count must not see."""
    _ = shop.translate
    blocks = (*_head(so_far, shop, _("X report")), *_figures(so_far, shop), *_events(so_far, shop))
    return Document(DocumentKind.X, so_far.shift, "", shop.language, _("X report"), blocks)


def _head(fact: ShiftClosed, shop: Shop, title: str) -> Iterator[Block]:
    _ = shop.translate
    yield Words("store", shop.name, Align.CENTRE, Weight.BIG)
    if shop.tax_number:
        yield Words("tax_number", f"{_('Tax number')} {shop.tax_number}", Align.CENTRE)
    yield Words("title", title, Align.CENTRE, Weight.BOLD)
    yield Pair("date", _("Business date"), fact.business_date)
    yield Pair("till", _("Till"), shop.till(fact.till))
    yield Pair("cashier", _("Closed by"), shop.cashier(fact.user))
    yield Rule()


def _figures(fact: ShiftClosed, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Pair("sales", _("Sales"), str(fact.sales))
    yield Pair("lines", _("Lines"), str(fact.lines))
    yield Pair("gross_sales", f"{_('Gross sales')} {fact.currency}", shop.money(fact.gross_sales), Weight.BOLD)
    yield Pair("returns", _("Returns"), str(fact.returns))
    yield Pair("gross_returns", _("Gross returns"), shop.money(fact.gross_returns))
    yield Pair("rounding", _("Rounding"), shop.money(fact.rounding))
    yield Pair("grand_total", _("Grand total"), shop.money(fact.grand_total))
    rows = tuple(
        (f"{tax.label} {shop.rate(tax.rate)}", shop.money(tax.net), shop.money(tax.tax), shop.money(tax.gross))
        for tax in fact.taxes
    )
    yield Gap()
    yield Table("taxes", (_("Tax"), _("Net"), _("Tax amount"), _("Gross")), rows)
    names = {"cash": _("Cash"), "card": _("Card"), "gift": _("Gift card"), "voucher": _("Voucher")}
    yield Gap()
    paid = tuple((names[each.kind], str(each.count), shop.money(each.amount)) for each in fact.tenders)
    yield Table("tenders", (_("Paid by"), _("Count"), _("Amount")), paid)
    yield Rule()


def _cash(fact: ShiftClosed, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Pair("float", _("Float"), shop.money(fact.float_amount))
    yield Pair("expected_cash", _("Expected cash"), shop.money(fact.expected_cash))
    yield Pair("counted_cash", _("Counted cash"), shop.money(fact.counted_cash))
    yield Pair("variance", _("Variance"), shop.money(fact.variance), Weight.BOLD)
    if fact.reason:
        yield Pair("reason", _("Reason"), fact.reason)
    yield Rule()


def _events(fact: ShiftClosed, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    for role, name, count in (
        ("voided_lines", _("Voided lines"), fact.voided_lines),
        ("voided_baskets", _("Voided baskets"), fact.voided_baskets),
        ("drawer_kicks", _("Drawer openings"), fact.drawer_kicks),
        ("open_baskets", _("Open baskets"), fact.open_baskets),
        ("unknown_effects", _("Unknown payments and papers"), fact.unknown_effects),
    ):
        yield Pair(role, name, str(count))
    yield Gap()
