"""Headquarters on the line, over real brokers: committed, then acknowledged."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.feedwords import PriceValue, SettingValue
from edge.sync.wire import Channel, FeedPosition, Point
from hq import feed
from hq.answers import unfence
from hq.feed import Author
from hq.store import Store, connect
from tests.brokers import Mosquitto
from tests.hq.boxes import AALBORG, EPOCH, NOON, OTHER_EPOCH, Box, received, sale
from tests.hq.lines import TOPICS, ear, headquarters

AUTHOR = Author("ida", "test", NOON, "00000000000000f1")


def a_box(sales: int = 4) -> Box:
    box = Box()
    for number in range(sales):
        box.record(*sale(f"s{number}"))
    return box


async def entries(store: Store) -> list[tuple[str, int, bytes, bytes]]:
    sql = "SELECT epoch, seq, data, hash FROM entries ORDER BY arrival"
    return await store.read(lambda db: [tuple(row) for row in db.execute(sql)])


async def one(store: Store, sql: str) -> object:
    return await store.read(lambda db: db.execute(sql).fetchone()[0])


async def until(store: Store, sql: str, right: Callable[[object], bool]) -> None:
    async with asyncio.timeout(5):
        while not right(await one(store, sql)):  # noqa: ASYNC110  # another process would poll too
            await asyncio.sleep(0.02)


def price(amount: int) -> PriceValue:
    return PriceValue("base", "RB-41", amount, "DKK", "A", NOON)


async def test_a_hello_is_answered_and_what_follows_is_held_and_acknowledged(
    broker_address: str, tmp_path: Path
) -> None:
    box = a_box()
    async with headquarters(broker_address, tmp_path / "hq.db") as store, ear(broker_address) as line:
        answer = await line.hello(box, "n1")
        assert (answer.seq, answer.hash) == (0, box.hash_at(0).hex())
        await line.say(Channel.JOURNAL, box.payload(1, 12))
        await line.say(Channel.JOURNAL, box.payload(13, 20))
        await line.ack(lambda ack: ack.seq == 20 and ack.hash == box.hash_at(20).hex())
        assert await entries(store) == [(EPOCH, entry.seq, entry.data, entry.hash) for entry in box.entries]
        assert (await line.hello(box, "n2")).seq == 20


async def test_headquarters_restored_from_an_old_copy_says_so_and_gets_everything_again(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    box, path = a_box(), tmp_path / "hq.db"
    async with ear(mosquitto.address) as line:
        async with headquarters(mosquitto.address, path):
            await line.say(Channel.JOURNAL, box.payload(1, 8))
            await line.ack(lambda ack: ack.seq == 8)
        shutil.copy(path, tmp_path / "backup.db")
        async with headquarters(mosquitto.address, path):
            await line.say(Channel.JOURNAL, box.payload(9, 20))
            await line.ack(lambda ack: ack.seq == 20)
        for leftover in tmp_path.glob("hq.db*"):
            leftover.unlink()
        shutil.copy(tmp_path / "backup.db", path)
        async with headquarters(mosquitto.address, path) as store:
            assert (await line.hello(box, "again")).seq == 8
            await line.say(Channel.JOURNAL, box.payload(9, 20))
            line.heard.clear()
            await line.ack(lambda ack: ack.seq == 20)
            assert len(await entries(store)) == 20


async def test_a_box_restored_from_an_old_image_finds_the_last_common_entry_and_grows_a_branch(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    box = a_box(4)
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        await line.say(Channel.JOURNAL, box.payload(1, 20))
        await line.ack(lambda ack: ack.seq == 20)
        copy = box.restored(after=10)
        assert (await line.hello(copy, "old")).seq == 20
        copy.record(*sale("new1"), *sale("new2"))
        common = (await line.hello(copy, "probe", probe=tuple(copy.point(at) for at in (20, 16, 12, 10, 8)))).common
        assert common == Point(EPOCH, 10, box.hash_at(10).hex())
        branch = Box(epoch=OTHER_EPOCH, entries=list(box.entries[:10]))
        branch.record(*sale("new1"), *sale("new2"))
        grown = await line.hello(branch, "branch", lineage=(common,))
        assert (grown.epoch, grown.seq) == (EPOCH, 10)
        await line.say(Channel.JOURNAL, branch.payload(11, 20, parent=common))
        await line.ack(lambda ack: ack.epoch == OTHER_EPOCH and ack.seq == 20)
        assert await one(store, "SELECT count(*) FROM sales") == 6
        kinds = await store.read(lambda db: {row[0] for row in db.execute("SELECT kind FROM alarms")})
        assert kinds == {"fork", "branch"}


async def test_nonsense_and_lies_are_ignored_and_told_and_the_honest_go_on(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    box = a_box(1)
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        bomb = b"\x78\x9c" + b"\0" * 200
        for payload in (b"", b"[]", b"\xff" * 1000, bomb, b'{"v":2}', b"[" * 100_000):
            for channel in (Channel.JOURNAL, Channel.HELLO, Channel.STATUS, Channel.WANT, Channel.TELEMETRY):
                await line.say(channel, payload)
        stranger = Box(AALBORG)
        stranger.record(received("RB-41", 1))
        await line.link.publish(
            TOPICS.of(Channel.JOURNAL, AALBORG).replace("aalborg", "odense"), stranger.payload(1, 1)
        )
        await line.say(Channel.JOURNAL, box.payload(1, 5))
        await line.ack(lambda ack: ack.seq == 5)
        assert await one(store, "SELECT count(*) FROM alarms WHERE kind = 'malformed'") == 5
        assert await one(store, "SELECT count(*) FROM entries") == 5


async def test_a_late_will_cannot_kill_a_live_box(mosquitto: Mosquitto, tmp_path: Path) -> None:
    online = "SELECT online FROM nodes"
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        await line.hello(a_box(1), "n1", connection=2)
        late = b'{"v":1,"state":"offline","boot":"boot-1","connection":1}'
        await line.say(Channel.STATUS, late)
        await line.hello(a_box(1), "n2", connection=2)
        assert await one(store, online) == 1
        await line.say(Channel.STATUS, late.replace(b'"connection":1', b'"connection":2'))
        await until(store, online, lambda found: found == 0)


async def test_two_live_boxes_with_one_name_are_told_and_the_later_one_is_fenced_off(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    box = a_box(1)
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        assert (await line.hello(box, "a1", boot="first", connection=1)).fenced == ""
        assert (await line.hello(box, "b1", boot="second", connection=1)).fenced == ""
        assert (await line.hello(box, "late", boot="first", connection=1)).fenced == ""
        assert (await line.hello(box, "b2", boot="second", connection=1)).fenced == ""
        assert (await line.hello(box, "a2", boot="first", connection=2)).fenced == "second"
        assert (await line.hello(box, "b3", boot="second", connection=2)).fenced == "second"
        assert await one(store, "SELECT kind FROM alarms") == "two-boxes"
        assert await store.transact(lambda db: unfence(db, AALBORG))
        assert (await line.hello(box, "a3", boot="first", connection=3)).fenced == ""


async def test_a_new_price_is_pushed_at_once_and_a_store_that_missed_it_asks(
    broker_address: str, tmp_path: Path
) -> None:
    async with headquarters(broker_address, tmp_path / "hq.db") as store, ear(broker_address) as line:
        await line.hello(a_box(1), "n1")
        await store.transact(lambda db: feed.put(db, feed.ALL, [price(100_00)], AUTHOR))
        first = await line.pushed(lambda page: page.to == 1)
        assert (first.entries[0].key, first.prev) == (f"price/base/RB-41/{NOON}", first.prev)
        await store.transact(lambda db: feed.put(db, feed.ALL, [price(90_00)], AUTHOR))
        second = await line.pushed(lambda page: page.to == 2)
        assert (second.after, second.prev) == (1, first.hash)
        asked = await line.want("w1")
        assert (asked.after, asked.to, [entry.seq for entry in asked.entries]) == (0, 2, [2])
        assert asked.hash == second.hash
        assert (await line.hello(a_box(1), "n2")).feeds == (FeedPosition("all", first.epoch, 2, asked.hash),)
        assert (await line.want("w2", 2, asked.epoch, asked.hash)).entries == ()


async def test_what_is_for_one_store_reaches_that_store_alone(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        await line.hello(a_box(1), "n1")
        await store.transact(lambda db: feed.put(db, "aalborg", [SettingValue("display.rotate", "8")], AUTHOR))
        await store.transact(lambda db: feed.put(db, "odense", [SettingValue("display.rotate", "9")], AUTHOR))
        asked = await line.want("w1", store=True)
        assert [entry.key for entry in asked.entries] == ["setting/display.rotate"]
        assert bytes(asked.entries[0].value) == b'{"name":"display.rotate","value":"8"}'


async def test_a_large_catalogue_comes_in_compacted_pages_that_ascend(mosquitto: Mosquitto, tmp_path: Path) -> None:
    many = [SettingValue(f"s{at:04}", "x" * 40) for at in range(450)]
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        await store.transact(lambda db: feed.put(db, feed.ALL, many, AUTHOR))
        await store.transact(lambda db: feed.put(db, feed.ALL, [SettingValue("s0000", "new")], AUTHOR))
        await store.transact(lambda db: feed.remove(db, feed.ALL, ["setting/s0001"], AUTHOR))
        held: dict[str, bytes | None] = {}
        page = await line.want("w0")
        for number in range(1, 10):
            held |= {entry.key: entry.data for entry in page.entries}
            assert len(page.entries) <= 200
            if page.to == page.head:
                break
            before = page
            page = await line.want(f"w{number}", page.to, page.epoch, page.hash)
            assert page.prev == before.hash
        assert len(held) == 450
        assert held["setting/s0000"] == b'{"name":"s0000","value":"new"}'
        assert held["setting/s0001"] is None


async def test_a_store_ahead_of_the_feed_proves_that_headquarters_was_restored(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        await store.transact(lambda db: feed.put(db, feed.ALL, [price(100_00), SettingValue("a", "b")], AUTHOR))
        old = await line.want("w1")
        fresh = await line.want("w2", 7, old.epoch, "ab" * 32)
        assert fresh.epoch != old.epoch
        assert [entry.key for entry in fresh.entries] == [entry.key for entry in old.entries]
        again = await line.want("w3", 9, fresh.epoch, "cd" * 32)
        assert again.epoch == fresh.epoch
        assert await one(store, "SELECT count(*) FROM alarms WHERE kind = 'restored'") == 1


async def test_stock_of_a_shop_flows_into_the_feed_of_all(mosquitto: Mosquitto, tmp_path: Path) -> None:
    box = Box()
    box.record(received("RB-41", 5), *sale("s1"))
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, ear(mosquitto.address) as line:
        await line.say(Channel.JOURNAL, box.payload(1, 6))
        page = await line.pushed(lambda page: any(entry.key == "stock/aalborg/RB-41" for entry in page.entries))
        value = next(entry.data for entry in page.entries if entry.key == "stock/aalborg/RB-41")
        assert value is not None
        assert b'"available":4' in value
        assert await store.read(lambda db: len(feed.below(db, "stock", "RB-41"))) == 1


async def test_when_headquarters_goes_the_boxes_are_told(broker_address: str, tmp_path: Path) -> None:
    async with ear(broker_address) as line:
        async with headquarters(broker_address, tmp_path / "hq.db"):
            await line.hq_state("up")
        await line.hq_state("down")


async def test_a_question_that_came_too_late_is_never_carried_out(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with headquarters(mosquitto.address, tmp_path / "hq.db"), ear(mosquitto.address) as line:
        assert "too late" in (await line.ask("q1", NOON)).refused
        assert "weather" in (await line.ask("q2", "2999-01-01T00:00:00.000Z")).refused


def test_the_feed_refuses_to_be_changed(tmp_path: Path) -> None:
    db = connect(tmp_path / "hq.db")
    feed.put(db, feed.ALL, [price(1)], AUTHOR)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("DELETE FROM feed")
    db.close()


async def test_two_receivers_may_take_the_same_batches(mosquitto: Mosquitto, tmp_path: Path) -> None:
    box, path = a_box(40), tmp_path / "hq.db"
    async with (
        headquarters(mosquitto.address, path, "r1") as store,
        headquarters(mosquitto.address, path, "r2"),
        ear(mosquitto.address) as line,
    ):
        for first in range(1, 200, 10):
            await line.say(Channel.JOURNAL, box.payload(first, first + 9))
        await line.ack(lambda ack: ack.seq == 200)
        assert await entries(store) == [(EPOCH, entry.seq, entry.data, entry.hash) for entry in box.entries]
        assert await one(store, "SELECT sum(sales) FROM takings_by_hour") == 40
        assert await one(store, "SELECT count(*) FROM alarms") == 0
