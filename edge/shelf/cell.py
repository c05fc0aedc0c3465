"""What is known of one plate, and how it is remembered and shown."""

from dataclasses import dataclass

from edge.shelf.explain import FIT, Step
from edge.shelf.frame import Flag
from edge.shelf.plate import Calibration, Milligrams, Plate, Role
from edge.shelf.plateau import Plateau
from edge.units import Grams, Sku

STARTING, UNKNOWN_STEP = "starting", "unknown-step"
ZERO_PER_MINUTE = 50
"""Slow zero tracking follows at most 1/50 unit a minute."""
NOTICED = 20
"""A neighbour belongs to a step when it moved by more than 1/20 unit."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the shop last recorded of a plate; `blind` is "" or why its count was withdrawn."""

    count: int
    weight: Grams
    blind: str = ""
    sku: Sku | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """What a plate shows now; `count` is None while nobody can vouch for it."""

    weight: Grams | None
    settled: bool
    count: int | None
    blind: str


@dataclass(slots=True)
class Cell:
    """`anchor` is the weight at which the plate was last understood to hold `count`; times are monotonic seconds."""

    plate: Plate
    calibration: Calibration
    rest: Plateau
    count: int = 0
    anchor: Milligrams | None = None
    recorded: int = 0
    """The anchor as the shop recorded it."""
    blind: str = STARTING
    """Why nothing is concluded until the plate was compared; "" while it sees."""
    told: bool = False
    """The record says that the count is withdrawn or unknown."""
    why: str = ""
    """What it says."""
    recount: bool = False
    """A person was asked to count."""
    onset: float | None = None
    """When the step that is being weighed began."""
    evidence: int | None = None
    """The step that could not be understood."""
    doubted: float | None = None
    lifted: float | None = None
    good: float = 0.0
    tracked: float = 0.0
    last: Milligrams | None = None
    ref: str = ""
    """Node, boot and number of the last sample."""

    @property
    def unit(self) -> Milligrams:
        return Milligrams(self.plate.unit * 1000)

    @property
    def display(self) -> bool:
        return self.plate.role is Role.DISPLAY

    @property
    def off(self) -> int:
        """How far the plate at rest is from its anchor; 0 while it moves."""
        return 0 if self.rest.rest is None or self.anchor is None else self.rest.rest - self.anchor

    @property
    def steps(self) -> bool:
        """More than zero tracking or noise: something came or went."""
        return self.anchor is not None and abs(self.off) * 1000 >= FIT * self.unit

    @property
    def noticed(self) -> bool:
        """Moved enough to be a neighbour's share of an article."""
        return not self.blind and abs(self.off) > max(self.unit // NOTICED, 2 * self.plate.noise)

    def step(self) -> Step:
        return Step(self.plate.id, self.plate.sku or Sku(""), self.unit, Milligrams(self.off), self.count)

    def forget(self, at: float) -> None:
        """No earlier sample counts any more."""
        self.rest.forget(at)
        self.onset = self.evidence = self.doubted = self.last = None

    def understand(self, anchor: Milligrams, count: int) -> None:
        """The plate holds `count` and weighs `anchor`: from now on that is where it is measured from."""
        self.anchor, self.count, self.recorded = anchor, count, anchor
        self.blind, self.told, self.recount = "", False, False
        self.onset = self.evidence = self.doubted = None

    def track(self, at: float) -> bool:
        """Follow slow drift under a quarter of a unit; True when it went so far that it should be recorded."""
        passed = at - self.tracked
        if passed < 1.0 or self.anchor is None:
            return False
        self.tracked = at
        if abs(self.off) * 4 >= self.unit:
            return False
        most = int(self.unit * passed / (60 * ZERO_PER_MINUTE))
        self.anchor = Milligrams(self.anchor + max(-most, min(most, self.off)))
        return abs(self.anchor - self.recorded) >= max(2000, self.unit // 10)

    def show(self) -> Live:
        weight = self.rest.rest if self.rest.rest is not None else self.last
        blind = self.blind or (self.why if self.told else "")
        settled = self.rest.rest is not None
        return Live(None if weight is None else grams(weight), settled, None if blind else self.count, blind)


def cell_of(plate: Plate, calibration: Calibration, memory: Memory | None, at: float) -> Cell:
    """A plate nobody has heard yet; what is remembered under another sku does not count."""
    cell = Cell(plate, calibration, Plateau(plate.noise), good=at, tracked=at)
    cell.rest.forget(at)
    if memory is not None and memory.sku == plate.sku:
        cell.count, cell.told, cell.why = memory.count, bool(memory.blind), memory.blind
        cell.anchor = Milligrams(memory.weight * 1000)
        cell.recorded = cell.anchor
    return cell


def grams(weight: int) -> Grams:
    """Whole grams, half rounds up."""
    return Grams((weight + 500) // 1000)


def reason(flags: Flag) -> str:
    """The worst of what a node says about its sample, in the words of a withdrawal."""
    for flag in (Flag.BROWNOUT, Flag.GAIN_CHANGED, Flag.SATURATED):
        if flag in flags:
            return str(flag.name).lower().replace("_", "-")
    return "not-ready"
