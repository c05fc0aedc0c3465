"""Downwards, from the real headquarters over a real broker into the real journal."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from edge.clock import system_clock
from edge.facts import FeedApplied
from edge.feedwords import PriceValue, SettingValue
from edge.journal.entry import Head
from edge.journal.room import Room
from edge.journal.store import SCHEMA, Journal, Setup
from edge.journal.tx import Tx
from edge.sim.proxy import Proxy
from edge.sync import wire
from edge.sync.cable import Cable
from edge.sync.inbox import Outcome, apply_page
from edge.sync.tables import KEEP, Applies, Held, sync_room
from edge.units import Key, Seq, UserId
from hq import feed
from hq.feed import Author
from hq.store import Store
from tests.brokers import Mosquitto
from tests.hq.lines import headquarters
from tests.sync.shop import BOX, on_the_cable

NOON = "2026-11-22T12:00:00.000Z"
SHELF = Room("shelf", schema="CREATE TABLE IF NOT EXISTS shown (key TEXT PRIMARY KEY, value BLOB NOT NULL);")


def show(db: sqlite3.Connection, key: str, value: bytes | None) -> None:
    if value is None:
        db.execute("DELETE FROM shown WHERE key = ?", (key,))
        return
    db.execute("INSERT OR REPLACE INTO shown VALUES (?, ?)", (key, value))
    if b"777777" in value:
        raise ValueError("no room can use this")


APPLIES: Applies = {"price": show, "setting": show}


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    rooms = [SHELF, sync_room(APPLIES)]
    journal = await Journal.open(Setup(tmp_path / "store.db", BOX, "a" * 16, system_clock(), rooms))
    yield journal
    await journal.close()


def author(epoch: str = "00000000000000f1") -> Author:
    return Author("ida", "test", NOON, epoch)


def price(sku: str, amount: int) -> PriceValue:
    return PriceValue("base", sku, amount, "DKK", "A", NOON)


async def put(store: Store, *values: PriceValue | SettingValue, name: str = "all") -> None:
    await store.transact(lambda db: feed.put(db, name, values, author()))


async def shown(journal: Journal) -> dict[str, dict[str, object]]:
    return {row["key"]: json.loads(row["value"]) for row in await journal.rows("SELECT key, value FROM shown")}


async def amounts(journal: Journal) -> dict[str, object]:
    return {str(value["sku"]): value["amount"] for key, value in (await shown(journal)).items() if key[:5] == "price"}


async def until_amounts(journal: Journal, expected: dict[str, object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while await amounts(journal) != expected:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def shop(journal: Journal, address: str, chance: Random) -> AsyncIterator[Cable]:
    async with on_the_cable(journal, address, chance, applies=APPLIES) as cable:
        yield cable


async def applied(journal: Journal) -> list[FeedApplied]:
    return [fact for entry in await journal.entries(Seq(0), 10_000) if isinstance(fact := entry.fact(), FeedApplied)]


async def test_a_new_store_gets_everything_in_pages_and_says_which(
    journal: Journal, broker_address: str, tmp_path: Path, chance: Random
) -> None:
    everything: dict[str, object] = {f"S-{n}": 100 + n for n in range(950)}
    async with headquarters(broker_address, tmp_path / "hq.db") as store:
        await put(store, *(price(f"S-{n}", 100 + n) for n in range(950)))
        async with shop(journal, broker_address, chance) as cable:
            await until_amounts(journal, everything)
            facts = await applied(journal)
            assert [(fact.first, fact.last) for fact in facts] == [
                (1, 200), (201, 400), (401, 600), (601, 800), (801, 950),
            ]  # fmt: skip
            (position,) = await cable.inbox.positions()
            assert (position.feed, position.seq) == ("all", 950)
            before, after = await journal.rebuild()
            assert before == after
            assert await amounts(journal) == everything


async def test_news_arrive_by_themselves_also_deletions_and_what_is_only_for_this_store(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, shop(journal, mosquitto.address, chance):
        await put(store, price("A", 1), price("B", 2))
        await until_amounts(journal, {"A": 1, "B": 2})
        await put(store, price("A", 3))
        await until_amounts(journal, {"A": 3, "B": 2})
        key = f"price/base/B/{NOON}"
        await store.transact(lambda db: feed.remove(db, "all", [key], author()))
        await until_amounts(journal, {"A": 3})
        await put(store, SettingValue("greeting", "hej"), name="odense")
        await put(store, SettingValue("greeting", "goddag"), name="aarhus")
        async with asyncio.timeout(5):
            while "setting/greeting" not in await shown(journal):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert (await shown(journal))["setting/greeting"]["value"] == "goddag"


async def test_a_transfer_that_was_cut_goes_on_where_it_was(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    proxy = Proxy(mosquitto.address)
    await proxy.start()
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store:
        await put(store, *(price(f"S-{n}", n) for n in range(1500)))
        async with shop(journal, proxy.address, chance):
            for pages in (1, 3, 5):
                async with asyncio.timeout(10):
                    while len(await applied(journal)) < pages:  # noqa: ASYNC110
                        await asyncio.sleep(0.005)
                proxy.cut()
                await asyncio.sleep(0.05)
                proxy.restore()
            await until_amounts(journal, {f"S-{n}": n for n in range(1500)})
        facts = await applied(journal)
        assert [fact.first for fact in facts] == [1, *(fact.last + 1 for fact in facts[:-1])]
    await proxy.stop()


async def test_a_hint_that_was_lost_is_asked_for_when_the_next_one_shows_the_gap(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    dropping = False

    def mangle(way: str, packet: bytes) -> list[bytes]:
        return [] if dropping and packet[0] >> 4 == 3 and b"all/feed" in packet[:60] else [packet]

    proxy = Proxy(mosquitto.address, mangle=mangle)
    await proxy.start()
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, shop(journal, proxy.address, chance):
        await put(store, price("A", 1))
        await until_amounts(journal, {"A": 1})
        dropping = True
        await put(store, price("A", 2), price("B", 2))
        await asyncio.sleep(0.5)
        assert await amounts(journal) == {"A": 1}
        dropping = False
        await put(store, price("C", 3))
        await until_amounts(journal, {"A": 2, "B": 2, "C": 3}, 4)
    await proxy.stop()


async def test_hq_restored_from_a_backup_sends_a_new_feed_and_the_store_switches_when_it_is_complete(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    path = tmp_path / "hq.db"
    old: dict[str, object] = {f"S-{n}": n for n in range(450)}
    async with headquarters(mosquitto.address, path) as store:
        await put(store, *(price(f"S-{n}", n) for n in range(450)))
    shutil.copy(path, tmp_path / "backup.db")
    async with shop(journal, mosquitto.address, chance) as cable:
        async with headquarters(mosquitto.address, path) as store:
            await until_amounts(journal, old)
            await put(store, price("S-0", 7), price("ONLY-LATER", 8))
            await until_amounts(journal, old | {"S-0": 7, "ONLY-LATER": 8})
        for leftover in tmp_path.glob("hq.db*"):
            leftover.unlink()
        shutil.copy(tmp_path / "backup.db", path)
        async with headquarters(mosquitto.address, path):
            await until_amounts(journal, old)
            (position,) = await cable.inbox.positions()
            assert position.epoch != "00000000000000f1"
            rows = await journal.rows("SELECT DISTINCT epoch FROM held_feed")
            assert [row["epoch"] for row in rows] == [position.epoch]
            assert (await applied(journal))[-1].epoch == position.epoch
    before, after = await journal.rebuild()
    assert before == after


async def test_a_value_no_room_can_use_is_noted_and_holds_up_nothing(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random, caplog: pytest.LogCaptureFixture
) -> None:
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store, shop(journal, mosquitto.address, chance):
        await put(store, price("A", 1), price("B", 777_777), price("C", 3))
        await until_amounts(journal, {"A": 1, "C": 3})
        (row,) = await journal.rows("SELECT key, why FROM feed_refused")
        assert (row["key"], row["why"]) == (f"price/base/B/{NOON}", "ValueError: no room can use this")
        await put(store, price("B", 2))
        await until_amounts(journal, {"A": 1, "B": 2, "C": 3})
        assert await journal.rows("SELECT 1 FROM feed_refused") == []
    assert "cannot be used" in caplog.text


# -- the decision by itself ------------------------------------------------------------------------------------------


@contextmanager
def writing() -> Iterator[Tx]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(SCHEMA + KEEP + SHELF.schema)
    head = Head("a" * 16, Seq(0), bytes(32))
    try:
        yield Tx(db, BOX, system_clock().now(), Key("k"), UserId("system"), "2026-11-22", head, {})
    finally:
        db.close()


def digest(epoch: str, seq: int) -> str:
    return wire.page_digest([wire.FeedEntry(seq + 1, f"x/{epoch}", Raw(b"0"))])


def page(epoch: str, history: list[tuple[str, int | None]], after: int, to: int) -> wire.FeedPage:
    """HQ's page in (after, to] of a feed whose entry n is history[n-1]: compacted, as HQ compacts."""
    last = {key: seq for seq, (key, _) in enumerate(history, 1)}
    entries = tuple(
        wire.feed_entry(seq, key, None if value is None else str(value).encode())
        for seq, (key, value) in enumerate(history, 1)
        if after < seq <= to and last[key] == seq
    )
    return wire.FeedPage(
        feed="all", epoch=epoch, after=after, to=to, prev=digest(epoch, after), hash=digest(epoch, to),
        head=len(history), entries=entries,
    )  # fmt: skip


