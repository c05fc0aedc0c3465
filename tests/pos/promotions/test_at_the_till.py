"""Promotions and coupons at a till, from headquarters' feed to the closed sale, on a real journal."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from edge.catalog.tables import FEED
from edge.errors import Refused
from edge.facts import CouponUsed, Given, NothingChanged, PromotionsKept, SaleClosed
from edge.feedoffers import CouponValue, MemberValue, Part, PromotionKind, PromotionValue
from edge.pos.basket import Basket
from edge.pos.load import open_basket
from edge.pos.pricing import Priced, price
from edge.pos.promotions.verbs import AttachCustomer, DropCoupon, TakeCoupon
from edge.pos.verbs import Add, Offered, Pay, Scan, SetQuantity, VoidBasket, VoidLine
from edge.units import CustomerId, Key, LineId, Minor, TenderKind
from tests.pos.till_world import BOOT_43, BOOT_44, SOCK, SOCK_CODE, TILL, TillWorld, till_world

LONG_AGO = "2020-01-01T00:00:00.000Z"
THREE = PromotionValue(
    "three", {"en": "3 for 2", "da": "3 for 2"}, PromotionKind.BUY_GET, (Part(articles=("sock",)),), LONG_AGO, "DKK",
    rate=10_000, buy=2, get=1,
)  # fmt: skip
TEN = PromotionValue(
    "ten", {"en": "Ten off"}, PromotionKind.PERCENT, (Part(skus=("boot-43",)),), LONG_AGO, "DKK", rate=1000
)
OVER = PromotionValue(
    "over", {"en": "100 off"}, PromotionKind.THRESHOLD, (Part(everything=True),), LONG_AGO, "DKK",
    amount=10_000, floor=90_000, exclusion="basket",
)  # fmt: skip
COUPON = CouponValue("SUMMER", "ten", LONG_AGO)


async def basket(world: TillWorld) -> Basket:
    held = await world.journal.read(lambda db: open_basket(db, TILL))
    assert held is not None
    return held.basket


async def priced(world: TillWorld) -> Priced:
    return price(await basket(world), world.shop.profile, world.time.at.date())


async def paid(world: TillWorld) -> tuple[SaleClosed, list[CouponUsed]]:
    total = (await priced(world)).total
    facts = await world.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(total + 100)),), total))
    (sale,) = [fact for fact in facts if isinstance(fact, SaleClosed)]
    return sale, [fact for fact in facts if isinstance(fact, CouponUsed)]


async def test_three_for_two_comes_down_the_feed_and_stands_on_the_sale(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(THREE, TEN, OVER)
        await world.do(Scan(TILL, SOCK_CODE))
        await world.do(Scan(TILL, SOCK_CODE))
        assert (await priced(world)).discount == 0
        await world.do(Scan(TILL, SOCK_CODE))
        assert (await priced(world)).discount == 4925
        await world.do(Add(TILL, BOOT_43))
        before, after = await world.journal.rebuild()
        assert before == after
        sale, _ = await paid(world)
        socks, boot = sale.lines
        assert socks.promotions == (
            Given("over", "100 off", Minor(987)),
            Given("three", "3 for 2", Minor(4925)),
        )
        assert boot.promotions == (
            Given("over", "100 off", Minor(9013)),
            Given("ten", "Ten off", Minor(9990)),
        )
        assert sale.total == 3 * 4925 + 99900 - 4925 - 9990 - 10000 == sum(tax.gross for tax in sale.taxes)
        assert sum(line.gross for line in sale.lines) == sale.total
        for table in ("basket_terms", "basket_fits"):
            assert [row["n"] for row in await world.journal.rows(f"SELECT count(*) n FROM {table}")] == [0]


async def test_a_voided_line_leaves_the_basket_as_it_was(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(THREE, TEN)
        await world.do(Add(TILL, SOCK, 3))
        before = await basket(world)
        await world.do(Add(TILL, BOOT_43))
        await world.do(VoidLine(TILL, LineId(2)))
        after = await basket(world)
        assert replace(after, last_line=1, voided_lines=0) == before


async def test_a_basket_keeps_what_was_in_force_when_its_goods_were_rung_up(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(TEN)
        await world.do(Add(TILL, BOOT_43))
        await world.feed(replace(TEN, rate=2000))
        await world.do(SetQuantity(TILL, LineId(1), 2))
        assert (await priced(world)).discount == 2 * 9990
        sale, _ = await paid(world)
        assert sale.lines[0].promotions == (Given("ten", "Ten off", Minor(2 * 9990)),)
        await world.do(Add(TILL, BOOT_43))
        assert (await priced(world)).discount == 19980, "the next customer is given what holds now"


async def test_validity_is_judged_when_the_basket_is_opened(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        now = world.time.at
        ends = replace(TEN, id="ends", valid_until=_at(world, minutes=30))
        begins = replace(TEN, id="begins", rate=5000, valid_from=_at(world, minutes=10))
        await world.feed(ends, begins)
        await world.do(Add(TILL, BOOT_44))
        world.time.pass_(hours=1)
        await world.do(Add(TILL, BOOT_43))
        assert world.time.at > now
        assert (await priced(world)).discount == 9990
        await world.do(VoidBasket(TILL, "again"))
        await world.do(Add(TILL, BOOT_43))
        assert (await priced(world)).discount == 49950


def _at(world: TillWorld, minutes: int) -> str:
    return (world.time.at + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_the_same_scans_in_any_order_cost_the_same(tmp_path: Path) -> None:
    totals = set()
    for turn, order in enumerate(
        ([SOCK, BOOT_43, SOCK, SOCK], [SOCK, SOCK, SOCK, BOOT_43], [BOOT_43, SOCK, SOCK, SOCK])
    ):
        folder = tmp_path / str(turn)
        folder.mkdir()
        async with till_world(folder) as world:
            await world.feed(THREE, TEN, OVER)
            for sku in order:
                await world.do(Add(TILL, sku))
            now = await priced(world)
            totals.add((now.total, now.taxes))
    assert len(totals) == 1


async def test_a_coupon_opens_its_promotion_whenever_it_is_shown(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(replace(TEN, coupon=True, times=1), COUPON)
        await world.do(Add(TILL, BOOT_43))
        assert (await priced(world)).discount == 0
        await world.do(Scan(TILL, "SUMMER"))
        assert (await priced(world)).discount == 9990
        await world.do(Add(TILL, BOOT_43))
        assert (await priced(world)).discount == 9990, "one coupon, one pair"
        await world.do(DropCoupon(TILL, "SUMMER"))
        assert (await priced(world)).discount == 0
        await world.do(TakeCoupon(TILL, " SUMMER "))
        before, after = await world.journal.rebuild()
        assert before == after
        _, used = await paid(world)
        assert [(each.code, each.amount) for each in used] == [("SUMMER", 9990)]
        await world.do(Add(TILL, BOOT_43))
        with pytest.raises(Refused) as refused:
            await world.do(TakeCoupon(TILL, "SUMMER"))
        assert refused.value.code == "coupon-used"
        before, after = await world.journal.rebuild()
        assert before == after
        with pytest.raises(Refused, match="has been used"):
            await world.do(Scan(TILL, "SUMMER"))


async def test_a_coupon_may_come_first_and_one_that_gave_nothing_is_not_used_up(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(replace(TEN, coupon=True), COUPON)
        await world.do(TakeCoupon(TILL, "SUMMER"))
        await world.do(Add(TILL, SOCK))
        _, used = await paid(world)
        assert used == []
        await world.do(TakeCoupon(TILL, "SUMMER"))
        await world.do(Add(TILL, BOOT_43))
        assert (await priced(world)).discount == 9990
        await world.do(VoidBasket(TILL, "changed her mind"))
        await world.do(TakeCoupon(TILL, "SUMMER"))


@pytest.mark.parametrize(
    ("coupon", "code"),
    [
        (replace(COUPON, code="OTHER"), "unknown-coupon"),
        (replace(COUPON, valid_until="2021-01-01T00:00:00Z"), "coupon-expired"),
        (replace(COUPON, valid_from="2099-01-01T00:00:00Z"), "coupon-expired"),
        (replace(COUPON, promotion="gone"), "coupon-expired"),
    ],
)
async def test_a_coupon_that_is_worth_nothing_says_why(coupon: CouponValue, code: str, tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(replace(TEN, coupon=True), coupon)
        await world.do(Add(TILL, BOOT_43))
        with pytest.raises(Refused) as refused:
            await world.do(TakeCoupon(TILL, "SUMMER"))
        assert refused.value.code == code
        assert refused.value.hint
        assert (await priced(world)).discount == 0


async def test_a_coupon_is_in_one_basket_once(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(replace(TEN, coupon=True), replace(COUPON, uses=0))
        await world.do(TakeCoupon(TILL, "SUMMER"))
        with pytest.raises(Refused) as refused:
            await world.do(TakeCoupon(TILL, "SUMMER"))
        assert refused.value.code == "coupon-used"
        with pytest.raises(Refused) as refused:
            await world.do(DropCoupon(TILL, "WINTER"))
        assert refused.value.code == "unknown-coupon"


async def test_members_are_given_what_is_theirs(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(replace(TEN, groups=("club", "staff")), MemberValue("c1", ("club",)), MemberValue("c2"))
        await world.do(Add(TILL, BOOT_43))
        assert (await priced(world)).discount == 0
        await world.do(AttachCustomer(TILL, CustomerId("c1")))
        assert (await priced(world)).discount == 9990
        assert await world.do(AttachCustomer(TILL, CustomerId("c1"))) == (NothingChanged("AttachCustomer"),)
        await world.do(Add(TILL, BOOT_44))
        before, after = await world.journal.rebuild()
        assert before == after
        assert (await priced(world)).discount == 9990
        await world.do(AttachCustomer(TILL, CustomerId("c2")))
        assert (await priced(world)).discount == 0
        await world.do(AttachCustomer(TILL, CustomerId("nobody knows")))
        sale, _ = await paid(world)
        assert (sale.customer, sale.total) == ("nobody knows", 2 * 99900)


async def test_a_promotion_in_other_money_is_not_given(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(replace(TEN, currency="SEK"))
        facts = await world.do(Add(TILL, BOOT_43))
        assert not [fact for fact in facts if isinstance(fact, PromotionsKept)]


async def test_a_withdrawn_promotion_is_given_no_more(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(TEN)

        await world.journal.transact(lambda tx: FEED["promotion"](tx.db, "promotion/ten", None), cause=Key("withdrawn"))
        await world.do(Add(TILL, BOOT_43))
        assert (await priced(world)).discount == 0
