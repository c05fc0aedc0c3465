"""What is pushed: taps, prices, stock and shelves, through the real doors of a running store."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import httpx

from edge.app.rooms import World
from edge.app.store import Store, running
from edge.clock import stamp, system_clock
from edge.facts import FeedApplied
from edge.feedwords import ArticleValue
from edge.ids import system_ids
from edge.journal.tx import Tx
from edge.nfc.session import TagSeen
from edge.nfc.tag import GoodsTag, uri_of
from edge.stock.handlers import Receive
from edge.units import Gtin, Key, Seq, Sku, WallId
from tests.web.floor_world import HOST, config_in, made_true
from tests.web.range_of_goods import BOOT_CODE, BROWN_43, goods, price

Json = dict[str, Any]
OUR_TAG = uri_of(GoodsTag(HOST, Gtin(f"0{BOOT_CODE}")))


@dataclass(slots=True)
class Stream:
    """One page's stream; `frame` gives the next frame that fits, `shows` waits for one."""

    lines: AsyncIterator[str]

    async def frame(self, topic: str, **holds: object) -> Json:
        async with asyncio.timeout(10):
            async for line in self.lines:
                if not line.startswith('data: {"topic"'):
                    continue
                told: Json = json.loads(line.removeprefix("data: "))
                data: Json = told["data"]
                if told["topic"] == topic and all(data.get(name) == value for name, value in holds.items()):
                    return data
        raise AssertionError(f"the stream ended without {topic} {holds}")

    async def shows(self, topic: str, fits: Callable[[Json], bool]) -> Json:
        """Frames of what happened just before may still be on their way."""
        async with asyncio.timeout(10):
            while not fits(state := await self.frame(topic)):
                pass
        return state


@asynccontextmanager
async def store(folder: Path) -> AsyncIterator[Store]:
    async with running(config_in(folder), World(system_clock(), system_ids(), Random(1))) as store:
        yield store


@asynccontextmanager
async def watching(store: Store, topics: str, door: str = "floor") -> AsyncIterator[Stream]:
    async with (
        httpx.AsyncClient(base_url=store.listeners[door].url, cookies={"screen": "let me see"}) as client,
        client.stream("GET", f"/api/v1/stream?topics={topics}", timeout=20) as answer,
    ):
        assert answer.status_code == 200
        async with aclosing(answer.aiter_lines()) as lines:  # type: ignore[type-var]
            yield Stream(lines)


async def feed(store: Store, *values: Any) -> None:
    def work(tx: Tx) -> None:
        made_true(tx, values)
        tx.record(FeedApplied("all", "e", Seq(1), Seq(1), "00"))

    await store.journal.transact(work, cause=Key(f"feed {monotonic()}"))


async def test_a_tap_is_on_the_wall_in_less_than_three_tenths_of_a_second(tmp_path: Path) -> None:
    async with store(tmp_path) as shop:
        await feed(shop, *goods())
        async with watching(shop, "wall:w1,catalog") as page:
            assert (await page.frame("wall:w1"))["tap"] is None
            assert (await page.frame("catalog"))["articles"] == ["*"], "who comes anew reads everything"
            took = []
            for number in range(5):
                began = monotonic()
                shop.house.walls.heard(WallId("w1"), TagSeen("r", f"04{number:012X}", OUR_TAG, None, datetime.now(UTC)))
                before = number
                while True:
                    tap = (await page.frame("wall:w1"))["tap"]
                    if tap and tap["seq"] > before and tap["kind"] == "ours":
                        break
                took.append(monotonic() - began)
                assert tap["product"]["id"] == "boot"
            assert sorted(took)[2] < 0.3, took


async def test_goods_that_came_tell_which_product_to_read_again(tmp_path: Path) -> None:
    async with store(tmp_path) as shop:
        await shop.journal.transact(lambda tx: made_true(tx, goods()), cause=Key("quietly"))
        async with watching(shop, "catalog") as page:
            assert (await page.frame("catalog"))["articles"] == ["*"]
            await shop.door.send(Receive(((BROWN_43, 2),), "d1"), key=Key("d1"))
            assert (await page.frame("catalog"))["articles"] == ["boot"]
            await shop.door.send(Receive(((Sku("sock"), 2),), "d2"), key=Key("d2"))
            assert (await page.frame("catalog"))["articles"] == ["boot", "sock"], "the newest frame misses nothing"
            await feed(shop)
            await page.shows("catalog", lambda state: state["articles"] == ["*"])


async def test_a_price_announced_before_begins_by_itself(tmp_path: Path) -> None:
    async with store(tmp_path) as shop:
        soon = stamp(datetime.now(UTC) + timedelta(seconds=1.0))
        await feed(shop, *goods())
        async with watching(shop, "shelf:boots") as page:
            assert (await page.frame("shelf:boots"))["price_minor"] == 99900
            await feed(shop, price("boot-brown-43", 50000, soon))
            shown = await page.frame("shelf:boots", price_minor=50000)
            assert shown["at"] >= soon


async def test_a_shelf_tells_at_once_that_a_plate_went_blind(tmp_path: Path) -> None:
    async with store(tmp_path) as shop:
        await feed(shop, *goods())
        async with watching(shop, "shelf:boots") as page:
            first = await page.frame("shelf:boots")
            assert first["on_shelf"]["count"] is None
            shop.board.put("shelf/plate/p1", {"grams": 5, "settled": True, "count": None, "blind": "silent"})
            await page.shows("shelf:boots", lambda state: state["on_shelf"]["blind"] == "silent")


async def test_a_device_that_goes_is_on_the_tills_page_at_once(tmp_path: Path) -> None:
    async with store(tmp_path) as shop, watching(shop, "till:1", "staff") as page:
        assert (await page.frame("till:1"))["hq"]["state"] == "none"
        shop.health.down("hq", "Selling goes on.")
        await page.shows("till:1", lambda state: state["hq"]["hint"] == "Selling goes on.")
        shop.health.up("hq")
        await page.shows("till:1", lambda state: state["hq"]["state"] == "up")


async def test_every_reader_of_a_screen_gets_its_goods_in_the_language_it_reads(tmp_path: Path) -> None:
    called = ArticleValue("boot", {"en": "Fjeld Boot", "da": "Fjeld støvle", "sr": "Чизма Fjeld"})
    said = {
        "": "Fjeld Boot",
        "/da": "Fjeld støvle",
        "/sr": "Чизма Fjeld",
        "/sr@latin": "Čizma Fjeld",
        "/ko": "Fjeld Boot",
    }
    async with store(tmp_path) as shop:
        await feed(shop, *goods(), called)
        for tongue, name in said.items():
            async with watching(shop, f"shelf:boots{tongue},wall:w1{tongue}") as page:
                assert (await page.frame(f"shelf:boots{tongue}"))["name"] == name
                wall = await page.frame(f"wall:w1{tongue}")
                assert name in [each["name"] for each in wall["highlights"]]
        async with watching(shop, "shelf:boots/da,shelf:boots/sr") as page:
            hashes = [(await page.frame(f"shelf:boots/{tongue}"))["hash"] for tongue in ("da", "sr")]
            assert hashes[0] == hashes[1], "the same is shown, in other words"


async def test_a_topic_in_a_language_nobody_speaks_is_no_topic(tmp_path: Path) -> None:
    async with store(tmp_path) as shop, httpx.AsyncClient(base_url=shop.listeners["staff"].url) as client:
        answer = await client.get("/api/v1/stream?topics=till:1/xx")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-topic")
