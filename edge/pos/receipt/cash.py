"""Pure: the slip of a cash movement, to be signed and laid into the drawer."""

from collections.abc import Iterator

from edge.facts import CashFound, CashMoved, CashReceived, CashSent, CashTakenBack, NoSale
from edge.pos.receipt.document import Align, Block, Document, DocumentKind, Gap, Pair, Rule, Weight, Words
from edge.pos.receipt.sale import check_value
from edge.pos.receipt.shop import Shop
from edge.units import MoveKind

Movement = CashMoved | CashSent | CashReceived | CashTakenBack | CashFound | NoSale


def slip(fact: Movement, at: str, chain: bytes, shop: Shop) -> Document:
    """What moved, why, who did it and when, with two lines to sign on."""
    _ = shop.translate
    title = _title(fact, shop)
    blocks = (
        Words("store", shop.name, Align.CENTRE, Weight.BIG),
        Words("title", title, Align.CENTRE, Weight.BOLD),
        Rule(),
        *_amount(fact, shop),
        *_words(fact, shop),
        Pair("till", _("Till"), shop.till(fact.till)),
        Pair("cashier", _("Cashier"), shop.cashier(fact.user)),
        *_approved(fact, shop),
        Pair("at", _("Time"), shop.when(at)),
        Rule(),
        Gap(),
        Words("signature", f"{_('Signature')} ____________________"),
        Gap(),
        Words("chain", f"{_('Check')} {check_value(chain)}", Align.CENTRE),
    )
    return Document(DocumentKind.SLIP, fact.move, "", shop.language, title, blocks)


def move_names(shop: Shop) -> dict[MoveKind, str]:
    """What each kind of movement is called."""
    _ = shop.translate
    return {
        MoveKind.PAY_IN: _("Pay-in"),
        MoveKind.PAY_OUT: _("Pay-out"),
        MoveKind.SAFE_DROP: _("Safe drop"),
        MoveKind.BANK_DROP: _("Bank drop"),
        MoveKind.SENT: _("Cash to another till"),
        MoveKind.RECEIVED: _("Cash from another till"),
        MoveKind.TAKEN_BACK: _("Cash taken back"),
        MoveKind.FOUND: _("Cash found"),
    }


def _title(fact: Movement, shop: Shop) -> str:
    names = move_names(shop)
    match fact:
        case CashMoved():
            return names[fact.kind]
        case CashSent():
            return names[MoveKind.SENT]
        case CashReceived():
            return names[MoveKind.RECEIVED]
        case CashTakenBack():
            return names[MoveKind.TAKEN_BACK]
        case CashFound():
            return names[MoveKind.FOUND]
        case NoSale():
            return shop.translate("Drawer opened without a sale")


def _amount(fact: Movement, shop: Shop) -> Iterator[Block]:
    if not isinstance(fact, NoSale):
        yield Pair("amount", f"{shop.translate('Amount')} {fact.currency}", shop.money(fact.amount), Weight.BIG)


def _words(fact: Movement, shop: Shop) -> Iterator[Block]:
    _ = shop.translate
    match fact:
        case CashSent():
            yield Pair("other", _("To"), shop.till(fact.to))
        case CashReceived():
            yield Pair("other", _("From"), shop.till(fact.sender))
        case CashFound():
            yield Pair("z", _("Z report"), f"{fact.series} {fact.z_number}")
            yield Pair("where", _("Put into"), _("Drawer") if fact.into else _("Safe"))
        case _:
            pass
    if not isinstance(fact, CashReceived | CashTakenBack):
        yield Pair("reason", _("Reason"), fact.reason)


def _approved(fact: Movement, shop: Shop) -> Iterator[Block]:
    if isinstance(fact, CashMoved) and fact.approved_by is not None:
        yield Pair("approved", shop.translate("Approved by"), shop.cashier(fact.approved_by))
