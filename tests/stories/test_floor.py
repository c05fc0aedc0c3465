"""Wall, shelf, till, online shop: what happens in one place is seen in the others, and counts once."""

import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import cast

import httpx
import pytest

from edge.nfc.tag import GoodsTag, uri_of, write_message
from edge.sim.stage.assortment import RATES, display_code, piece, price
from edge.sim.stage.cashier import Cashier, Json
from edge.sim.stage.texts import HOST, STAFF_TOKEN
from edge.sim.tag import Ntag
from edge.units import Gtin, PlateId
from tests.stories.premises import Premises, premises
from tests.stories.proof import agree, sold

BOOT = piece("fjeld", "brown", "43")
TAG = Ntag(
    bytes.fromhex("04666a656c6401"),
    write_message(uri_of(GoodsTag(HOST, Gtin(display_code("fjeld").zfill(14)), serial="W0"))),
)
_HQ_STOCK = "SELECT received - sold FROM stock WHERE store = 'harbour' AND sku = 'fjeld-brown-43'"
_HQ_SHELF = "SELECT on_shelf FROM shelves WHERE store = 'harbour' AND plate = 'a1'"


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=10) as client:
        yield client


class Screens:
    """What stands on the screens of the floor, as their pages ask for it."""

    def __init__(self, shop: Premises, web: httpx.AsyncClient) -> None:
        self._shop, self._web = shop, web

    async def wall(self) -> Json:
        return await self._get("walls/1/state")

    async def shelf(self) -> Json:
        return await self._get("shelves/1/state")

    async def article(self) -> Json:
        return await self._get("catalog/articles/fjeld")

    async def press(self, button: str, **body: object) -> Json:
        """A button of the wall."""
        answer = await self._web.post(
            f"{self._shop.floor}/api/v1/walls/1/{button}", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
        )
        assert answer.status_code == 200, answer.text
        return cast("Json", answer.json())

    async def _get(self, path: str) -> Json:
        answer = await self._web.get(f"{self._shop.floor}/api/v1/{path}")
        assert answer.status_code == 200, answer.text
        return cast("Json", answer.json())


async def shows(look: Callable[[], Awaitable[Json]], true: Callable[[Json], bool], within: float = 10.0) -> Json:
    """Wait until a screen shows it; gives what it shows. `within` is the bound on a machine that does other things."""
    until = time.monotonic() + within
    while not true(state := await look()):
        assert time.monotonic() < until, state
    return state


def _counts(shelf: Json) -> tuple[object, object]:
    return cast("Json", shelf["on_shelf"])["count"], cast("Json", shelf["on_hand"])["count"]


async def test_a_boot_tapped_at_the_wall_goes_to_a_list_to_the_till_and_is_sold(
    tmp_path: Path, seed: int, web: httpx.AsyncClient
) -> None:
    async with premises(tmp_path, seed, floor=True) as shop:
        screens = Screens(shop, web)
        await shop.at_till("1", Cashier.state)
        shop.reader.put(TAG)
        wall = await shows(screens.wall, lambda wall: wall["tap"] is not None)
        shop.reader.take()
        tap = cast("Json", wall["tap"])
        assert (tap["article"], cast("Json", tap["product"])["price_minor"]) == ("fjeld", price(BOOT.kind, "dk"))
        said = cast("list[Json]", cast("Json", tap["product"])["reviews"])
        assert 1 in [review["stars"] for review in said], "a bad review is shown too"
        made = await screens.press("add-to-list", article="fjeld", sku=BOOT.sku)
        assert made["count"] == 1
        await screens.press("send-to-till", list=made["list"], till="1")

        def serve(cashier: Cashier) -> None:
            (waiting,) = cast("list[Json]", cashier.state()["lists"])
            assert (waiting["list"], waiting["wall"]) == (made["list"], "1")
            taken = cashier.do("take-list", list=waiting["list"])
            assert taken["choose"] == []
            assert cashier.state()["lists"] == []
            cashier.pay()

        await shop.at_till("1", serve)
        (closed,) = sold(shop.journal)
        assert [(line.sku, line.quantity) for line in closed.lines] == [(BOOT.sku, 1)]
        await agree(shop.books)


