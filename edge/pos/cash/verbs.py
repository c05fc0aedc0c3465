"""The till's commands about cash that moves without a sale, and the X."""

from dataclasses import dataclass
from typing import ClassVar

from edge.units import Minor, MoveId, MoveKind, TillId


@dataclass(frozen=True, slots=True)
class MoveCash:
    """Put cash in or take it out, for a reason."""

    right: ClassVar[str] = "cash-move"
    till: TillId
    kind: MoveKind
    amount_minor: Minor
    reason: str


@dataclass(frozen=True, slots=True)
class OpenDrawer:
    """Open the drawer without a sale, for a reason."""

    right: ClassVar[str] = "no-sale"
    till: TillId
    reason: str


@dataclass(frozen=True, slots=True)
class SendCash:
    """Take cash out for another till of this store."""

    right: ClassVar[str] = "cash-move"
    till: TillId
    to: TillId
    amount_minor: Minor
    reason: str


@dataclass(frozen=True, slots=True)
class ReceiveCash:
    """The cash of a transfer is here, counted: `amount_minor` is what was counted."""

    right: ClassVar[str] = "cash-move"
    till: TillId
    move: MoveId
    amount_minor: Minor


@dataclass(frozen=True, slots=True)
class TakeBackCash:
    """The cash of a transfer never arrived; it goes back into the drawer it came from."""

    right: ClassVar[str] = "cash-move"
    till: TillId
    move: MoveId


@dataclass(frozen=True, slots=True)
class FindCash:
    """What was missing at a Z has turned up; into the drawer, or (`to_safe`) not."""

    right: ClassVar[str] = "cash-office"
    till: TillId
    series: str
    z_number: int
    amount_minor: Minor
    reason: str
    to_safe: bool = False


@dataclass(frozen=True, slots=True)
class ReadShift:
    """An X on paper. With `amounts` somebody who may see a variance looks too."""

    right: ClassVar[str] = "cash-up"
    till: TillId
    amounts: bool = False
