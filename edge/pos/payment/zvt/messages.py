"""What till (ECR) and terminal (PT) say to each other: frozen messages, and each as an APDU and back (pure)."""

from dataclasses import dataclass

from edge.pos.payment.zvt.apdu import Apdu, Garbled
from edge.pos.payment.zvt.fields import TLV, bcd, digits, read, text, write
from edge.units import Minor

INTERMEDIATE_STATUS, ECR_CONTROLS_PAYMENT = 0x08, 0x10
"""Bits of the config byte: tell the till what the customer is asked; payments start at the till only."""
STATUS_WITHOUT_PRINTING = 0x03
"""Service byte of *repeat receipt*: send the last transaction's status information, print nothing."""
NOTHING = Minor(0)
ORDERS = {"register": 0x0600, "authorise": 0x0601, "log-off": 0x0602, "repeat": 0x0620, "reverse": 0x0630,
          "refund": 0x0631, "end-of-day": 0x0650, "diagnose": 0x0670, "stop": 0x06B0, "enquire": 0x0501}  # fmt: skip
_NAMES = {control: do for do, control in ORDERS.items()}
_UNTAGGED = frozenset({"register", "repeat", "reverse", "refund", "end-of-day"})
"""Orders whose data begin with the merchant's password, three bytes of BCD."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the till asks: `do` is one of ORDERS, the other members are that order's."""

    do: str
    password: str = ""
    config: int = 0
    currency: int = 0
    amount: Minor = NOTHING
    receipt: str = ""
    service: int | None = None


@dataclass(frozen=True, slots=True)
class Ack:
    """Understood (`80 00 00`)."""


@dataclass(frozen=True, slots=True)
class Nack:
    """Not done (`84 xx 00`)."""

    code: int


@dataclass(frozen=True, slots=True)
class StatusInformation:
    """A transaction's result (`04 0F`); `result` 0 is success. Numbers are digits as the terminal writes them."""

    result: int
    amount: Minor = NOTHING
    currency: str = ""
    trace: str = ""
    original: str = ""
    """A reversal's original trace number; empty for a payment."""
    receipt: str = ""
    time: str = ""
    date: str = ""
    terminal: str = ""
    card: str = ""
    words: str = ""
    has_amount: bool = True


@dataclass(frozen=True, slots=True)
class Intermediate:
    """What is being waited for (`04 FF`)."""

    code: int


@dataclass(frozen=True, slots=True)
class Completion:
    """The order is finished (`06 0F`)."""

    status: int = 0


