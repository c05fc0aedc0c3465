"""A store's pages over a real journal: three doors without wires, a clock that is told, a board to write on."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from random import Random

import httpx

from edge.app.rooms import FEED, World, handlers, journal_setup, shop_of
from edge.board import Board
from edge.commands import Command, Door
from edge.config import StoreConfig, check
from edge.facts import FeedApplied
from edge.feedwords import Value, key_of, kind_of, plain
from edge.health import Health
from edge.ids import seeded_ids
from edge.journal.chain import canonical
from edge.journal.store import SYSTEM, Journal
from edge.journal.tx import Tx
from edge.nfc.watch import Walls
from edge.staff.approving import StaffApprovals
from edge.staff.desk import Desk
from edge.staff.tables import allowed
from edge.toml import read
from edge.units import Key, Seq, UserId, WallId
from edge.web.house import House
from edge.web.metrics import Metrics
from edge.web.page import Pages
from edge.web.screens import Screens
from edge.web.server import Doors
from tests.times import Time

HOST = "id.shop.example"
ANNA, BO = UserId("anna"), UserId("bo")


def config_in(folder: Path, **more: object) -> StoreConfig:
    """`store.toml` of a shop with two tills, two walls and a shelf."""
    plate = {"sensor": "s1", "shelf": "boots", "role": "stock", "unit_grams": 900, "span_raw": 100000}
    raw = {
        "store": {
            "id": "cph", "node": "box", "name": "Fjeld Strøget", "address": "Strøget 1", "tax_number": "DK12345678",
            "country": "dk", "time_zone": "Europe/Copenhagen", "language": "en", "region": "DK",
        },
        "paths": {"journal": str(folder / "j.db"), "media": str(folder / "media")},
        "web": {"staff": "127.0.0.1:0", "floor": "127.0.0.1:0", "public": "127.0.0.1:0", "screen_token": "let me see"},
        "nfc": {"hosts": [HOST]},
        "till": [{"id": "1", "name": "Till 1"}, {"id": "2", "name": "Till 2"}],
        "wall": [{"id": "w1", "name": "Boots", "tills": ["1"]}, {"id": "w2", "name": "Socks"}],
        "sensor": [{"id": "s1", "url": "serial:///dev/there-is-none", "node": "1"}],
        "plate": [
            {**plate, "id": "p1", "channel": 1, "sku": "boot-brown-43"},
            {**plate, "id": "p2", "channel": 2, "sku": "boot-brown-44"},
        ],
        **more,
    }  # fmt: skip
    config, errors = read(StoreConfig, raw)
    assert config is not None, errors
    assert not errors + check(config)
    return config


def made_true(tx: Tx, values: Sequence[Value]) -> None:
    """Make headquarters' values true in the rooms' tables."""
    for value in values:
        FEED[kind_of(key_of(value))](tx.db, key_of(value), canonical(plain(value)))


@dataclass(slots=True)
class Shopfloor:
    """`do` sends a command as the box; `feed` makes HQ's values (or tombstones: key -> None) true."""

    house: House
    screens: Screens
    time: Time
    staff: httpx.AsyncClient
    floor: httpx.AsyncClient
    public: httpx.AsyncClient
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def journal(self) -> Journal:
        return self.house.journal

    async def do(self, command: Command, actor: UserId = SYSTEM) -> None:
        await self.house.door.send(command, key=Key(f"do {next(self.numbers)}"), actor=actor)

    async def feed(self, *values: Value, gone: Sequence[str] = ()) -> None:
        number = next(self.numbers)

        def work(tx: Tx) -> None:
            made_true(tx, values)
            for key in gone:
                FEED[kind_of(key)](tx.db, key, None)
            tx.record(FeedApplied("all", "e", Seq(number), Seq(number), sha256(b"").hexdigest()))

        await self.journal.transact(work, cause=Key(f"feed {number}"))

    def press(self) -> dict[str, str]:
        """A new press of a button."""
        return {"Idempotency-Key": f"press {next(self.numbers)}"}


@asynccontextmanager
async def shopfloor(
    folder: Path, config: StoreConfig | None = None, time: Time | None = None
) -> AsyncIterator[Shopfloor]:
    """Everything between the journal and the doors, as `edge.app` puts it together, without devices."""
    config, time = config or config_in(folder), time or Time()
    world = World(time.clock(), seeded_ids(7), Random(7))
    shop = shop_of(config)
    journal = await Journal.open(journal_setup(config, shop, world))
    door = Door(journal, handlers(config, shop, world), world.ids, allowed, approvals=StaffApprovals())
    board, health = Board(world.clock), Health(world.clock)
    desk = Desk(journal, door, world.clock, b"a secret of this test")
    walls = Walls([WallId(wall.id) for wall in config.wall], door, board, world.clock, world.ids)
    house = House(
        config,
        shop,
        journal,
        door,
        desk,
        board,
        health,
        Pages(),
        world.clock,
        world.ids,
        "boot",
        walls,
        Metrics(world.clock),
    )
    screens = Screens(house)
    doors = Doors(house, screens)
    staff, floor, public = (
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://box")
        for app in (doors.staff(), doors.floor(), doors.public())
    )
    floor.cookies.set("screen", config.web.screen_token)
    try:
        yield Shopfloor(house, screens, time, staff, floor, public)
    finally:
        for client in (staff, floor, public):
            await client.aclose()
        await house.live.close()
        await journal.close()
