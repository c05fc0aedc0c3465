"""Baskets that wait: put aside, taken up at another till, never open at two, safe over a Z, a restart, a rebuild."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from edge.errors import Refused
from edge.facts import BasketParked, BasketResumed, Denomination, Fact, SaleClosed, ShiftClosed
from edge.feedwords import PriceValue
from edge.journal.store import Journal
from edge.pos.basket import Basket, BasketState
from edge.pos.day.handlers import takings
from edge.pos.load import basket_of, open_basket
from edge.pos.parking.handlers import MOST, Park, Resume, VoidParked
from edge.pos.parking.tables import parked
from edge.pos.verbs import Add, CloseShift, Count, Offered, OpenShift, Pay, VoidBasket, VoidLine
from edge.units import Key, LineId, Minor, SaleId, Seq, TenderKind, TillId
from tests.pos.till_world import BOOT_43, SOCK, TILL, TillWorld, setup, till_world

OTHER = TillId("2")


async def second(world: TillWorld) -> None:
    """Another till of the store opens."""
    world.shop.positions[OTHER] = world.shop.positions[TILL]  # type: ignore[index]
    await world.do(OpenShift(OTHER, Minor(0)))


async def here(world: TillWorld, till: TillId) -> Basket | None:
    held = await world.journal.read(lambda db: open_basket(db, till))
    return None if held is None else held.basket


async def waits(world: TillWorld) -> Sequence[tuple[SaleId, int, str]]:
    return [(each.basket, each.number, each.name) for each in await world.journal.read(parked)]


async def refused(world: TillWorld, command: object) -> str:
    with pytest.raises(Refused) as refusal:
        await world.do(command)  # type: ignore[arg-type]
    assert refusal.value.hint
    return refusal.value.code


async def park(world: TillWorld, till: TillId = TILL, name: str = "", sku: str = SOCK) -> SaleId:
    await world.do(Add(till, sku))  # type: ignore[arg-type]
    (fact,) = await world.do(Park(till, name))
    assert isinstance(fact, BasketParked)
    return fact.basket


async def test_a_parked_basket_is_taken_up_at_another_till_and_paid_there(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await second(world)
        basket = await park(world, name="red jacket")
        assert await here(world, TILL) is None
        assert await waits(world) == [(basket, 1, "red jacket")]
        await world.do(Add(TILL, BOOT_43))
        await world.do(Resume(OTHER, basket))
        found = await here(world, OTHER)
        assert found is not None
        assert (found.id, found.till, found.units) == (basket, OTHER, 1)
        assert await waits(world) == []
        (sale,) = [
            fact
            for fact in await world.do(Pay(OTHER, (Offered(TenderKind.CASH, Minor(5000)),), Minor(4925)))
            if isinstance(fact, SaleClosed)
        ]
        assert (sale.till, sale.number.split("-")[1][0], sale.opened_by) == (OTHER, "2", "anna")
        assert b"red jacket" not in b"".join(entry.data for entry in await world.journal.entries(Seq(0)))
        assert [row["n"] for row in await world.journal.rows("SELECT count(*) n FROM park_names")] == [0]


async def test_it_is_taken_up_once_and_whoever_comes_second_is_told(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await second(world)
        basket = await park(world)
        again = [await world.do(Resume(OTHER, basket), key="a press") for _ in range(2)]
        assert again[0] == again[1]
        assert await refused(world, Resume(TILL, basket)) == "not-parked"
        assert await refused(world, Resume(OTHER, basket)) == "not-parked"
        assert await refused(world, VoidParked(TILL, basket, "gone")) == "not-parked"


async def test_a_till_with_goods_rung_up_takes_none_up_and_an_empty_basket_makes_room(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        basket = await park(world)
        await world.do(Add(TILL, BOOT_43))
        assert await refused(world, Resume(TILL, basket)) == "basket-open"
        await world.do(VoidLine(TILL, LineId(1)))
        await world.do(Resume(TILL, basket))
        found = await here(world, TILL)
        assert found is not None
        assert found.id == basket
        x = await world.journal.transact(lambda tx: takings(tx, TILL), cause=Key("x"))
        assert (x.voided_baskets, x.voided_lines, x.open_baskets) == (0, 1, 1)


async def test_only_goods_are_parked_under_plain_words_and_not_without_end(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        assert await refused(world, Park(TILL)) == "empty-basket"
        await world.do(Add(TILL, SOCK))
        for name in ("x" * 41, "a\nb", "\x1bp"):
            assert await refused(world, Park(TILL, name)) == "bad-name"
        await world.do(VoidBasket(TILL, "no"))
        for _ in range(MOST):
            await park(world)
        await world.do(Add(TILL, SOCK))
        assert await refused(world, Park(TILL)) == "too-many"
        first = (await waits(world))[3][0]
        await world.do(VoidBasket(TILL, "no"))
        await world.do(VoidParked(TILL, first, "nobody came"))
        await park(world)
        assert sorted(number for _, number, _ in await waits(world)) == list(range(1, MOST + 1)), "a free number"


async def test_it_keeps_the_price_it_began_with(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        basket = await park(world)
        world.time.pass_(hours=2)
        at = "2026-06-06T10:00:00.000Z"
        await world.feed(PriceValue("main", SOCK, 9900, "DKK", "standard", at))
        await world.do(Resume(TILL, basket))
        await world.do(Add(TILL, SOCK))
        found = await here(world, TILL)
        assert found is not None
        assert (found.total, len(found.lines)) == (2 * 4925, 1)


async def test_before_the_z_the_till_asks_and_the_next_day_finds_it_named_and_sells_it(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        basket = await park(world)
        await world.do(Count(TILL, (Denomination(Minor(10000), 5),)))
        assert await refused(world, CloseShift(TILL)) == "parked-baskets"
        for day in range(2):
            (z,) = await world.do(CloseShift(TILL, keep_parked=True))
            assert isinstance(z, ShiftClosed)
            assert (z.open_baskets, [item.subject for item in z.open_items]) == (1, [basket]), day
            world.time.pass_(days=1)
            await world.do(OpenShift(TILL, Minor(50000)))
            await world.do(Count(TILL, (Denomination(Minor(10000), 5),)))
        await world.do(Resume(TILL, basket))
        await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(5000)),), Minor(4925)))
        x = await world.journal.transact(lambda tx: takings(tx, TILL), cause=Key("x"))
        assert (x.open_baskets, x.gross_sales) == (0, 4925)
        before, after = await world.journal.rebuild()
        assert before == after


async def test_a_parked_basket_and_its_name_outlive_a_restart_and_a_rebuild(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        basket = await park(world, name="Blue bag")
        before, after = await world.journal.rebuild()
        assert before == after
        shop, time, fed = world.shop, world.time, world.fed
    journal = await Journal.open(setup(tmp_path, shop, time, fed))
    try:
        assert [(each.basket, each.name) for each in await journal.read(parked)] == [(basket, "Blue bag")]
        held = await journal.read(lambda db: basket_of(db, basket))
        assert (held.basket.state, held.basket.units) == (BasketState.PARKED, 1)
    finally:
        await journal.close()


@pytest.mark.parametrize("seed", range(8))
async def test_two_tills_at_chance_never_hold_one_basket_twice_and_lose_none(tmp_path: Path, seed: int) -> None:
    """Presses come twice, to both tills at once; in between the derived tables are replayed."""
    chance = Random(seed)
    async with till_world(tmp_path) as world:
        await second(world)
        rung: set[SaleId] = set()
        ended: set[SaleId] = set()
        for step in range(60):
            till = chance.choice((TILL, OTHER))
            waiting = [basket for basket, _, _ in await waits(world)]
            command: object = chance.choice(
                [Add(till, SOCK), Park(till), Resume(till, chance.choice(waiting or [SaleId("none")])), None]
            )
            if command is None:
                held = await here(world, till)
                command = Pay(till, (Offered(TenderKind.CASH, Minor(10**6)),), held.total if held else Minor(0))
            for turn in range(chance.choice((1, 2))):
                other = turn and isinstance(command, Resume) and chance.random() < 0.5
                again = command
                if other and isinstance(command, Resume):
                    again = Resume(OTHER if till == TILL else TILL, command.basket)
                try:
                    facts = await world.do(again, key=f"{step} {other}")  # type: ignore[arg-type]
                except Refused:
                    continue
                ended |= {fact.sale for fact in facts if isinstance(fact, SaleClosed)}
            if chance.random() < 0.1:
                before, after = await world.journal.rebuild()
                assert before == after
            shown = [await here(world, each) for each in (TILL, OTHER)]
            ids = [each.id for each in shown if each is not None]
            assert len(set(ids)) == len(ids)
            now = [basket for basket, _, _ in await waits(world)]
            assert not set(now) & set(ids)
            rung |= {*ids, *now}
            assert rung == {*ids, *now, *ended}, "no basket is lost"
        recorded: list[Fact | None] = [entry.fact() for entry in await world.journal.entries(Seq(0), 10_000)]
        resumed = [fact for fact in recorded if isinstance(fact, BasketResumed)]
        assert len(resumed) <= len([fact for fact in recorded if isinstance(fact, BasketParked)])