@dataclass(frozen=True, slots=True)
class Aborted:
    """The order is given up (`06 1E`)."""

    code: int


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else a terminal may say (lines to print): acknowledged, not needed."""

    control: int


FromTill = Order | Ack | Nack
FromTerminal = Ack | Nack | StatusInformation | Intermediate | Completion | Aborted | Other


def order(message: FromTill) -> Apdu:
    """What the till says, as an APDU."""
    match message:
        case Ack():
            return Apdu(0x8000)
        case Nack(code):
            return Apdu(0x8400 | code)
        case Order():
            return Apdu(ORDERS[message.do], _untagged(message) + write(_tagged(message)))


def heard(apdu: Apdu) -> FromTill:
    """What the terminal hears. Raises Garbled."""
    answer = _answer(apdu)
    if answer is not None:
        return answer
    do = _NAMES.get(apdu.control)
    if do is None:
        raise Garbled(f"{apdu.control:04X} is no order")
    data, password, config, currency = apdu.data, "", 0, 0
    if do in _UNTAGGED:
        password, data = digits(_first(data, 3)), data[3:]
    if do == "register":
        config, currency, data = _first(data, 1)[0], int(digits(_first(data[1:], 2))), data[3:]
    fields = read(data)
    if 0x49 in fields:
        currency = int(digits(fields[0x49]))
    return Order(
        do, password, config, currency,
        Minor(int(digits(fields.get(0x04, b"\0")))),
        digits(fields[0x87]) if 0x87 in fields else "",
        fields[0x03][0] if 0x03 in fields else None,
    )  # fmt: skip


def said(message: FromTerminal) -> Apdu:
    """What the terminal says, as an APDU."""
    match message:
        case Ack():
            made = Apdu(0x8000)
        case Nack(code):
            made = Apdu(0x8400 | code)
        case Intermediate(code):
            made = Apdu(0x04FF, bytes([code]))
        case Completion(status):
            made = Apdu(0x060F, write({0x19: bytes([status])}) if status else b"")
        case Aborted(code):
            made = Apdu(0x061E, bytes([code]))
        case Other(control):
            made = Apdu(control)
        case StatusInformation():
            made = Apdu(0x040F, write(_status_fields(message)))
    return made


def understood(apdu: Apdu) -> FromTerminal:
    """What the till hears. Raises Garbled."""
    answer = _answer(apdu)
    if answer is not None:
        return answer
    match apdu.control:
        case 0x040F:
            return _status(apdu.data)
        case 0x04FF:
            return Intermediate(_first(apdu.data, 1)[0])
        case 0x060F:
            # Some terminals answer an enquiry with a bare byte; only ours is read, and it decides nothing.
            return Completion(apdu.data[1] if apdu.data[:1] == b"\x19" and len(apdu.data) > 1 else 0)
        case 0x061E:
            return Aborted(apdu.data[0] if apdu.data else 0xFF)
        case _:
            return Other(apdu.control)


def _answer(apdu: Apdu) -> Ack | Nack | None:
    if apdu.control in (0x8000, 0x8400):
        return Ack()
    return Nack(apdu.control & 0xFF) if apdu.control >> 8 == 0x84 else None


def _untagged(message: Order) -> bytes:
    data = bcd(int(message.password or 0), 3) if message.do in _UNTAGGED else b""
    return data + bytes([message.config]) + bcd(message.currency, 2) if message.do == "register" else data


def _tagged(message: Order) -> dict[int, bytes]:
    fields = {}
    if message.service is not None:
        fields[0x03] = bytes([message.service])
    if message.amount:
        fields[0x04] = bcd(message.amount, 6)
    if message.currency and message.do != "register":
        fields[0x49] = bcd(message.currency, 2)
    if message.receipt:
        fields[0x87] = bcd(int(message.receipt), 2)
    return fields


def _status_fields(message: StatusInformation) -> dict[int, bytes]:
    named = {0x0B: message.trace, 0x0C: message.time, 0x0D: message.date, 0x29: message.terminal,
             0x37: message.original, 0x49: message.currency, 0x87: message.receipt}  # fmt: skip
    fields = {0x27: bytes([message.result])}
    if message.has_amount:
        fields[0x04] = bcd(message.amount, 6)
    fields |= {tag: bytes.fromhex(value) for tag, value in named.items() if value}
    if message.words:
        fields[0x3C] = message.words.encode("cp437", "replace")
    if message.card:
        fields[0x8B] = message.card.encode("cp437", "replace") + b"\0"
    return fields


def _status(data: bytes) -> StatusInformation:
    fields = read(data)
    fields.pop(TLV, None)
    number = {tag: digits(fields[tag]) for tag in (0x0B, 0x0C, 0x0D, 0x29, 0x37, 0x49, 0x87) if tag in fields}
    return StatusInformation(
        result=fields[0x27][0] if 0x27 in fields else 0xFF,
        amount=Minor(int(digits(fields.get(0x04, b"\0")))),
        currency=number.get(0x49, ""),
        trace=number.get(0x0B, ""),
        original=number.get(0x37, ""),
        receipt=number.get(0x87, ""),
        time=number.get(0x0C, ""),
        date=number.get(0x0D, ""),
        terminal=number.get(0x29, ""),
        card=text(fields.get(0x8B, b"")),
        words=text(fields.get(0x3C, b"")),
        has_amount=0x04 in fields,
    )


def _first(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise Garbled("the message is cut off")
    return data[:size]
