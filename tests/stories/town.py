"""A shop and headquarters as processes of their own, so that any of them can be killed for good (kill -9).

The printers, the cable and the cashiers live in the test; the shop sells a short list of plain goods, so that it opens
fast. (`tests/stories/premises.py` is the shop inside the test's process, for stories without a power cut.)
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import cast

from edge.countries.profile import load_profile
from edge.sim.stage.cashier import Cashier, Json, Problem
from edge.sim.stage.ports import free_ports
from edge.sim.stage.process import Process
from edge.sim.stage.replay import catalogue, price
from edge.sim.stage.texts import Ports, hq_toml
from edge.sim.stage.world import MAIN, MANAGER, OTHER, PIN, World
from tests.brokers import Mosquitto

NAMES = [f"thing {number}" for number in range(12)]
CODES, SHEET = catalogue(NAMES)


class OneShop(World):
    """The demo's world without its second shop; with `own_broker` headquarters uses one that runs beside it."""

    own_broker = False

    def boxes(self) -> Sequence[tuple[str, Process]]:
        return ((MAIN, self.shop),)

    def _write_configuration(self) -> None:
        text = hq_toml(self.country, self.folder, self.ports)
        embedded = "embedded = false" if self.own_broker else "embedded = true"
        (self.folder / "hq.toml").write_text(text.replace("embedded = true", embedded), encoding="utf-8")


@asynccontextmanager
async def town(folder: Path, *, broker: Mosquitto | None = None, country: str = "zz") -> AsyncIterator[OneShop]:
    """An open shop and headquarters; `broker` already runs."""
    sheet = SHEET.replace(b"XTS", load_profile(country).currency.encode())
    port, page, shop, *doors = free_ports(6)
    stores = {MAIN: (doors[0], doors[1], doors[2]), OTHER: (0, 0, 0)}
    world = OneShop(country, folder / country, Ports(broker.port if broker else port, page, shop, stores), sheet)
    world.own_broker = broker is not None
    try:
        await world.open()
        yield world
    finally:
        await world.close()


@dataclass(slots=True)
class Witness:
    """What a cashier was answered: sale -> what it came to, and how many lines."""

    sales: dict[str, tuple[int, int]] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    """Causes of every command that was answered: its key, under the door's name."""


class Keeper(Cashier):
    """A cashier who remembers the key of every press that was answered."""

    def __init__(self, port: int, till: str, witness: Witness) -> None:
        super().__init__(port, till)
        self._witness = witness

    def _patiently(self, method: str, path: str, body: Json | None, key: str) -> Json:
        answer = super()._patiently(method, path, body, key)
        if method == "POST":
            self._witness.answered.append(f"till:{key}")
        return answer


@dataclass(slots=True)
class Crew:
    """Two cashiers who ring until `home` is called."""

    port: int
    chance: Random
    witnesses: dict[str, Witness] = field(default_factory=lambda: {"1": Witness(), "2": Witness()})
    _over: threading.Event = field(default_factory=threading.Event)
    _work: list["asyncio.Task[None]"] = field(default_factory=list)

    @property
    def sales(self) -> int:
        return sum(len(witness.sales) for witness in self.witnesses.values())

    def begin(self) -> None:
        """Both tills open."""
        for till, witness in self.witnesses.items():
            own = Random(self.chance.getrandbits(32))
            self._work.append(asyncio.create_task(asyncio.to_thread(self._ring, till, witness, own), name=till))

    async def until(self, sales: int, seconds: float = 40.0) -> None:
        """Wait for so many sales in all."""
        async with asyncio.timeout(seconds):
            while self.sales < sales:  # threads count
                for task in self._work:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)

    async def home(self) -> None:
        """Both finish the customer they serve."""
        self._over.set()
        await asyncio.gather(*self._work)

    def _ring(self, till: str, witness: Witness, chance: Random) -> None:
        cashier = Keeper(self.port, till, witness)
        try:
            cashier.wait_for(CODES[NAMES[-1]])
            cashier.sign_in(MANAGER, PIN)
            cashier.do("open-shift", float_minor=0)
            while not self._over.is_set():
                self._serve(cashier, witness, chance)
        finally:
            cashier.close()

    def _serve(self, cashier: Cashier, witness: Witness, chance: Random) -> None:
        names = [chance.choice(NAMES) for _ in range(chance.randint(1, 4))]
        for name in names:
            cashier.do("scan", code=CODES[name])
        total = sum(price(name) for name in names)
        cash = [{"kind": "cash", "tendered_minor": total}]
        paid = _paid(cashier, tenders=cash, total_minor=total)
        _legal(cashier, str(paid["sale"]))
        witness.sales[str(paid["sale"])] = (total, len(set(names)))


def _paid(cashier: Cashier, **body: object) -> Json:
    """Pay; while the till says that its fiscal device is not back yet, press again, as people do."""
    until = time.monotonic() + 30
    while True:
        try:
            return cashier.do("pay", **body)
        except Problem as refused:
            if refused.code != "fiscal-down" or time.monotonic() > until:
                raise
        time.sleep(0.05)


def _legal(cashier: Cashier, sale: str) -> None:
    """Wait for the sale's evidence; where the device says that it made none, ask again, as the till's page does."""
    until = time.monotonic() + 30
    while not (last := cast("Json", cashier.state()["last_sale"]))["closed"]:
        assert time.monotonic() < until, last
        if cast("Json", last["fiscal"])["state"] == "refused":
            cashier.do("retry-fiscal", sale=sale)
        time.sleep(0.02)


def settle_papers(port: int, came_out: set[str]) -> int:
    """At every till, answer what the first screen asks: whether a receipt with that number came out. How many."""
    asked = 0
    for till in ("1", "2"):
        cashier = Cashier(port, till)
        try:
            cashier.sign_in(MANAGER, PIN)
            for paper in cast("list[Json]", cashier.state()["papers"]):
                answer = paper["number"] in came_out
                cashier.do("settle-paper", effect=paper["effect"], came_out=answer)
                asked += 1
        finally:
            cashier.close()
    return asked
