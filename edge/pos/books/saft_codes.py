"""The code lists of SAF-T Cash Register, and which of our facts has which name there (pure).

The predefined numbers are those of Skatteetaten's published lists 11 (transactions), 12 (payments) and 13 (events).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.facts import (
    BasketDiscounted,
    BasketParked,
    BasketResumed,
    BasketVoided,
    BoxStarted,
    CashCounted,
    CashFound,
    CashMoved,
    CashReceived,
    CashSent,
    CashTakenBack,
    DrawerClosed,
    DrawerOpened,
    Fact,
    HoldOverridden,
    LineDiscounted,
    LineVoided,
    NoSale,
    SaleClosed,
    SaleReturned,
    ShiftClosed,
    ShiftOpened,
    ShiftRead,
    StaffSignedIn,
    StaffSignedOut,
    TrainingEnded,
    TrainingStarted,
)
from edge.pos.basket import EMPTY
from edge.units import TenderKind


@dataclass(frozen=True, slots=True)
class Code:
    """A `basic`: our own `id`, what it means in the published list `kind`, and in words."""

    kind: str
    id: str
    predefined: str
    text: str


GOODS = Code("04", "GOODS", "04999", "Goods")
SALE_LINE = Code("05", "SALE-LINE", "", "Line of a sale")
RETURN_LINE = Code("05", "RETURN-LINE", "", "Line of a return")
DISCOUNT = Code("08", "DISCOUNT", "", "Discounts and promotions of a line")
SALE = Code("11", "SALE", "11001", "Cash sale")
RETURN = Code("11", "RETURN", "11006", "Return payment")
PAYMENTS: Mapping[TenderKind, Code] = {
    TenderKind.CASH: Code("12", "CASH", "12001", "Cash"),
    TenderKind.CARD: Code("12", "CARD", "12002", "Card or wallet by a terminal"),
    TenderKind.GIFT: Code("12", "GIFT", "12005", "Gift card"),
    TenderKind.VOUCHER: Code("12", "VOUCHER", "12999", "Voucher"),
}
OTHER = "13999"
TRAINING = Code("13", "E-TRAINING", "13017", "Training receipt")
EVENTS: Mapping[type[Fact], Code] = {
    BoxStarted: Code("13", "E-START", "13001", "The box started"),
    StaffSignedIn: Code("13", "E-SIGN-IN", "13003", "Signed in"),
    StaffSignedOut: Code("13", "E-SIGN-OUT", "13004", "Signed out"),
    DrawerOpened: Code("13", "E-DRAWER-OPEN", "13005", "The drawer's switch says open"),
    NoSale: Code("13", "E-NO-SALE", "13005", "Drawer opened without a sale"),
    DrawerClosed: Code("13", "E-DRAWER-SHUT", "13006", "Drawer closed"),
    ShiftRead: Code("13", "E-X", "13008", "X report"),
    ShiftClosed: Code("13", "E-Z", "13009", "Z report"),
    BasketParked: Code("13", "E-PARK", "13010", "Basket parked"),
    BasketResumed: Code("13", "E-RESUME", "13011", "Basket resumed"),
    SaleClosed: Code("13", "E-SALE", "13012", "Receipt of a sale"),
    SaleReturned: Code("13", "E-RETURN", "13013", "Receipt of a return"),
    TrainingStarted: Code("13", "E-TRAINING-ON", "13023", "Practice began"),
    TrainingEnded: Code("13", "E-TRAINING-OFF", "13024", "Practice ended"),
    BasketVoided: Code("13", "E-VOID", "13028", "Basket voided"),
    ShiftOpened: Code("13", "E-FLOAT", OTHER, "Till opened with a float"),
    CashCounted: Code("13", "E-COUNT", OTHER, "Drawer counted"),
    CashMoved: Code("13", "E-MOVE", OTHER, "Cash moved without a sale"),
    CashSent: Code("13", "E-SENT", OTHER, "Cash sent to another till"),
    CashReceived: Code("13", "E-RECEIVED", OTHER, "Cash of another till received"),
    CashTakenBack: Code("13", "E-TAKEN-BACK", OTHER, "Cash sent and taken back"),
    CashFound: Code("13", "E-FOUND", OTHER, "Missing cash explained later"),
    LineVoided: Code("13", "E-LINE-VOID", OTHER, "Line taken off"),
    LineDiscounted: Code("13", "E-LINE-DISCOUNT", OTHER, "Discount by hand on a line"),
    BasketDiscounted: Code("13", "E-DISCOUNT", OTHER, "Discount by hand on a basket"),
    HoldOverridden: Code("13", "E-OVERRIDE", OTHER, "Goods sold that were held for somebody"),
}
"""Facts that are events, and what they are called there; what the lists have no name for is 13999."""
ALL = (GOODS, SALE_LINE, RETURN_LINE, DISCOUNT, SALE, RETURN, *PAYMENTS.values(), TRAINING, *EVENTS.values())


def event_of(fact: Fact) -> Code | None:
    """Under which code a fact is an event; None for what is none (a basket resumed elsewhere voids its empty husk)."""
    if isinstance(fact, SaleClosed) and fact.training:
        return TRAINING
    if isinstance(fact, BasketVoided) and fact.reason == EMPTY:
        return None
    return EVENTS.get(type(fact))
