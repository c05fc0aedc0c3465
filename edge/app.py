"""The switchboard of a store: the only file that knows everybody; starts and stops in mirror order."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from logging import getLogger
from pathlib import Path
from random import Random

from edge.board import Board
from edge.catalog import tables as catalog
from edge.catalog.pictures import Gallery, PictureFetcher
from edge.clock import Clock, stamp, system_clock
from edge.commands import Command, Door, Handler
from edge.config import StoreConfig
from edge.countries.profile import load_profile
from edge.effects import tables as effects
from edge.effects.queue import EffectQueue
from edge.errors import Halt
from edge.facts import BoxStarted
from edge.health import Health, notify, watchdog_seconds
from edge.ids import Ids, system_ids
from edge.journal.room import Room
from edge.journal.seal import SealKey, key_path, record_seal, write_head
from edge.journal.store import Journal, Setup
from edge.nfc import goods as nfc_goods
from edge.nfc import handlers as nfc
from edge.nfc import tables as nfc_tables
from edge.nfc.reader import Reader
from edge.nfc.session import DailyKey
from edge.nfc.watch import Walls
from edge.pos import tables as pos_tables
from edge.pos.day import Day
from edge.pos.fiscal.errands import FiscalErrands
from edge.pos.fiscal.line import LineFiscal
from edge.pos.goods import CatalogGoods
from edge.pos.paying import Paying
from edge.pos.selling import Selling
from edge.pos.shop import Position, Shop
from edge.shelf import handlers as shelf
from edge.shelf import tables as shelf_tables
from edge.shelf.watch import Floor as ShelfFloor
from edge.shelf.watch import Watch
from edge.shelf.wiring import plates_of, sensors_of
from edge.staff import handlers as staff
from edge.staff import tables as staff_tables
from edge.staff.desk import Desk, hash_pin
from edge.stock import handlers as stock
from edge.stock import tables as stock_tables
from edge.stock.goods_in import take_in_deliveries
from edge.supervise import Supervisor
from edge.sync.cable import Cable, CableSetup
from edge.sync.standing import Chance, Me
from edge.sync.tables import Applies, sync_room
from edge.units import Identity, Key, TillId, UserId
from edge.web.house import House
from edge.web.listen import Listener
from edge.web.page import Pages
from edge.web.screens import Screens
from edge.web.server import Doors

log = getLogger(__name__)
SEAL_EVERY = 3600.0
FEED: Applies = {**catalog.FEED, **staff_tables.FEED, **stock_tables.FEED}
"""Kind of feed entry -> the room that makes it true."""


@dataclass(frozen=True, slots=True)
class World:
    """What is not the store's own: time, identities, chance."""

    clock: Clock
    ids: Ids
    chance: Random

    @classmethod
    def real(cls) -> "World":
        return cls(system_clock(), system_ids(), Random())


def rooms() -> tuple[Room, ...]:
    """Every room's tables; the cable's replay fills the catalogue, so it comes last."""
    own = (pos_tables.ROOM, stock_tables.ROOM, staff_tables.ROOM, effects.ROOM, nfc_tables.ROOM, shelf_tables.ROOM)
    return (*own, catalog.ROOM, sync_room(FEED))


def shop_of(config: StoreConfig) -> Shop:
    """The store, as its tills know it."""
    profile = load_profile(config.store.country)
    if profile.fiscal.device_tax_table and not any(till.fiscal for till in config.till):
        log.warning("%s: without a fiscal device nothing may be sold here", profile.name)
    return Shop(
        config.store.id,
        profile,
        config.store.zone,
        CatalogGoods(config.store.price_list, config.store.language),
        config.store.region,
        config.store.first_letter,
        {
            till.id: Position(f"{till.id}/printer" if till.printer else "", f"{till.id}/fiscal" if till.fiscal else "")
            for till in config.till
        },
    )


def journal_setup(config: StoreConfig, shop: Shop, world: World) -> Setup:
    """How this store's journal is opened."""
    identity = Identity(f"{config.store.id}_{config.store.node}")
    path = Path(config.paths.journal)
    return Setup(path, identity, world.ids.new(), world.clock, rooms(), shop.today)


def handlers(config: StoreConfig, shop: Shop, world: World) -> Mapping[type[Command], Handler]:
    """Command -> handler, of every room."""
    floor = nfc.Floor(
        nfc_goods.CatalogGoods(),
        frozenset(config.nfc.hosts),
        frozenset(wall.id for wall in config.wall),
        frozenset(till.id for till in config.till),
        DailyKey(world.ids.secret),
    )
    till = {**Selling(shop).handlers(), **Paying(shop).handlers(), **Day(shop).handlers()}
    return {**till, **stock.HANDLERS, **staff.HANDLERS, **nfc.handlers(floor), **shelf.HANDLERS}


