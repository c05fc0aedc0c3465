"""What should never happen at a till, with promotions and discounts in force: it ends in words, and nothing is lost."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from edge.countries.profile import load_profile
from edge.errors import Refused
from edge.facts import BasketOpened, LineAdded, SaleClosed
from edge.feedwords import ArticleValue, PriceValue, Value, VariantValue
from edge.journal.chain import MAX_ENTRY, fact_data
from edge.pos import basket as b
from edge.pos.discounts.shares import Reduction
from edge.pos.load import open_basket
from edge.pos.pricing import price
from edge.pos.promotions.verbs import TakeCoupon
from edge.pos.verbs import Add, Offered, Pay, SetQuantity
from edge.units import (
    ArticleId,
    BasisPoints,
    Grams,
    LineId,
    Minor,
    SaleId,
    Seq,
    ShiftId,
    Sku,
    TenderKind,
    TillId,
    UserId,
)
from tests.pos.promotions.test_at_the_till import LONG_AGO, OVER, TEN, THREE, priced
from tests.pos.till_world import BOOT_43, SOCK, TILL, TillWorld, till_world

DK = load_profile("dk")


async def test_ten_thousand_lines_are_refused_where_they_outgrow_a_sale_and_the_rest_is_paid(tmp_path: Path) -> None:
    """Weighed goods never share a line, so that a stuck scale could ring up lines without end."""
    basket = b.apply(None, BasketOpened(SaleId("s"), TILL, ShiftId("h"), UserId("u"), Seq(1)))
    ware = b.PricedItem(Sku("apples"), ArticleId("apples"), "Apples", Minor(1_234), "standard", Grams(500))
    refused: list[tuple[str, str]] = []
    for _ in range(10_000):
        try:
            (fact,) = b.add_line(basket, ware)
        except Refused as refusal:
            refused.append((refusal.code, refusal.hint))
            continue
        basket = b.apply(basket, fact)
        assert isinstance(fact, LineAdded)
    assert set(refused) == {("too-many", "Take payment and start a new basket.")}
    assert len(basket.lines) + len(refused) == 10_000
    assert 500 < len(basket.lines) <= b.MAX_LINES
    whole = replace(basket, reduction=Reduction(BasisPoints(333), Minor(0), BasisPoints(500), "why"))
    sold = price(whole, DK, date(2026, 6, 6))
    assert sold.total == sum(line.gross for line in sold.lines) == sum(row.gross for row in sold.taxes)


async def test_promotions_on_every_line_never_outgrow_what_an_entry_of_the_journal_may_hold(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        many = [
            replace(OVER, id=f"over-{n}", name={"en": "A" * 80}, exclusion=f"group-{n}", floor=1, amount=1)
            for n in range(40)
        ]
        await world.feed(*many, TEN, THREE)
        await world.feed(*(value for number in range(200) for value in _thing(number)))
        with pytest.raises(Refused, match="holds no more"):
            await _ring_up(world, 200)
        held = await world.journal.read(lambda db: open_basket(db, TILL))
        assert held is not None
        assert len(held.basket.lines) > 30
        total = (await priced(world)).total
        facts = await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(total + 100)),), total))
        (sale,) = [fact for fact in facts if isinstance(fact, SaleClosed)]
        assert len(fact_data(sale)) < MAX_ENTRY


async def _ring_up(world: TillWorld, things: int) -> None:
    for number in range(things):
        await world.do(Add(TILL, Sku(f"thing-{number}")))


def _thing(number: int) -> tuple[Value, ...]:
    name = f"thing-{number}"
    priced_at = PriceValue("main", name, 5_000 + number, "DKK", "standard", LONG_AGO)
    return ArticleValue(name, {"en": name}), VariantValue(name, name), priced_at


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 2**63])
async def test_an_absurd_quantity_is_refused_and_the_promotion_stays(quantity: int, tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(THREE)
        await world.do(Add(TILL, SOCK, 3))
        for command in (SetQuantity(TILL, LineId(1), quantity), Add(TILL, SOCK, quantity)):
            with pytest.raises(Refused) as refused:
                await world.do(command)
            assert refused.value.code in ("bad-quantity", "too-many", "refused")
        assert (await priced(world)).discount == 4925


async def test_goods_for_nothing_are_sold_for_nothing_whatever_is_promised(tmp_path: Path) -> None:
    async with till_world(tmp_path, sock=0) as world:
        await world.feed(THREE, TEN)
        await world.do(Add(TILL, SOCK, 3))
        now = await priced(world)
        assert (now.total, now.discount, now.applied) == (0, 0, ())
        await world.do(Pay(TILL, (), Minor(0)))


def test_nothing_costs_less_than_nothing() -> None:
    basket = b.apply(None, BasketOpened(SaleId("s"), TillId("1"), ShiftId("h"), UserId("u"), Seq(1)))
    with pytest.raises(Refused) as refused:
        b.add_line(basket, b.PricedItem(Sku("x"), ArticleId("x"), "X", Minor(-1), "standard"))
    assert refused.value.code == "bad-price"


async def test_a_rate_that_changes_at_midnight_finds_a_basket_open_and_its_promotions_unchanged(tmp_path: Path) -> None:
    """Romania, 2025-08-01: prices and promotions of the evening, the tax of the morning."""
    async with till_world(tmp_path, "ro") as world:
        world.time.at = datetime(2025, 7, 31, 21, 59, tzinfo=UTC)
        await world.feed(replace(TEN, currency="RON", valid_until="2025-07-31T22:00:00Z"))
        await world.feed(PriceValue("main", "boot-43", 10_000, "RON", "standard", LONG_AGO))
        await world.do(Add(TILL, BOOT_43))
        world.time.pass_(minutes=2)
        held = await world.journal.read(lambda db: open_basket(db, TILL))
        assert held is not None
        evening = price(held.basket, world.shop.profile, date(2025, 7, 31))
        morning = price(held.basket, world.shop.profile, world.shop.day("2025-07-31T22:01:00Z"))
        assert [row.rate for row in evening.taxes] == [1900]
        assert [row.rate for row in morning.taxes] == [2100]
        assert evening.total == morning.total == 9_000
        assert evening.applied == morning.applied != ()


@pytest.mark.parametrize("code", ["", " ", "x" * 500, "'; DROP TABLE coupons;--", "\x1bp\x00", "٣"])
async def test_no_text_is_a_coupon_by_chance(code: str, tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.do(Add(TILL, SOCK))
        with pytest.raises(Refused) as refused:
            await world.do(TakeCoupon(TILL, code))
        assert refused.value.code in ("unknown-coupon", "refused")
        assert (await priced(world)).total == 4925