async def test_a_pick_lowers_the_shelf_and_a_sale_lowers_the_stock_and_one_pair_never_lowers_a_number_twice(
    tmp_path: Path, seed: int, web: httpx.AsyncClient
) -> None:
    async with premises(tmp_path, seed, floor=True) as shop:
        screens = Screens(shop, web)
        await shop.at_till("1", Cashier.state)
        before = await shows(screens.shelf, lambda shelf: _counts(shelf)[0] == 3)
        on_hand = cast("int", _counts(before)[1])
        shop.plates.take(PlateId("a1"))
        picked = await shows(screens.shelf, lambda shelf: _counts(shelf)[0] == 2)
        assert _counts(picked) == (2, on_hand)

        def buys(cashier: Cashier) -> None:
            cashier.ring([BOOT.code])
            cashier.pay()

        await shop.at_till("1", buys)
        gone = await shows(screens.shelf, lambda shelf: _counts(shelf)[1] == on_hand - 1)
        assert _counts(gone) == (2, on_hand - 1)
        await agree(shop.books)
        assert shop.rows(_HQ_STOCK) == [(on_hand - 1,)]
        assert shop.rows(_HQ_SHELF) == [(2,)]
        assert _counts(await screens.shelf()) == (2, on_hand - 1)


def _titles(shown: Json) -> set[object]:
    return {review["title"] for review in cast("list[Json]", shown["reviews"])}


async def test_a_review_written_changed_and_deleted_online_follows_to_every_screen(
    tmp_path: Path, seed: int, web: httpx.AsyncClient
) -> None:
    async with premises(tmp_path, seed, floor=True) as shop:
        screens, reviews = Screens(shop, web), f"{shop.hq.shop_url}/api/v1/reviews"
        await shop.at_till("1", Cashier.state)
        await shows(screens.shelf, lambda shelf: _counts(shelf)[0] == 3)
        says = {"article": "fjeld", "rating": 1, "title": "Sole came off", "text": "On day two.", "author": "K."}
        written = (await web.post(reviews, json=says)).json()
        writer = {"Authorization": f"Bearer {written['secret']}"}
        await shows(screens.shelf, lambda shelf: "Sole came off" in _titles(shelf))
        await shows(screens.article, lambda article: "Sole came off" in _titles(article))
        stranger = await web.delete(f"{reviews}/{written['id']}", headers={"Authorization": "Bearer somebody-else"})
        assert stranger.status_code == 403
        changed = says | {"rating": 4, "title": "They mended it"}
        assert (await web.put(f"{reviews}/{written['id']}", json=changed, headers=writer)).status_code == 200
        shelf = await shows(screens.shelf, lambda shelf: "They mended it" in _titles(shelf))
        assert "Sole came off" not in _titles(shelf)
        assert (await web.delete(f"{reviews}/{written['id']}", headers=writer)).status_code == 200
        await shows(screens.shelf, lambda shelf: "They mended it" not in _titles(shelf))
        await shows(screens.article, lambda article: "They mended it" not in _titles(article))


async def test_a_price_cut_reaches_shelf_and_till_and_an_open_basket_keeps_its_price(
    tmp_path: Path, seed: int, web: httpx.AsyncClient
) -> None:
    async with premises(tmp_path, seed, floor=True) as shop:
        screens, old = Screens(shop, web), price(BOOT.kind, "dk")
        cut = old - 50_000
        await shop.at_till("1", lambda till: till.ring([BOOT.code]))
        answer = await web.post(
            f"{shop.hq.shop_url}/api/v1/prices",
            json={"sku": BOOT.sku, "amount_minor": cut, "currency": RATES["dk"][0]},
            headers={"Authorization": f"Bearer {STAFF_TOKEN}"},
        )
        assert answer.status_code == 201, answer.text
        shelf = await shows(screens.shelf, lambda shelf: shelf["price_minor"] == cut)
        assert shelf["lowest_30_days_minor"] == old, "what it cost before stands beside a cut price"

        def twice(cashier: Cashier) -> tuple[object, object]:
            cashier.ring([BOOT.code])
            kept = cast("Json", cashier.basket())["total_minor"]
            cashier.pay()
            cashier.ring([BOOT.code])
            return kept, cast("Json", cashier.basket())["total_minor"]

        assert await shop.at_till("1", twice) == (2 * old, cut)
        await shop.at_till("1", Cashier.pay)
        assert [sale.total for sale in sold(shop.journal)] == [2 * old, cut]
        await agree(shop.books)
