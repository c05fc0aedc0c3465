"""What a plate is: where it is wired, what stands on it, how its counts become grams."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from edge.errors import Refused
from edge.units import ArticleId, Grams, PlateId, Sku

Milligrams = NewType("Milligrams", int)
"""Inside the room only; facts carry whole grams."""

CHECK_PER_MILLE = 5
"""A third, known mass must come out within 0.5 %."""


class Role(StrEnum):
    """`stock` counts units; `display` watches one sample."""

    STOCK = "stock"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A straight line through two points: `zero` counts when empty, `loaded` counts under `mass`."""

    zero: int
    loaded: int
    mass: Grams
    version: int = 0
    """0 comes from the configuration, every later one from a person with a check mass."""

    def weigh(self, raw: int) -> Milligrams:
        """What lies on the plate when the converter says `raw`; half a milligram rounds up."""
        span = self.loaded - self.zero
        scaled = 2 * (raw - self.zero) * self.mass * 1000
        return Milligrams((scaled + span) // (2 * span))

    def counts(self, weight: Milligrams) -> int:
        """The inverse, to the nearest count: what the converter says under `weight`."""
        return self.zero + round(weight * (self.loaded - self.zero) / (self.mass * 1000))


@dataclass(frozen=True, slots=True)
class Plate:
    """One weighing plate of the shop, as the configuration names it."""

    id: PlateId
    bus: str
    """The serial device it is read through."""
    node: str
    channel: int
    role: Role
    unit: Grams
    """One unit's weight; on a display plate, the sample's."""
    calibration: Calibration
    sku: Sku | None = None
    article: ArticleId | None = None
    neighbours: tuple[PlateId, ...] = ()
    """Plates an item can lie across together with this one; said at either end."""
    noise: Milligrams = Milligrams(1000)
    """Standard deviation of one sample at rest."""


def calibrate(before: Calibration, points: Calibration, check: int, check_mass: Grams) -> Calibration:
    """The next version after `before` through `points`, if a third mass comes out right; raises Refused."""
    if points.zero == points.loaded or points.mass <= 0 or check_mass <= 0:
        raise Refused(
            "the two points are the same",
            hint="Weigh the empty plate, then put the known mass on it.",
            code="calibration-flat",
            status=422,
        )
    error = abs(points.weigh(check) - check_mass * 1000)
    if error * 1000 > check_mass * 1000 * CHECK_PER_MILLE:
        raise Refused(
            f"the check mass of {check_mass} g weighs {error / 1000:.1f} g wrong",
            hint="Check that nothing touches the plate, then calibrate again. The old calibration stays.",
            code="calibration-off",
            status=422,
        )
    return Calibration(points.zero, points.loaded, points.mass, before.version + 1)


def neighbourhood(plates: Iterable[Plate]) -> Mapping[PlateId, frozenset[PlateId]]:
    """Who lies beside whom, both ways."""
    beside: dict[PlateId, set[PlateId]] = {}
    for plate in plates:
        beside.setdefault(plate.id, set()).update(plate.neighbours)
        for other in plate.neighbours:
            beside.setdefault(other, set()).add(plate.id)
    return {plate: frozenset(others) for plate, others in beside.items()}


def problems(plates: Iterable[Plate]) -> list[str]:
    """Everything wrong with a shop's plates, in words; empty when they can be used."""
    found: list[str] = []
    plates = list(plates)
    known = {plate.id for plate in plates}
    ids: set[PlateId] = set()
    wires: dict[tuple[str, str, int], PlateId] = {}
    for plate in plates:
        if plate.id in ids:
            found.append(f"plate {plate.id}: named twice")
        ids.add(plate.id)
        wire = (plate.bus, plate.node, plate.channel)
        if wire in wires:
            found.append(f"plate {plate.id}: channel {plate.channel} of {plate.node} is plate {wires[wire]} already")
        wires.setdefault(wire, plate.id)
        found += [f"plate {plate.id}: {problem}" for problem in _own_problems(plate)]
        found += [
            f"plate {plate.id}: neighbour {other} is no plate" for other in plate.neighbours if other not in known
        ]
    return found


def _own_problems(plate: Plate) -> list[str]:
    found: list[str] = []
    if plate.role is Role.STOCK and plate.sku is None:
        found.append("a stock plate needs a sku")
    if plate.role is Role.DISPLAY and plate.article is None:
        found.append("a display plate needs an article")
    if not 0 <= plate.channel <= 99:
        found.append("channel must be 0 to 99")
    if plate.id in plate.neighbours:
        found.append("is its own neighbour")
    if plate.calibration.zero == plate.calibration.loaded or plate.calibration.mass <= 0:
        found.append("calibration points are the same")
    if plate.unit <= 0:
        found.append("unit weight must be above 0 g")
    elif plate.noise < 0 or plate.unit * 1000 < 15 * plate.noise:
        found.append(f"a unit of {plate.unit} g cannot be told from {plate.noise} mg of noise (15 times is needed)")
    return found
