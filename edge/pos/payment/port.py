"""The port every payment terminal with a wire fits.

Three things can become of a charge or a reversal: the terminal did it (`Done`), it did nothing (`SaysNo`), or nobody
knows (`OutcomeUnknown`: bytes had left). `DeviceLost` means that nothing had left. What nobody knows is settled by
`find`, which compares the terminal's last transaction with what it was before; never by asking for the money again.
"""

from dataclasses import dataclass
from typing import Protocol

from edge.errors import StoreEdgeError
from edge.pos.payment.errand import Errand


class OutcomeUnknown(StoreEdgeError):
    """The request had left and no answer came: ask with `find`, never repeat."""


@dataclass(frozen=True, slots=True)
class Done:
    """The terminal did it: its receipt number, its trace number, the card's scheme, its own time as it writes it."""

    slip: str
    trace: str = ""
    card: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class SaysNo:
    """Nothing was taken or given back, in the terminal's words."""

    why: str


@dataclass(frozen=True, slots=True)
class TerminalStatus:
    """How a terminal is: its last trace number, and what it asks the customer for just now (a word, empty: nothing)."""

    trace: str = ""
    doing: str = ""


class TenderPort(Protocol):
    """What a payment terminal can be asked."""

    @property
    def trace(self) -> str:
        """The last trace number it knows of; empty when it never made a transaction."""

    async def ready(self) -> None:
        """DeviceLost unless it can be asked now."""

    async def carry(self, errand: Errand) -> Done | SaysNo:
        """Charge or reverse, once."""

    async def find(self, errand: Errand, baseline: str) -> Done | SaysNo | None:
        """What became of an errand that was sent when the last trace was `baseline`; None when it cannot say."""

    async def give_up(self) -> None:
        """Ask it to stop what it is doing; whether it still can is its own word. Never raises."""
