"""A store with one till on a real journal, without wires: commands in, facts out."""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.approvals import Allowed
from edge.catalog import tables as catalog
from edge.commands import Command, Door
from edge.countries.profile import load_profile
from edge.effects import tables as effects
from edge.errors import Refused
from edge.facts import Fact
from edge.feedwords import ArticleValue, PriceValue, Value, VariantValue, key_of, kind_of, plain
from edge.ids import seeded_ids
from edge.journal.chain import canonical
from edge.journal.store import SYSTEM, Journal, Setup
from edge.pos import tables as pos
from edge.pos.cash import tables as cash_tables
from edge.pos.cash.handlers import Cashier
from edge.pos.day.handlers import Day
from edge.pos.discounts.handlers import Discounting
from edge.pos.goods import CatalogGoods
from edge.pos.parking import handlers as parking
from edge.pos.parking.tables import ROOM as PARKED
from edge.pos.paying import Paying
from edge.pos.payment import slips
from edge.pos.payment import tables as payment
from edge.pos.payment.taking import Taking
from edge.pos.returns.exchanging import Exchanging
from edge.pos.returns.handlers import Returning
from edge.pos.returns.tables import ROOM as RETURNS
from edge.pos.selling import Selling
from edge.pos.shop import Position, Shop, Way
from edge.pos.training.handlers import Training
from edge.pos.training.tables import ROOM as TRAINING
from edge.pos.verbs import OpenShift
from edge.staff import approving
from edge.staff import handlers as staff_handlers
from edge.staff import tables as staff
from edge.staff.approving import StaffApprovals
from edge.staff.handlers import AddStaff
from edge.stock import handlers as stock_handlers
from edge.stock import tables as stock
from edge.units import Identity, Key, Minor, Sku, StoreId, TenderKind, TillId, UserId
from tests.times import Time

TILL = TillId("1")
ANNA, BO = UserId("anna"), UserId("bo")
BOOT_43, BOOT_44, SOCK = Sku("boot-43"), Sku("boot-44"), Sku("sock")
BOOT_CODE, SOCK_CODE = "5701234567899", "5701234500001"

WAYS = {
    "card": Way("card", "Card", TenderKind.CARD, "m1", "1/terminal/m1", "manual"),
    "mobilepay": Way("mobilepay", "MobilePay", TenderKind.CARD, "m2", "1/terminal/m2", "manual"),
    "zvt": Way("zvt", "Card", TenderKind.CARD, "z1", "1/terminal/z1", "zvt"),
}


@dataclass(slots=True)
class TillWorld:
    """`do` sends a command as Anna and gives the facts; keys count up unless one is named."""

    journal: Journal
    door: Door
    shop: Shop
    time: Time
    fed: list[Value]
    sent: int = field(default=0)

    async def do(self, command: Command, key: str = "", actor: UserId = ANNA) -> tuple[Fact, ...]:
        self.sent += 1
        reply = await self.door.send(command, key=Key(key or f"key {self.sent}"), actor=actor)
        return reply.facts()

    async def approved(self, command: Command, by: UserId = BO) -> tuple[Fact, ...]:
        """Anna is refused, `by` says yes to exactly this, and it is given again."""
        with pytest.raises(Refused) as refused:
            await self.do(command)
        assert refused.value.code == "approval-needed"
        right, action = (str(refused.value.details[name]) for name in ("right", "action"))
        await self.do(approving.Approve(TILL, by, right, action), actor=by)
        return await self.do(command)

    async def feed(self, *values: Value) -> None:
        """Make HQ's values true, as the inbox does; a rebuild makes them true again."""
        self.fed += values
        await self.journal.transact(lambda tx: _true(tx.db, values), cause=Key(f"feed {self.sent}"))


def _true(db: sqlite3.Connection, values: Sequence[Value]) -> None:
    for value in values:
        catalog.FEED[kind_of(key_of(value))](db, key_of(value), canonical(plain(value)))