_history = st.lists(
    st.tuples(st.sampled_from(["price/a", "price/b", "price/c"]), st.none() | st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@given(_history, _history, st.data())
def test_pages_in_any_order_never_show_a_wrong_value_and_asking_completes_them(
    first: list[tuple[str, int | None]], second: list[tuple[str, int | None]], data: st.DataObject
) -> None:
    with writing() as tx:
        for epoch, history in (("1" * 16, first), ("2" * 16, second)):
            for _ in range(data.draw(st.integers(0, 8))):
                after = data.draw(st.integers(0, len(history)))
                stray = page(epoch, history, after, data.draw(st.integers(after, len(history))))
                apply_page(tx, stray, APPLIES)
            for _ in range(20):
                held = Held(tx.db, APPLIES)
                at = held.position("all", "building") or held.position("all")
                known = at if at is not None and at.epoch == epoch else None
                after = known.seq if known else 0
                to = min(len(history), after + data.draw(st.integers(1, 5)))
                want = wire.Want(
                    feed="all",
                    nonce="n",
                    epoch=at.epoch if at else "",
                    seq=at.seq if at else 0,
                    hash=at.hash if at else "",
                )
                answer = page(epoch, history, after, to)
                apply_page(tx, answer, APPLIES, want)
                live = held.position("all")
                if live is not None and (live.epoch, live.seq) == (epoch, len(history)):
                    break
            expected = {key: str(value).encode() for key, value in dict(history).items() if value is not None}
            assert dict(tx.db.execute("SELECT key, value FROM shown").fetchall()) == expected
            assert dict(tx.db.execute("SELECT key, value FROM held_feed").fetchall()) == expected


def test_an_answer_from_another_place_than_asked_is_not_applied() -> None:
    history: list[tuple[str, int | None]] = [("price/a", 1), ("price/b", 2), ("price/c", 3)]
    with writing() as tx:
        assert apply_page(tx, page("1" * 16, history, 0, 2), APPLIES) is Outcome.APPLIED
        want = wire.Want(feed="all", nonce="n", epoch="1" * 16, seq=2, hash=digest("1" * 16, 2))
        assert apply_page(tx, page("1" * 16, history, 0, 3), APPLIES, want) is Outcome.OTHER
        assert apply_page(tx, page("1" * 16, history, 0, 2), APPLIES) is Outcome.OLD
        assert apply_page(tx, page("2" * 16, history, 0, 3), APPLIES) is Outcome.OTHER
        assert apply_page(tx, page("1" * 16, history, 2, 3), APPLIES, want) is Outcome.APPLIED
        assert apply_page(tx, page("1" * 16, [*history, ("price/d", 4), ("price/e", 5)], 4, 5), APPLIES) is Outcome.GAP
