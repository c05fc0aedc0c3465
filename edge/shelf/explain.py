"""Steps of neighbouring plates -> whole units, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.shelf.plate import Milligrams
from edge.units import PlateId, Sku

FIT = 300
"""Thousandths of a unit a sum may be away from a whole number."""
TIGHT = 150
"""The same for one plate that is to speak for itself although its neighbours moved too."""


@dataclass(frozen=True, slots=True)
class Step:
    """One plate's change of weight since it was last understood, and how many units it held then."""

    plate: PlateId
    sku: Sku
    unit: Milligrams
    weight: Milligrams
    count: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """`units` gives each understood plate its whole number, `residual` how far off (thousandths of a unit)."""

    units: Mapping[PlateId, int]
    residual: int


NOTHING = Explanation({}, 0)


def fit(weight: int, unit: int) -> tuple[int, int]:
    """The nearest whole number of units, and how far off it is in thousandths of a unit."""
    whole = (2 * weight + unit) // (2 * unit)
    return whole, abs(weight - whole * unit) * 1000 // unit


def explain(steps: Sequence[Step]) -> Explanation:
    """Which units came (+) or went (-) on plates that changed together; plates left out are not understood.

    Each plate for itself when all fit tightly; else their sum, as one article lying across them; else those that fit
    tightly, and the sum of the rest.
    """
    own = {step.plate: fit(step.weight, step.unit) for step in steps}
    tight = [step for step in steps if own[step.plate][1] < TIGHT]
    if len(tight) < len(steps):
        joint = _joint(steps)
        if joint.units or not tight:
            return joint
    rest = _joint([step for step in steps if step not in tight])
    units = {step.plate: own[step.plate][0] for step in tight}
    residual = max((own[step.plate][1] for step in tight), default=0)
    return Explanation(units | dict(rest.units), max(residual, rest.residual))


def _joint(steps: Sequence[Step]) -> Explanation:
    total = sum(step.weight for step in steps)
    fits: list[tuple[Sku, int, int]] = []
    for sku, unit in _units(steps).items():
        whole, residual = fit(total, unit)
        if residual < FIT:
            fits.append((sku, whole, residual))
    moved = [found for found in fits if found[1]]
    if fits and not moved and len(steps) > 1:
        return Explanation(dict.fromkeys((step.plate for step in steps), 0), min(found[2] for found in fits))
    if len(moved) != 1:
        return NOTHING
    sku, whole, residual = moved[0]
    units = dict.fromkeys((step.plate for step in steps), 0)
    return Explanation(units | _share(whole, [step for step in steps if step.sku == sku]), residual)


def _units(steps: Sequence[Step]) -> Mapping[Sku, int]:
    return {step.sku: step.unit for step in sorted(steps, key=lambda step: abs(step.weight))}


def _share(whole: int, steps: Sequence[Step]) -> dict[PlateId, int]:
    """Spread `whole` over the plates of one sku: most moved first, none below zero while another can give."""
    sign = 1 if whole > 0 else -1
    ranked = sorted(steps, key=lambda step: -sign * step.weight)
    units = dict.fromkeys((step.plate for step in ranked), 0)
    left = abs(whole)
    for greedy in (False, True):
        for step in ranked:
            room = left if sign > 0 else step.count + units[step.plate]
            wanted = left if greedy else max(1, fit(abs(step.weight), step.unit)[0])
            given = max(0, min(left, wanted, room))
            units[step.plate] += sign * given
            left -= given
    units[ranked[0].plate] += sign * left
    return units
