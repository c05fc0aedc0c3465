"""What an effect's row holds for a terminal: one charge or one reversal, complete in itself (pure)."""

from dataclasses import dataclass

import msgspec

from edge.journal.chain import canonical
from edge.units import Minor

MANUAL = "manual"
"""The driver's name of a terminal whose wire is the cashier."""


@dataclass(frozen=True, slots=True)
class Errand:
    """`do` is `charge` or `reverse`; a reversal names the slip and trace of what is given back.

    `driver` is who was to carry it: another one must not. `buyer` is the buyer's number: it lives only here (law 10).
    """

    do: str
    amount: Minor
    currency: str
    driver: str
    slip: str = ""
    trace: str = ""
    buyer: str | None = None


def encode(errand: Errand) -> bytes:
    return canonical(msgspec.to_builtins(errand))


def decode(data: bytes) -> Errand:
    """The errand `encode` wrote; msgspec.ValidationError when it is none."""
    return msgspec.json.decode(data, type=Errand)
