"""What can be asked of a basket's ledger of tenders."""

from dataclasses import dataclass
from typing import ClassVar

from edge.units import EffectId, Minor, TenderId, TillId


@dataclass(frozen=True, slots=True)
class AskTender:
    """Take `amount_minor` by the way called `name`. `terminal_hint` says why its terminal is not ready."""

    right: ClassVar[str] = "sell"
    carried: ClassVar[tuple[str, ...]] = ("fiscal_hint", "terminal_hint")
    till: TillId
    name: str
    amount_minor: Minor
    total_minor: Minor
    buyer: str | None = None
    fiscal_hint: str = ""
    terminal_hint: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmTender:
    """The cashier says what a terminal without a wire did: approved with a slip, or not."""

    right: ClassVar[str] = "sell"
    till: TillId
    tender: TenderId
    approved: bool
    slip: str = ""


@dataclass(frozen=True, slots=True)
class CancelTender:
    """Do not ask after all; once the terminal has been told, only the terminal can say no."""

    right: ClassVar[str] = "sell"
    till: TillId
    tender: TenderId


@dataclass(frozen=True, slots=True)
class ReverseTender:
    """Give a captured tender back that no paid sale counts."""

    right: ClassVar[str] = "sell"
    till: TillId
    tender: TenderId


@dataclass(frozen=True, slots=True)
class SettleTender:
    """A manager has read the terminal's slip: it happened, or it did not."""

    right: ClassVar[str] = "sell"
    till: TillId
    tender: TenderId
    happened: bool
    slip: str = ""


@dataclass(frozen=True, slots=True)
class SendTender:
    """The driver is about to tell the terminal; `trace` is the last number it knows of."""

    right: ClassVar[str] = ""
    effect: EffectId
    trace: str


@dataclass(frozen=True, slots=True)
class TellTender:
    """What became of a charge or a reversal, by the terminal's own word."""

    right: ClassVar[str] = ""
    effect: EffectId
    happened: bool
    slip: str = ""
    trace: str = ""
    card: str = ""
    at: str = ""
    why: str = ""
