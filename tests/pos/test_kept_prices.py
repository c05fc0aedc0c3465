"""A price that reaches the box while a basket is open changes the next basket, not this one."""

from pathlib import Path

import pytest

from edge.catalog import tables as catalog
from edge.catalog.lookup import price_at
from edge.errors import Refused
from edge.facts import LineAdded
from edge.feedwords import PriceValue, key_of, plain
from edge.journal.chain import canonical
from edge.pos.price_tables import keeping
from edge.pos.verbs import Add, Scan, VoidBasket
from edge.units import Key, Minor
from tests.pos.test_till import one
from tests.pos.till_world import BOOT_43, SOCK, SOCK_CODE, TILL, TillWorld, till_world

APPLY = keeping(catalog.FEED["price"], price_at, "main")
OLD = "2026-01-01T00:00:00.000Z"


def _price(amount: int, begins: str, price_list: str = "main") -> PriceValue:
    return PriceValue(price_list, SOCK, Minor(amount), "DKK", "standard", begins)


async def _comes(world: TillWorld, value: PriceValue, *, gone: bool = False) -> None:
    """As the inbox applies it."""
    data = None if gone else canonical(plain(value))
    cause = Key(f"feed {value.list} {value.amount} {value.valid_from} {gone}")
    await world.journal.transact(lambda tx: APPLY(tx.db, key_of(value), data), cause=cause)
    if not gone:
        world.fed.append(value)


async def _scanned(world: TillWorld) -> int:
    return int(one(await world.do(Scan(TILL, SOCK_CODE)), LineAdded).unit_price)


@pytest.mark.parametrize("begins", [OLD, "2026-02-20T09:00:00.000Z"])
async def test_a_price_dated_before_the_basket_began_does_not_reach_it(tmp_path: Path, begins: str) -> None:
    """The one corrects the price in force, the other comes from a headquarters whose clock is behind."""
    async with till_world(tmp_path) as world:
        before = await _scanned(world)
        await world.do(VoidBasket(TILL, "a test"))
        await world.do(Add(TILL, BOOT_43))
        await _comes(world, _price(before - 1000, begins))
        await _comes(world, _price(before - 2000, begins))
        await _comes(world, _price(1, begins, "outlet"))
        await world.journal.rebuild()
        assert await _scanned(world) == before
        await world.do(VoidBasket(TILL, "a test"))
        assert await _scanned(world) == before - 2000


async def test_an_article_that_had_no_price_gets_its_first_one_in_the_same_basket(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await _comes(world, _price(0, OLD), gone=True)
        with pytest.raises(Refused, match="no price"):
            await _scanned(world)
        await _comes(world, _price(4900, OLD))
        assert await _scanned(world) == 4900
