"""The pretend shop of one country: its devices, its processes and its books, from curtain to curtain."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from edge.clock import Clock, system_clock
from edge.config import load
from edge.countries.profile import Profile, Regime, load_profile
from edge.shelf.wiring import plates_of
from edge.sim.field import Field
from edge.sim.fiscal.server import FiscalSim
from edge.sim.plates import PlateBus, PlateNode
from edge.sim.printer import SimPrinter
from edge.sim.proxy import Proxy
from edge.sim.scanner import SimScanner
from edge.sim.stage.assortment import articles_csv, reviews_csv, settings_csv, stock_csv, variants_csv
from edge.sim.stage.books import Books
from edge.sim.stage.process import Process
from edge.sim.stage.texts import PLATES, STORES, WALLETS, Ports, Wires, hq_toml, plate_toml, store_toml
from edge.sim.tag import Tag
from edge.sim.zvt import ZvtSim
from edge.units import PlateId

PICTURES = Path(__file__).with_name("pictures")
MANAGER, PIN = "bo", "2222"
CASHIER, CASHIER_PIN = "anna", "1111"
PEOPLE = f"user,name,role,pin\n{MANAGER},Bo,manager,{PIN}\n{CASHIER},Anna,cashier,{CASHIER_PIN}\n"
CUSTOMER_MS, SILENT_MS = 1_500, 8_000
"""How long a customer takes at the card terminal; how long one that falls silent keeps its line."""
HELD = 0.8
"""Seconds a customer holds a tag to the wall."""
MAIN, OTHER = STORES[0][0], STORES[1][0]


@dataclass(slots=True)
class World:
    """`await open()`, use it, `await close()`; may be opened again (the country was changed back)."""

    country: str
    folder: Path
    ports: Ports
    sheet: bytes = b""
    """A replay's own goods, as CSV; without it the shop sells the assortment and has a wall and a shelf."""
    devices: bool = True
    """Without them there is only the first shop, and its tills print nothing: paper takes its time."""
    clock: Clock = field(default_factory=system_clock)
    printers: list[SimPrinter] = field(default_factory=list)
    fiscal: list[FiscalSim] = field(default_factory=list)
    terminals: list[ZvtSim] = field(default_factory=list)
    """The first shop's card terminals, one a till."""
    scanners: list[SimScanner] = field(default_factory=list)
    reader: Field = field(default_factory=Field)
    bus: PlateBus | None = None
    line: Proxy = field(init=False)
    hq: Process = field(init=False)
    shop: Process = field(init=False)
    second: Process = field(init=False)
    came_out: list[list[datetime]] = field(default_factory=lambda: [[], []])
    """When each paper of each printer came out."""
    _reader_plugged: bool = False

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        hq = ["hq.cli", "run", "--config", str(self.folder / "hq.toml")]
        self.hq = Process("headquarters", hq, self.folder / "hq.log", self.ports.hq_page)
        self.shop = self._box(MAIN)
        self.second = self._box(OTHER)
        self.line = Proxy(f"mqtt://127.0.0.1:{self.ports.broker}")

    @property
    def profile(self) -> Profile:
        return load_profile(self.country)

    @property
    def books(self) -> Books:
        """The first shop's journal beside headquarters' database."""
        return Books(self.folder / MAIN / "journal.db", self.folder / "hq.db", f"{MAIN}_box")

    async def open(self) -> None:
        """Devices first, then headquarters and both shops side by side."""
        if self.devices:
            await self._open_devices()
        self._write_configuration()
        fresh = not (self.folder / "hq.db").exists()
        await asyncio.gather(self._open_headquarters(fresh), *(self._open_shop(box, fresh) for box in self.boxes()))

    async def close(self) -> None:
        """Everything ends, devices last; whoever is left without headquarters meanwhile does not mind."""
        await asyncio.gather(self.shop.stop(), self.second.stop(), self.hq.stop())
        await self.line.stop()
        ends = [*(printer.stop() for printer in self.printers), *(sim.stop() for sim in self.fiscal)]
        await asyncio.gather(*ends, *(sim.stop() for sim in self.terminals))
        await self.plug_reader(plugged=False)
        for scanner in self.scanners:
            scanner.unplug()
        if self.bus is not None:
            await self.bus.close()

    def boxes(self) -> Sequence[tuple[str, Process]]:
        """Both shops; without devices the first only."""
        return ((MAIN, self.shop), (OTHER, self.second))[: 2 if self.devices else 1]

    @property
    def reader_plugged(self) -> bool:
        """Whether the wall's reader answers."""
        return self._reader_plugged

    async def plug_reader(self, *, plugged: bool) -> None:
        """Put the reader's cable in, or pull it out."""
        await (self.reader.plug() if plugged else self.reader.unplug())
        self._reader_plugged = plugged

    def scan(self, till: str, code: str) -> None:
        """Read a code with the till's scanner."""
        self.scanners[int(till) - 1].read(code)

    def lay(self, tag: Tag) -> None:
        """Hold a tag to the wall for as long as a hand does."""
        self.reader.put(tag)
        asyncio.get_running_loop().call_later(HELD, self._lift, tag)

    def _lift(self, tag: Tag) -> None:
        if self.reader.tag is tag:
            self.reader.take()

    async def pull_plug(self) -> None:
        """Kill the first shop's process, as a power cut does."""
        await self.shop.kill()

    async def power(self) -> None:
        """The power is back."""
        await self.shop.start()
        await self.shop.ready()

    def _box(self, store: str) -> Process:
        run = ["edge.cli", "run", "--config", str(self.folder / f"{store}.toml")]
        return Process(store, run, self.folder / f"{store}.log", self.ports.stores[store][0])

    async def _open_devices(self) -> None:
        await self.line.start()
        await self.plug_reader(plugged=True)
        if not self.printers:
            self.printers += [SimPrinter(changed=partial(self._note_papers, place)) for place in (0, 1)]
        for printer in self.printers:
            await printer.start()
        if not self.scanners:
            self.scanners += [SimScanner(self.folder / f"scanner{till}") for till in (1, 2)]
        for scanner in self.scanners:
            scanner.plug()
        if not self.terminals:
            self.terminals += [ZvtSim(self.folder / f"terminal{till}.log", self.clock) for till in (1, 2)]
            for sim in self.terminals:
                sim.terminal.work_ms, sim.terminal.silent_ms = CUSTOMER_MS, SILENT_MS
        for sim in self.terminals:
            await sim.start()
        if not self.fiscal and self.profile.fiscal.regime is not Regime.NONE:
            self.fiscal += [
                FiscalSim(self.profile, self.folder / f"fiscal{place}.log", self.clock, serial=f"SIM000{place}")
                for place in (1, 2, 3)
            ]

    def _note_papers(self, place: int) -> None:
        """Printers have no clock: the time of what has just come out."""
        if len(self.printers) > place:
            new = len(self.printers[place].papers) - len(self.came_out[place])
            self.came_out[place] += [self.clock.now()] * new

    def _write_configuration(self) -> None:
        (self.folder / "hq.toml").write_text(hq_toml(self.country, self.folder, self.ports), encoding="utf-8")

    async def _fiscal_addresses(self, store: str) -> list[str]:
        """Each till has a fiscal device of its own: the first shop's two, then the second's."""
        return [await sim.start() for sim in (self.fiscal[:2] if store == MAIN else self.fiscal[2:])]

    async def _open_headquarters(self, fresh: bool) -> None:
        if fresh:
            await self._import()
        await self.hq.start()
        await self.hq.ready()

    async def _import(self) -> None:
        folder = self.folder / "import"
        names = await asyncio.to_thread(self._lay_out, folder)
        files = [str(folder / name) for name in names]
        arguments = ["hq.cli", "import", *files, "--config", str(self.folder / "hq.toml")]
        load = Process("hq import", arguments, self.folder / "import.log")
        await load.through()

    def _lay_out(self, folder: Path) -> Sequence[str]:
        """The spreadsheets and pictures headquarters imports."""
        if self.sheet:
            folder.mkdir()
            (folder / "goods.csv").write_bytes(self.sheet)
            return ["goods.csv"]
        shutil.copytree(PICTURES, folder, dirs_exist_ok=True)
        sheets = {
            "settings.csv": settings_csv([OTHER]),
            "articles.csv": articles_csv(),
            "variants.csv": variants_csv(self.country),
            "reviews.csv": reviews_csv(),
            "opening.csv": stock_csv([store for store, _ in STORES]),
        }
        for name, data in sheets.items():
            (folder / name).write_bytes(data)
        return list(sheets)

    async def _open_shop(self, box: tuple[str, Process], fresh: bool) -> None:
        store, process = box
        (self.folder / store).mkdir(exist_ok=True)
        config = self.folder / f"{store}.toml"
        config.write_text(store_toml(store, self.country, self.folder, self.ports, await self._wires(store)), "utf-8")
        if store == MAIN and self.bus is None and not self.sheet:
            self._shelves(config)
        if self.bus is not None and store == MAIN and not self.bus.plugged:
            await self.bus.open()
        if fresh:
            await self._staff(config, store)
        await process.start()
        await process.ready()

    async def _wires(self, store: str) -> Wires:
        if not self.devices:
            return Wires(f"mqtt://127.0.0.1:{self.ports.broker}")
        if store != MAIN:
            return Wires(f"mqtt://127.0.0.1:{self.ports.broker}", tills=1, fiscal=await self._fiscal_addresses(store))
        return Wires(
            self.line.address,
            [printer.url for printer in self.printers],
            [scanner.url for scanner in self.scanners],
            self.reader.address if not self.sheet else "",
            f"serial://{self.folder / 'shelf'}" if not self.sheet else "",
            await self._fiscal_addresses(store),
            [plate_toml(channel, plate) for channel, plate in enumerate(PLATES)] if not self.sheet else [],
            terminals=[sim.address for sim in self.terminals],
            wallet=WALLETS.get(self.country),
        )

    def _shelves(self, config: Path) -> None:
        plates = plates_of(load(config))
        units = {PlateId(plate.id): plate.units for plate in PLATES}
        self.bus = PlateBus(PlateNode(plates, 7, units), self.clock, self.folder / "shelf")

    async def _staff(self, config: Path, store: str) -> None:
        people = self.folder / f"{store}-people.csv"
        people.write_text(PEOPLE, encoding="utf-8")
        arguments = ["edge.cli", "init", "--config", str(config), "--people", str(people)]
        init = Process("edge init", arguments, self.folder / f"{store}.log")
        await init.through()
