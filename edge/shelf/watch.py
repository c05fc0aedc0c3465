"""The shelves' own watchman: samples -> levels -> verdicts -> the one door; live weights to the board."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from logging import getLogger

from edge.board import Board
from edge.clock import Clock
from edge.commands import Door, Reply
from edge.errors import Refused
from edge.facts import Fact, ShelfCalibrated, ShelfRestored
from edge.journal.entry import Entry
from edge.journal.store import Journal
from edge.journal.tx import CAUSED
from edge.shelf.cell import Live
from edge.shelf.frame import Order
from edge.shelf.level import Levels
from edge.shelf.plate import Calibration, Plate
from edge.shelf.sensor import Heard, Lost
from edge.shelf.tables import CALIBRATIONS, PLATE, PLATES, PlateRow
from edge.shelf.verdict import REMOVED, CalibratePlate, RevertCalibration, Verdict, WithdrawPlate
from edge.units import Grams, Key, PlateId, UserId

log = getLogger(__name__)
TICK = 0.25
"""Seconds between two looks at who has fallen silent."""
MOST_STRANGERS = 32


@dataclass(frozen=True, slots=True)
class Floor:
    """What a watch works with; `run` is new for each start of the box."""

    door: Door
    journal: Journal
    board: Board
    clock: Clock
    run: str


class Watch:
    """`await start()`, give `ear` to the supervisor for every sensor, keep `run()` running as a task."""

    def __init__(self, plates: Iterable[Plate], floor: Floor) -> None:
        self._plates = {plate.id: plate for plate in plates}
        self._floor = floor
        self._levels = Levels((), {}, floor.run, 0.0)
        self._started = False
        self._history: dict[tuple[PlateId, int], Calibration] = {}
        self._wires = {(plate.bus, plate.node, plate.channel): plate.id for plate in self._plates.values()}
        self._orders = {(plate.bus, plate.node): Order() for plate in self._plates.values()}
        self._strangers: set[tuple[str, str]] = set()
        self._lost: dict[tuple[str, str], int] = {}
        self._shown: dict[PlateId, Live] = {}
        self._verdicts: asyncio.Queue[Verdict] = asyncio.Queue()
        """Not bounded by us but by physics: a plate comes to a verdict at most about once a second."""

    async def start(self) -> None:
        """Restore what the record knows of every plate; each is compared before it counts."""
        rows = [PlateRow(*row) for row in await self._floor.journal.rows(PLATES)]
        for plate, version, zero, loaded, mass in await self._floor.journal.rows(CALIBRATIONS):
            self._history[PlateId(plate), version] = Calibration(zero, loaded, Grams(mass), version)
        memory = {row.plate: held for row in rows if (held := row.memory()) is not None}
        now = self._floor.clock.monotonic()
        self._levels = Levels(self._plates.values(), memory, self._floor.run, now)
        for (plate, _), calibration in self._history.items():  # in the order of their versions: the last one stays
            if plate in self._plates:
                self._levels.weigh_by(plate, calibration)
        self._started = True
        for row in rows:
            if row.plate not in self._plates:
                gone = WithdrawPlate(row.plate, REMOVED, row.sku)
                self._verdicts.put_nowait(Verdict(Key(f"shelf:run/{self._floor.run}:{row.plate}:{REMOVED}"), gone))

    def ear(self, heard: Heard) -> None:
        """What a sensor emits; synchronous. Before `start` nothing is concluded."""
        if not self._started:
            return
        if isinstance(heard, Lost):
            self._conclude(self._levels.lost(heard.bus, heard.at))
            self._show_all()
            return
        reading, node = heard.reading, (heard.bus, heard.reading.node)
        order = self._orders.get(node)
        if order is None:
            self._stranger(*node)
            return
        arrival = order.see(reading)
        if arrival.old:
            return
        if arrival.lost:
            self._lost[node] = self._lost.get(node, 0) + arrival.lost
            self._floor.board.put(f"shelf/node/{reading.node}", {"bus": heard.bus, "lost": self._lost[node]})
        if arrival.restarted:
            self._conclude(self._levels.restarted(heard.bus, reading.node, heard.at))
        self._conclude(self._levels.hear(heard.bus, reading, heard.at))
        plate = self._wires.get((heard.bus, reading.node, reading.channel))
        if plate is not None:
            self._show(plate)

    async def run(self) -> None:
        """Deliver verdicts and notice silence, until cancelled; ends only by raising Halt."""
        due = self._floor.clock.monotonic()
        while True:
            now = self._floor.clock.monotonic()
            if now >= due:
                due = now + TICK
                self._conclude(self._levels.tick(now))
                self._show_all()
            verdict = await self._next()
            if verdict is not None:
                await self._deliver(verdict)

    async def recount(self, plate: PlateId, count: int, *, key: Key, actor: UserId) -> tuple[Fact, ...]:
        """A person counted `plate`; Refused while it moves. Sent again under its key it answers the same."""
        done = [Entry(*row).fact() for row in await self._floor.journal.rows(CAUSED, (key,))]
        if any(isinstance(fact, ShelfRestored) and (fact.plate, fact.count) == (plate, count) for fact in done):
            return tuple(fact for fact in done if fact is not None)
        command = self._levels.recount(plate, count)
        reply = await self._floor.door.send(command, key=key, actor=actor)
        self._levels.recounted(command)
        self._show(plate)
        return reply.facts()

    async def calibrate(self, command: CalibratePlate, *, key: Key, actor: UserId) -> Calibration:
        """A new line for a plate, proved by a third mass; the plate is compared again."""
        return self._weigh_by(await self._floor.door.send(command, key=key, actor=actor))

    async def revert(self, plate: PlateId, to: int, *, key: Key, actor: UserId) -> Calibration:
        """The points of an earlier version again; 0 are those of the configuration."""
        points = self._history.get((plate, to)) if to or plate not in self._plates else self._plates[plate].calibration
        if points is None:
            raise Refused(
                f"plate {plate} has no calibration {to}",
                hint="Calibrate the plate again.",
                code="unknown-calibration",
                status=404,
            )
        base = self._levels.calibration(plate).version
        command = RevertCalibration(plate, base, to, points.zero, points.loaded, points.mass)
        return self._weigh_by(await self._floor.door.send(command, key=key, actor=actor))

    async def _next(self) -> Verdict | None:
        try:
            async with asyncio.timeout(TICK):
                return await self._verdicts.get()
        except TimeoutError:
            return None

    async def _deliver(self, verdict: Verdict) -> None:
        """Record one verdict; where the record disagrees, believe the record and compare again."""
        plate = verdict.command.plate
        try:
            await self._floor.door.send(verdict.command, key=verdict.cause)
        except Refused as refused:
            log.warning("plate %s: %s was refused (%s)", plate, type(verdict.command).__name__, refused.message)
            rows = await self._floor.journal.rows(PLATE, (plate,))
            memory = PlateRow(*rows[0]).memory() if rows else None
            self._levels.resync(plate, memory, self._floor.clock.monotonic())

    def _conclude(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self._verdicts.put_nowait(verdict)

    def _stranger(self, bus: str, node: str) -> None:
        """A node no plate of the configuration is wired to: said once."""
        if len(self._strangers) < MOST_STRANGERS and (bus, node) not in self._strangers:
            self._strangers.add((bus, node))
            log.warning("%s: node %s belongs to no plate of the configuration", bus, node)

    def _weigh_by(self, reply: Reply) -> Calibration:
        (fact,) = (fact for fact in reply.facts() if isinstance(fact, ShelfCalibrated))
        line = Calibration(fact.zero, fact.loaded, fact.mass, fact.version)
        if self._levels.calibration(fact.plate) != line:
            self._history[fact.plate, line.version] = line
            self._conclude(self._levels.calibrated(fact.plate, line, self._floor.clock.monotonic()))
        return line

    def _show_all(self) -> None:
        for plate in self._plates:
            self._show(plate)

    def _show(self, plate: PlateId) -> None:
        live, shown = self._levels.live(plate), self._shown.get(plate)
        if shown is not None and _alike(live, shown):
            return
        self._shown[plate] = live
        value = {"grams": live.weight, "settled": live.settled, "count": live.count, "blind": live.blind}
        self._floor.board.put(f"shelf/plate/{plate}", value)


def _alike(one: Live, other: Live) -> bool:
    if (one.settled, one.count, one.blind) != (other.settled, other.count, other.blind):
        return False
    if one.weight is None or other.weight is None:
        return one.weight is other.weight
    return abs(one.weight - other.weight) < 2
