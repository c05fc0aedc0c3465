"""Pure: the Z and the X report as documents."""

from collections.abc import Iterator, Sequence

from edge.facts import Figures, MoveSum, OpenItem, ShiftClosed, ShiftRead
from edge.pos.receipt.cash import move_names
from edge.pos.receipt.document import Align, Block, Document, DocumentKind, Gap, Pair, Rule, Table, Weight, Words
from edge.pos.receipt.sale import check_value
from edge.pos.receipt.shop import Shop
from edge.units import TillId

MOST_ITEMS = 20
"""So many open items are named one by one; the rest is counted."""


def z_report(fact: ShiftClosed, chain: bytes, shop: Shop) -> Document:
    """The numbered end of a shift, whose journal entry has the hash `chain`."""
    _ = shop.translate
    blocks = (
        *_head(fact, shop, f"{_('Z report')} {fact.z_number}", _("Closed by")),
        *_times(fact, shop),
        Rule(),
        *_counts(fact, shop),
        *_amounts(_of(fact), fact.currency, shop),
        *_cash(fact, shop),
        *_events(fact, shop),
        *_open(fact.open_items, shop),
        Words("chain", f"{_('Check')} {check_value(chain)}", Align.CENTRE),
    )
    return Document(DocumentKind.Z, fact.shift, str(fact.z_number), shop.language, _("Z report"), blocks)


def x_report(so_far: ShiftRead, at: str, shop: Shop) -> Document:
    """The middle of a shift: no number, no reset; amounts only where a manager saw to it."""
    _ = shop.translate
    blocks: list[Block] = [
        *_head(so_far, shop, _("X report"), _("Cashier")),
        Pair("at", _("Time"), shop.when(at)),
        Rule(),
        *_counts(so_far, shop),
    ]
    if so_far.figures is not None:
        blocks += _amounts(so_far.figures, so_far.currency, shop)
        blocks += [
            Pair("float", _("Float"), shop.money(so_far.figures.float_amount)),
            *_moves(so_far.figures.moves, shop),
            Pair("expected_cash", _("Expected cash"), shop.money(so_far.figures.expected_cash)),
            Rule(),
        ]
    blocks += _events(so_far, shop)
    return Document(DocumentKind.X, so_far.shift, "", shop.language, _("X report"), tuple(blocks))


def _of(z: ShiftClosed) -> Figures:
    return Figures(
        z.gross_sales, z.gross_returns, z.taxes, z.tenders, z.moves, z.rounding, z.float_amount, z.expected_cash,
        z.grand_total,
    )  # fmt: skip


def _head(fact: ShiftClosed | ShiftRead, shop: Shop, title: str, by: str) -> Iterator[Block]:
    _ = shop.translate
    yield Words("store", shop.name, Align.CENTRE, Weight.BIG)
    if shop.tax_number:
        yield Words("tax_number", f"{_('Tax number')} {shop.tax_number}", Align.CENTRE)
    yield Words("title", title, Align.CENTRE, Weight.BOLD)
    yield Pair("date", _("Business date"), fact.business_date)
    yield Pair("till", _("Till"), shop.till(fact.till))
    yield Pair("cashier", by, shop.cashier(fact.user))


def _times(fact: ShiftClosed, shop: Shop) -> Iterator[Block]:
    """With their offset: the hour that comes twice stays two hours."""
    _ = shop.translate
    for role, name, at in (("opened_at", _("Opened"), fact.opened_at), ("closed_at", _("Closed"), fact.closed_at)):
        if at:
            yield Pair(role, name, shop.when(at))