def shop_in(country: str, *, fiscal: bool = False) -> Shop:
    position = Position("1/drawer", 0, "1/fiscal" if fiscal else "", WAYS)
    return Shop(
        StoreId("cph"), load_profile(country), ZoneInfo("Europe/Copenhagen"), CatalogGoods("main", "en"), "DK", "A",
        {TILL: position, TillId("2"): Position("2/drawer", 0, "2/fiscal" if fiscal else "")},
        wired=frozenset({"z1"}),
    )  # fmt: skip


def goods(currency: str, boot: int, sock: int) -> Sequence[Value]:
    """A boot in two sizes (held by the article's own tag) and a sock with its own barcode."""

    def price(sku: Sku, amount: int) -> PriceValue:
        return PriceValue("main", sku, amount, currency, "standard", "2026-01-01T00:00:00.000Z")

    return [
        ArticleValue("boot", {"en": "Fjeld Boot"}, codes=(BOOT_CODE,)),
        VariantValue("boot-43", "boot", "brown", "43", 900, ("5701234567431",), 1),
        VariantValue("boot-44", "boot", "brown", "44", 920, ("5701234567448",), 2),
        ArticleValue("sock", {"en": "Wool Sock"}),
        VariantValue("sock", "sock", codes=(SOCK_CODE,)),
        price(BOOT_43, boot), price(BOOT_44, boot), price(SOCK, sock),
    ]  # fmt: skip


def setup(path: Path, shop: Shop, time: Time, fed: Sequence[Value] = ()) -> Setup:
    sold = replace(catalog.ROOM, replay=lambda db: _true(db, fed))
    till = (pos.ROOM, RETURNS, cash_tables.ROOM, payment.ROOM, PARKED, TRAINING)
    rooms = (*till, stock.ROOM, staff.ROOM, approving.ROOM, effects.ROOM, sold)
    return Setup(path / "j.db", Identity("cph_box"), "00000000000000aa", time.clock(), rooms, shop.today)


@asynccontextmanager
async def till_world(
    path: Path,
    country: str = "dk",
    *,
    boot: int = 99900,
    sock: int = 4925,
    fiscal: bool = False,
    open_: bool = True,
    staffed: bool = False,
) -> AsyncIterator[TillWorld]:
    """A till with its catalogue; with `open_` it has a float of 500.00 and stock on hand.

    With `staffed` Anna is a cashier and Bo a manager; else everybody may do everything.
    """
    shop, time = shop_in(country, fiscal=fiscal), Time()
    fed: list[Value] = []
    journal = await Journal.open(setup(path, shop, time, fed))
    paying = Paying(shop)
    handlers: Mapping[type[Command], object] = {
        **Discounting(shop).handlers(),
        **Selling(shop).handlers(), **paying.handlers(), **Day(shop).handlers(), **Cashier(shop).handlers(),
        **Returning(shop).handlers(), **Exchanging(shop).handlers(), **stock_handlers.HANDLERS,
        **Taking(shop, paying).handlers(), **slips.HANDLERS,
        **parking.HANDLERS, **Training(shop).handlers(), **staff_handlers.HANDLERS, **approving.HANDLERS,
    }  # fmt: skip
    allowed: Allowed = staff.allowed if staffed else lambda tx, user, right: True
    door = Door(journal, handlers, seeded_ids(1), allowed, approvals=StaffApprovals() if staffed else None)  # type: ignore[arg-type]
    world = TillWorld(journal, door, shop, time, fed)
    await world.feed(*goods(shop.profile.currency, boot, sock))
    for user, role in (("anna", "cashier"), ("bo", "manager")) if staffed else ():
        await world.do(AddStaff(UserId(user), user.title(), role, "a hash"), actor=SYSTEM)
    if open_:
        await world.do(stock_handlers.Receive(((BOOT_43, 2), (SOCK, 10)), "opening stock"), actor=SYSTEM)
        await world.do(OpenShift(TILL, Minor(50000)))
    try:
        yield world
    finally:
        await journal.close()


def of(facts: Sequence[Fact], kind: type[Fact]) -> list[Fact]:
    return [fact for fact in facts if isinstance(fact, kind)]
