"""Plates, their calibration, and what the configuration may say of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock import system_clock
from edge.config import Plate as PlateTable
from edge.config import Sensor as SensorTable
from edge.config import Store, StoreConfig
from edge.errors import Halt, Refused
from edge.shelf.plate import Calibration, Milligrams, Role, calibrate, problems
from edge.shelf.sensor import address
from edge.shelf.wiring import plates_of, sensors_of
from edge.units import Grams, PlateId, StoreId
from edge.units import NodeId as Node
from tests.shelf.bench import display, stock

LINE = Calibration(84_000, 504_000, Grams(1000))
STORE = Store(
    id=StoreId("s"),
    node=Node("n"),
    name="S",
    address="",
    tax_number="",
    country="dk",
    time_zone="UTC",
    language="en",
    region="DK",
)


@given(st.integers(0, 20_000_000))
def test_counts_and_weight_are_each_others_inverse(weight: int) -> None:
    assert abs(LINE.weigh(LINE.counts(Milligrams(weight))) - weight) <= 2


def test_the_two_points_are_met_exactly_and_a_cell_may_hang_upside_down() -> None:
    assert (LINE.weigh(84_000), LINE.weigh(504_000)) == (0, 1_000_000)
    turned = Calibration(504_000, 84_000, Grams(1000))
    assert (turned.weigh(504_000), turned.weigh(84_000), turned.weigh(294_000)) == (0, 1_000_000, 500_000)


def test_a_third_mass_within_half_a_percent_proves_the_line() -> None:
    points = Calibration(100_000, 300_000, Grams(500))
    assert calibrate(LINE, points, 180_000, Grams(200)) == replace(points, version=1)
    assert calibrate(LINE, points, 180_400, Grams(200)).version == 1
    with pytest.raises(Refused, match=r"weighs 1\.2 g wrong"):
        calibrate(LINE, points, 180_480, Grams(200))
    with pytest.raises(Refused, match="the same"):
        calibrate(LINE, replace(points, loaded=100_000), 1, Grams(200))


def test_everything_wrong_with_the_plates_is_said_at_once() -> None:
    plates = [
        stock("a", 0),
        stock("a", 1),
        stock("c", 0, neighbours=("z", "c")),
        replace(stock("d", 3), sku=None),
        replace(display("e", 4), article=None),
        stock("f", 5, unit=10),
        replace(stock("g", 6), calibration=Calibration(5, 5, Grams(1))),
    ]
    found = "\n".join(problems(plates))
    for words in (
        "plate a: named twice",
        "plate c: channel 0 of n1 is plate a already",
        "neighbour z is no plate",
        "is its own neighbour",
        "d: a stock plate needs a sku",
        "e: a display plate needs an article",
        "f: a unit of 10 g cannot be told from 1000 mg of noise",
        "g: calibration points are the same",
    ):
        assert words in found
    assert problems([stock("a", 0, neighbours=("b",)), stock("b", 1), display("d", 2)]) == []


def test_the_configuration_becomes_plates_and_sensors() -> None:
    sensor = SensorTable("shelf1", "serial:///dev/edge/shelf1?baud=230400", "7")
    table = PlateTable(
        PlateId("p1"), "shelf1", 2, "wall", sku="boot-43", unit_grams=900, zero_raw=10, span_raw=210, span_grams=100
    )
    sample = PlateTable(PlateId("p2"), "shelf1", 3, "wall", role="display", article="boot", unit_grams=900)
    config = StoreConfig(STORE, sensor=(sensor,), plate=(table, sample))
    first, second = plates_of(config)
    assert (first.bus, first.node, first.channel, first.role, first.sku) == ("shelf1", "7", 2, Role.STOCK, "boot-43")
    assert first.calibration.weigh(110) == 50_000
    assert (second.role, second.article, second.sku) == (Role.DISPLAY, "boot", None)
    (device,) = sensors_of(config, system_clock())
    assert device.name == "shelf1"
    bad = replace(table, role="stok"), replace(sample, check_grams=500, check_raw=1, article="")
    with pytest.raises(Halt) as halt:
        plates_of(replace(config, plate=bad))
    for words in ("role 'stok' is not stock or display", "needs an article", "check mass of 500 g"):
        assert words in halt.value.message
    with pytest.raises(Halt, match="sensor shelf1"):
        sensors_of(replace(config, sensor=(replace(sensor, url="tcp://x"),)), system_clock())


@pytest.mark.parametrize(
    "url", ["serial://dev/x", "tcp:///dev/x", "serial:/", "serial:///dev/x?baud=1", "serial:///dev/x?speed=9600"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    if url == "serial:/":
        assert address(url) == ("/", 115200)
        return
    with pytest.raises(ValueError, match=r"serial:///dev|baud rate"):
        address(url)
