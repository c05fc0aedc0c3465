"""A shop whose power can be cut at every COMMIT: pictures of its database and of the world outside."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy2

from edge.app.rooms import FEED, World
from edge.app.store import Store, running
from edge.clock import system_clock
from edge.commands import Command
from edge.config import StoreConfig, check
from edge.countries.profile import Regime, load_profile
from edge.errors import Refused
from edge.facts import Denomination, Fact
from edge.feedwords import key_of, plain
from edge.journal.chain import canonical
from edge.journal.tx import Tx
from edge.pos.returns.verbs import RetryRefund
from edge.pos.verbs import Add, CloseShift, Count, Offered, OpenShift, Pay, RetryFiscal, SettlePaper, VoidLine
from edge.sim.fiscal.server import FiscalSim
from edge.sim.printer import SimPrinter
from edge.sync.tables import Held
from edge.sync.wire import FeedPosition
from edge.toml import read
from edge.units import EffectId, Key, LineId, Minor, SaleId, TenderKind
from tests.pos.till_world import BOOT_43, SOCK, TILL, goods
from tests.waiting import until

NUMBER = re.compile(r"\bcph-1[A-Z]+-(\d+)\b")
SECOND = "SECOND PRINT"
BOOT, PAIR = 120_000, 9_900
UNREST = (
    "SELECT count(*) FROM effects WHERE state IN ('intended', 'sent', 'fenced')",
    "SELECT count(*) FROM effects WHERE state = 'unknown' AND kind <> 'drawer'",
    "SELECT count(*) FROM sales WHERE closed_seq IS NULL",
    "SELECT count(*) FROM refunds WHERE state = 'decided'",
    """SELECT count(*) FROM entries
    WHERE type IN ('edge.sale.closed.v1', 'edge.sale.returned.v1', 'edge.shift.closed.v1')
    AND json_extract(CAST(data AS TEXT), '$.evidence.printed') IS NOT 1
    AND coalesce(json_extract(CAST(data AS TEXT), '$.returned'), json_extract(CAST(data AS TEXT), '$.sale'),
    json_extract(CAST(data AS TEXT), '$.shift')) NOT IN (SELECT subject FROM effects WHERE kind = 'paper')""",
    """SELECT count(*) FROM effects e WHERE kind = 'paper' AND state = 'not-done' AND NOT EXISTS (
    SELECT 1 FROM effects f WHERE f.subject = e.subject AND f.place > e.place AND f.kind = 'paper')""",
)
"""What is still owed while any of these counts something: under way, to be asked, unfinished, unspooled, unprinted."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What had happened outside: what every paper says, and the fiscal device's own memory."""

    papers: tuple[str, ...]
    truth: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """The disk as one COMMIT left it; the world outside just then, and just before the next COMMIT."""

    number: int
    folder: Path
    at_once: Outside
    later: Outside


@dataclass(frozen=True, slots=True)
class Press:
    """A command and its answer, which was given when `commits` commits had been made."""

    commits: int
    key: Key
    command: Command
    facts: tuple[Fact, ...]


class Camera:
    """Stands between a store's writer and SQLite; takes a picture after each COMMIT, while the writer waits."""

    def __init__(self, db: sqlite3.Connection, journal: Path, pictures: Path, outside: Callable[[], Outside]) -> None:
        self._db, self._journal, self._pictures, self._outside = db, journal, pictures, outside
        self._after: list[Outside] = []
        self._before: list[Outside] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._db, name)

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if sql != "COMMIT":
            return self._db.execute(sql, *parameters)  # type: ignore[arg-type]  # handed on as it is
        self._before.append(self._outside())
        done = self._db.execute(sql)
        folder = self._pictures / str(len(self._after))
        folder.mkdir(parents=True)
        for end in ("", "-wal"):
            copy2(f"{self._journal}{end}", folder / f"j.db{end}")
        copy2(self._journal.with_suffix(".key"), folder / "j.key")
        self._after.append(self._outside())
        return done

    @property
    def taken(self) -> int:
        return len(self._after)

    def cuts(self) -> list[Cut]:
        """One for each COMMIT."""
        count = self.taken  # the box may be recording something of its own just now
        later = [*self._before[1:count], self._outside()]
        folders = [self._pictures / str(number) for number in range(count)]
        return [Cut(n, *each) for n, each in enumerate(zip(folders, self._after[:count], later, strict=True))]