def _counts(fact: ShiftClosed | ShiftRead, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Pair("sales", _("Sales"), str(fact.sales))
    yield Pair("lines", _("Lines"), str(fact.lines))
    yield Pair("returns", _("Returns"), str(fact.returns))


def _amounts(figures: Figures, currency: str, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Pair("gross_sales", f"{_('Gross sales')} {currency}", shop.money(figures.gross_sales), Weight.BOLD)
    yield Pair("gross_returns", _("Gross returns"), shop.money(figures.gross_returns))
    yield Pair("rounding", _("Rounding"), shop.money(figures.rounding))
    yield Pair("grand_total", _("Grand total"), shop.money(figures.grand_total))
    rows = tuple(
        (f"{tax.label} {shop.rate(tax.rate)}", shop.money(tax.net), shop.money(tax.tax), shop.money(tax.gross))
        for tax in figures.taxes
    )
    yield Gap()
    yield Table("taxes", (_("Tax"), _("Net"), _("Tax amount"), _("Gross")), rows)
    names = {"cash": _("Cash"), "card": _("Card"), "gift": _("Gift card"), "voucher": _("Voucher")}
    yield Gap()
    paid = tuple((names[each.kind], str(each.count), shop.money(each.amount)) for each in figures.tenders)
    yield Table("tenders", (_("Paid by"), _("Count"), _("Amount")), paid)
    yield Rule()


def _moves(moves: Sequence[MoveSum], shop: Shop) -> Iterator[Block]:
    names = move_names(shop)
    for each in moves:
        yield Pair(f"move_{each.kind}", f"{names[each.kind]} ({each.count})", shop.money(each.amount))


def _cash(fact: ShiftClosed, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    yield Pair("float", _("Float"), shop.money(fact.float_amount))
    if fact.cash_sales:
        yield Pair("cash_sales", _("Cash from sales"), shop.money(fact.cash_sales))
    if fact.cash_refunds:
        yield Pair("cash_refunds", _("Cash given back"), shop.money(fact.cash_refunds))
    yield from _moves(fact.moves, shop)
    yield Pair("expected_cash", _("Expected cash"), shop.money(fact.expected_cash))
    yield Pair("counted_cash", _("Counted cash"), shop.money(fact.counted_cash))
    yield Pair("variance", _("Variance"), shop.money(fact.variance), Weight.BOLD)
    if fact.reason:
        yield Pair("reason", _("Reason"), fact.reason)
    yield Rule()


def _events(fact: ShiftClosed | ShiftRead, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    for role, name, count in (
        ("voided_lines", _("Voided lines"), fact.voided_lines),
        ("voided_baskets", _("Voided baskets"), fact.voided_baskets),
        ("drawer_kicks", _("Drawer openings"), fact.drawer_kicks),
        ("no_sales", _("Drawer opened without a sale"), fact.no_sales),
        ("open_baskets", _("Open baskets"), fact.open_baskets),
        ("unfinished_sales", _("Sales without a fiscal receipt"), fact.unfinished_sales),
        ("unknown_effects", _("Unknown payments and papers"), fact.unknown_effects),
        ("open_transfers", _("Cash on its way between tills"), fact.open_transfers),
    ):
        yield Pair(role, name, str(count))
    if isinstance(fact, ShiftClosed) and fact.training_sales:
        yield Pair("training_sales", _("Practice sales (in no figure)"), str(fact.training_sales))
        yield Pair("training_total", _("Practice sales, amount"), shop.money(fact.training_total))
    yield Gap()


def _open(items: Sequence[OpenItem], shop: Shop) -> Iterator[Block]:
    """What the next day must finish, named: baskets with lines, transfers, what nobody knows the fate of."""
    _ = shop.translate
    shown = [item for item in items if item.kind != "effect" and not (item.kind == "basket" and not item.count)]
    if not shown:
        return
    names = {
        "basket": _("Basket"),
        "sale": _("Sale without a fiscal receipt"),
        "transfer-out": _("Cash sent to"),
        "transfer-in": _("Cash expected from"),
    }
    whats = {"paper": _("Paper"), "fiscal": _("Fiscal receipt"), "drawer": _("Drawer"), "card": _("Card")}
    yield Words("open", _("Still open"), weight=Weight.BOLD)
    for item in shown[:MOST_ITEMS]:
        name = names.get(item.kind) or whats.get(item.what, item.what)
        yield Pair("open_item", f"{name} {shop.till(TillId(item.what))}" if item.amount else name, _said(item, shop))
    if len(shown) > MOST_ITEMS:
        yield Words("open_more", f"+ {len(shown) - MOST_ITEMS}")
    yield Gap()


def _said(item: OpenItem, shop: Shop) -> str:
    if item.amount:
        return shop.money(item.amount)
    name = f"…{(item.of or item.subject)[-6:]}"
    return f"{item.count} × {name}" if item.count else name
