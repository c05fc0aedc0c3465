"""The whole room: simulated nodes on serial lines, driver, levels, door, tables and board, in four times real time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from edge.board import Board
from edge.clock import Clock, system_clock
from edge.commands import Door
from edge.errors import Refused
from edge.facts import DisplayHandled, Fact, ShelfCounted, ShelfRestored, ShelfWithdrawn, TaskDone, TaskOpened
from edge.health import Health
from edge.ids import seeded_ids
from edge.journal.store import Journal, Setup
from edge.shelf.frame import Reading, Splitter
from edge.shelf.handlers import HANDLERS
from edge.shelf.sensor import Sample, Sensor
from edge.shelf.tables import ON_SHELF, ROOM
from edge.shelf.verdict import CalibratePlate
from edge.shelf.watch import Floor, Watch
from edge.sim.plates import PlateBus, PlateNode
from edge.supervise import Supervisor
from edge.units import Grams, Identity, Key, PlateId, Seq, UserId
from tests.shelf.bench import display, stock
from tests.waiting import until

PACE = 4
LEFT = (stock("a", 0, sku="boot", neighbours=("b",)), stock("b", 1, sku="boot"), display("d", 2))
RIGHT = (stock("c", 0, sku="sock", node="n2", bus="bus2"),)
A, B, C, D = PlateId("a"), PlateId("b"), PlateId("c"), PlateId("d")
MONA = UserId("mona")
START = time.monotonic()
FAST = Clock(now=system_clock().now, monotonic=lambda: START + (time.monotonic() - START) * PACE)


class Shop:
    """Two buses of shelves, and boxes that come and go around them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left = PlateBus(PlateNode(LEFT, 1, {A: 4, B: 2, D: 1}), FAST, path / "left", hertz=10 * PACE)
        self.right = PlateBus(PlateNode(RIGHT, 2, {C: 9}), FAST, path / "right", hertz=10 * PACE)
        self.board = Board(FAST)
        self.runs = 0

    @asynccontextmanager
    async def box(self) -> AsyncIterator["Box"]:
        """The store's process, from start to stop."""
        self.runs += 1
        self.board = Board(FAST)
        async with AsyncExitStack() as stack:
            setup = Setup(self.path / "j.db", Identity("s_n"), "aa", system_clock(), (ROOM,))
            journal = await Journal.open(setup)
            stack.push_async_callback(journal.close)
            door = Door(journal, HANDLERS, seeded_ids(self.runs), lambda tx, user, right: user == MONA)
            watch = Watch((*LEFT, *RIGHT), Floor(door, journal, self.board, FAST, f"run{self.runs}"))
            await watch.start()
            supervisor = Supervisor(Health(FAST), Random(1))
            for name, bus in (("bus1", self.left), ("bus2", self.right)):
                supervisor.watch(Sensor(name, bus.url, FAST), watch.ear)
            running = asyncio.create_task(watch.run())
            stack.push_async_callback(_end, running)
            stack.push_async_callback(supervisor.stop)
            yield Box(journal, watch, door)


class Box:
    def __init__(self, journal: Journal, watch: Watch, door: Door) -> None:
        self.journal, self.watch, self.door = journal, watch, door

    async def facts(self, after: int = 0) -> list[Fact]:
        entries = await self.journal.entries(Seq(after), limit=1000)
        return [fact for entry in entries if (fact := entry.fact()) is not None]

    async def on_shelf(self) -> dict[str, int | None]:
        return {row["sku"]: row["count"] for row in await self.journal.rows(ON_SHELF)}

    async def shows(self, **want: int | None) -> None:
        """Wait until the tables say so."""
        async with asyncio.timeout(20):
            while await self.on_shelf() != want:  # noqa: ASYNC110  # a table has no event to wait for
                await asyncio.sleep(0.01)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = Shop(tmp_path)
    await shop.left.open()
    await shop.right.open()
    yield shop
    await shop.left.close()
    await shop.right.close()


async def test_a_pick_becomes_a_fact_and_lowers_what_is_on_the_shelf_within_the_budget(shop: Shop) -> None:
    async with shop.box() as box:
        await box.shows(boot=6, sock=9)
        picked = FAST.monotonic()
        shop.left.take(A)
        await box.shows(boot=5, sock=9)
        assert FAST.monotonic() - picked < 3.5
        shop.left.across({A: 450, B: 550})
        await box.shows(boot=6, sock=9)
        shop.left.lift(D)
        handled: list[str] = []
        async with asyncio.timeout(20):
            while len(handled) < 2:
                await asyncio.sleep(0.01)
                handled = [fact.what for fact in await box.facts() if isinstance(fact, DisplayHandled)]
        assert handled == ["present", "lifted"]
        counted = [fact for fact in await box.facts() if isinstance(fact, ShelfCounted)]
        assert [fact.delta for fact in counted if fact.delta] == [-1, 1]
        live = shop.board.get("shelf/plate/a")
        assert live is not None
        assert isinstance(live.value, dict)
        assert live.value["blind"] == ""


async def test_a_broken_bus_withdraws_its_plates_and_never_stops_the_other(shop: Shop) -> None:
    async with shop.box() as box:
        await box.shows(boot=6, sock=9)
        shop.left.unplug()
        await box.shows(boot=None, sock=9)
        shop.right.take(C, 2)
        await box.shows(boot=None, sock=7)
        reasons = {fact.reason for fact in await box.facts() if isinstance(fact, ShelfWithdrawn)}
        assert reasons == {"unplugged"}
        shop.left.plug()
        await box.shows(boot=6, sock=7)


