"""The slips of payment terminals, counted against what the till recorded."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import Minor, ShiftId, TillId, UserId


@dataclass(frozen=True, slots=True)
class SlipSum:
    """One terminal's slips since they were last counted; what was given back is taken off both amounts."""

    terminal: str
    expected: Minor
    expected_count: int
    counted: Minor
    counted_count: int


@fact("slips.counted")
@dataclass(frozen=True, slots=True)
class SlipsCounted:
    """Somebody laid a till's slips beside the record; a difference has its `reason`."""

    till: TillId
    shift: ShiftId
    user: UserId
    sums: tuple[SlipSum, ...]
    reason: str
