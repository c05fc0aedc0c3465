"""What is done to a store that is not running: its first people, a rebuild."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge.app.rooms import World, handlers, journal_setup, shop_of
from edge.commands import Door
from edge.config import StoreConfig
from edge.journal.seal import SealKey, key_path
from edge.journal.store import Journal
from edge.pins import hash_pin
from edge.staff import handlers as staff
from edge.staff import tables as staff_tables
from edge.units import Key, UserId


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in from the first day."""

    user: str
    name: str
    role: str
    pin: str


async def first_people(config: StoreConfig, world: World, people: Sequence[Person]) -> None:
    """Make the journal and the people who may sign in; Refused when one of them exists."""
    shop = shop_of(config)
    journal = await Journal.open(journal_setup(config, shop, world))
    try:
        SealKey.load(key_path(journal.path))
        door = Door(journal, handlers(config, shop, world), world.ids, staff_tables.allowed)
        for each in people:
            added = staff.AddStaff(UserId(each.user), each.name, each.role, hash_pin(each.pin))
            await door.send(added, key=Key(f"init:{world.ids.new()}"))
    finally:
        await journal.close()


async def rebuilt(config: StoreConfig, world: World) -> tuple[str, str]:
    """Rebuild the derived tables; their digests before and after."""
    journal = await Journal.open(journal_setup(config, shop_of(config), world))
    try:
        return await journal.rebuild()
    finally:
        await journal.close()
