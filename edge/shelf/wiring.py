"""What `store.toml` says about shelves -> plates and sensors."""

from edge.clock import Clock
from edge.config import Plate as PlateTable
from edge.config import StoreConfig
from edge.errors import Halt, Refused
from edge.shelf.plate import Calibration, Milligrams, Plate, Role, calibrate, problems
from edge.shelf.sensor import Sensor, address
from edge.units import ArticleId, Grams, Sku


def plates_of(config: StoreConfig) -> tuple[Plate, ...]:
    """Every plate of the shop; Halt lists all that is wrong with them."""
    errors = [
        f"plate {table.id}: role {table.role!r} is not stock or display" for table in config.plate if not _role(table)
    ]
    nodes = {sensor.id: str(sensor.node) for sensor in config.sensor}
    plates = [_plate(table, nodes.get(table.sensor, "")) for table in config.plate if _role(table)]
    errors += problems(plates)
    for table in config.plate:
        if table.check_grams:
            points = Calibration(table.zero_raw, table.span_raw, Grams(table.span_grams))
            try:
                calibrate(points, points, table.check_raw, Grams(table.check_grams))
            except Refused as refused:
                errors.append(f"plate {table.id}: {refused.message}")
    if errors:
        raise Halt("shelves:\n" + "\n".join(f"  {error}" for error in errors), hint="Mend these lines in store.toml.")
    return tuple(plates)


def sensors_of(config: StoreConfig, clock: Clock) -> tuple[Sensor, ...]:
    """A device for each sensor of the configuration; Halt names the addresses that are none."""
    errors = []
    for sensor in config.sensor:
        try:
            address(sensor.url)
        except ValueError as error:
            errors.append(f"sensor {sensor.id}: {error}")
    if errors:
        raise Halt("shelves:\n" + "\n".join(f"  {error}" for error in errors), hint="Mend these lines in store.toml.")
    return tuple(Sensor(sensor.id, sensor.url, clock) for sensor in config.sensor)


def _role(table: PlateTable) -> Role | None:
    return Role(table.role) if table.role in tuple(Role) else None


def _plate(table: PlateTable, node: str) -> Plate:
    return Plate(
        table.id,
        table.sensor,
        node,
        table.channel,
        Role(table.role),
        Grams(table.unit_grams),
        Calibration(table.zero_raw, table.span_raw, Grams(table.span_grams)),
        Sku(table.sku) if table.sku else None,
        ArticleId(table.article) if table.article else None,
        table.neighbours,
        Milligrams(table.noise_grams * 1000),
    )