async def test_samples_that_come_twice_count_once_and_a_node_that_boots_is_compared(tmp_path: Path) -> None:
    now = [100.0]
    clock = Clock(now=system_clock().now, monotonic=lambda: now[0])
    node, splitter = PlateNode(RIGHT, 2, {C: 9}), Splitter()

    def heard(seconds: float) -> list[Reading]:
        readings: list[Reading] = []
        for _ in range(round(seconds * 10)):
            now[0] += 0.1
            for frame in splitter.feed(node.sample(now[0])):
                assert isinstance(frame, Reading)
                readings.append(frame)
                watch.ear(Sample("bus2", frame, now[0]))
        return readings

    async with AsyncExitStack() as stack:
        journal = await Journal.open(Setup(tmp_path / "j.db", Identity("s_n"), "aa", system_clock(), (ROOM,)))
        stack.push_async_callback(journal.close)
        door = Door(journal, HANDLERS, seeded_ids(1), lambda tx, user, right: True)
        watch = Watch(RIGHT, Floor(door, journal, Board(clock), clock, "run"))
        heard(1)
        await watch.start()
        stack.push_async_callback(_end, asyncio.create_task(watch.run()))
        box = Box(journal, watch, door)
        old = heard(3)
        await box.shows(sock=9)
        node.take(C, now[0])
        heard(4)
        await box.shows(sock=8)
        for reading in old:
            now[0] += 0.1
            watch.ear(Sample("bus2", reading, now[0]))
        node.take(C, now[0])
        heard(4)
        await box.shows(sock=7)
        node.reboot()
        heard(4)
        async with asyncio.timeout(20):
            await _entry(journal, 5)
        facts = await box.facts()
    assert [type(fact) for fact in facts] == [ShelfRestored, ShelfCounted, ShelfCounted, ShelfWithdrawn, ShelfRestored]


async def test_a_restarted_box_keeps_its_numbers_without_a_new_fact(shop: Shop) -> None:
    async with shop.box() as box:
        await box.shows(boot=6, sock=9)
        shop.right.take(C)
        await box.shows(boot=6, sock=8)
        await until(lambda: box.journal.head.seq >= 5)
        head = box.journal.head.seq
    async with shop.box() as box:
        await until(lambda: _sees(shop.board, A, B, C))
        assert box.journal.head.seq == head
        shop.right.take(C)
        await box.shows(boot=6, sock=7)


async def test_what_was_taken_while_the_box_was_off_is_counted_by_a_person(shop: Shop) -> None:
    async with shop.box() as box:
        await box.shows(boot=6, sock=9)
    shop.right.take(C, 4)
    async with shop.box() as box:
        await box.shows(boot=6, sock=None)
        await until(lambda: _blind(shop.board, C) == "changed-while-blind")
        task = next(fact for fact in await box.facts() if isinstance(fact, TaskOpened))
        assert (task.kind, task.subject) == ("shelf.recount", "c")
        with pytest.raises(Refused, match="may not stock"):
            await box.watch.recount(C, 5, key=Key("r"), actor=UserId("kim"))
        restored, done = await box.watch.recount(C, 5, key=Key("r"), actor=MONA)
        assert isinstance(restored, ShelfRestored)
        assert done == TaskDone(task.task, MONA)
        assert await box.watch.recount(C, 5, key=Key("r"), actor=MONA) == (restored, done)
        with pytest.raises(Refused):
            await box.watch.recount(C, 6, key=Key("r"), actor=MONA)
        await box.shows(boot=6, sock=5)
        shop.right.take(C)
        await box.shows(boot=6, sock=4)


async def test_a_new_calibration_is_in_force_at_once_and_after_a_restart_and_can_be_taken_back(shop: Shop) -> None:
    line = RIGHT[0].calibration
    worse = CalibratePlate(C, 0, line.zero + 8400, line.loaded + 8400, Grams(1000), line.zero + 218_400, Grams(500))
    async with shop.box() as box:
        await box.shows(boot=6, sock=9)
        assert (await box.watch.calibrate(worse, key=Key("c1"), actor=MONA)).version == 1
        await box.shows(boot=6, sock=None)
        await box.shows(boot=6, sock=9)
    async with shop.box() as box:
        await until(lambda: _sees(shop.board, C))
        with pytest.raises(Refused, match="no calibration 4"):
            await box.watch.revert(C, 4, key=Key("c2"), actor=MONA)
        assert (await box.watch.revert(C, 0, key=Key("c3"), actor=MONA)).zero == line.zero
        await box.shows(boot=6, sock=None)
        await box.shows(boot=6, sock=9)


async def test_a_plate_that_left_the_configuration_leaves_the_sum(shop: Shop, tmp_path: Path) -> None:
    async with shop.box() as box:
        await box.shows(boot=6, sock=9)
        watch = Watch(LEFT, Floor(box.door, box.journal, shop.board, FAST, "other"))
        await watch.start()
        running = asyncio.create_task(watch.run())
        try:
            await box.shows(boot=6)
        finally:
            await _end(running)


async def _entry(journal: Journal, seq: int) -> None:
    async for entry in journal.follow(Seq(0)):
        if entry.seq == seq:
            return


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _sees(board: Board, *plates: PlateId) -> bool:
    return all(_blind(board, plate) == "" for plate in plates)


def _blind(board: Board, plate: PlateId) -> object:
    live = board.get(f"shelf/plate/{plate}")
    return live.value["blind"] if live is not None and isinstance(live.value, dict) else None
