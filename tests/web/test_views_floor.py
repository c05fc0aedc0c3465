"""Walls and shelves: what they show, and their own buttons."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.clock import stamp
from edge.facts import ShelfCounted
from edge.feedwords import SettingValue
from edge.journal.tx import Tx
from edge.nfc.session import TagEvent, TagSeen
from edge.nfc.tables import chosen
from edge.nfc.tag import GoodsTag, uri_of
from edge.nfc.wall import NOTICE
from edge.shelf.tables import plate_row
from edge.stock.handlers import Receive
from edge.units import Grams, Gtin, Key, ListId, PlateId, Seq, Sku, WallId
from tests.waiting import until
from tests.web.floor_world import HOST, Shopfloor, config_in, shopfloor
from tests.web.range_of_goods import BOOT_CODE, BROWN_43, BROWN_44, goods, price, review

Json = dict[str, Any]
WALL = WallId("w1")
OUR_TAG = uri_of(GoodsTag(HOST, Gtin(f"0{BOOT_CODE}")))


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        yield shop


@asynccontextmanager
async def walls_running(shop: Shopfloor) -> AsyncIterator[None]:
    running = asyncio.create_task(shop.house.walls.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def seen(shop: Shopfloor, uri: str) -> TagEvent:
    return TagSeen("r1", "04A1B2C3D4E5F6", uri, None, shop.time.at)


async def wall(shop: Shopfloor, name: str = "w1") -> Json:
    answer = await shop.floor.get(f"/api/v1/walls/{name}/state")
    assert answer.status_code == 200, answer.text
    state: Json = answer.json()
    return state


async def tap(shop: Shopfloor, uri: str) -> Json:
    before = shop.house.walls.screen(WALL).tap
    shop.house.walls.heard(WALL, seen(shop, uri))
    await until(lambda: shop.house.walls.screen(WALL).tap > before)
    told: Json = (await wall(shop))["tap"]
    return told


async def add(shop: Shopfloor, body: Json, key: dict[str, str] | None = None, name: str = "w1") -> Json:
    answer = await shop.floor.post(f"/api/v1/walls/{name}/add-to-list", json=body, headers=key or shop.press())
    told: Json = answer.json()
    return told


async def test_a_wall_at_rest_shows_the_best_loved_products_and_where_a_list_can_go(shop: Shopfloor) -> None:
    await shop.feed(*(review(f"s{n}", 5, article="sock") for n in range(5)))
    state = await wall(shop)
    assert (state["tap"], state["name"]) == (None, "Boots")
    assert state["highlights"][0]["id"] == "sock"
    assert state["highlights"][0]["rating"] == {"count": 5, "tenths": 50}
    assert state["tills"] == [{"id": "1", "name": "Till 1"}]
    assert [till["id"] for till in (await wall(shop, "w2"))["tills"]] == ["1", "2"], "a wall without tills knows all"
    assert state["reader"]["state"] == "none"


async def test_highlights_can_be_chosen_and_only_what_is_sold_is_shown(shop: Shopfloor) -> None:
    await shop.feed(SettingValue("wall.highlights", "hat, gone, boot"))
    assert [each["id"] for each in (await wall(shop))["highlights"]] == ["hat", "boot"]


async def test_a_tap_of_ours_brings_the_product_at_once(shop: Shopfloor) -> None:
    async with walls_running(shop):
        told = await tap(shop, OUR_TAG)
    assert (told["kind"], told["article"], told["sku"]) == ("ours", "boot", None)
    assert told["at"] == stamp(shop.time.at)
    assert told["product"]["price_minor"] == 89900


async def test_every_tap_is_newer_than_the_one_before(shop: Shopfloor) -> None:
    async with walls_running(shop):
        numbers = [(await tap(shop, OUR_TAG))["seq"] for _ in range(3)]
    assert numbers == sorted(set(numbers))


async def test_a_strangers_tag_is_named_as_such_and_gives_way_after_a_while(shop: Shopfloor) -> None:
    async with walls_running(shop):
        told = await tap(shop, "https://evil.example/01/05701234567899")
        assert (told["kind"], told["article"], told["product"]) == ("not-ours", None, None)
        shop.time.pass_(seconds=int(NOTICE) + 1)
        shop.house.walls.heard(WALL, seen(shop, OUR_TAG))
        await until(lambda: shop.house.walls.screen(WALL).article is not None)
        assert (await wall(shop))["tap"]["kind"] == "ours"


async def test_the_reader_tells_when_it_is_down(tmp_path: Path) -> None:
    config = config_in(tmp_path, reader=[{"id": "r1", "url": "tcp://127.0.0.1:9", "wall": "w1"}])
    async with shopfloor(tmp_path, config) as shop:
        shop.house.health.down("reader/r1", "Plug it in.")
        reader = (await wall(shop))["reader"]
        assert (reader["state"], reader["cause"], reader["hint"]) == ("down", "offline", "Plug it in.")
        shop.house.health.up("reader/r1")
        assert (await wall(shop))["reader"]["state"] == "up"


async def test_a_list_is_opened_filled_and_sent_to_a_till(shop: Shopfloor) -> None:
    first = await add(shop, {"list": None, "article": "boot", "sku": None})
    second = await add(shop, {"list": first["list"], "article": "sock", "sku": "sock"})
    assert second == {"list": first["list"], "count": 2}
    to = {"list": first["list"], "till": "1"}
    answer = await shop.floor.post("/api/v1/walls/w1/send-to-till", json=to, headers=shop.press())
    assert (answer.status_code, answer.json()) == (200, {})
    held = await shop.journal.read(lambda db: chosen(db, ListId(first["list"])))
    assert held is not None
    assert (held.till, held.wall) == ("1", "w1")
    state = (await shop.staff.get("/api/v1/tills/1/state")).json()
    assert [each["list"] for each in state["lists"]] == [first["list"]]


async def test_the_same_press_twice_adds_once_and_answers_the_same(shop: Shopfloor) -> None:
    press, body = shop.press(), {"list": None, "article": "boot", "sku": None}
    first, again = await add(shop, body, press), await add(shop, body, press)
    assert first == again
    added = [entry for entry in await shop.journal.entries(Seq(0)) if "added" in entry.type]
    assert len(added) == 1


@pytest.mark.parametrize(
    ("verb", "body", "code"),
    [
        ("add-to-list", {"list": "nobody's", "article": "boot", "sku": None}, "unknown-list"),
        ("add-to-list", {"list": None, "article": "boat", "sku": None}, "unknown-product"),
        ("add-to-list", {"list": None, "article": "boot", "sku": "sock"}, "unknown-product"),
        ("add-to-list", {"list": None, "article": "x" * 65, "sku": None}, "bad-request"),
        ("add-to-list", {"list": None, "sku": None}, "bad-request"),
        ("send-to-till", {"list": "nobody's", "till": "1"}, "unknown-list"),
        ("send-to-till", {"list": "nobody's", "till": "2"}, "unknown-till"),
    ],
)
async def test_a_button_pressed_wrongly_records_nothing(shop: Shopfloor, verb: str, body: Json, code: str) -> None:
    head = shop.journal.head
    answer = await shop.floor.post(f"/api/v1/walls/w1/{verb}", json=body, headers=shop.press())
    assert answer.json()["code"] == code
    assert answer.json()["hint"]
    assert shop.journal.head == head


async def test_a_button_needs_a_key_and_a_short_body(shop: Shopfloor) -> None:
    url, body = "/api/v1/walls/w1/add-to-list", {"list": None, "article": "boot"}
    for headers in ({}, {"Idempotency-Key": "k" * 101}):
        assert (await shop.floor.post(url, json=body, headers=headers)).status_code == 400
    long = await shop.floor.post(url, content=b" " * 5000, headers=shop.press())
    assert long.status_code == 413
    assert (await shop.floor.post("/api/v1/walls/w9/add-to-list", json=body, headers=shop.press())).status_code == 404


async def test_a_screens_key_is_its_own_and_takes_nobody_elses(shop: Shopfloor) -> None:
    """A key a stranger sends must not use up one the shop itself will use."""
    await add(shop, {"list": None, "article": "boot"}, {"Idempotency-Key": "do 999"})
    kinds = {entry.cause for entry in await shop.journal.entries(Seq(0))}
    assert "do 999" not in kinds
    assert "wall:do 999" in kinds


async def shelf(shop: Shopfloor) -> Json:
    answer = await shop.floor.get("/api/v1/shelves/boots/state")
    assert answer.status_code == 200, answer.text
    state: Json = answer.json()
    return state


async def lies(shop: Shopfloor, plate: str, sku: str, count: int) -> None:
    """`plate` is known to hold `count`, and sees."""

    def work(tx: Tx) -> None:
        row = plate_row(tx.db, PlateId(plate))
        delta = count - (row.count if row else 0)
        weight = Grams(900 * count)
        tx.record(ShelfCounted(PlateId(plate), Sku(sku), count, delta, Grams(900 * delta), 0, weight))

    await shop.journal.transact(work, cause=Key(f"plate {plate} {count}"))
    sees(shop, plate)


def sees(shop: Shopfloor, plate: str, blind: str = "") -> None:
    shop.house.board.put(f"shelf/plate/{plate}", {"grams": 1, "settled": True, "count": 1, "blind": blind})


async def test_a_shelf_shows_its_price_what_lies_there_and_what_is_in_the_shop(shop: Shopfloor) -> None:
    await shop.do(Receive(((BROWN_43, 5), (BROWN_44, 2)), "opening stock"))
    await lies(shop, "p1", BROWN_43, 3)
    await lies(shop, "p2", BROWN_44, 1)
    await shop.feed(*(review(f"r{n}", 4) for n in range(5)))
    state = await shelf(shop)
    assert (state["article"], state["name"], state["variant"]) == ("boot", "Fjeld Boot", "")
    assert state["price_minor"] == 99900, "of what lies here, not of the article's cheapest"
    assert state["on_shelf"] == {"count": 4, "blind": "", "as_of": stamp(shop.time.at)}
    assert state["on_hand"] == {"count": 7, "as_of": stamp(shop.time.at)}
    assert state["rating"] == {"count": 5, "tenths": 40}
    assert len(state["reviews"]) == 5
    assert (state["as_of"], state["expires_at"]) == ("2026-06-06T09:00:00.000Z", "2026-06-06T09:01:00.000Z")


async def test_a_shelf_one_of_whose_plates_is_blind_gives_no_number(shop: Shopfloor) -> None:
    await lies(shop, "p1", BROWN_43, 3)
    state = await shelf(shop)
    assert (state["on_shelf"]["count"], state["on_shelf"]["blind"]) == (None, "starting"), "p2 was never heard"
    await lies(shop, "p2", BROWN_44, 1)
    assert (await shelf(shop))["on_shelf"]["count"] == 4
    sees(shop, "p1", "silent")
    state = await shelf(shop)
    assert (state["on_shelf"]["count"], state["on_shelf"]["blind"]) == (None, "silent")
    assert state["price_minor"] == 99900, "the price stays"


async def test_what_was_never_counted_is_not_known_to_be_in_the_shop(shop: Shopfloor) -> None:
    await shop.do(Receive(((BROWN_43, 5),), "opening stock"))
    assert (await shelf(shop))["on_hand"]["count"] is None


async def test_the_hash_changes_with_what_is_shown_and_with_nothing_else(shop: Shopfloor) -> None:
    first = (await shelf(shop))["hash"]
    shop.time.pass_(seconds=30)
    assert (await shelf(shop))["hash"] == first
    await shop.feed(price("boot-brown-43", 89900, "2026-02-01T00:00:00.000Z", 79900))
    state = await shelf(shop)
    assert state["hash"] != first
    assert (state["price_minor"], state["lowest_30_days_minor"]) == (89900, 79900)


async def test_a_display_says_what_it_shows(shop: Shopfloor) -> None:
    head, url = shop.journal.head, "/api/v1/shelves/boots/shown"
    answer = await shop.floor.post(url, json={"hash": "ab12", "level": "stale"})
    assert answer.status_code == 200
    shown = shop.house.board.get("shown:boots")
    assert shown is not None
    assert shown.value == {"hash": "ab12", "level": "stale"}
    assert shop.journal.head == head, "telemetry is no fact"
    for body in ({"hash": "ab12", "level": "fine"}, {"hash": "<b>", "level": "live"}, {"hash": "", "level": "live"}):
        assert (await shop.floor.post(url, json=body)).status_code == 422
    nowhere = await shop.floor.post("/api/v1/shelves/attic/shown", json={"hash": "ab12", "level": "live"})
    assert nowhere.json()["code"] == "unknown-shelf"
    assert shop.house.board.get("shown:attic") is None


async def test_every_screen_has_its_page_and_no_other(shop: Shopfloor) -> None:
    for path in ("/wall/w1", "/shelf/boots", "/display/1"):
        page = await shop.floor.get(path)
        assert page.status_code == 200
        assert 'id="boot"' in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    for path in ("/wall/w9", "/shelf/attic", "/display/9"):
        assert (await shop.floor.get(path)).status_code == 404
