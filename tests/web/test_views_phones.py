"""A customer's own phone: lists, products, and links on tags."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from edge.errors import Refused
from edge.nfc.wall import MAX_ITEMS
from edge.stock.handlers import Receive
from edge.units import Seq
from edge.web.pace import MOST_KNOWN, Pace
from tests.web.floor_world import Shopfloor, config_in, shopfloor
from tests.web.range_of_goods import BOOT_CODE, BROWN_43, BROWN_44, PICTURE, SOCK_CODE, goods

Json = dict[str, Any]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(Receive(((BROWN_43, 5), (BROWN_44, 2)), "opening stock"))
        yield shop


async def send(shop: Shopfloor, path: str, article: str, sku: str | None = None) -> Json:
    body = {"article": article, "sku": sku}
    answer = await shop.public.post(f"/api/v1/lists{path}", json=body, headers=shop.press())
    told: Json = answer.json()
    return told


async def test_a_phone_opens_a_list_fills_it_and_takes_off_again(shop: Shopfloor) -> None:
    opened = await send(shop, "", "boot", BROWN_43)
    assert opened["items"] == [
        {
            "article": "boot", "sku": BROWN_43, "name": "Fjeld Boot", "variant": "brown · 43", "price_minor": 99900,
            "picture": f"/media/{PICTURE}",
            "here": {"count": 5, "few": False, "as_of": "2026-06-06T09:00:00.000Z", "where": ""},
        }
    ]  # fmt: skip
    two = await send(shop, f"/{opened['list']}/add", "boot")
    assert [(item["sku"], item["here"]["count"], item["price_minor"]) for item in two["items"]] == [
        (BROWN_43, 5, 99900),
        (None, 7, 89900),
    ], "no size chosen yet: all sizes together, from the lowest price"
    left = await send(shop, f"/{opened['list']}/remove", "boot", BROWN_43)
    assert [item["sku"] for item in left["items"]] == [None]
    assert (await shop.public.get(f"/api/v1/lists/{opened['list']}")).json() == left
    assert left["sent_to"] is None


async def test_a_list_begun_at_a_wall_goes_on_on_the_phone_and_says_where_it_waits(shop: Shopfloor) -> None:
    body = {"list": None, "article": "sock", "sku": "sock"}
    made = (await shop.floor.post("/api/v1/walls/w1/add-to-list", json=body, headers=shop.press())).json()
    await send(shop, f"/{made['list']}/add", "hat")
    sent = {"list": made["list"], "till": "1"}
    await shop.floor.post("/api/v1/walls/w1/send-to-till", json=sent, headers=shop.press())
    state = (await shop.public.get(f"/api/v1/lists/{made['list']}")).json()
    assert (state["sent_to"], [item["article"] for item in state["items"]]) == ("1", ["sock", "hat"])
    assert state["items"][1]["here"]["count"] is None


async def test_a_list_reads_in_the_phones_language(shop: Shopfloor) -> None:
    opened = await send(shop, "", "boot", BROWN_43)
    answer = await shop.public.get(f"/api/v1/lists/{opened['list']}", headers={"Accept-Language": "da-DK, en;q=0.5"})
    assert answer.json()["items"][0]["name"] == "Støvle Łódź"


async def test_what_is_not_sold_any_more_is_not_on_the_list(shop: Shopfloor) -> None:
    opened = await send(shop, "", "hat")
    await shop.feed(gone=["price/main/hat/2026-01-01T00:00:00.000Z"])
    assert (await shop.public.get(f"/api/v1/lists/{opened['list']}")).json()["items"] == []


async def test_a_list_nobody_opened_is_not_here(shop: Shopfloor) -> None:
    assert (await shop.public.get("/api/v1/lists/nobody")).json()["code"] == "unknown-list"
    assert (await send(shop, "/nobody/add", "boot"))["code"] == "unknown-list"
    assert (await send(shop, "/nobody/eat", "boot"))["code"] == "unknown-verb"


async def test_the_same_press_twice_opens_one_list(shop: Shopfloor) -> None:
    press, body = shop.press(), {"article": "boot"}
    lists = [(await shop.public.post("/api/v1/lists", json=body, headers=press)).json()["list"] for _ in range(2)]
    assert lists[0] == lists[1]


async def test_a_phone_that_presses_without_end_is_held_to_a_pace_and_fills_no_journal(shop: Shopfloor) -> None:
    codes = [(await send(shop, "", "boot")).get("code", "") for _ in range(30)]
    assert codes.count("") == 20
    assert set(codes[20:]) == {"wait"}
    shop.time.pass_(seconds=2)
    assert "code" not in await send(shop, "", "boot")


async def test_a_list_does_not_grow_for_ever(shop: Shopfloor) -> None:
    opened = await send(shop, "", "boot")
    assert MAX_ITEMS < 1000
    before = shop.journal.head.seq
    for _ in range(10):
        await send(shop, f"/{opened['list']}/add", "boot")
    assert shop.journal.head.seq == before, "a thing is on a list once"


@pytest.mark.parametrize(
    ("path", "article"),
    [(f"/01/0{BOOT_CODE}", "boot"), (f"/01/0{SOCK_CODE}/21/serial-7", "sock"), (f"/01/0{SOCK_CODE}/10/lot", "sock")],
)
async def test_the_link_on_a_tag_opens_the_product(shop: Shopfloor, path: str, article: str) -> None:
    answer = await shop.public.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/article/{article}")
    assert (await shop.public.get(answer.headers["location"])).status_code == 200


@pytest.mark.parametrize(
    "path", ["/01/05701234567890", "/01/123", "/01/", "/01/05701234567899/../../till/1", "/01/%2e%2e"]
)
async def test_a_link_that_names_nothing_of_ours_leads_nowhere(shop: Shopfloor, path: str) -> None:
    assert (await shop.public.get(path)).status_code == 404


async def test_without_hosts_of_our_own_no_link_is_ours(tmp_path: Path) -> None:
    async with shopfloor(tmp_path, config_in(tmp_path, nfc={"hosts": []})) as shop:
        assert (await shop.public.get(f"/01/0{BOOT_CODE}")).status_code == 404


async def test_pages_for_phones_are_there(shop: Shopfloor) -> None:
    assert (await shop.public.get("/article/boot")).status_code == 200
    assert (await shop.public.get("/article/none")).status_code == 404
    assert (await shop.public.get("/list/any")).status_code == 200


async def test_lists_from_phones_say_that_they_began_online(shop: Shopfloor) -> None:
    await send(shop, "", "boot")
    opened = [entry for entry in await shop.journal.entries(Seq(0)) if entry.type == "edge.list.opened.v1"]
    assert b'"online"' in opened[0].data


def test_a_pace_lets_a_burst_through_then_one_at_a_time_for_each_caller() -> None:
    pace = Pace(3, 10.0)
    for _ in range(3):
        pace.press("a", 100.0)
    for at in (100.0, 109.9):
        with pytest.raises(Refused) as refused:
            pace.press("a", at)
        assert (refused.value.code, refused.value.status) == ("wait", 429)
    pace.press("b", 100.0)
    pace.press("a", 110.0)
    with pytest.raises(Refused):
        pace.press("a", 110.0)
    for n in range(MOST_KNOWN + 1):
        pace.press(f"caller {n}", 111.0)
    for _ in range(3):
        pace.press("a", 111.0)
