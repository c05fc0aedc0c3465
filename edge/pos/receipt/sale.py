"""Pure: the receipt of a sale or a return, from its fact alone and the words of the shop."""

from collections.abc import Iterable, Iterator

from edge.facts import SaleClosed, SaleLine, SaleReturned, Tender
from edge.pos.receipt.document import Align, Block, Document, DocumentKind, Gap, Pair, Qr, Rule, Table, Weight, Words
from edge.pos.receipt.shop import Shop
from edge.units import Minor, TenderKind

Sold = SaleClosed | SaleReturned
_FISCAL_QR = 40
"""Millimetres; the strictest country's wish."""


def receipt(fact: Sold, chain: bytes, shop: Shop, *, gift: bool = False) -> Document:
    """The receipt of `fact`, whose journal entry has the hash `chain`; a gift receipt shows no amounts."""
    _ = shop.translate
    kind = DocumentKind.GIFT if gift else DocumentKind.SALE
    title = _("Gift receipt") if gift else _("Receipt")
    if isinstance(fact, SaleReturned):
        kind, title = DocumentKind.RETURN, shop.return_title or _("Return")
    training = list(_training(fact, shop))
    goods = _goods(fact.lines, shop) if gift else (*_items(fact, shop), *_totals(fact, shop), *_taxes(fact, shop))
    blocks = (
        *_head(shop),
        *training,
        Words("title", title, Align.CENTRE, Weight.BOLD),
        *_facts(fact, shop),
        Rule(),
        *goods,
        *(() if gift else _evidence(fact, shop)),
        *_signatures(fact, shop),
        *_foot(fact, chain, shop),
        *training,
    )
    subject = fact.returned if isinstance(fact, SaleReturned) else fact.sale
    return Document(kind, subject, fact.number, shop.language, title, blocks)


