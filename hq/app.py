"""The switchboard of headquarters: starts everything in order and stops it in the mirrored one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from logging import getLogger
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from edge.alive import Heart, knock_at, notify
from edge.clock import Clock, stamp, system_clock
from edge.errors import Halt, StoreEdgeError
from edge.feedwords import SettingValue
from edge.health import Health
from edge.ids import Ids, system_ids
from edge.supervise import Supervisor
from edge.sync.link import Tls
from edge.web.listen import Listener
from edge.web.live import Live
from edge.web.page import Pages
from hq import feed
from hq.broker import EmbeddedBroker
from hq.config import HqConfig
from hq.feed import Author
from hq.group import Replies
from hq.pulse import Pulse
from hq.quarantine import refold
from hq.rebuild import keep_up
from hq.receiver import Receiver, ReceiverSetup
from hq.shop import shop_app
from hq.store import Store
from hq.web import HERE, Office, keep_live, office_app, snapshot

log = getLogger(__name__)
Stop = Callable[[], Awaitable[None]]


class Headquarters:
    """`start`, then `page_url`, `shop_url`, `broker_address`; `stop` undoes it all, also half a start."""

    def __init__(self, config: HqConfig, clock: Clock | None = None, ids: Ids | None = None) -> None:
        self._config, self._clock, self._ids = config, clock or system_clock(), ids or system_ids()
        self._stops: list[Stop] = []
        self._shutting: list[Stop] = []
        self._supervisor: Supervisor | None = None
        self._store: Store | None = None
        self._doors: dict[str, tuple[str, int]] = {}
        self.health = Health(self._clock)
        self.pulse = Pulse()
        self.page_url = self.shop_url = ""
        self.broker_address = config.broker.url

    async def start(self) -> None:
        """Open the database, the broker where it is ours, the receiver, the pages. Halt when one cannot."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        store = self._store = await self._open_store()
        if self._config.broker.embedded:
            await self._start_broker()
        supervisor = self._supervisor = Supervisor(self.health, Random(self._ids.bits()))
        self._stops.append(supervisor.stop)
        supervisor.watch(self._receiver(store), _nothing)
        live = Live(partial(snapshot, clock=self._clock), shop={"country": self._config.company.country.upper()})
        office = Office(
            self._config,
            store,
            self.pulse,
            self._clock,
            self.health,
            live,
            Pages(HERE / "templates"),
            self._shop,
            self.vital,
        )
        beating = asyncio.create_task(keep_live(office), name="hq live")
        self._stops.append(partial(_end, beating))
        self._stops.append(self._shut)
        self.shop_url = await self._open_door("shop", Listener(shop_app(office, self._ids), self._config.web.shop))
        self.page_url = await self._open_door("page", Listener(office_app(office), self._config.web.page))
        self._stops.append(live.close)
        log.info("headquarters is open: %s, online shop: %s", self.page_url, self.shop_url)

    async def stop(self) -> None:
        """End everything, last one first."""
        while self._stops:
            await self._stops.pop()()

    async def halted(self) -> None:
        """Returns never; raises the Halt that must wake a human."""
        if self._supervisor is None:
            raise Halt("headquarters was not started", hint="Start it first.")
        await asyncio.shield(self._supervisor.halted)

    async def vital(self, within: float) -> Mapping[str, str]:
        """What is wrong with the database's writer and the two doors; nothing when all answer."""
        database, doors = await asyncio.gather(self._database(within), knock_at(self._doors, within))
        return {**({"database": database} if database else {}), **{f"door/{name}": why for name, why in doors.items()}}

    def sentence(self) -> str:
        """One line for `systemctl status`."""
        down = [f"{part.name}: {part.hint}" for part in self.health.snapshot().values() if not part.up]
        return "; ".join(down) or "all is well"

    async def _database(self, within: float) -> str:
        if self._store is None:
            return "is not open"
        try:
            async with asyncio.timeout(within):
                await self._store.transact(lambda db: None)
        except TimeoutError:
            return "does not answer"
        except StoreEdgeError as error:
            return error.message
        return ""

    def _shop(self) -> str:
        return self.shop_url

    async def _open_store(self) -> Store:
        store = await asyncio.to_thread(Store.open, Path(self._config.paths.database))
        self._stops.append(partial(asyncio.to_thread, store.close))
        at = stamp(self._clock.now())
        names = [SettingValue(f"store.name.{one.id}", one.name) for one in self._config.store]
        await store.transact(
            lambda db: feed.put(db, feed.ALL, names, Author("headquarters", "hq.toml", at, self._ids.new()))
        )
        folded = await store.transact(lambda db: keep_up(db, at))
        if folded:
            log.info("this release counts differently: %d entries were counted again", folded)
        aside = await store.transact(lambda db: refold(db, at, set()))
        if aside:
            log.warning("%d entries are held but could not be counted; see the alarms", aside)
        return store

    async def _start_broker(self) -> None:
        address = urlsplit(self._config.broker.url)
        broker = EmbeddedBroker(address.hostname or "127.0.0.1", 1883 if address.port is None else address.port)
        await broker.start()
        self._stops.append(broker.stop)
        self.broker_address = broker.address

    def _receiver(self, store: Store) -> Receiver:
        broker = self._config.broker
        tls = None
        if broker.ca:
            pair = (Path(broker.certificate), Path(broker.key)) if broker.certificate else (None, None)
            tls = Tls(Path(broker.ca), *pair)
        setup = ReceiverSetup(broker.receiver, self.broker_address, broker.prefix, tls)
        return Receiver(setup, store, self.pulse, self._clock, self._ids)

    async def _shut(self) -> None:
        """Both doors at once: each gives its open requests two seconds."""
        await asyncio.gather(*(shut() for shut in self._shutting))
        self._shutting.clear()

    async def _open_door(self, name: str, one: Listener) -> str:
        await one.start()
        self._shutting.append(one.stop)
        self._doors[name] = one.address
        return one.url


async def run(config: HqConfig, stopping: asyncio.Event) -> None:
    """Run until `stopping` is set; tells systemd when ready, and that it is alive while its database answers."""
    headquarters = Headquarters(config)
    await headquarters.start()
    halted = asyncio.create_task(headquarters.halted(), name="hq halted")
    watching = asyncio.create_task(Heart(headquarters.vital, headquarters.sentence).run(), name="hq signs of life")
    stopped = asyncio.create_task(stopping.wait(), name="hq stopping")
    try:
        await asyncio.wait((halted, stopped, watching), return_when=asyncio.FIRST_COMPLETED)
        if halted.done():
            halted.result()
        if watching.done():
            watching.result()
    finally:
        notify("STOPPING=1")
        for task in (halted, watching, stopped):
            await _end(task)
        await headquarters.stop()


async def _end(task: "asyncio.Task[object] | asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _nothing(_replies: Replies) -> None:
    """The receiver itself tells whoever waits."""
