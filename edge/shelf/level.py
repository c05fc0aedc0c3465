"""Weights -> counts: a plate comes to rest, the change is weighed against whole units, neighbours are summed.

Pure: times are seconds of one monotonic clock and are handed in. The chain is plateau (0.8 s flat, 0.5 s held) ->
step -> the sum over neighbouring plates that moved within 1.5 s -> whole units within 0.3, else *unknown*. Every
plate keeps the weight it was last understood at (its *anchor*), so that what is put wrong and taken away again heals
by itself. A plate that cannot be believed withdraws its count; it never tares itself.
"""

from collections.abc import Iterable, Mapping

from edge.errors import Refused
from edge.shelf.cell import UNKNOWN_STEP, Cell, Live, Memory, cell_of, grams, reason
from edge.shelf.explain import FIT, Explanation, explain, fit
from edge.shelf.frame import Flag, Reading
from edge.shelf.plate import Calibration, Milligrams, Plate, neighbourhood
from edge.shelf.verdict import (
    CHANGED_WHILE_BLIND,
    FEWER_THAN_NONE,
    NO_FIRST_COUNT,
    CountPlate,
    DoubtPlate,
    HandleDisplay,
    RecountPlate,
    RestorePlate,
    Sensed,
    Verdict,
    WithdrawPlate,
)
from edge.units import ArticleId, Key, PlateId, Sku

SILENT = 2.0
"""Seconds without a usable sample after which a plate is blind."""
FAULT = 1.0
"""The same while the node says why its samples are unusable."""
RESTLESS = 10.0
"""Seconds without coming to rest after which the count is withdrawn as noise."""
TOGETHER = 1.5
"""Neighbours that move within this of each other are summed."""
DEADLINE = 2.8
"""After this a neighbour still moving is no longer waited for, if the others make whole units without it."""
GONE = 120.0
"""A sample lifted for longer is gone."""
DOUBTED = 60.0
"""Seconds an unknown step may last before a person is asked to count."""


