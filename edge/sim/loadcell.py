"""The physics of one shelf plate: what lies on it, how it swings, how its converter errs. Time is handed in."""

import math
from random import Random

from edge.shelf.frame import RAW_MAX, RAW_MIN
from edge.shelf.plate import Milligrams, Plate

SWING = 0.6
"""Seconds after which a plate that was touched lies still."""
_PRESS = 0.15
"""Seconds a hand presses before it lifts something off."""


class LoadCell:
    """`units` pieces lie on it from the start; `noise` is the standard deviation of one sample."""

    def __init__(self, plate: Plate, chance: Random, units: int = 0) -> None:
        self.plate = plate
        self.units = units
        self.noise = Milligrams(plate.noise)
        self.drift = 0
        """Milligrams an hour."""
        self._chance = chance
        self._rest = float(units * plate.unit * 1000)
        self._moves: list[tuple[float, float]] = []
        self._drifted_at: float | None = None

    def change(self, at: float, milligrams: int) -> None:
        """Something of this weight is put on (+) or taken off (-) at `at`."""
        self._moves.append((at, float(milligrams)))

    def weight(self, at: float) -> float:
        """What presses on the plate at `at`, without noise, in milligrams; ask in the order of time."""
        if self._drifted_at is not None:
            self._rest += self.drift * (at - self._drifted_at) / 3600
        self._drifted_at = at
        still = [move for move in self._moves if at - move[0] >= SWING]
        self._moves = [move for move in self._moves if at - move[0] < SWING]
        self._rest += sum(change for _, change in still)
        return self._rest + sum(_swing(at - start, change) for start, change in self._moves)

    def raw(self, at: float) -> int:
        """One sample of the 24-bit converter."""
        seen = self.weight(at) + self._chance.gauss(0, self.noise)
        return max(RAW_MIN, min(RAW_MAX, self.plate.calibration.counts(Milligrams(round(seen)))))


def _swing(passed: float, change: float) -> float:
    """A lightly damped plate: put on, it overshoots; taken off, the hand first presses."""
    if passed < 0:
        return 0.0
    press = 0.0
    if change < 0:
        if passed < _PRESS:
            press = 0.3 * -change * math.sin(math.pi * passed / _PRESS)
        passed -= _PRESS / 2
        if passed < 0:
            return press
    return press + change * (1 - math.exp(-passed / 0.06) * math.cos(2 * math.pi * 6 * passed))
