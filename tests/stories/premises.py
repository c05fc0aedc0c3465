"""A whole shop inside the test's own process: real drivers, real wires, pretend devices, and headquarters.

Two tills with a printer each, the cable through a line that can be cut, and where the country wants it two fiscal
devices. Nothing of ours is replaced; only the addresses are special. (`tests/stories/town.py` is the same with every
part as its own process, for stories in which somebody pulls the plug.)
"""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TypeVar

from edge.app.offline import Person, first_people
from edge.app.rooms import World
from edge.app.store import Store, running
from edge.clock import Clock, stamp, system_clock
from edge.config import StoreConfig, load
from edge.countries.profile import Profile, Regime, load_profile
from edge.ids import seeded_ids
from edge.shelf.wiring import plates_of
from edge.sim.field import Field
from edge.sim.fiscal.server import FiscalSim
from edge.sim.plates import PlateBus, PlateNode
from edge.sim.printer import SimPrinter
from edge.sim.proxy import Proxy
from edge.sim.stage.assortment import RATES, articles_csv, reviews_csv, stock_csv, variants_csv
from edge.sim.stage.books import Books
from edge.sim.stage.cashier import Cashier
from edge.sim.stage.texts import IDENTITIES, PLATES, STAFF_TOKEN, Ports, Wires, plate_toml, store_toml
from edge.sim.stage.world import CASHIER, CASHIER_PIN, MAIN, MANAGER, PIN
from edge.units import PlateId
from hq.app import Headquarters
from hq.config import Broker, Company, HqConfig, Paths, Shop, StoreName, Web
from hq.feed import Author
from hq.imports import run as import_sheet
from hq.report import Options
from hq.store import connect
from tests.waiting import until

T = TypeVar("T")
PEOPLE = (Person(MANAGER, "Bo", "manager", PIN), Person(CASHIER, "Anna", "cashier", CASHIER_PIN))
FLOAT = 50_000


@dataclass(slots=True)
class Premises:
    """An open shop; `open_shop` and `close_shop` are the box's switch, `line` is the cable."""

    folder: Path
    country: str
    clock: Clock
    chance: Random
    printers: list[SimPrinter] = field(default_factory=lambda: [SimPrinter(), SimPrinter()])
    fiscal: list[FiscalSim] = field(default_factory=list)
    reader: Field = field(default_factory=Field)
    bus: PlateBus | None = None
    line: Proxy = field(init=False)
    hq: Headquarters = field(init=False)
    config: StoreConfig = field(init=False)
    store: Store = field(init=False)
    _box: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def profile(self) -> Profile:
        return load_profile(self.country)

    @property
    def books(self) -> Books:
        """The shop's journal beside headquarters' database."""
        return Books(self.journal, self.folder / "hq.db", f"{MAIN}_box")

    @property
    def journal(self) -> Path:
        return Path(self.config.paths.journal)

    @property
    def world(self) -> World:
        return World(self.clock, seeded_ids(self.chance.getrandbits(32)), self.chance)

    @property
    def plates(self) -> PlateBus:
        """The shelf, in a shop that has one."""
        assert self.bus is not None, "this shop has no shelf: premises(..., floor=True)"
        return self.bus

    @property
    def port(self) -> int:
        """The staff door's."""
        return self.store.listeners["staff"].port

    @property
    def floor(self) -> str:
        """Address of the floor door."""
        return f"http://127.0.0.1:{self.store.listeners['floor'].port}"

    async def open_headquarters(self) -> None:
        """Headquarters with its own broker, database and pages."""
        currency = RATES[self.country][0]
        broker = "mqtt://127.0.0.1:0" if not hasattr(self, "hq") else self.hq.broker_address
        self.hq = Headquarters(
            HqConfig(
                Company("Fjeld & Fod", self.country.upper(), currency, IDENTITIES[self.country][3]),
                Paths(str(self.folder / "hq.db")),
                Broker(broker, embedded=True),
                Web("127.0.0.1:0", "127.0.0.1:0"),
                Shop("Fjeld & Fod online", "main", STAFF_TOKEN),
                (StoreName(MAIN, "Harbour Street"),),
            ),
            self.clock,
        )
        await self.hq.start()

    async def open_shop(self) -> None:
        """The box is switched on; ready when every device has answered and the goods have come down the cable."""
        self.store = await self._box.enter_async_context(running(self.config, self.world))
        await until(lambda: not self.down(), 15)

    async def open_shop_without_headquarters(self) -> None:
        """The box is switched on while the cable is cut."""
        self.line.cut()
        self.store = await self._box.enter_async_context(running(self.config, self.world))
        await until(lambda: set(self.down()) <= {"hq", "pictures"}, 15)

    async def close_shop(self) -> None:
        """The box is switched off properly."""
        await self._box.aclose()

    def down(self) -> list[str]:
        """Devices that do not answer."""
        return [name for name, part in self.store.health.snapshot().items() if not part.up]

    async def at_till(self, till: str, work: Callable[[Cashier], T], user: str = MANAGER) -> T:
        """`work` in a thread of its own, by a cashier signed in at `till` (which is opened when it is not)."""
        return await asyncio.to_thread(self._work, till, work, user)

    def _work(self, till: str, work: Callable[[Cashier], T], user: str) -> T:
        cashier = Cashier(self.port, till)
        try:
            cashier.wait_for("Bakke")
            cashier.sign_in(user, PIN if user == MANAGER else CASHIER_PIN)
            if cashier.state()["shift"] is None:
                cashier.do("open-shift", float_minor=FLOAT)
            return work(cashier)
        finally:
            cashier.close()

    def rows(self, sql: str, *values: object) -> Sequence[tuple[object, ...]]:
        """Read headquarters' database."""
        with closing(connect(self.folder / "hq.db")) as db:
            return db.execute(sql, values).fetchall()


