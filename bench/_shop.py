"""A real shop for the measurements: a journal with goods and people, and `edge run` as a process of its own."""

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from edge.app.offline import Person, first_people
from edge.app.rooms import FEED, World, journal_setup, shop_of
from edge.config import StoreConfig, load
from edge.feedwords import ArticleValue, PriceValue, Value, VariantValue, key_of, kind_of, plain
from edge.journal.chain import canonical
from edge.journal.store import Journal
from edge.sim.stage.process import Process
from edge.sync.tables import Held
from edge.sync.wire import FeedPosition
from edge.units import Key
from tests.brokers import free_port

MANAGER, PIN = "bo", "2222"
GOODS = 200
PRICE = 1_999
EPOCH = "00000000000000fe"
WALL, HOST = "1", "id.shop.example"


@dataclass(frozen=True, slots=True)
class Premises:
    """What the shop has: `printers` and `reader` are addresses."""

    folder: Path
    tills: int = 1
    printers: Sequence[str] = ()
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A shop that is ready for its first customer: `ports` are its staff, floor and public doors."""

    config: StoreConfig
    path: Path
    ports: tuple[int, int, int]

    def process(self) -> Process:
        """`edge run` of this shop; start it, and end it."""
        arguments = ["edge.cli", "run", "--config", str(self.path)]
        return Process("edge run", arguments, self.path.with_suffix(".log"), self.ports[2])  # opens last


def code(number: int) -> str:
    """The code of the shop's item `number`."""
    return f"item-{number % GOODS}"


async def prepare(premises: Premises) -> Opened:
    """Write the configuration, make the journal, put goods and people into it as headquarters would."""
    ports = (free_port(), free_port(), free_port())
    path = premises.folder / "store.toml"
    path.write_text(_toml(premises, ports), encoding="utf-8")
    config = load(path)
    await first_people(config, World.real(), [Person(MANAGER, "Bo", "manager", PIN)])
    journal = await Journal.open(journal_setup(config, shop_of(config), World.real()))
    try:
        await journal.transact(lambda tx: _stock(tx.db), cause=Key("bench:goods"))
    finally:
        await journal.close()
    return Opened(config, path, ports)


def _toml(premises: Premises, ports: tuple[int, int, int]) -> str:
    staff, floor, public = ports
    text = f"""[store]
id = "harbour"
node = "box"
name = "Bench"
address = "Nowhere 1"
tax_number = "0"
country = "zz"
time_zone = "Etc/UTC"
language = "en"
region = "DK"
[paths]
journal = "{premises.folder / "journal.db"}"
media = "{premises.folder / "media"}"
[web]
staff = "127.0.0.1:{staff}"
floor = "127.0.0.1:{floor}"
public = "127.0.0.1:{public}"
[hq]
url = "none:"
[nfc]
hosts = ["{HOST}"]
"""
    for number in range(1, premises.tills + 1):
        printer = f'printer = "p{number}"\n' if len(premises.printers) >= number else ""
        text += f'[[till]]\nid = "{number}"\nname = "Till {number}"\n{printer}'
    for number, url in enumerate(premises.printers, 1):
        text += f'[[printer]]\nid = "p{number}"\nurl = "{url}"\nmodel = "tm-t20"\n'
    if premises.reader:
        text += f'[[wall]]\nid = "{WALL}"\nname = "Wall"\ntills = ["1"]\n'
        text += f'[[reader]]\nid = "r1"\nurl = "{premises.reader}"\nwall = "{WALL}"\n'
    return text


def _stock(db: sqlite3.Connection) -> None:
    held = Held(db, FEED)
    values = [value for number in range(GOODS) for value in _item(number)]
    for seq, value in enumerate(values, 1):
        data = canonical(plain(value))
        held.hold("all", EPOCH, key_of(value), seq, data)
        FEED[kind_of(key_of(value))](db, key_of(value), data)
    held.move(FeedPosition("all", EPOCH, len(values), "0" * 64))


def _item(number: int) -> Sequence[Value]:
    name, gtin = code(number), f"5710000{number:05d}"
    return (
        ArticleValue(name, {"en": f"Thing number {number}"}, category="things", codes=(gtin + check(gtin),)),
        VariantValue(name, name, codes=(name,)),
        PriceValue("main", name, PRICE, "XTS", "standard", "2020-01-01T00:00:00.000Z"),
    )


def check(body: str) -> str:
    """The GS1 check digit of `body`."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def sales_closed(journal: Path) -> int:
    """Sales the shop has closed, from its own tables."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM sales WHERE closed_seq IS NOT NULL").fetchone()[0])


def percentile(took: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    return sorted(took)[max(0, ceil(len(took) * share) - 1)]


def bare_commits(folder: Path, times: int, size: int = 1_200) -> list[float]:
    """Seconds of `times` durable SQLite commits of `size` bytes each, on the file system of `folder`."""
    path, took = folder / f"bare-{os.getpid()}-{time.monotonic_ns()}.db", []
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE entries (seq INTEGER PRIMARY KEY, data BLOB NOT NULL)")
        for _ in range(times):
            begun = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO entries (data) VALUES (?)", (b"x" * size,))
            db.execute("COMMIT")
            took.append(time.perf_counter() - begun)
    return took


def memory(pid: int) -> tuple[float, float]:
    """Resident megabytes of a process: all of it, and what is its own (anonymous)."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    rss, anonymous = (int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))
    return rss, anonymous
