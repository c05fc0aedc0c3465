"""Headquarters as a whole, over HTTP and a broker of its own: what people and programs see of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from edge.feedwords import PriceValue, ReviewValue, StockValue, read_value
from edge.sync.wire import Channel
from hq import feed
from hq.app import Headquarters
from hq.config import Broker, Company, HqConfig, Paths, Shop, StoreName, Web
from hq.feed import ALL, Author, value
from hq.imports import run
from hq.report import Options
from hq.store import connect, read_only
from tests.hq.boxes import AALBORG, NOON, Box, received, sale
from tests.hq.lines import ear
from tests.waiting import until

SECRET = "only-for-this-test"
CATALOGUE = """article,name,name_da,sku,colour,size,price,tax_label
boot,Ridge boot,Ridge støvle,RB-41,brown,41,1299.00,A
boot,,,RB-42,brown,42,1299.00,A
evil,<script>alert(1)</script>,,EV-1,,,5.00,A
"""
STOCK = "store,sku,quantity\nonline,RB-41,7\n"


def config(folder: Path) -> HqConfig:
    return HqConfig(
        Company("Fjeld & Fjord", "DK", "DKK", "Europe/Copenhagen"),
        Paths(str(folder / "hq.db")),
        Broker("mqtt://127.0.0.1:0", embedded=True),
        Web("127.0.0.1:0", "127.0.0.1:0"),
        Shop("Fjeld online", "main", SECRET),
        (StoreName("aalborg", "Aalborg, Algade 4"), StoreName("odense", "Odense")),
    )


@pytest.fixture
async def hq(tmp_path: Path) -> AsyncIterator[Headquarters]:
    db = connect(tmp_path / "hq.db")
    for sheet in (CATALOGUE, STOCK):
        run(db, sheet.encode(), Options("main", "DKK"), Author("ida", "test", NOON, "00000000000000f1"))
    db.close()
    headquarters = Headquarters(config(tmp_path))
    await headquarters.start()
    await until(lambda: (part := headquarters.health.part("broker")) is not None and part.up)
    try:
        yield headquarters
    finally:
        await headquarters.stop()


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as client:
        yield client


async def counted(web: httpx.AsyncClient, hq: Headquarters, entries: int) -> dict[str, object]:
    async with asyncio.timeout(5):
        while True:
            found: dict[str, object] = (await web.get(f"{hq.page_url}/api/v1/counts?store=aalborg")).json()
            if found["entries"] == entries:
                return found
            await asyncio.sleep(0.02)


async def next_frame(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        if line.startswith("data: ") and "hq" in line:
            return line
    raise AssertionError("the stream ended")


async def test_what_a_shop_sells_stands_on_the_headquarters_page(hq: Headquarters, web: httpx.AsyncClient) -> None:
    box = Box()
    box.record(received("RB-41", 9), *sale("s1"), *sale("s2"))
    async with ear(hq.broker_address) as line:
        await line.hello(box, "n1")
        await line.say(Channel.JOURNAL, box.payload(1, len(box.entries)))
        found = await counted(web, hq, len(box.entries))
        assert (found["sales"], found["lines"], found["gross_minor"], found["duplicates"]) == (2, 4, 40_000, 0)
        assert (found["seq"], found["head"]) == (11, box.hash_at(11).hex())
        day = (await web.get(f"{hq.page_url}/api/v1/takings?store=aalborg&date=2026-03-01")).json()
        assert day["tenders"] == [{"tender": "cash", "currency": "DKK", "amount": 40_000, "times": 2}]
        assert sum(row["gross"] for row in day["taxes"]) == 40_000
        stock = (await web.get(f"{hq.page_url}/api/v1/stock?article=boot")).json()
        here = {row["store"]: row["available"] for row in stock["variants"][0]["stores"]}
        assert here == {"aalborg": 7, "online": 7}
        page = (await web.get(f"{hq.page_url}/?article=boot")).text
        for words in ("Aalborg, Algade 4", "Odense", "never seen", "11 entries here", "whole", "Ridge boot"):
            assert words in page
        stores = (await web.get(f"{hq.page_url}/api/v1/stores")).json()["stores"]
        assert [(store["store"], store["online"]) for store in stores] == [("aalborg", True), ("odense", False)]


async def test_the_page_hears_at_once_that_something_changed(hq: Headquarters, web: httpx.AsyncClient) -> None:
    box = Box()
    box.record(*sale("s1"))
    async with ear(hq.broker_address) as line, web.stream("GET", f"{hq.page_url}/api/v1/stream?topics=hq") as stream:
        lines = stream.aiter_lines()
        first = await next_frame(lines)
        await line.say(Channel.JOURNAL, box.payload(1, 5))
        async with asyncio.timeout(3):
            assert await next_frame(lines) != first


async def test_a_review_is_written_changed_and_deleted_and_the_feed_follows(
    hq: Headquarters, web: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with ear(hq.broker_address) as line:
        words = {"rating": "1", "title": "Leaks", "text": "Wet <b>socks</b>", "author": "ida@example.dk"}
        answer = await web.post(f"{hq.shop_url}/article/boot/reviews", data=words)
        assert answer.status_code == 303
        page = (await web.get(f"{hq.shop_url}/article/boot")).text
        assert "Wet &lt;b&gt;socks&lt;/b&gt;" in page
        assert "example.dk" not in page
        found = re.search(r'data-review="([0-9a-f]+)"', page)
        assert found
        key = f"review/shop/{found[1]}"
        pushed = await line.pushed(lambda page: any(entry.key == key for entry in page.entries))
        review = read_value("review", next(entry.data or b"" for entry in pushed.entries if entry.key == key))
        assert isinstance(review, ReviewValue)
        assert (review.rating, review.author) == (1, "ida")
        async with httpx.AsyncClient() as stranger:
            refused = await stranger.post(f"{hq.shop_url}/reviews/{found[1]}", data=words)
            assert refused.status_code == 403
            assert refused.json()["hint"]
            assert (await stranger.post(f"{hq.shop_url}/reviews/{found[1]}/delete", data={"x": "1"})).status_code == 403
        assert (await web.post(f"{hq.shop_url}/reviews/{found[1]}", data=words | {"rating": "2"})).status_code == 303
        assert (await web.post(f"{hq.shop_url}/reviews/{found[1]}/delete", data={"x": "1"})).status_code == 303
        await line.pushed(lambda page: any(entry.key == key and entry.data is None for entry in page.entries))
        assert "Nobody has written a review yet" in (await web.get(f"{hq.shop_url}/article/boot")).text


async def test_a_price_is_cut_by_staff_alone_and_reaches_the_shops(hq: Headquarters, web: httpx.AsyncClient) -> None:
    async with ear(hq.broker_address) as line:
        wanted = {"sku": "RB-41", "amount_minor": 99_900}
        assert (await web.post(f"{hq.shop_url}/api/v1/prices", json=wanted)).status_code == 401
        bearer = {"Authorization": f"Bearer {SECRET}"}
        assert (await web.post(f"{hq.shop_url}/api/v1/prices", json=wanted, headers=bearer)).status_code == 201
        page = await line.pushed(lambda page: any(entry.key.startswith("price/main/RB-41/") for entry in page.entries))
        cut = read_value("price", page.entries[0].data or b"")
        assert isinstance(cut, PriceValue)
        assert (cut.amount, cut.lowest_30_days, cut.tax_label) == (99_900, 129_900, "A")
        assert (await web.post(f"{hq.shop_url}/staff", data={"secret": "wrong"})).status_code == 403
        assert (await web.post(f"{hq.shop_url}/staff", data={"secret": SECRET})).status_code == 303
        form = {"sku": "RB-42", "amount": "899,00"}
        assert (await web.post(f"{hq.shop_url}/article/boot/price", data=form)).status_code == 303
        shown = (await web.get(f"{hq.shop_url}/article/boot")).text
        assert "999.00" in shown
        assert "899.00" in shown
        assert "Lowest price of the last 30 days" in shown


async def test_names_are_never_markup_and_other_sites_may_not_post(hq: Headquarters, web: httpx.AsyncClient) -> None:
    for address in (hq.shop_url, f"{hq.shop_url}/article/evil", f"{hq.page_url}/?article=evil"):
        answer = await web.get(address)
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    words = {"rating": "5", "text": "x"}
    foreign = await web.post(
        f"{hq.shop_url}/article/boot/reviews", data=words, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    huge = await web.post(f"{hq.shop_url}/article/boot/reviews", data=words | {"text": "x" * 100_000})
    assert huge.status_code == 413
    assert (await web.post(f"{hq.shop_url}/article/boot/reviews", data=words | {"rating": "6"})).status_code == 422
    assert (await web.get(f"{hq.page_url}/media/{'0' * 64}")).status_code == 404
    assert (await web.get(f"{hq.page_url}/media/..%2f..%2fetc%2fpasswd")).status_code == 404


async def test_an_alarm_stands_until_staff_has_seen_it(hq: Headquarters, web: httpx.AsyncClient) -> None:
    async with ear(hq.broker_address) as line:
        await line.say(Channel.HELLO, b"nonsense")
        async with asyncio.timeout(5):
            while not (alarms := (await web.get(f"{hq.page_url}/api/v1/alarms")).json()["alarms"]):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert alarms[0]["kind"] == "malformed"
    settle = f"{hq.page_url}/api/v1/alarms/{alarms[0]['alarm']}/settle"
    assert (await web.post(settle, content=b"")).status_code == 401
    assert (await web.post(settle, content=b"", headers={"Authorization": f"Bearer {SECRET}"})).status_code == 200
    assert (await web.get(f"{hq.page_url}/api/v1/alarms")).json()["alarms"] == []


async def test_health_and_metrics_tell_what_works(hq: Headquarters, web: httpx.AsyncClient) -> None:
    health = await web.get(f"{hq.page_url}/healthz")
    assert (health.status_code, health.json()["parts"]["broker"]["up"]) == (200, True)
    metrics = (await web.get(f"{hq.page_url}/metrics")).text
    assert 'hq_entries{store="aalborg"} 0.0' in metrics
    assert 'hq_part_up{part="broker"} 1.0' in metrics


async def test_every_language_shows_both_pages(hq: Headquarters, web: httpx.AsyncClient) -> None:
    for code in ("en", "da", "pl", "ro", "sr", "sr%40latin", "ko"):
        for address in (hq.shop_url, hq.page_url, f"{hq.shop_url}/article/boot"):
            assert (
                await web.get(f"{address}/?lang={code}" if address == hq.page_url else f"{address}?lang={code}")
            ).status_code == 200


async def test_a_start_that_fails_leaves_nothing_behind(tmp_path: Path, hq: Headquarters) -> None:
    taken = int(hq.page_url.rpartition(":")[2])
    settings = config(tmp_path / "other")
    second = Headquarters(
        HqConfig(settings.company, settings.paths, settings.broker, Web(f"127.0.0.1:{taken}", "127.0.0.1:0"))
    )
    with pytest.raises(Exception, match="cannot be used"):
        await second.start()


def test_the_import_is_in_the_feed(tmp_path: Path, hq: Headquarters) -> None:
    db = read_only(tmp_path / "hq.db")
    assert value(db, "article/boot", ALL) is not None
    assert AALBORG not in hq.page_url
    db.close()


async def test_a_large_shop_is_turned_page_by_page_and_searched(
    hq: Headquarters, web: httpx.AsyncClient, tmp_path: Path
) -> None:
    db = connect(tmp_path / "hq.db")
    sheet = "article,name\n" + "\n".join(f"tent-{at:03},Tent {at:03}" for at in range(120))
    run(db, sheet.encode(), Options("main", "DKK"), Author("ida", "test", NOON, "00000000000000f1"))
    db.close()
    first, third = (await web.get(f"{hq.shop_url}/")).text, (await web.get(f"{hq.shop_url}/?first=96")).text
    assert (first.count('class="good"'), third.count('class="good"')) == (48, 26)
    assert "first=48" in first
    assert "first=144" not in third
    found = (await web.get(f"{hq.shop_url}/?search=TENT+07")).text
    assert found.count('class="good"') == 10
    assert "Nothing was found" in (await web.get(f"{hq.shop_url}/?search=%3Cb%3E")).text


async def test_a_shop_that_carries_an_article_has_none_of_the_sizes_it_never_got(
    tmp_path: Path, hq: Headquarters, web: httpx.AsyncClient
) -> None:
    told = [StockValue("aalborg", "RB-41", 2, NOON)]
    db = connect(tmp_path / "hq.db")
    with db:
        feed.put(db, feed.ALL, told, Author("ida", "test", NOON, "00000000000000f1"))
    db.close()
    page = (await web.get(f"{hq.shop_url}/article/boot")).text
    rows = dict(re.findall(r'<tr data-sku="([^"]+)">(.*?)</tr>', page, re.DOTALL))
    assert re.findall(r">([0-9?]+)<", rows["RB-41"]) == ["2", "?", "7"], "who carries none of it has told nothing"
    assert re.findall(r'class="missing">([0-9?]+)<', rows["RB-42"]) == ["0", "0"]