@dataclass(slots=True)
class Till:
    """An open shop in `country` with one till, a printer and, where the law wants one, a fiscal device."""

    store: Store
    printer: SimPrinter
    device: FiscalSim
    earlier: tuple[str, ...] = ()
    """Papers that came out before the power was cut."""
    pressed: list[Press] = field(default_factory=list)
    camera: Camera | None = None

    async def press(self, name: str, command: Command) -> tuple[Fact, ...]:
        reply = await self.store.door.send(command, key=Key(name))
        self.pressed.append(Press(self.camera.taken if self.camera else 0, Key(name), command, reply.facts()))
        return reply.facts()

    def papers(self) -> tuple[str, ...]:
        """What every paper says that ever came out."""
        return (*self.earlier, *(paper.text for paper in self.printer.papers if not paper.blank))

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await self.store.journal.rows(sql)]

    async def rest(self) -> None:
        """Until nothing is under way; the cashier answers what the till asks, truthfully."""
        async with asyncio.timeout(20):
            while await self._unrest():  # noqa: ASYNC110  # it looks, and does what is asked
                await asyncio.sleep(0.01)

    async def _unrest(self) -> bool:
        for effect, number in await self.rows(
            """SELECT e.effect, coalesce(s.number, r.number) FROM effects e LEFT JOIN sales s ON s.sale = e.subject
            LEFT JOIN refunds r ON r.returned = e.subject WHERE e.kind = 'paper' AND e.state = 'unknown'"""
        ):
            came_out = printed(self.papers(), number)
            await self.press(f"look {effect}", SettlePaper(TILL, EffectId(str(effect)), came_out))
        for (sale,) in await self.rows("SELECT sale FROM sales WHERE closed_seq IS NULL"):
            await self._again(RetryFiscal(TILL, SaleId(str(sale))))
        for (returned,) in await self.rows("SELECT returned FROM refunds WHERE state = 'decided'"):
            await self._again(RetryRefund(TILL, SaleId(str(returned))))
        return await self.store.journal.read(lambda db: any(db.execute(sql).fetchone()[0] for sql in UNREST))

    async def _again(self, ask: RetryFiscal | RetryRefund) -> None:
        with suppress(Refused):  # the device is being asked, or has just answered
            await self.store.door.send(ask, key=Key(f"again {ask} {len(self.pressed)}"[:120]))


def printed(papers: Sequence[str], number: object, *, second: bool = False) -> bool:
    """Whether a paper with this receipt number (None: a Z) came out."""
    return counted(papers, second=second)[str(number) if number else "Z"] > 0


def counted(papers: Sequence[str], *, second: bool = False) -> Counter[str]:
    """Papers by receipt number, `Z` for the reports: unmarked, or those printed a second time."""
    told: Counter[str] = Counter()
    for text in papers:
        if (SECOND in text) == second:
            found = NUMBER.search(text)
            told[found.group() if found else "Z"] += 1
    return told


def config_in(folder: Path, country: str, printer: str, fiscal: str) -> StoreConfig:
    """`store.toml` of a shop with one till."""
    raw = {
        "store": {
            "id": "cph", "node": "box", "name": "Fjeld", "address": "Street 1", "tax_number": "DK12345678",
            "country": country, "time_zone": "Europe/Copenhagen", "language": "en", "region": "DK",
        },
        "paths": {"journal": str(folder / "j.db"), "media": str(folder / "media")},
        "web": {"staff": "127.0.0.1:0", "floor": "127.0.0.1:0", "public": "127.0.0.1:0"},
        "printer": [{"id": "p", "url": printer, "model": "tm-t20"}],
        "fiscal": [{"id": "f", "url": fiscal}] if fiscal else [],
        "till": [{"id": "1", "name": "Till 1", "printer": "p", "fiscal": "f" if fiscal else ""}],
    }  # fmt: skip
    config, errors = read(StoreConfig, raw)
    assert config is not None, errors
    assert not errors + check(config)
    return config