class Levels:
    """All plates of a shop. `run` is new for each start of the box; `at` is now."""

    def __init__(self, plates: Iterable[Plate], memory: Mapping[PlateId, Memory], run: str, at: float) -> None:
        self._plates = tuple(plates)
        self._run = run
        self._beside = neighbourhood(self._plates)
        self._cells: dict[PlateId, Cell] = {}
        self._wires: dict[tuple[str, str, int], Cell] = {}
        for plate in self._plates:
            self._place(cell_of(plate, plate.calibration, memory.get(plate.id), at))

    def hear(self, bus: str, reading: Reading, at: float) -> list[Verdict]:
        """One sample, as it arrived; what follows from it."""
        cell = self._wires.get((bus, reading.node, reading.channel))
        if cell is None:
            return []
        cell.ref = f"{reading.node}/{reading.boot}/{reading.seq}"
        if reading.flags:
            return self._flagged(cell, reading.flags, at)
        cell.good = at
        cell.last = cell.calibration.weigh(reading.raw)
        cell.rest.add(at, cell.last)
        if cell.rest.rest is None:
            return self._withdraw(cell, "noise") if at - cell.rest.left > RESTLESS else []
        if cell.blind:
            return self._compare(cell, cell.rest.rest)
        return self._settled(cell, at)

    def restarted(self, bus: str, node: str, at: float) -> list[Verdict]:
        """A node has booted: its plates are compared before they count again."""
        cells = [cell for wire, cell in self._wires.items() if wire[:2] == (bus, node)]
        return [verdict for cell in cells for verdict in self._go_blind(cell, "restarted", at)]

    def lost(self, bus: str, at: float) -> list[Verdict]:
        """A bus was unplugged."""
        cells = [cell for wire, cell in self._wires.items() if wire[0] == bus]
        return [verdict for cell in cells for verdict in self._go_blind(cell, "unplugged", at)]

    def tick(self, at: float) -> list[Verdict]:
        """What follows from time passing; call it a few times a second."""
        verdicts: list[Verdict] = []
        for cell in self._cells.values():
            if at - cell.good > SILENT and cell.last is not None:
                verdicts += self._go_blind(cell, "silent", at)
            elif at - cell.good > SILENT:
                verdicts += self._withdraw(cell, "silent")
            if cell.doubted is not None and at - cell.doubted > DOUBTED:
                cell.doubted = None
                verdicts += self._withdraw(cell, UNKNOWN_STEP, recount=True)
            if cell.lifted is not None and not cell.blind and at - cell.lifted > GONE:
                verdicts += self._handled(cell, "gone")
        return verdicts

    def live(self, plate: PlateId) -> Live:
        """What `plate` shows now."""
        return self._cells[plate].show()

    def calibration(self, plate: PlateId) -> Calibration:
        """The line `plate` weighs by now."""
        return self._known(plate).calibration

    def recount(self, plate: PlateId, count: int) -> RecountPlate:
        """The command for a person's count, with the weight it stands for; Refused while the plate cannot be read."""
        cell = self._known(plate)
        if cell.plate.sku is None or cell.display:
            raise Refused(f"plate {plate} counts nothing", hint="It watches a sample.", code="display-plate")
        if not 0 <= count <= 9999:
            raise Refused(f"{count} is no count", hint="Count again: 0 to 9999.", code="bad-count", status=422)
        if cell.rest.rest is None or (cell.blind and not cell.recount):
            raise Refused(
                f"plate {plate} is not at rest",
                hint="Take your hand off the shelf, wait three seconds and try again.",
                code="plate-moving",
            )
        return RecountPlate(plate, cell.plate.sku, count, grams(cell.rest.rest))

    def recounted(self, done: RecountPlate) -> None:
        """The count was recorded: it is what the plate holds."""
        self._known(done.plate).understand(Milligrams(done.weight * 1000), done.count)

    def weigh_by(self, plate: PlateId, calibration: Calibration) -> None:
        """Before anything was heard: `plate` weighs by this line, not by the configuration's."""
        self._known(plate).calibration = calibration

    def calibrated(self, plate: PlateId, calibration: Calibration, at: float) -> list[Verdict]:
        """A new line is in force: the plate is compared before it counts again."""
        cell = self._known(plate)
        cell.calibration = calibration
        return self._go_blind(cell, "calibrated", at)

    def resync(self, plate: PlateId, memory: Memory | None, at: float) -> None:
        """Believe the record about `plate`, and compare."""
        old = self._known(plate)
        new = cell_of(old.plate, old.calibration, memory, at)
        new.ref = old.ref
        self._place(new)

    def _known(self, plate: PlateId) -> Cell:
        cell = self._cells.get(plate)
        if cell is None:
            raise Refused(f"there is no plate {plate}", hint="Check its name.", code="unknown-plate", status=404)
        return cell

    def _place(self, cell: Cell) -> None:
        plate = cell.plate
        self._cells[plate.id] = self._wires[plate.bus, plate.node, plate.channel] = cell

    def _flagged(self, cell: Cell, flags: Flag, at: float) -> list[Verdict]:
        if flags & (Flag.GAIN_CHANGED | Flag.BROWNOUT) or at - cell.good > FAULT:
            return self._go_blind(cell, reason(flags), at)
        return []

    def _go_blind(self, cell: Cell, why: str, at: float) -> list[Verdict]:
        cell.forget(at)
        cell.blind, cell.recount = why, False
        return self._withdraw(cell, why)

    def _withdraw(self, cell: Cell, why: str, *, recount: bool = False) -> list[Verdict]:
        if cell.told and not recount:
            return []
        cell.told, cell.why, cell.recount = True, why, recount
        return [self._say(cell, WithdrawPlate(cell.plate.id, why, cell.plate.sku, recount), why)]

    def _compare(self, cell: Cell, rest: Milligrams) -> list[Verdict]:
        """The plate sees again: is it what it was?"""
        if cell.display or cell.anchor is None:
            return self._adopt(cell, rest)
        if not cell.steps:
            cell.blind = ""
            return self._restore(cell) if cell.told else []
        cell.blind = CHANGED_WHILE_BLIND
        return self._ask(cell, CHANGED_WHILE_BLIND)

    def _adopt(self, cell: Cell, rest: Milligrams) -> list[Verdict]:
        """First sight, or a sample: the calibrated weight itself says how many, if it makes whole units."""
        count, residual = fit(rest, cell.unit)
        if residual >= FIT or count < 0 or (cell.display and count > 1):
            cell.blind = NO_FIRST_COUNT
            return self._ask(cell, NO_FIRST_COUNT)
        same = cell.anchor is not None and cell.count == count and not cell.told
        cell.anchor, cell.count, cell.blind = rest, count, ""
        cell.lifted = cell.good if cell.display and not count else None
        return [] if same else self._restore(cell)

    def _ask(self, cell: Cell, why: str) -> list[Verdict]:
        """Have a person count; a sample needs none."""
        return [] if cell.recount else self._withdraw(cell, why, recount=not cell.display)

    def _restore(self, cell: Cell) -> list[Verdict]:
        assert cell.anchor is not None
        cell.understand(cell.anchor, cell.count)
        if cell.display:
            return self._handled(cell, "present" if cell.count else "gone")
        return [self._say(cell, RestorePlate(cell.plate.id, _sku(cell), cell.count, grams(cell.anchor)))]

    def _settled(self, cell: Cell, at: float) -> list[Verdict]:
        if not cell.steps:
            cell.onset = cell.evidence = cell.doubted = None
            verdicts = self._restore(cell) if cell.told else []
            return [*verdicts, *self._drift(cell, at)]
        cell.tracked = at
        if cell.evidence is not None and abs(cell.off - cell.evidence) * 10 < cell.unit:
            return []
        if cell.onset is None:
            cell.onset = cell.rest.left
        if not self._ripe(cell, cell.onset, at):
            return []
        group = self._group(cell)
        found = explain([member.step() for member in group])
        complete = all(member.plate.id in found.units or not member.steps for member in group)
        if not complete and self._moving(cell, cell.onset, at):
            return []
        return [verdict for member in group for verdict in self._decide(member, found, at, cell.ref)]

    def _drift(self, cell: Cell, at: float) -> list[Verdict]:
        if not cell.track(at) or cell.display or cell.anchor is None:
            return []
        step = grams(cell.anchor - cell.recorded)
        cell.recorded = cell.anchor
        return [
            self._say(cell, CountPlate(cell.plate.id, _sku(cell), cell.count, 0, step, 0, grams(cell.anchor)), "drift")
        ]

    def _ripe(self, cell: Cell, onset: float, at: float) -> bool:
        """Has everything that may belong to this step been seen?"""
        if not self._beside[cell.plate.id]:
            return True
        if at < onset + TOGETHER:
            return False
        return at >= onset + DEADLINE or not self._moving(cell, onset, at)

    def _moving(self, cell: Cell, onset: float, at: float) -> bool:
        beside = [self._cells[other] for other in self._beside[cell.plate.id]]
        return any(
            not other.blind
            and other.rest.rest is None
            and other.rest.left <= onset + TOGETHER
            and at - other.rest.left < RESTLESS
            for other in beside
        )

    def _group(self, first: Cell) -> list[Cell]:
        group, todo = {first.plate.id: first}, [first]
        while todo and not first.display:
            for other in sorted(self._beside[todo.pop().plate.id]):
                cell = self._cells[other]
                if other not in group and cell.noticed and not cell.display:
                    group[other] = cell
                    todo.append(cell)
        return list(group.values())

    def _decide(self, cell: Cell, found: Explanation, at: float, ref: str) -> list[Verdict]:
        """So many units came (+) or went (-), or nobody knows."""
        rest, units = cell.rest.rest, found.units.get(cell.plate.id)
        if rest is None or cell.anchor is None:
            return []
        if units is None or (cell.display and cell.count + units not in (0, 1)):
            return self._doubt(cell, at, ref) if cell.steps else []
        count, step = cell.count + units, grams(cell.off)
        if count < 0:
            cell.blind = FEWER_THAN_NONE
            return self._withdraw(cell, FEWER_THAN_NONE, recount=True)
        cell.understand(rest, count)
        if cell.display:
            cell.lifted = at if units < 0 else None
            return self._handled(cell, "lifted" if units < 0 else "back")
        counted = CountPlate(cell.plate.id, _sku(cell), count, units, step, found.residual, grams(rest))
        return [self._say(cell, counted, ref=ref)]

    def _doubt(self, cell: Cell, at: float, ref: str) -> list[Verdict]:
        cell.evidence, cell.onset, cell.told, cell.why = cell.off, None, True, UNKNOWN_STEP
        if cell.display or cell.rest.rest is None:
            return []
        cell.doubted = cell.doubted if cell.doubted is not None else at
        residual = fit(cell.off, cell.unit)[1]
        doubt = DoubtPlate(cell.plate.id, _sku(cell), grams(cell.off), grams(cell.rest.rest), residual)
        return [self._say(cell, doubt, ref=ref)]

    def _handled(self, cell: Cell, what: str) -> list[Verdict]:
        if what != "lifted":
            cell.lifted = None
        article = cell.plate.article or ArticleId("")
        return [self._say(cell, HandleDisplay(cell.plate.id, article, what), what)]

    def _say(self, cell: Cell, command: Sensed, what: str = "", *, ref: str = "") -> Verdict:
        by = ref or cell.ref or f"run/{self._run}"
        return Verdict(Key(f"shelf:{by}:{cell.plate.id}:{type(command).__name__}:{what}"), command)


def _sku(cell: Cell) -> Sku:
    assert cell.plate.sku is not None, "edge.shelf.plate.problems refuses a stock plate without a sku"
    return cell.plate.sku
