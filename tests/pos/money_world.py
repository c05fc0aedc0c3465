"""A running shop with one till and a terminal of a test's choice, worked over HTTP as the page does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from edge.app.offline import Person, first_people
from edge.app.rooms import World
from edge.app.store import Store, running
from edge.clock import system_clock
from edge.config import StoreConfig, check
from edge.facts import Fact, TenderAsked
from edge.sim.stage.cashier import Cashier, Problem
from edge.sim.zvt import ZvtSim
from edge.toml import read
from edge.units import Key, Seq
from tests.pos.cut_world import feed
from tests.waiting import until

T = TypeVar("T")
Json = Mapping[str, object]
PEOPLE = (Person("anna", "Anna", "cashier", "1111"), Person("bo", "Bo", "manager", "2222"))
BOOT, PAIR = 120_000, 9_900
WALLETS = ({"id": "mobilepay", "name": "MobilePay", "terminal": "phone"},)


def config_in(folder: Path, terminal: str = "manual:", **store: object) -> StoreConfig:
    """`store.toml` of a shop with one till, its terminal and a wallet that is confirmed by hand."""
    raw = {
        "store": {
            "id": "cph", "node": "box", "name": "Fjeld", "address": "Street 1", "tax_number": "DK12345678",
            "country": "dk", "time_zone": "Europe/Copenhagen", "language": "en", "region": "DK", **store,
        },
        "paths": {"journal": str(folder / "j.db"), "media": str(folder / "media")},
        "web": {"staff": "127.0.0.1:0", "floor": "127.0.0.1:0", "public": "127.0.0.1:0"},
        "terminal": [{"id": "t1", "url": terminal}, {"id": "phone"}],
        "wallet": list(WALLETS),
        "till": [{"id": "1", "name": "Till 1", "terminal": "t1"}],
    }  # fmt: skip
    config, errors = read(StoreConfig, raw)
    assert config is not None, errors
    assert not errors + check(config)
    return config


@dataclass(slots=True)
class MoneyTill:
    """An open shop; `work` runs in a thread with a cashier who is signed in."""

    store: Store
    config: StoreConfig
    pins: Mapping[str, str] = field(default_factory=lambda: {"anna": "1111", "bo": "2222"})

    @property
    def port(self) -> int:
        return self.store.listeners["staff"].port

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def work(self, what: Callable[[Cashier], T], user: str = "anna") -> T:
        return await asyncio.to_thread(self._work, what, user)

    def _work(self, what: Callable[[Cashier], T], user: str) -> T:
        cashier = Cashier(self.port, "1")
        try:
            cashier.sign_in(user, self.pins[user])
            if cashier.state()["shift"] is None:
                cashier.do("open-shift", float_minor=50_000)
            return what(cashier)
        finally:
            cashier.close()

    async def facts(self) -> Sequence[Fact]:
        """Everything in the journal."""
        found: list[Fact] = []
        while page := await self.store.journal.entries(Seq(len(found)), 500):
            found += [cast("Fact", entry.fact()) for entry in page]
        return found

    async def tender_is(self, *states: str) -> str:
        """Wait until the last tender asked for is in one of `states`."""
        sql = "SELECT state FROM tenders ORDER BY place DESC LIMIT 1"
        async with asyncio.timeout(10):
            while (state := (await self.store.journal.rows(sql))[0][0]) not in states:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return str(state)


@asynccontextmanager
async def money_till(folder: Path, terminal: str = "manual:", **store: object) -> AsyncIterator[MoneyTill]:
    """Switch the shop in `folder` on: for the first time with its people and goods."""
    config, world = config_in(folder, terminal, **store), World.real()
    fresh = not (folder / "j.db").exists()
    if fresh:
        await first_people(config, world, PEOPLE)
    async with running(config, world) as shop:
        if fresh:
            currency = shop.house.shop.profile.currency
            await shop.journal.transact(lambda tx: feed(tx, currency), cause=Key("feed"))
        await until(lambda: all(part.up for part in shop.health.snapshot().values()))
        yield MoneyTill(shop, config)


def ask(cashier: Cashier, amount: int, name: str = "card") -> str:
    """Ask for `amount` of the open basket; gives the tender."""
    basket = cashier.basket()
    assert basket is not None
    return str(cashier.do("ask-tender", name=name, amount_minor=amount, total_minor=basket["total_minor"])["tender"])


def refused(work: Callable[[], object]) -> str:
    """The code of the refusal that `work` meets."""
    try:
        work()
    except Problem as problem:
        return problem.code
    raise AssertionError("it was not refused")


async def zvt_sim(folder: Path, **changes: int) -> ZvtSim:
    """A pretend terminal that remembers in `folder`, plugged in."""
    sim = ZvtSim(folder / "terminal.log", system_clock())
    sim.terminal.silent_ms = 300
    for name, value in changes.items():
        setattr(sim.terminal, name, value)
    await sim.start()
    return sim


def asked_for(facts: Sequence[Fact]) -> list[int]:
    return [int(fact.amount) for fact in facts if isinstance(fact, TenderAsked)]