@asynccontextmanager
async def premises(
    folder: Path, seed: int, country: str = "dk", *, clock: Clock | None = None, floor: bool = False
) -> AsyncIterator[Premises]:
    """An open shop of `country`; with `floor` it has a touch-wall and a shelf."""
    clock = clock or system_clock()
    shop = Premises(folder, country, clock, Random(seed))
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(goods, folder / "hq.db", country, stamp(clock.now()))
        await shop.open_headquarters()
        stack.push_async_callback(_close_headquarters, shop)
        shop.line = Proxy(shop.hq.broker_address)
        await shop.line.start()
        stack.push_async_callback(shop.line.stop)
        wires = await _devices(shop, stack, floor=floor)
        shop.config = configuration(shop, wires)
        if floor:
            await _shelves(shop, stack)
        await first_people(shop.config, shop.world, PEOPLE)
        stack.push_async_callback(shop.close_shop)
        await shop.open_shop()
        yield shop


async def _close_headquarters(shop: Premises) -> None:
    await shop.hq.stop()


async def _devices(shop: Premises, stack: AsyncExitStack, *, floor: bool) -> Wires:
    for printer in shop.printers:
        await printer.start()
        stack.push_async_callback(printer.stop)
    fiscal = []
    if shop.profile.fiscal.regime is not Regime.NONE:
        shop.fiscal += [
            FiscalSim(shop.profile, shop.folder / f"fiscal{till}.log", shop.clock, serial=f"SIM000{till}")
            for till in (1, 2)
        ]
        for sim in shop.fiscal:
            fiscal.append(await sim.start())
            stack.push_async_callback(sim.stop)
    if floor:
        await shop.reader.plug()
        stack.push_async_callback(shop.reader.unplug)
    return Wires(
        shop.line.address,
        [printer.url for printer in shop.printers],
        reader=shop.reader.address if floor else "",
        sensor=f"serial://{shop.folder / 'shelf'}" if floor else "",
        fiscal=fiscal,
        plates=[plate_toml(channel, plate) for channel, plate in enumerate(PLATES)] if floor else [],
    )


def configuration(shop: Premises, wires: Wires) -> StoreConfig:
    """`store.toml` as the demo writes it, with free ports, in English."""
    path = shop.folder / "store.toml"
    (shop.folder / MAIN).mkdir(exist_ok=True)
    text = store_toml(MAIN, shop.country, shop.folder, Ports(0, 0, 0, {MAIN: (0, 0, 0)}), wires)
    path.write_text(text, encoding="utf-8")
    config = load(path)
    printers = tuple(replace(printer, model="tm-t20") for printer in config.printer)
    store, hq = replace(config.store, language="en"), replace(config.hq, media="")
    return replace(config, store=store, hq=hq, printer=printers)


async def _shelves(shop: Premises, stack: AsyncExitStack) -> None:
    units = {PlateId(plate.id): plate.units for plate in PLATES}
    shop.bus = PlateBus(PlateNode(plates_of(shop.config), 7, units), shop.clock, shop.folder / "shelf")
    await shop.bus.open()
    stack.push_async_callback(shop.bus.close)


def goods(database: Path, country: str, at: str) -> None:
    """Headquarters imports the pretend shop's spreadsheets, without pictures."""
    sheets = {"articles": _without_pictures(articles_csv()), "variants": variants_csv(country)}
    sheets |= {"reviews": reviews_csv(), "opening": stock_csv([MAIN])}
    with closing(connect(database)) as db:
        for name, data in sheets.items():
            options = Options("main", RATES[country][0], document=name)
            report = import_sheet(db, data, options, Author("ida", f"import:{name}", at, f"{len(name):016x}"))
            assert not report.refused, report


def _without_pictures(sheet: bytes) -> bytes:
    rows = list(csv.DictReader(io.StringIO(sheet.decode())))
    text = io.StringIO()
    writer = csv.DictWriter(text, [name for name in rows[0] if name != "picture"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