@dataclass(slots=True)
class Store:
    """A running store; `halted` ends with what stopped it."""

    journal: Journal
    door: Door
    desk: Desk
    health: Health
    board: Board
    house: House
    supervisor: Supervisor
    listeners: Mapping[str, Listener]
    halted: "asyncio.Future[None]"


@asynccontextmanager
async def running(config: StoreConfig, world: World) -> AsyncIterator[Store]:
    """Start everything, in order; stop it in mirror order."""
    shop = shop_of(config)
    async with AsyncExitStack() as stack:
        journal = await Journal.open(journal_setup(config, shop, world))
        stack.push_async_callback(journal.close)
        boot = await _started(journal, config, world)
        door = Door(journal, handlers(config, shop, world), world.ids, staff_tables.allowed)
        board, health = Board(world.clock), Health(world.clock)
        key = SealKey.load(key_path(journal.path))
        desk = Desk(journal, door, world.clock, sha256(b"sessions" + key.private.private_bytes_raw()).digest())
        walls = Walls([wall.id for wall in config.wall], door, board, world.clock, world.ids)
        watch = Watch(plates_of(config), ShelfFloor(door, journal, board, world.clock, boot))
        await watch.start()
        house = House(config, shop, journal, door, desk, board, health, Pages(), world.clock, world.ids, boot, walls)
        screens = Screens(house)
        supervisor = Supervisor(health, world.chance)
        stack.push_async_callback(supervisor.stop)
        vital = Vital()
        stack.push_async_callback(vital.stop)
        cable = _devices(config, world, Parts(journal, door, board, health, supervisor, walls, watch, boot), vital)
        house.cable = cable
        vital.keep("walls", walls.run())
        vital.keep("shelves", watch.run())
        vital.keep("screens", screens.run())
        vital.keep("goods in", take_in_deliveries(journal, door))
        vital.keep("seals", _seal_hourly(journal, key))
        listeners = await _listen(config, house, screens, stack)
        vital.keep("signs of life", _signs_of_life(health))
        supervisor.halted.add_done_callback(vital.pass_on)
        yield Store(journal, door, desk, health, board, house, supervisor, listeners, vital.halted)


@dataclass(frozen=True, slots=True)
class Parts:
    """What devices are joined to."""

    journal: Journal
    door: Door
    board: Board
    health: Health
    supervisor: Supervisor
    walls: Walls
    watch: Watch
    boot: str


