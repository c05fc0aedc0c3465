"""What a box tells of itself: `/healthz`, `/metrics`, headquarters' page; its seals, and what it asks people to do."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.app.forks import HINT
from edge.journal.seal import head_path
from edge.journal.verify import verify
from edge.sim.stage.cashier import Cashier, Json
from edge.sim.stage.world import CASHIER, MANAGER
from edge.web.checkup import NOTHING
from tests.stories.premises import Premises, premises
from tests.stories.proof import notes
from tests.waiting import until
from tests.web.floor_world import Shopfloor, shopfloor


@asynccontextmanager
async def asked(shop: Premises) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{shop.port}", timeout=20) as client:
        yield client


async def health(client: httpx.AsyncClient, status: int = 200) -> Mapping[str, Json]:
    answer = await client.get("/healthz")
    assert answer.status_code == status, answer.text
    assert answer.json()["up"] == (status == 200)
    return cast("Mapping[str, Json]", answer.json()["parts"])


async def eventually(client: httpx.AsyncClient, part: str, state: str) -> Json:
    async with asyncio.timeout(20):
        while (found := (await health(client)).get(part, {})).get("state") != state:  # noqa: ASYNC110  # asked over HTTP
            await asyncio.sleep(0.02)
    return found


async def measured(client: httpx.AsyncClient) -> Mapping[str, float]:
    """Every sample by its name and labels, as `edge_part_up{part=disk}`."""
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def sell(cashier: Cashier) -> None:
    cashier.do("add", sku="fjeld-brown-43", quantity=1)
    cashier.pay()


async def test_every_part_tells_how_it_is_and_what_to_do(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed, floor=True) as shop, asked(shop) as client:
        for part in ("journal", "door/staff", "door/floor", "door/public", "disk", "only-here", "printer/p1", "hq"):
            assert (await eventually(client, part, "up"))["hint"] == "", part
        await eventually(client, "plate/a1", "up")
        shop.printers[0].paper_out()
        gone = await eventually(client, "printer/p1", "down")
        assert (gone["detail"], gone["hint"]) == ("paper-end", "Put in a new roll. Printing goes on by itself.")
        await shop.reader.unplug()
        assert (await eventually(client, "reader/r1", "down"))["hint"]
        await shop.at_till("2", sell)
        await _metrics(client)
        await _at_headquarters(shop)


async def _settled(client: httpx.AsyncClient) -> Mapping[str, float]:
    """Measures taken when nothing was being recorded: head and count are read one after the other."""
    async with asyncio.timeout(20):
        while True:
            found = await measured(client)
            if found["edge_journal_head{}"] == found["edge_journal_entries_total{}"]:
                return found


async def _metrics(client: httpx.AsyncClient) -> None:
    found = await _settled(client)
    assert found["edge_sales_total{}"] == 1
    assert found["edge_sales_gross_minor_total{}"] > 0
    assert found["edge_journal_head{}"] == found["edge_journal_entries_total{}"] > 10
    assert found["edge_commands_total{outcome=done,verb=pay}"] == 1
    assert found["edge_command_seconds_count{verb=pay}"] == 1
    assert found["edge_commit_seconds_count{}"] > 5
    assert found["edge_part_up{part=printer/p1}"] == 0
    assert found["edge_part_up{part=journal}"] == 1
    assert sum(value for name, value in found.items() if name.startswith("edge_effects{kind=drawer")) == 1
    assert found["edge_feed_position{feed=all,state=live}"] > 10
    assert found["process_resident_memory_bytes{}"] > 10_000_000
    assert "edge_unacked_entries{}" in found
    assert found["edge_sse_readers{}"] == 0
    async with client.stream("GET", "/api/v1/stream?topics=till:1") as stream:
        pieces = stream.aiter_bytes()
        await anext(pieces)
        assert (await measured(client))["edge_sse_readers{}"] == 1


async def _at_headquarters(shop: Premises) -> None:
    sold = "SELECT count(*) FROM sales"
    await until(lambda: shop.rows(sold)[0][0] == 1)
    async with httpx.AsyncClient(base_url=shop.hq.page_url, timeout=20) as page:
        assert (await page.get("/healthz")).status_code == 200
        found = await measured(page)
    assert found["hq_sales_today{currency=DKK,store=harbour}"] == 1
    assert found["hq_takings_today_minor{currency=DKK,store=harbour}"] > 0
    assert found["hq_facts_ingested_total{store=harbour}"] == found["hq_entries{store=harbour}"] > 10
    assert found["hq_store_online{store=harbour}"] == 1
    assert found["hq_lag_entries{identity=harbour_box}"] >= 0
    assert found["hq_part_up{part=database}"] == 1
    devices = {name for (name,) in shop.rows("SELECT device FROM devices WHERE identity = 'harbour_box'")}
    assert {"printer/p1", "reader/r1", "disk", "hq"} <= devices


async def test_a_z_leaves_nothing_that_nothing_proves(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed) as shop:
        await shop.at_till("1", _close)
        z = "SELECT count(*) FROM entries WHERE type = 'edge.journal.sealed.v1'"
        async with asyncio.timeout(20):
            while not (await shop.store.journal.rows(z))[0][0]:  # noqa: ASYNC110  # asked in SQL
                await asyncio.sleep(0.01)
        await until(head_path(shop.journal).exists)
        await shop.close_shop()
        found = verify(shop.journal)
        assert found.words() == f"{found.head} entries, every hash right."
        with_hq = found.proven
        _forget_acks(shop.journal)
        assert (verify(shop.journal).ok, verify(shop.journal).proven) == (True, with_hq)


def _forget_acks(journal: Path) -> None:
    """What headquarters vouches for is left out: the head file must do."""
    with sqlite3.connect(journal) as db:
        db.execute("DELETE FROM followers WHERE name = 'hq'")
    db.close()


def _close(cashier: Cashier) -> None:
    sell(cashier)
    cashier.do("count", pieces=notes(0))
    cashier.do("count", pieces=notes(0))
    cashier.do("close-shift", reason="a test")


async def test_a_box_restored_from_an_old_copy_says_so_at_the_till_until_a_manager_has_seen_it(
    tmp_path: Path, seed: int
) -> None:
    async with premises(tmp_path, seed) as shop:
        await shop.at_till("1", sell)
        await shop.close_shop()
        copy = tmp_path / "copy"
        shutil.copytree(shop.journal.parent, copy)
        await shop.open_shop()
        await shop.at_till("1", sell)
        await until(lambda: shop.rows("SELECT count(*) FROM sales")[0][0] == 2)
        await shop.close_shop()
        shutil.rmtree(shop.journal.parent)
        copy.rename(shop.journal.parent)
        await shop.open_shop()
        async with asked(shop) as client:
            told = await eventually(client, "fork", "warn")
            letters = str(told["detail"])
            assert re.fullmatch("A[B-Z]{6}", letters)
            assert told["hint"] == HINT.format(letters)
            await shop.close_shop()
            await shop.open_shop()  # said once, and not forgotten
        async with asked(shop) as client:
            assert (await eventually(client, "fork", "warn"))["detail"] == letters
            (task,) = (await client.get("/api/v1/tills/1/state")).json()["tasks"]
            assert (task["kind"], task["subject"]) == ("fork", letters)
            with pytest.raises(Exception, match="not"):
                await shop.at_till("1", lambda cashier: cashier.do("settle-task", task=task["task"]), CASHIER)
            await shop.at_till("1", lambda cashier: cashier.do("settle-task", task=task["task"]), MANAGER)
            assert "fork" not in await health(client)
            numbers = await shop.store.journal.rows("SELECT number FROM sales ORDER BY paid_seq")
            await shop.at_till("1", sell)
            (*_, last) = await shop.store.journal.rows("SELECT number FROM sales ORDER BY paid_seq")
            assert "A-" in numbers[-1][0]
            assert f"1{letters}-1" in last[0]


async def test_a_manager_counts_a_plate_by_hand(tmp_path: Path, seed: int) -> None:
    async with premises(tmp_path, seed, floor=True) as shop, asked(shop) as client:
        await eventually(client, "plate/a1", "up")

        async def count(user: str, plate: str, **body: object) -> httpx.Response:
            pin = {MANAGER: "2222", CASHIER: "1111"}[user]
            signed = await client.post(
                "/api/v1/tills/1/sign-in", json={"user": user, "pin": pin}, headers={"Idempotency-Key": f"in {user}"}
            )
            headers = {
                "Authorization": f"Bearer {signed.json()['result']['session']}",
                "Idempotency-Key": f"{user} {plate}",
            }
            return await client.post(f"/api/v1/plates/{plate}/recount", json=body, headers=headers)

        stranger = await client.post("/api/v1/plates/a1/recount", json={"count": 2}, headers={"Idempotency-Key": "x"})
        assert (stranger.status_code, stranger.json()["code"]) == (401, "no-session")
        assert (await count(CASHIER, "a1", count=2)).json()["code"] == "not-allowed"
        assert (await count(MANAGER, "z9", count=2)).json()["code"] == "unknown-plate"
        assert (await count(MANAGER, "b1", count=-1)).json()["code"] == "bad-request"
        first = await count(MANAGER, "a1", count=2)
        assert (first.status_code, first.json()) == (200, {"plate": "a1", "count": 2})
        again = await count(MANAGER, "a1", count=2)
        assert again.json() == first.json()
        told = (await client.get(f"{shop.floor}/api/v1/shelves/1/state")).json()
        assert told["on_shelf"]["count"] == 2


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        yield shop


async def test_a_box_that_cannot_write_or_whose_door_is_shut_says_503(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await health(floor.staff))["journal"]["state"] == "up"
    floor.house.doors["public"] = ("127.0.0.1", 1)
    parts = await health(floor.staff, 503)
    assert (parts["door/public"]["state"], parts["door/public"]["detail"]) == ("down", "does not answer")
    floor.house.doors.clear()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, NOTHING - 1))
    assert (await health(floor.staff, 503))["disk"]["hint"]
    monkeypatch.undo()
    await floor.journal.close()
    assert (await floor.staff.get("/alive")).status_code == 204


async def test_only_the_staff_door_tells_how_the_box_is(floor: Shopfloor) -> None:
    for client in (floor.floor, floor.public):
        assert (await client.get("/alive")).status_code == 204
        for path in ("/healthz", "/metrics"):
            assert (await client.get(path)).status_code == 404
        post = await client.post("/api/v1/plates/p1/recount", json={"count": 1}, headers=floor.press())
        assert post.status_code == 404
