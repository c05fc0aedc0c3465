"""One pretend shop a country; the country on stage can be changed, and its plug pulled."""

import asyncio
import io
import shutil
import tempfile
import zipfile
from pathlib import Path

import msgspec

from edge.errors import Refused
from edge.sim.stage.hands import Hands
from edge.sim.stage.ports import free_ports
from edge.sim.stage.texts import IDENTITIES, STORES, Ports
from edge.sim.stage.world import MAIN, World


class Theatre:
    """`await open(country)`, `switch`, `await close()`; leaves nothing behind."""

    def __init__(self, start: str) -> None:
        broker, page, shop, *doors = free_ports(3 + 3 * len(STORES))
        stores = {name: (doors[3 * at], doors[3 * at + 1], doors[3 * at + 2]) for at, (name, _) in enumerate(STORES)}
        self.ports = Ports(broker, page, shop, stores, start)
        self._folder = Path(tempfile.mkdtemp(prefix="store-edge-demo-"))
        self._worlds: dict[str, World] = {}
        self._changing = asyncio.Lock()
        self._country = "dk"
        self._hands: Hands | None = None
        self.switching = ""
        """The country whose shop is being put on stage, while it is."""
        self._restart: asyncio.Task[None] | None = None

    @property
    def world(self) -> World:
        """The shop on stage."""
        return self._worlds[self._country]

    @property
    def hands(self) -> Hands:
        """The visitor's hands in it."""
        if self._hands is None:
            raise Refused("the shop is being opened", hint="Wait a moment.", code="starting", status=503)
        return self._hands

    @property
    def language(self) -> str:
        return IDENTITIES[self._country][4]

    @property
    def time_zone(self) -> str:
        return IDENTITIES[self._country][3]

    async def open(self, country: str, *, sheet: bytes = b"") -> None:
        """Put a country's shop on stage; with `sheet` a shop without devices sells what that CSV says."""
        if country not in IDENTITIES:
            raise Refused(f"no pretend shop in {country!r}", hint="Use dk, pl, ro, rs or kr.", status=404)
        world = self._worlds.get(country) or World(
            country, self._folder / country, self.ports, sheet, devices=not sheet
        )
        self._worlds[country], self._country = world, country
        await world.open()
        self._hands = Hands(world)

    async def switch(self, country: str) -> None:
        """Close the shop on stage and open another country's; what was sold there stays for when you come back."""
        async with self._changing:
            if country == self._country:
                return
            if country not in IDENTITIES or country == "zz":
                raise Refused(f"no pretend shop in {country!r}", hint="Use dk, pl, ro, rs or kr.", status=404)
            if self._restart is not None:
                await asyncio.gather(self._restart, return_exceptions=True)
            self._hands, self.switching = None, country
            try:
                await self.world.close()
                await self.open(country)
            finally:
                self.switching = ""

    async def pull_plug(self) -> None:
        """kill -9 the first shop; the power comes back by itself. Without power there is no plug to pull."""
        if self.hands.power != "on":
            return
        self.hands.power = "off"
        await self.world.pull_plug()
        self._restart = asyncio.create_task(self._power(), name="power comes back")

    async def _power(self) -> None:
        hands = self.hands
        hands.power = "starting"
        await self.world.power()
        hands.power = "on"

    async def proof(self) -> bytes:
        """What was proved, as a ZIP: both ledgers compared, the journal's verification, the papers, the logs."""
        return await asyncio.to_thread(self._proof)

    def _proof(self) -> bytes:
        world, books, out = self.world, self.world.books, io.BytesIO()
        comparison = books.compare()
        summary = {
            "country": world.country,
            "chain": books.chain(),
            "store": books.store(),
            "headquarters": books.hq(),
            "entries": comparison,
            "papers": {f"p{at}": [paper.text for paper in each.papers] for at, each in enumerate(world.printers, 1)},
            "printer_log": {f"p{at}": each.log for at, each in enumerate(world.printers, 1)},
        }
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("proof.json", msgspec.json.format(msgspec.json.encode(summary, enc_hook=str), indent=2))
            for log in sorted(world.folder.glob("*.log")):
                archive.write(log, f"logs/{log.name}")
            head = world.folder / MAIN / "journal.head"
            if head.exists():
                archive.write(head, "journal.head")
        return out.getvalue()

    async def close(self) -> None:
        """End everything and remove the folder."""
        if self._restart is not None:
            self._restart.cancel()
            await asyncio.gather(self._restart, return_exceptions=True)
        if self._country in self._worlds:
            await self.world.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def left_behind(self) -> list[str]:
        """What is still there after `close`: processes by name, the folder."""
        running = [
            box.name for world in self._worlds.values() for box in (world.hq, world.shop, world.second) if box.up
        ]
        return [*running, *([str(self._folder)] if self._folder.exists() else [])]
