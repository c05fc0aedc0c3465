"""A running store: journal, door, devices, followers, screens; stopped in mirror order."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from logging import getLogger

from edge import VERSION
from edge.alive import Heart, notify
from edge.app.devices import Parts, join
from edge.app.doctor import hints
from edge.app.forks import Forks, go_on_anew
from edge.app.rooms import World, handlers, journal_setup, shop_of
from edge.app.seals import Seals
from edge.app.vital import Vital, patiently
from edge.board import Board
from edge.clock import stamp
from edge.commands import Door
from edge.config import StoreConfig
from edge.effects import tables as effects
from edge.facts import BoxStarted
from edge.health import Health
from edge.journal.seal import SealKey, key_path
from edge.journal.store import Journal
from edge.nfc.watch import Walls
from edge.shelf.watch import Floor as ShelfFloor
from edge.shelf.watch import Watch
from edge.shelf.wiring import plates_of
from edge.staff import tables as staff_tables
from edge.staff.approving import StaffApprovals
from edge.staff.desk import Desk
from edge.stock.goods_in import take_in_deliveries
from edge.supervise import Supervisor
from edge.units import Key
from edge.web.house import House
from edge.web.listen import Listener
from edge.web.metrics import Metrics
from edge.web.page import Pages
from edge.web.scans import Scans
from edge.web.screens import Screens
from edge.web.server import Doors

log = getLogger(__name__)


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
        metrics = Metrics(world.clock)
        journal = await Journal.open(replace(journal_setup(config, shop, world), timed=metrics.commit))
        stack.push_async_callback(journal.close)
        key = SealKey.load(key_path(journal.path))
        seals = Seals(journal, key)
        if await seals.begin():
            await go_on_anew(journal, world.ids.new())
        boot = await _started(journal, config, world)
        known = handlers(config, shop, world)
        door = Door(journal, known, world.ids, staff_tables.allowed, metrics.command, StaffApprovals())
        board = Board(world.clock)
        health = Health(world.clock, lambda part: board.put(f"health/{part.name}", {"up": part.up}))
        stack.push_async_callback(seals.write)
        desk = Desk(journal, door, world.clock, sha256(b"sessions" + key.private.private_bytes_raw()).digest())
        walls = Walls([wall.id for wall in config.wall], door, board, world.clock, world.ids)
        watch = Watch(plates_of(config), ShelfFloor(door, journal, board, world.clock, boot))
        await watch.start()
        house = House(
            config, shop, journal, door, desk, board, health, Pages(), world.clock, world.ids, boot, walls, metrics
        )
        house.watch = watch
        house.genuine = key.signed
        screens = Screens(house)
        supervisor = Supervisor(health, world.chance)
        stack.push_async_callback(supervisor.stop)
        vital = Vital()
        stack.push_async_callback(vital.stop)
        forks = Forks(journal, door, config.store.first_letter)
        scans = Scans(house, {f"scanner/{till.scanner}": till.id for till in config.till if till.scanner})
        parts = Parts(
            journal, door, board, health, supervisor, walls, watch, boot, key, shop.profile, scans, forks, house
        )
        house.cable = join(config, world, parts, vital)
        vital.keep("scans", scans.run())
        if config.wall:
            vital.keep("walls", walls.run())
        vital.keep("shelves", watch.run())
        vital.keep("screens", screens.run())
        vital.keep("goods in", patiently("goods in", partial(take_in_deliveries, journal, door)))
        if config.staff.lock_minutes:
            idle = partial(desk.lock_idle, config.staff.lock_minutes)
            vital.keep("idle tills", patiently("idle tills", idle))
        vital.keep("forks", patiently("forks", parts.forks.run))
        vital.keep("seals", patiently("seals", seals.run))
        listeners = await _listen(config, house, screens, stack)
        vital.keep("signs of life", Heart(house.checkup.vital, house.checkup.sentence).run())
        supervisor.halted.add_done_callback(vital.pass_on)
        yield Store(journal, door, desk, health, board, house, supervisor, listeners, vital.halted)


async def _started(journal: Journal, config: StoreConfig, world: World) -> str:
    """Record the start; what was on its way outside when the box stopped is now unknown."""
    boot = world.ids.new()
    started = BoxStarted(config.store.id, config.store.node, boot, VERSION)
    await journal.transact(lambda tx: tx.record_all([started, *effects.recover(tx)]), cause=Key(f"boot:{boot}"))
    return boot


async def _listen(config: StoreConfig, house: House, screens: Screens, stack: AsyncExitStack) -> Mapping[str, Listener]:
    doors = Doors(house, screens)
    listeners = {
        "staff": Listener(doors.staff(), config.web.staff),
        "floor": Listener(doors.floor(), config.web.floor),
        "public": Listener(doors.public(), config.web.public),
    }
    stack.push_async_callback(_shut, *listeners.values())
    for listener in listeners.values():
        await listener.start()
    house.doors.update({name: listener.address for name, listener in listeners.items()})
    house.public = listeners["public"].url
    stack.push_async_callback(house.live.close)
    return listeners


async def _shut(*doors: Listener) -> None:
    """All at once: each gives its open requests two seconds."""
    await asyncio.gather(*(door.stop() for door in doors))


async def _hint(config: StoreConfig, world: World) -> None:
    for hint in await asyncio.to_thread(hints, config, world.clock.now().date()):
        log.warning("%s", hint)


async def run(config: StoreConfig, world: World, stop: asyncio.Event) -> None:
    """Run a store until `stop` is set; raises Halt when it must not go on."""
    async with running(config, world) as store:
        log.info("store %s is open at %s", config.store.id, stamp(world.clock.now()))
        hinting = asyncio.create_task(_hint(config, world), name="hints")
        asked: asyncio.Future[object] = asyncio.ensure_future(stop.wait())
        halted: asyncio.Future[object] = asyncio.ensure_future(asyncio.shield(store.halted))
        await asyncio.wait([asked, halted], return_when=asyncio.FIRST_COMPLETED)
        notify("STOPPING=1")
        for waiting in (asked, halted, hinting):
            waiting.cancel()
        await asyncio.gather(hinting, return_exceptions=True)
        if store.halted.done():
            store.halted.result()
