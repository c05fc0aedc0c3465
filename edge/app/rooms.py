"""Which rooms there are: their tables, their handlers, what they take from HQ's feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from edge.catalog import tables as catalog
from edge.clock import Clock, system_clock
from edge.commands import Command, Handler
from edge.config import StoreConfig, Till
from edge.countries.profile import load_profile
from edge.effects import tables as effects
from edge.ids import Ids, system_ids
from edge.journal.room import Room
from edge.journal.store import Setup
from edge.nfc import goods as nfc_goods
from edge.nfc import handlers as nfc
from edge.nfc import tables as nfc_tables
from edge.nfc.session import DailyKey
from edge.nfc.sun import load_keys
from edge.pos import tables as pos_tables
from edge.pos.cash import tables as cash_tables
from edge.pos.cash.handlers import Cashier
from edge.pos.codes import reading
from edge.pos.day.handlers import Day
from edge.pos.discounts.handlers import Discounting
from edge.pos.goods import CatalogGoods
from edge.pos.parking import handlers as parking
from edge.pos.parking.tables import ROOM as PARKED
from edge.pos.paying import Paying
from edge.pos.payment import slips
from edge.pos.payment import tables as payment_tables
from edge.pos.payment.taking import Taking
from edge.pos.returns.exchanging import Exchanging
from edge.pos.returns.handlers import Returning
from edge.pos.returns.tables import ROOM as RETURNS
from edge.pos.selling import Selling
from edge.pos.shop import Position, Shop, Way
from edge.pos.training.handlers import Training
from edge.pos.training.tables import ROOM as TRAINING
from edge.shelf import handlers as shelf
from edge.shelf import tables as shelf_tables
from edge.staff import approving
from edge.staff import handlers as staff
from edge.staff import tables as staff_tables
from edge.stock import handlers as stock
from edge.stock import tables as stock_tables
from edge.sync.tables import Applies, sync_room
from edge.tasks import handlers as tasks
from edge.tasks import tables as tasks_tables
from edge.units import Identity, TenderKind

log = getLogger(__name__)
FEED: Applies = {**catalog.FEED, **staff_tables.FEED, **stock_tables.FEED}
"""Kind of feed entry -> the room that makes it true."""


@dataclass(frozen=True, slots=True)
class World:
    """What is not the store's own: time, identities, chance."""

    clock: Clock
    ids: Ids
    chance: Random

    @classmethod
    def real(cls) -> "World":
        return cls(system_clock(), system_ids(), Random())


def rooms() -> tuple[Room, ...]:
    """Every room's tables; the cable's replay fills the catalogue, so it comes last."""
    till = (pos_tables.ROOM, RETURNS, cash_tables.ROOM, payment_tables.ROOM, PARKED, TRAINING)
    own = (stock_tables.ROOM, staff_tables.ROOM, effects.ROOM, nfc_tables.ROOM, shelf_tables.ROOM)
    return (*till, *own, approving.ROOM, tasks_tables.ROOM, catalog.ROOM, sync_room(FEED))


def shop_of(config: StoreConfig) -> Shop:
    """The store, as its tills know it."""
    profile = load_profile(config.store.country)
    if profile.fiscal.device_tax_table and not any(till.fiscal for till in config.till):
        log.warning("%s: without a fiscal device nothing may be sold here", profile.name)
    reading(config.store.region, profile.decimals)  # a box whose region is none stops before it reads a code
    pins = {printer.id: 1 if printer.drawer_pin == 5 else 0 for printer in config.printer}
    return Shop(
        config.store.id,
        profile,
        config.store.zone,
        CatalogGoods(config.store.price_list, config.store.language),
        config.store.region,
        config.store.first_letter,
        {
            till.id: Position(
                f"{till.id}/drawer" if till.printer else "",
                pins.get(till.printer, 0),
                f"{till.id}/fiscal" if till.fiscal else "",
                ways_of(config, till),
            )
            for till in config.till
        },
        config.cash.blind,
        config.cash.most_paid_out,
        frozenset(each.id for each in config.terminal if not each.url.startswith("manual:")),
    )


def ways_of(config: StoreConfig, till: Till) -> Mapping[str, Way]:
    """How a customer can pay at a till besides cash: its card terminal, and every wallet that has a terminal."""
    terminals = {each.id: each for each in config.terminal}
    wanted = [("card", "Card", till.terminal)]
    wanted += [(wallet.id, wallet.name, wallet.terminal or till.terminal) for wallet in config.wallet]
    return {
        name: Way(
            name, label, TenderKind.CARD, terminal, f"{till.id}/terminal/{terminal}",
            urlsplit(terminals[terminal].url).scheme,
        )
        for name, label, terminal in wanted
        if terminal
    }  # fmt: skip


def journal_setup(config: StoreConfig, shop: Shop, world: World) -> Setup:
    """How this store's journal is opened."""
    identity = Identity(f"{config.store.id}_{config.store.node}")
    path = Path(config.paths.journal)
    return Setup(path, identity, world.ids.new(), world.clock, rooms(), shop.today)


def handlers(config: StoreConfig, shop: Shop, world: World) -> Mapping[type[Command], Handler]:
    """Command -> handler, of every room."""
    floor = nfc.Floor(
        nfc_goods.CatalogGoods(),
        frozenset(config.nfc.hosts),
        frozenset(wall.id for wall in config.wall),
        frozenset(till.id for till in config.till),
        DailyKey(world.ids.secret),
        load_keys(Path(config.nfc.keys)) if config.nfc.keys else None,
    )
    paying = Paying(shop)
    till = {**Selling(shop).handlers(), **paying.handlers(), **Day(shop).handlers()}
    till |= Training(shop).handlers()
    till |= {
        **Taking(shop, paying).handlers(),
        **slips.HANDLERS,
        **Discounting(shop).handlers(),
        **Cashier(shop).handlers(),
    }
    till |= {**Returning(shop).handlers(), **Exchanging(shop).handlers()}
    return {
        **till,
        **stock.HANDLERS,
        **staff.HANDLERS,
        **parking.HANDLERS,
        **approving.HANDLERS,
        **nfc.handlers(floor),
        **shelf.HANDLERS,
        **tasks.HANDLERS,
    }
