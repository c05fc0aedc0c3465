"""What the verbs of tenders take (docs/payments.md)."""

import msgspec

from edge.pos.payment.slips import Counted


class AskBody(msgspec.Struct):
    name: str
    amount_minor: int
    total_minor: int
    buyer: str | None = None


class TenderBody(msgspec.Struct):
    tender: str


class ConfirmBody(msgspec.Struct):
    tender: str
    approved: bool
    slip: str = ""


class SlipsBody(msgspec.Struct):
    counted: list[Counted]
    reason: str = ""


class SettleBody(msgspec.Struct):
    tender: str
    happened: bool
    slip: str = ""
