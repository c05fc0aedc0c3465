"""A shop's shelves in virtual time: the simulator's real bytes through the real splitter into the real levels."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from edge.shelf.cell import Memory
from edge.shelf.frame import Order, Reading, Splitter
from edge.shelf.level import Levels
from edge.shelf.plate import Calibration, Milligrams, Plate, Role
from edge.shelf.verdict import Sensed, Verdict
from edge.sim.plates import PlateNode
from edge.units import ArticleId, Grams, PlateId, Sku

T = TypeVar("T", bound=Sensed)


def stock(
    name: str,
    channel: int,
    unit: int = 200,
    *,
    sku: str = "",
    neighbours: tuple[str, ...] = (),
    noise: int = 1000,
    node: str = "n1",
    bus: str = "bus1",
) -> Plate:
    """A plate that counts."""
    return Plate(
        PlateId(name),
        bus,
        node,
        channel,
        Role.STOCK,
        Grams(unit),
        Calibration(84_000 + 1000 * channel, 504_000 + 1000 * channel, Grams(1000)),
        sku=Sku(sku or f"sku-{name}"),
        neighbours=tuple(PlateId(other) for other in neighbours),
        noise=Milligrams(noise),
    )


def display(name: str, channel: int, unit: int = 420) -> Plate:
    """A plate with one sample."""
    line = Calibration(-20_000, 400_000, Grams(1000))
    return Plate(
        PlateId(name), "bus1", "n1", channel, Role.DISPLAY, Grams(unit), line, article=ArticleId(f"article-{name}")
    )


@dataclass
class Bench:
    """Plates of one node at 10 samples a second; `now` is virtual."""

    plates: tuple[Plate, ...]
    units: Mapping[str, int]
    seed: int = 1
    memory: Mapping[PlateId, Memory] = field(default_factory=dict)
    now: float = 1000.0
    wire: Callable[[bytes], Iterable[bytes]] = lambda chunk: [chunk]

    def __post_init__(self) -> None:
        holds = {PlateId(name): count for name, count in self.units.items()}
        self.node = PlateNode(self.plates, self.seed, holds)
        self.said: list[tuple[float, Verdict]] = []
        self.restart(self.memory)

    def restart(self, memory: Mapping[PlateId, Memory]) -> None:
        """The box restarts with what its record knows."""
        self.levels = Levels(self.plates, memory, f"run{len(self.said)}", self.now)
        self._splitter, self._order = Splitter(), Order()

    def go(self, seconds: float) -> None:
        """Time passes and samples arrive."""
        bus = self.plates[0].bus
        for _ in range(round(seconds * 10)):
            self.now = round(self.now + 0.1, 6)
            for chunk in self.wire(self.node.sample(self.now)):
                for frame in self._splitter.feed(chunk):
                    arrival = self._order.see(frame)
                    assert isinstance(frame, Reading)
                    if arrival.restarted:
                        self._hear(self.levels.restarted(bus, frame.node, self.now))
                    if not arrival.old:
                        self._hear(self.levels.hear(bus, frame, self.now))
            self._hear(self.levels.tick(self.now))

    def of(self, kind: type[T]) -> list[T]:
        """Everything of one kind that was said so far, in order."""
        return [verdict.command for _, verdict in self.said if isinstance(verdict.command, kind)]

    def since(self, start: int) -> list[Sensed]:
        """Everything that was said, from the `start`-th on."""
        return [verdict.command for _, verdict in self.said[start:]]

    def counts(self) -> dict[str, int | None]:
        """What every plate shows now."""
        return {plate.id: self.levels.live(plate.id).count for plate in self.plates}

    def _hear(self, verdicts: list[Verdict]) -> None:
        self.said += [(self.now, verdict) for verdict in verdicts]
