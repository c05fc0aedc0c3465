"""What the shelves' commands become, decided inside the writer's transaction.

A verdict is built on what the room believed; here it meets the record. Where the two disagree it is refused
(`out-of-step`) and the watch starts again from the record.
"""

from collections.abc import Mapping, Sequence

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import (
    DisplayHandled,
    Fact,
    ShelfCalibrated,
    ShelfCounted,
    ShelfRestored,
    ShelfUnknown,
    ShelfWithdrawn,
    TaskDone,
    TaskOpened,
)
from edge.journal.tx import Tx
from edge.shelf.plate import Calibration, calibrate
from edge.shelf.tables import RECOUNT, calibration_row, latest_calibration, open_recount, plate_row
from edge.shelf.verdict import (
    CalibratePlate,
    CountPlate,
    DoubtPlate,
    HandleDisplay,
    RecountPlate,
    RestorePlate,
    RevertCalibration,
    WithdrawPlate,
)
from edge.units import PlateId, TaskId

HINT = "Count the plate {} by hand and enter the number."


def count(tx: Tx, command: CountPlate, context: Context) -> Sequence[Fact]:
    """Units came or went."""
    row = plate_row(tx.db, command.plate)
    if row is None or row.sku != command.sku or row.count + command.delta != command.count:
        raise _out_of_step(command.plate)
    if command.count < 0:
        raise _out_of_step(command.plate)
    fact = ShelfCounted(
        command.plate, command.sku, command.count, command.delta, command.step, command.residual, command.weight
    )
    return [fact, *_done(tx, command.plate, context)]


def doubt(tx: Tx, command: DoubtPlate, context: Context) -> Sequence[Fact]:
    """Nobody knows what came or went."""
    return [ShelfUnknown(command.plate, command.sku, command.step, command.weight, command.residual)]


def withdraw(tx: Tx, command: WithdrawPlate, context: Context) -> Sequence[Fact]:
    """Stop vouching for a count; ask a person once."""
    row = plate_row(tx.db, command.plate)
    facts: list[Fact] = []
    if row is None or row.blind != command.reason:
        facts.append(ShelfWithdrawn(command.plate, command.reason, command.sku))
    if command.recount and open_recount(tx.db, command.plate) is None:
        facts.append(TaskOpened(TaskId(context.ids.new()), RECOUNT, str(command.plate), HINT.format(command.plate)))
    return facts


def restore(tx: Tx, command: RestorePlate, context: Context) -> Sequence[Fact]:
    """The plate sees again; only a first sight may bring a number the record does not have."""
    row = plate_row(tx.db, command.plate)
    known = row is not None and row.sku == command.sku and row.weight is not None
    if known and row is not None and row.count != command.count:
        raise _out_of_step(command.plate)
    restored = ShelfRestored(command.plate, command.sku, command.count, command.weight)
    return [restored, *_done(tx, command.plate, context)]


def handle_display(tx: Tx, command: HandleDisplay, context: Context) -> Sequence[Fact]:
    """Interest in a sample; no stock changes."""
    row = plate_row(tx.db, command.plate)
    if row is not None and (row.what, row.article, row.blind) == (command.what, command.article, ""):
        return []
    return [DisplayHandled(command.plate, command.article, command.what)]


def recount(tx: Tx, command: RecountPlate, context: Context) -> Sequence[Fact]:
    """A person's count is the count."""
    if command.count < 0:
        raise Refused("a count is never below 0", hint="Count again.", code="bad-count", status=422)
    restored = ShelfRestored(command.plate, command.sku, command.count, command.weight)
    return [restored, *_done(tx, command.plate, context)]


def calibrate_plate(tx: Tx, command: CalibratePlate, context: Context) -> Sequence[Fact]:
    """Two points and a third mass that proves them."""
    _on_base(tx, command.plate, command.base)
    points = Calibration(command.zero, command.loaded, command.mass, command.base)
    new = calibrate(points, points, command.check, command.check_mass)
    return [
        ShelfCalibrated(command.plate, new.version, new.zero, new.loaded, new.mass, command.check, command.check_mass)
    ]


def revert_calibration(tx: Tx, command: RevertCalibration, context: Context) -> Sequence[Fact]:
    """An earlier version's points, as a new version."""
    _on_base(tx, command.plate, command.base)
    held = calibration_row(tx.db, command.plate, command.to)
    if command.to > 0 and (held is None or (held.zero, held.loaded, held.mass) != _points(command)):
        raise Refused(
            f"plate {command.plate} has no calibration {command.to}",
            hint="Calibrate the plate again.",
            code="unknown-calibration",
            status=404,
        )
    return [
        ShelfCalibrated(
            command.plate,
            command.base + 1,
            command.zero,
            command.loaded,
            command.mass,
            command.loaded,
            command.mass,
            command.to,
        )
    ]


def _points(command: RevertCalibration) -> tuple[int, int, int]:
    return command.zero, command.loaded, command.mass


def _on_base(tx: Tx, plate: PlateId, base: int) -> None:
    if latest_calibration(tx.db, plate) != base:
        raise Refused(
            f"plate {plate} was calibrated meanwhile", hint="Look at it and try again.", code="calibrated-meanwhile"
        )


def _done(tx: Tx, plate: PlateId, context: Context) -> list[Fact]:
    task = open_recount(tx.db, plate)
    return [] if task is None else [TaskDone(task, context.actor)]


def _out_of_step(plate: PlateId) -> Refused:
    return Refused(f"the record of plate {plate} is another", hint="It is compared again.", code="out-of-step")


HANDLERS: Mapping[type[Command], Handler] = {
    CountPlate: count,
    DoubtPlate: doubt,
    WithdrawPlate: withdraw,
    RestorePlate: restore,
    HandleDisplay: handle_display,
    RecountPlate: recount,
    CalibratePlate: calibrate_plate,
    RevertCalibration: revert_calibration,
}
