"""What the till's verbs take (docs/screens.md)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge.facts import Denomination
from edge.units import TenderKind


class SignInBody(msgspec.Struct):
    user: str
    pin: str
    new_pin: str = ""


class SignOutBody(msgspec.Struct):
    why: Literal["", "switch", "idle"] = ""


class PinBody(msgspec.Struct):
    pin: str
    new_pin: str


class UnlockBody(msgspec.Struct):
    user: str
    manager: SignInBody


class ApproveBody(msgspec.Struct):
    manager: SignInBody
    right: Annotated[str, Meta(max_length=64)]
    action: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class FloatBody(msgspec.Struct):
    float_minor: int


class ScanBody(msgspec.Struct):
    code: str
    quantity: int = 1


class AddBody(msgspec.Struct):
    sku: str
    quantity: int = 1
    override_hold: bool = False


class QuantityBody(msgspec.Struct):
    line: int
    quantity: int
    override_hold: bool = False


class LineBody(msgspec.Struct):
    line: int


class ReasonBody(msgspec.Struct):
    reason: str


class TenderBody(msgspec.Struct):
    kind: TenderKind
    tendered_minor: int


class PayBody(msgspec.Struct):
    tenders: list[TenderBody]
    total_minor: int
    buyer: str | None = None


class PaperBody(msgspec.Struct):
    effect: str
    came_out: bool


class SaleBody(msgspec.Struct):
    sale: str


class ListBody(msgspec.Struct):
    list: str


class CountBody(msgspec.Struct):
    pieces: list[Denomination]


class CloseBody(msgspec.Struct):
    reason: str = ""
    keep_parked: bool = False
    keep_returns: bool = False


class TaskBody(msgspec.Struct):
    task: str
