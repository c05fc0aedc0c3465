"""A shop with a day behind it, its office signed in: the real doors over a real journal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge.facts import Denomination
from edge.feedwords import ArticleValue, PriceValue, VariantValue
from edge.pins import hash_pin
from edge.pos.cash.verbs import MoveCash
from edge.pos.verbs import Add, CloseShift, Count, Offered, OpenShift, Pay, SeeVariance, VoidBasket
from edge.staff.handlers import AddStaff
from edge.units import Minor, MoveKind, Sku, TenderKind, TillId, UserId
from tests.pos.sold import SHOP
from tests.web.floor_world import Shopfloor, shopfloor

ANNA, BO, PIN, TILL = UserId("anna"), UserId("bo"), "2468", TillId("1")
DAY = "2026-06-06"
PRICE = 4900


async def sell(shop: Shopfloor, pieces: int = 1) -> None:
    total = pieces * PRICE
    await shop.do(Add(TILL, Sku("sock"), pieces), ANNA)
    await shop.do(Pay(TILL, (Offered(TenderKind.CASH, Minor(total)),), Minor(total)), ANNA)


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Shopfloor]:
    """Two shifts of till 1: seven sales, a cancelled one, a pay-out, twenty missing; then one sale more."""
    async with shopfloor(folder) as shop:
        shop.house.letterhead = SHOP
        await shop.do(AddStaff(ANNA, "Anna Lind", "cashier", hash_pin(PIN)))
        await shop.do(AddStaff(BO, "Bo Holm", "manager", hash_pin(PIN)))
        await shop.feed(
            ArticleValue("sock", {"en": "Wool <b>socks</b>"}),
            VariantValue("sock", "sock"),
            PriceValue("main", Sku("sock"), PRICE, "DKK", "standard", "2026-01-01T00:00:00.000Z"),
        )
        await shop.do(OpenShift(TILL, Minor(50000)), ANNA)
        for number in range(6):
            await sell(shop, number % 2 + 1)
            shop.time.pass_(minutes=45)
        await sell(shop)
        await shop.do(Add(TILL, Sku("sock")), ANNA)
        await shop.do(VoidBasket(TILL, "no money"), ANNA)
        await shop.do(MoveCash(TILL, MoveKind.PAY_OUT, Minor(10000), "postage"), ANNA)
        await shop.do(Count(TILL, (Denomination(Minor(100), 870),)), ANNA)
        await shop.do(SeeVariance(TILL), BO)
        await shop.do(CloseShift(TILL, "searched twice"), BO)
        await shop.do(OpenShift(TILL, Minor(50000)), ANNA)
        await sell(shop)
        yield shop


async def session(shop: Shopfloor, user: UserId = BO) -> dict[str, str]:
    """The office's head of a request, signed in."""
    sent = {"user": user, "pin": PIN}
    answer = await shop.staff.post("/api/v1/office/sign-in", json=sent, headers=shop.press())
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['session']}"}
