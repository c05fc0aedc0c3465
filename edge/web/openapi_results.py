"""What the till's verbs answer, for the OpenAPI document; a verb that is not here answers `{}` or is told in docs/."""

from collections.abc import Mapping

import msgspec


class SignedIn(msgspec.Struct):
    session: str
    user: dict[str, object]


class Shift(msgspec.Struct):
    shift: str


class Scanned(msgspec.Struct, omit_defaults=True):
    """`kind` is `line` (with `line`), `choose` (with `article`) or `coupon` (with `coupon` and `name`)."""

    kind: str
    line: int = 0
    article: str = ""
    coupon: str = ""
    name: str = ""


class OneLine(msgspec.Struct):
    line: int


class Taken(msgspec.Struct):
    lines: list[int]
    choose: list[str]


class Paid(msgspec.Struct):
    sale: str
    payable_minor: int
    tendered_minor: int
    change_minor: int


class Asked(msgspec.Struct):
    tender: str


class Counted(msgspec.Struct):
    total_minor: int
    agrees: bool
    recount: bool


class Variance(msgspec.Struct):
    expected_minor: int
    counted_minor: int
    variance_minor: int
    candidates: list[dict[str, object]]


class Closed(msgspec.Struct):
    z: dict[str, object]


class Moved(msgspec.Struct):
    move: str


class Read(msgspec.Struct):
    x: dict[str, object]


class Parked(msgspec.Struct):
    number: int


class GivenBack(msgspec.Struct):
    returned: str
    number: str | None
    amount_minor: int
    closed: bool


RESULTS: Mapping[str, type] = {
    "sign-in": SignedIn,
    "open-shift": Shift,
    "scan": Scanned,
    "add": OneLine,
    "set-quantity": OneLine,
    "void-line": OneLine,
    "discount-line": OneLine,
    "take-list": Taken,
    "pay": Paid,
    "ask-tender": Asked,
    "count": Counted,
    "variance": Variance,
    "close-shift": Closed,
    **dict.fromkeys(("move-cash", "no-sale", "send-cash", "receive-cash", "take-back-cash", "cash-found"), Moved),
    "x-report": Read,
    "park": Parked,
    "refund": GivenBack,
}
SAYS: Mapping[str, str] = {
    "sign-in": "Sign in by user and PIN",
    "sign-out": "Sign out",
    "change-pin": "Choose a PIN of one's own",
    "open-shift": "Open the till with a float",
    "scan": "Ring up what a barcode, tag or coupon names",
    "add": "Ring up a variant by its SKU",
    "set-quantity": "Change how many a line holds",
    "void-line": "Take a line out",
    "void-basket": "Cancel the whole sale, with a reason",
    "pay": "Pay the rest in cash; `total_minor` is what the cashier saw",
    "settle-paper": "Say whether a paper of unknown fate came out",
    "settle-task": "Say that a task of this till is settled",
    "retry-fiscal": "Ask for a missing fiscal receipt again",
    "take-list": "Ring up a list a customer sent from a wall",
    "count": "Count the cash, blind",
    "variance": "How far the count is off, and where it may have gone",
    "close-shift": "Close the shift: the Z",
    "discount-line": "A discount on one line",
    "discount-basket": "A discount on the whole sale",
    "coupon": "Take a coupon",
    "drop-coupon": "Take a coupon off again",
    "attach-customer": "Whose groups' promotions count",
    "move-cash": "Cash in, out, to the safe or the bank, with a slip",
    "no-sale": "Open the drawer without a sale, with a reason",
    "send-cash": "Carry cash to another till",
    "receive-cash": "Take in cash carried here, as counted",
    "take-back-cash": "Cash carried away comes back",
    "cash-found": "Money found after its Z was made",
    "x-report": "An X: the shift so far",
    "park": "Put the sale aside",
    "resume": "Take a parked sale up again",
    "void-parked": "Cancel a parked sale, with a reason",
    "confirm-tender": "What a terminal without a wire said",
    "reverse-tender": "Give a payment back",
    "refund": "Take goods back, against a receipt or without one",
    "retry-refund": "Ask for a refund's fiscal receipt again",
    "drop-refund": "Give up a refund that was not paid out",
}
"""Verb -> what it does, in one sentence."""