@asynccontextmanager
async def till_in(folder: Path, country: str, truth: bytes = b"") -> AsyncIterator[Till]:
    """Switch the shop in `folder` on; the fiscal device remembers `truth`."""
    profile = load_profile(country)
    log = folder / "truth.log"
    log.write_bytes(truth)
    fiscal = profile.fiscal.regime is not Regime.NONE
    async with AsyncExitStack() as stack:
        printer, device = SimPrinter(), FiscalSim(profile, log, system_clock())
        await printer.start()
        stack.push_async_callback(printer.stop)
        address = await device.start() if fiscal else ""
        stack.push_async_callback(device.stop)
        store = await stack.enter_async_context(running(config_in(folder, country, printer.url, address), World.real()))
        await until(lambda: all(part.up for part in store.health.snapshot().values()))
        yield Till(store, printer, device)


async def a_day(folder: Path, country: str) -> tuple[list[Cut], list[Press]]:
    """Float, three sales, a line voided, a blind count and the Z; a picture of every COMMIT."""
    currency = load_profile(country).currency
    async with till_in(folder, country) as till:
        await till.store.journal.transact(lambda tx: feed(tx, currency), cause=Key("feed"))
        camera = watched(till, folder)
        await till.press("open", OpenShift(TILL, Minor(50_000)))
        for number in range(3):
            await _sale(till, number)
        pieces = await till.store.journal.read(lambda db: _drawer(db, currency))
        await till.press("count", Count(TILL, pieces))
        await till.press("z", CloseShift(TILL))
        await till.rest()
        return camera.cuts(), till.pressed


def watched(till: Till, folder: Path) -> Camera:
    """From here on a picture is taken of every COMMIT."""
    outside = lambda: Outside(till.papers(), (folder / "truth.log").read_bytes())  # noqa: E731
    writer = till.store.journal._writer
    till.camera = Camera(writer._db, till.store.journal.path, folder / "cuts", outside)
    writer._db = till.camera  # type: ignore[assignment]  # a connection with a camera before it
    return till.camera


async def _sale(till: Till, number: int) -> None:
    await till.press(f"boot {number}", Add(TILL, BOOT_43))
    await till.press(f"sock {number}", Add(TILL, SOCK, number + 1))
    total = BOOT + PAIR * (number + 1)
    if number == 1:
        await till.press("void", VoidLine(TILL, LineId(1)))
        total -= BOOT
    buyer = "010-1234-5678" if till.store.house.shop.profile.country == "KR" else None
    await till.press(f"pay {number}", Pay(TILL, (Offered(TenderKind.CASH, Minor(total)),), Minor(total), buyer))
    if till.store.house.config.till[0].fiscal:
        await until_closed(till)


async def until_closed(till: Till) -> None:
    async with asyncio.timeout(10):
        while await till.rows("SELECT 1 FROM sales WHERE closed_seq IS NULL"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def _drawer(db: sqlite3.Connection, currency: str) -> tuple[Denomination, ...]:
    (cash,) = db.execute("SELECT float_amount + cash FROM shifts WHERE closed = 0").fetchone()
    return (Denomination(Minor(10_000), cash // 10_000), Denomination(Minor(100), cash % 10_000 // 100))


def feed(tx: Tx, currency: str) -> None:
    held = Held(tx.db, FEED)
    held.move(FeedPosition("all", "e", 1, "0" * 64))
    for seq, value in enumerate(goods(currency, BOOT, PAIR), 1):
        data = canonical(plain(value))
        held.hold("all", "e", key_of(value), seq, data)
        assert not held.apply("all", key_of(value), seq, data)
