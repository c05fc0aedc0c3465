"""A till on which somebody practises: nothing of it reaches goods, money, receipts or headquarters' figures."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import ShiftId, TillId, UserId


@fact("training.started")
@dataclass(frozen=True, slots=True)
class TrainingStarted:
    """From here on what is rung up at this till is practice; `training` stands where a shift would."""

    training: ShiftId
    till: TillId
    user: UserId


@fact("training.ended")
@dataclass(frozen=True, slots=True)
class TrainingEnded:
    """The till sells again, or waits for its float."""

    training: ShiftId
    till: TillId
    user: UserId
