"""The driver on a real (pseudo) terminal, against the simulated node's real bytes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.clock import system_clock
from edge.errors import DeviceLost, Refused
from edge.shelf.sensor import Heard, Lost, Sample, Sensor
from edge.sim.plates import FIRMWARE, PlateBus, PlateNode
from edge.units import PlateId
from tests.shelf.bench import stock
from tests.waiting import until

PLATES = (stock("a", 0), stock("b", 1))
A = PlateId("a")


class Ear:
    """Keeps what a sensor emits."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def __call__(self, heard: Heard) -> None:
        self.heard.append(heard)

    @property
    def samples(self) -> list[Sample]:
        return [heard for heard in self.heard if isinstance(heard, Sample)]


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[PlateBus]:
    bus = PlateBus(PlateNode(PLATES, 5, {A: 3}), system_clock(), tmp_path / "shelf", hertz=200)
    await bus.open()
    yield bus
    await bus.close()
    assert not (tmp_path / "shelf").is_symlink()


@pytest.fixture
async def sensor(bus: PlateBus) -> AsyncIterator[Sensor]:
    sensor = Sensor("bus1", bus.url, system_clock(), silent=0.3)
    yield sensor
    await sensor.close()


async def lost(sensor: Sensor, ear: Ear) -> DeviceLost:
    with pytest.raises(DeviceLost) as end:
        await sensor.run(ear)
    return end.value


async def test_samples_arrive_in_order_stamped_on_the_edge(bus: PlateBus, sensor: Sensor) -> None:
    ear = Ear()
    await sensor.open()
    before = system_clock().monotonic()
    running = asyncio.create_task(lost(sensor, ear))
    await until(lambda: len(ear.samples) > 40)
    bus.unplug()
    end = await running
    seqs = [sample.reading.seq for sample in ear.samples]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert {sample.reading.channel for sample in ear.samples} == {0, 1}
    assert all(before <= sample.at <= system_clock().monotonic() for sample in ear.samples)
    assert isinstance(ear.heard[-1], Lost)
    assert "cable" in end.hint
    assert sensor.bad == 0


async def test_an_unplugged_bus_is_found_again_at_the_same_address(bus: PlateBus, sensor: Sensor) -> None:
    for _ in range(3):
        ear = Ear()
        await sensor.open()
        running = asyncio.create_task(lost(sensor, ear))
        await until(lambda ear=ear: len(ear.samples) > 4)  # type: ignore[misc]
        bus.unplug()
        await running
        await sensor.close()
        with pytest.raises(DeviceLost, match="cannot be opened"):
            await sensor.open()
        bus.plug()


@pytest.mark.parametrize("place", [0, 1, 7, 36, 37, 38, 75, 200])
async def test_unplugged_at_any_byte_nothing_but_whole_readings_were_heard(
    bus: PlateBus, sensor: Sensor, place: int
) -> None:
    ear = Ear()
    await sensor.open()
    running = asyncio.create_task(lost(sensor, ear))
    await until(lambda: len(ear.samples) > 2)
    if place:
        bus.unplug_after(place)
    else:
        bus.unplug()
    await running
    assert not bus.plugged
    assert all(sample.reading.node == "n1" for sample in ear.samples)
    assert isinstance(ear.heard[-1], Lost)


async def test_a_silent_port_is_no_shelf(bus: PlateBus, sensor: Sensor) -> None:
    bus.node.faults.silent = True
    await sensor.open()
    end = await lost(sensor, Ear())
    assert "no reading for 0.3 s" in end.message


async def test_spoiled_and_half_lines_are_counted_and_never_heard(bus: PlateBus, sensor: Sensor) -> None:
    ear = Ear()
    await sensor.open()
    running = asyncio.create_task(lost(sensor, ear))
    await until(lambda: len(ear.samples) > 4)
    bus.node.faults.corrupt = 20
    await until(lambda: bus.node.faults.corrupt == 0)
    bus.node.faults.half = 20
    await until(lambda: bus.node.faults.half == 0)
    seen = len(ear.samples)
    await until(lambda: len(ear.samples) > seen + 20)
    bus.unplug()
    await running
    assert 40 <= sensor.bad + 1 <= 60
    lines = {PLATES[0].channel: PLATES[0], PLATES[1].channel: PLATES[1]}
    for sample in ear.samples:
        plate = lines[sample.reading.channel]
        assert abs(plate.calibration.weigh(sample.reading.raw) - (600_000 if plate.id == A else 0)) < 10_000


async def test_a_port_is_taken_by_one_driver_only(bus: PlateBus, sensor: Sensor) -> None:
    await sensor.open()
    other = Sensor("bus2", bus.url, system_clock())
    with pytest.raises(DeviceLost, match="cannot be opened"):
        await other.open()
    await other.close()


async def test_commands_are_echoed(bus: PlateBus, sensor: Sensor) -> None:
    ear = Ear()
    await sensor.open()
    running = asyncio.create_task(lost(sensor, ear))
    version, state = await asyncio.gather(sensor.ask("?V"), sensor.ask("?S"))
    assert (version.value, state.value) == (FIRMWARE, "channels=2;gain=128")
    assert (await sensor.ask("!G")).value == "64"
    await until(lambda: any(sample.reading.flags for sample in ear.samples))
    assert (await sensor.ask("!Z")).value == "ok"
    bus.node.faults.silent = True
    with pytest.raises(Refused, match="does not answer"):
        await sensor.ask("?V", within=0.05)
    await running


async def test_an_address_where_nothing_is_says_what_to_check(tmp_path: Path) -> None:
    sensor = Sensor("bus1", f"serial://{tmp_path}/none", system_clock())
    with pytest.raises(DeviceLost) as end:
        await sensor.open()
    assert "cable" in end.value.hint
    with pytest.raises(DeviceLost, match="not open"):
        await sensor.ask("?V")
    await sensor.close()
