"""Three doors, each tried from the wrong side; and pictures."""

import hashlib
import io
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from edge.catalog.pictures import Gallery
from tests.web.floor_world import Shopfloor, config_in, shopfloor
from tests.web.range_of_goods import goods


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        yield shop


FLOOR = [
    "/display/1",
    "/api/v1/displays/1/state",
    "/wall/w1",
    "/api/v1/walls/w1/state",
    "/shelf/boots",
    "/api/v1/shelves/boots/state",
    "/api/v1/catalog/search?q=boot",
    "/api/v1/catalog/articles/boot",
    "/api/v1/stream?topics=wall:w1",
]
BUTTONS = ["/api/v1/walls/w1/add-to-list", "/api/v1/walls/w1/send-to-till", "/api/v1/shelves/boots/shown"]
STAFF = ["/till/1", "/api/v1/tills/1/state", "/healthz"]
PHONES = ["/list/x", "/article/boot", "/api/v1/lists/x"]


@pytest.mark.parametrize("token", ["", "let me", "let me see!", "LET ME SEE", "\u00e6"])
async def test_a_screen_without_the_token_sees_and_does_nothing(shop: Shopfloor, token: str) -> None:
    shop.floor.cookies.clear()
    for path in FLOOR:
        joint = "&" if "?" in path else "?"
        answer = await shop.floor.get(f"{path}{joint}token={token}")
        assert (answer.status_code, answer.json()["code"]) == (403, "no-screen"), path
    head = shop.journal.head
    for path in BUTTONS:
        answer = await shop.floor.post(f"{path}?token={token}", json={"article": "boot"}, headers=shop.press())
        assert answer.status_code == 403, path
    assert shop.journal.head == head


async def test_a_screen_that_showed_the_token_once_is_known(shop: Shopfloor) -> None:
    shop.floor.cookies.clear()
    first = await shop.floor.get("/wall/w1?token=let%20me%20see")
    assert first.status_code == 200
    assert "httponly" in first.headers["set-cookie"].lower()
    assert (await shop.floor.get("/api/v1/walls/w1/state")).status_code == 200


async def test_a_shop_that_asks_for_no_token_lets_every_screen_in(tmp_path: Path) -> None:
    web = {"staff": "127.0.0.1:0", "floor": "127.0.0.1:0", "public": "127.0.0.1:0"}
    async with shopfloor(tmp_path, config_in(tmp_path, web=web)) as shop:
        shop.floor.cookies.clear()
        assert (await shop.floor.get("/wall/w1")).status_code == 200


async def test_no_door_leads_into_another_room(shop: Shopfloor) -> None:
    wrong: list[tuple[httpx.AsyncClient, list[str]]] = [
        (shop.floor, STAFF + PHONES),
        (shop.public, STAFF + FLOOR[:6]),
        (shop.staff, FLOOR[:6] + PHONES),
    ]
    for client, paths in wrong:
        for path in paths:
            assert (await client.get(path)).status_code == 404, path
    for client in (shop.public, shop.staff):
        for path in BUTTONS:
            assert (await client.post(path, json={}, headers=shop.press())).status_code in {404, 405}, path
    for client in (shop.public, shop.floor):
        for verb in ("sign-in", "pay", "scan"):
            assert (await client.post(f"/api/v1/tills/1/{verb}", json={}, headers=shop.press())).status_code == 404


async def test_a_customers_screen_cannot_watch_a_till_and_a_phone_watches_nothing(shop: Shopfloor) -> None:
    for topics in ("till:1", "wall:w1,till:1", "nothing", "wall:w9", ""):
        answer = await shop.floor.get(f"/api/v1/stream?topics={topics}")
        assert answer.status_code in {404, 422}, topics
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await shop.public.get("/api/v1/stream?topics=wall:w1")).status_code == 404


async def test_nobody_rings_at_a_till_without_signing_in(shop: Shopfloor) -> None:
    for verb in ("scan", "add", "open-shift", "pay", "void-basket", "sign-out", "close-shift"):
        body = {"code": "1", "sku": "sock", "float_minor": 1, "tenders": [], "total_minor": 1, "reason": "x"}
        answer = await shop.staff.post(f"/api/v1/tills/1/{verb}", json=body, headers=shop.press())
        assert (answer.status_code, answer.json()["code"]) == (401, "no-session"), verb


async def test_every_answer_carries_the_security_headers(shop: Shopfloor) -> None:
    for client, path in (
        (shop.public, "/article/boot"),
        (shop.public, "/none"),
        (shop.floor, "/api/v1/walls/w9/state"),
    ):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def picture(form: str = "PNG") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (8, 8), "sienna").save(held, form)
    return held.getvalue()


@pytest.mark.parametrize(("form", "kind"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
async def test_a_picture_is_served_at_every_door_and_may_be_kept_for_ever(
    shop: Shopfloor, form: str, kind: str
) -> None:
    data = picture(form)
    digest = hashlib.sha256(data).hexdigest()
    assert Gallery(Path(shop.house.config.paths.media)).keep(digest, data) == ""
    shop.floor.cookies.clear()
    for client in (shop.staff, shop.floor, shop.public):
        answer = await client.get(f"/media/{digest}")
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, data, kind)
        assert "immutable" in answer.headers["cache-control"]


async def test_nothing_but_pictures_comes_out_of_the_folder(shop: Shopfloor) -> None:
    folder = Path(shop.house.config.paths.media)
    folder.mkdir()
    (folder / ("c" * 64)).write_bytes(b"<script>alert(1)</script>")
    (folder / ("d" * 64)).write_bytes(b"RIFF....AVI LIST")
    (folder / "secret").write_bytes(picture())
    for name in ("c" * 64, "d" * 64, "e" * 64, "secret", "../j.db", "..%2Fj.db", "A" * 64, f"{'c' * 64}%0a"):
        answer = await shop.public.get(f"/media/{name}")
        assert answer.status_code == 404, name