def _head(shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Words("store", shop.name, Align.CENTRE, Weight.BIG)
    for line in shop.address:
        yield Words("address", line, Align.CENTRE)
    if shop.tax_number:
        yield Words("tax_number", f"{_('Tax number')} {shop.tax_number}", Align.CENTRE)
    for line in shop.header:
        yield Words("header", line, Align.CENTRE)
    yield Gap()


def _training(fact: Sold, shop: Shop) -> Iterator[Block]:
    if isinstance(fact, SaleClosed) and fact.training:
        words = shop.training or shop.translate("TRAINING - NOT A RECEIPT")
        yield Words("training", words, Align.CENTRE, Weight.BOLD)


def _facts(fact: Sold, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Pair("number", _("Number"), fact.number)
    if isinstance(fact, SaleClosed):
        yield Pair("opened_at", _("Begun"), shop.when(fact.opened_at))
        yield Pair("paid_at", _("Paid"), shop.when(fact.paid_at))
        if fact.buyer:
            yield Pair("buyer", _("Buyer"), fact.buyer)
    else:
        yield Pair("date", _("Date"), fact.business_date)
        if fact.original or fact.sale:
            yield Pair("original", _("Original sale"), fact.original or str(fact.sale))
        yield Pair("reason", _("Reason"), fact.reason)
        if fact.approved_by:
            yield Pair("approved_by", _("Approved by"), shop.cashier(fact.approved_by))
    yield Pair("till", _("Till"), shop.till(fact.till))
    yield Pair("cashier", _("Served by"), shop.cashier(fact.user))


def _goods(lines: Iterable[SaleLine], shop: Shop) -> Iterator[Block]:
    for line in lines:
        yield Pair("item", line.name, f"{line.quantity} x")
    yield Rule()


def _items(fact: Sold, shop: Shop) -> Iterator[Block]:
    for line in fact.lines:
        yield Pair("item", line.name, f"{shop.money(line.gross)} {line.tax_label}")
        if line.quantity != 1 or line.discount:
            yield Words("quantity", f"  {line.quantity} x {shop.money(line.unit_price)}", verbatim=True)
        for given in line.promotions:
            yield Pair("promotion", given.name, shop.money(Minor(-given.amount)), indent=2)
        if by_hand := line.discount - sum(given.amount for given in line.promotions):
            yield Pair("discount", shop.translate("Discount"), shop.money(Minor(-by_hand)), indent=2)
        if isinstance(fact, SaleReturned) and not fact.sound(line.line):
            yield Words("damaged", f"  {shop.translate('Damaged')}", verbatim=True)
    yield Rule()


def _totals(fact: Sold, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    name = _("Refund") if isinstance(fact, SaleReturned) else _("Total")
    yield Pair("total", f"{name} {fact.currency}", shop.money(fact.total), Weight.BIG)
    if fact.rounding:
        yield Pair("rounding", _("Rounding"), shop.money(fact.rounding))
        payable = fact.payable if isinstance(fact, SaleClosed) else Minor(fact.total + fact.rounding)
        owed = _("Given back") if isinstance(fact, SaleReturned) else _("To pay")
        yield Pair("payable", owed, shop.money(payable), Weight.BOLD)
    for tender in fact.tenders:
        yield Pair("tender", _tender(tender, shop), shop.money(tender.tendered or tender.amount))
    if isinstance(fact, SaleClosed) and fact.change:
        yield Pair("change", _("Change"), shop.money(fact.change), Weight.BOLD)


def _tender(tender: Tender, shop: Shop) -> str:
    _ = shop.translate
    names = {
        TenderKind.CASH: _("Cash"),
        TenderKind.CARD: _("Card"),
        TenderKind.GIFT: _("Gift card"),
        TenderKind.VOUCHER: _("Voucher"),
    }
    return f"{names[tender.kind]} {tender.reference}".strip()


def _taxes(fact: Sold, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Gap()
    rows = tuple(
        (f"{tax.label} {shop.rate(tax.rate)}", shop.money(tax.net), shop.money(tax.tax), shop.money(tax.gross))
        for tax in fact.taxes
    )
    yield Table("taxes", (_("Tax"), _("Net"), _("Tax amount"), _("Gross")), rows)


def _evidence(fact: Sold, shop: Shop) -> Iterator[Block]:
    """What the fiscal service said, in its own words and its own QR, unchanged."""
    evidence = fact.evidence
    if evidence.regime in ("none", "beside"):  # then the number is our own and stands above
        return
    _ = shop.translate
    yield Rule()
    for line in evidence.text:
        yield Words("fiscal_text", line, verbatim=True)
    if not evidence.text:
        for role, name, value in (
            ("fiscal_device", _("Fiscal device"), evidence.device),
            ("fiscal_number", _("Fiscal number"), evidence.number),
            ("fiscal_counters", _("Counters"), evidence.counters),
            ("fiscal_signature", _("Signature"), evidence.signature),
            ("fiscal_deadline", _("Reported until"), evidence.deadline),
        ):
            if value:
                yield Pair(role, name, value)
        if evidence.at:
            yield Pair("fiscal_at", _("Fiscal time"), evidence.at)
    if evidence.qr:
        yield Qr("fiscal_qr", evidence.qr, _FISCAL_QR)


def _signatures(fact: Sold, shop: Shop) -> Iterator[Block]:
    """Lines for a pen, where the law or custom wants a return signed."""
    _ = shop.translate
    names = {"seller": _("Seller"), "buyer": _("Buyer")}
    for who in shop.signatures if isinstance(fact, SaleReturned) else ():
        yield Gap()
        yield Gap()
        yield Words(f"signature_{who}", f"{names[who]} " + "." * 20, verbatim=True)


def _foot(fact: Sold, chain: bytes, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Gap()
    if shop.reference is not None and not (isinstance(fact, SaleClosed) and fact.training):
        yield Qr("reference", shop.reference(fact, chain))
    yield Words("chain", f"{_('Check')} {check_value(chain)}", Align.CENTRE)
    for line in shop.footer:
        yield Words("footer", line, Align.CENTRE)


def check_value(chain: bytes) -> str:
    """The first eight bytes of an entry's hash, as people can read them to each other: `1A2B 3C4D 5E6F 7081`."""
    return chain[:8].hex(" ", 2).upper()