class Vital:
    """Tasks without which the store must not go on; the first that ends ends `halted`."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[object]] = []
        self.halted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def keep(self, name: str, work: Coroutine[object, object, object]) -> None:
        """Run `work` for the life of the store."""
        task: asyncio.Task[object] = asyncio.create_task(work, name=name)
        task.add_done_callback(self.pass_on)
        self._tasks.append(task)

    def pass_on(self, ended: "asyncio.Future[object] | asyncio.Future[None]") -> None:
        """Something ended that must not."""
        if ended.cancelled() or self.halted.done():
            return
        error = ended.exception()
        halt = error if isinstance(error, Halt) else Halt(f"{ended} ended", hint="Restart the box and tell support.")
        if error is not None and halt is not error:
            log.error("a part of the store failed", exc_info=error)
            halt.__cause__ = error
        self.halted.set_exception(halt)

    async def stop(self) -> None:
        """End them, last one first."""
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.halted.done() and not self.halted.cancelled():
            self.halted.exception()
        self.halted.cancel()


async def _started(journal: Journal, config: StoreConfig, world: World) -> str:
    """Record the start; what was on its way outside when the box stopped is now unknown."""
    boot = world.ids.new()
    started = BoxStarted(config.store.id, config.store.node, boot, version("store-edge"))
    await journal.transact(lambda tx: tx.record_all([started, *effects.recover(tx)]), cause=Key(f"boot:{boot}"))
    return boot


def _devices(config: StoreConfig, world: World, parts: Parts, vital: Vital) -> Cable | None:
    """Join every device of the configuration to its room."""
    supervisor = parts.supervisor
    for reader in config.reader:
        supervisor.watch(
            Reader(f"reader/{reader.id}", reader.url, world.clock), partial(parts.walls.heard, reader.wall)
        )
    for sensor in sensors_of(config, world.clock):
        supervisor.watch(sensor, parts.watch.ear)
    for device in config.fiscal:
        tills = [till.id for till in config.till if till.fiscal == device.id]
        _fiscal(device.id, device.url, tills, parts)
    if config.hq.media:
        gallery = Gallery(Path(config.paths.media))
        supervisor.watch(
            PictureFetcher("pictures", config.hq.media, gallery, parts.journal, config.hq.ca), lambda digest: None
        )
    return _cable(config, world, parts, vital)


def _fiscal(id: str, url: str, tills: list[TillId], parts: Parts) -> None:
    port = LineFiscal(f"fiscal/{id}", url)
    queue = EffectQueue(parts.journal, *(f"{till}/fiscal" for till in tills))
    parts.supervisor.watch(port, lambda status: parts.board.put(f"fiscal/{id}", status))
    parts.supervisor.watch(FiscalErrands(f"fiscal-errands/{id}", port, queue, parts.door), lambda job: None)


def _cable(config: StoreConfig, world: World, parts: Parts, vital: Vital) -> Cable | None:
    if config.hq.url.startswith("none:"):
        return None
    cable = Cable(
        CableSetup(
            address=config.hq.url,
            journal=parts.journal,
            me=Me(parts.boot, version("store-edge")),
            clock=world.clock,
            chance=Chance(world.chance.random, partial(world.chance.getrandbits, 64)),
            applies=FEED,
            prefix=config.hq.prefix,
        ),
        "hq",
    )
    parts.supervisor.watch(cable, lambda nothing: None)
    vital.keep("cable", cable.watch(lambda state: parts.board.put("cable", state)))
    return cable


async def _listen(config: StoreConfig, house: House, screens: Screens, stack: AsyncExitStack) -> Mapping[str, Listener]:
    doors = Doors(house, screens)
    listeners = {
        "staff": Listener(doors.staff(), config.web.staff),
        "floor": Listener(doors.floor(), config.web.floor),
        "public": Listener(doors.public(), config.web.public),
    }
    for listener in listeners.values():
        await listener.start()
        stack.push_async_callback(listener.stop)
    house.public = listeners["public"].url
    stack.push_async_callback(house.live.close)
    return listeners


async def _seal_hourly(journal: Journal, key: SealKey) -> None:
    while True:
        await asyncio.sleep(SEAL_EVERY)
        await seal(journal, key)


async def seal(journal: Journal, key: SealKey) -> None:
    """Sign the head, record it, write it beside the journal."""
    fresh = await journal.transact(lambda tx: record_seal(tx, key), cause=Key(f"seal:{journal.head.seq}"))
    await asyncio.to_thread(write_head, journal.path, fresh)


async def _signs_of_life(health: Health) -> None:
    """Tell systemd that the loop turns; it restarts a box that falls silent."""
    pause = watchdog_seconds()
    notify("READY=1")
    while True:
        down = [name for name, part in health.snapshot().items() if not part.up]
        notify("WATCHDOG=1\nSTATUS=" + (f"down: {', '.join(down)}" if down else "all is well"))
        await asyncio.sleep(pause or 10.0)


async def run(config: StoreConfig, world: World, stop: asyncio.Event) -> None:
    """Run a store until `stop` is set; raises Halt when it must not go on."""
    async with running(config, world) as store:
        log.info("store %s is open at %s", config.store.id, stamp(world.clock.now()))
        asked: asyncio.Future[object] = asyncio.ensure_future(stop.wait())
        halted: asyncio.Future[object] = asyncio.ensure_future(asyncio.shield(store.halted))
        await asyncio.wait([asked, halted], return_when=asyncio.FIRST_COMPLETED)
        notify("STOPPING=1")
        for waiting in (asked, halted):
            waiting.cancel()
        if store.halted.done():
            store.halted.result()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in from the first day."""

    user: str
    name: str
    role: str
    pin: str


async def first_people(config: StoreConfig, world: World, people: Sequence[Person]) -> None:
    """Make the journal and the people who may sign in; Refused when one of them exists."""
    shop = shop_of(config)
    journal = await Journal.open(journal_setup(config, shop, world))
    try:
        SealKey.load(key_path(journal.path))
        door = Door(journal, handlers(config, shop, world), world.ids, staff_tables.allowed)
        for each in people:
            added = staff.AddStaff(UserId(each.user), each.name, each.role, hash_pin(each.pin))
            await door.send(added, key=Key(f"init:{world.ids.new()}"))
    finally:
        await journal.close()


async def rebuilt(config: StoreConfig, world: World) -> tuple[str, str]:
    """Rebuild the derived tables; their digests before and after."""
    journal = await Journal.open(journal_setup(config, shop_of(config), world))
    try:
        return await journal.rebuild()
    finally:
        await journal.close()
