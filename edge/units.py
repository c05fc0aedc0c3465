"""Units and identities as types, so that a weight is never added to a price.

Money is integer minor units of the store's currency, weights are integer grams. No float anywhere
on a money path (`tests/test_house.py` walks the syntax tree).
"""

from enum import StrEnum
from typing import NewType

Minor = NewType("Minor", int)
"""Money in minor units of the store's currency (øre, grosz, won). May be negative."""
Grams = NewType("Grams", int)
BasisPoints = NewType("BasisPoints", int)
"""A rate in 1/100 of a percent: 25 % is 2500."""
Seq = NewType("Seq", int)
"""Place of an entry in a journal; starts at 1, has no gaps."""

Gtin = NewType("Gtin", str)
"""Fourteen digits with a valid check digit."""
ArticleId = NewType("ArticleId", str)
Sku = NewType("Sku", str)
"""A variant: what is sold and counted (brown, 43)."""
StoreId = NewType("StoreId", str)
NodeId = NewType("NodeId", str)
Identity = NewType("Identity", str)
"""`{store}_{node}`: one box on the wire."""
TillId = NewType("TillId", str)
WallId = NewType("WallId", str)
PlateId = NewType("PlateId", str)
UserId = NewType("UserId", str)
SaleId = NewType("SaleId", str)
"""Names a basket and, once paid, the sale it became."""
ShiftId = NewType("ShiftId", str)
LineId = NewType("LineId", int)
EffectId = NewType("EffectId", str)
TenderId = NewType("TenderId", str)
"""One attempt to take money other than cash; also names its effect."""
NO_TENDER = TenderId("")
"""Cash."""
OrderId = NewType("OrderId", str)
MoveId = NewType("MoveId", str)
"""A movement of cash; both sides of a transfer carry the same."""
CustomerId = NewType("CustomerId", str)
"""Opaque: names, mail and phone live in one erasable table, never in a fact."""
ListId = NewType("ListId", str)
ApprovalId = NewType("ApprovalId", str)
TaskId = NewType("TaskId", str)
Key = NewType("Key", str)
"""An idempotency key: the cause of everything a command records."""


class Origin(StrEnum):
    """Where a sale or return began."""

    STORE = "store"
    WALL = "wall"
    ONLINE = "online"
    KIOSK = "kiosk"


class TenderKind(StrEnum):
    """How a customer pays."""

    CASH = "cash"
    CARD = "card"
    GIFT = "gift"
    VOUCHER = "voucher"


class EffectKind(StrEnum):
    """What happens outside the database (law 13)."""

    FISCAL = "fiscal"
    PAPER = "paper"
    DRAWER = "drawer"
    CARD = "card"


class MoveKind(StrEnum):
    """Why cash moves without a sale."""

    PAY_IN = "pay-in"
    PAY_OUT = "pay-out"
    SAFE_DROP = "safe-drop"
    BANK_DROP = "bank-drop"
    SENT = "transfer-out"
    RECEIVED = "transfer-in"
    TAKEN_BACK = "transfer-back"
    FOUND = "found"
