"""The floor's commands through the one door, into a real journal, with the real catalogue's tables."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from edge.board import Board
from edge.catalog.tables import ROOM as CATALOG
from edge.clock import Clock, system_clock
from edge.commands import Command, Door, Reply
from edge.errors import Refused
from edge.facts import ListAdded, ListOpened, ListSentToTill, ListTaken, WallTapped
from edge.ids import Ids, seeded_ids
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.nfc.goods import CatalogGoods
from edge.nfc.handlers import AddToList, Floor, OpenList, RemoveFromList, SendListToTill, Tap, handlers
from edge.nfc.reader import Reader
from edge.nfc.session import DailyKey, TagEvent, TagSeen
from edge.nfc.sun import Genuine, SunKeys, mirror
from edge.nfc.tables import KEPT_TAPS, LAST_TAP, ROOM, WAITING, chosen
from edge.nfc.tag import GoodsTag, check_digit, uri_of, write_message
from edge.nfc.wall import IDLE, Kind
from edge.nfc.watch import BACKLOG, Walls
from edge.sim.field import Field
from edge.sim.tag import Ntag
from edge.units import ArticleId, Gtin, Identity, Key, ListId, Origin, SaleId, Sku, TillId, WallId
from tests.waiting import until

HOST = "id.shop.example"
WALL, TILL = WallId("w1"), TillId("1")
BOOT, BROWN = ArticleId("boot"), Sku("boot-brown-43")
KEYS = SunKeys(bytes(range(16)), bytes(range(16, 32)))
UID = bytes.fromhex("04DE5F1EACC040")


def gtin(body: str) -> Gtin:
    return Gtin(body + check_digit(body))


SHOE, SHIRT, STRANGER = gtin("0571234567890"), gtin("0571234567891"), gtin("0571234567899")


def tap(uri: str, *, uid: str = "04A1B2C3D4E5F6", why: str = "", wall: WallId = WALL) -> Tap:
    return Tap(wall, "reader-1", uid, uri, why)


@dataclass
class Shop:
    journal: Journal
    door: Door
    ids: Ids

    async def send(self, command: Command) -> Reply:
        return await self.door.send(command, key=Key(self.ids.new()))

    async def refusal(self, command: Command) -> Refused:
        head = self.journal.head
        with pytest.raises(Refused) as refusal:
            await self.send(command)
        assert self.journal.head == head, "nothing is recorded of what was refused"
        assert refusal.value.hint
        return refusal.value


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    ids = seeded_ids(3)
    journal = await Journal.open(
        Setup(tmp_path / "j.db", Identity("north_a"), "aa", system_clock(), rooms=(CATALOG, ROOM))
    )
    floor = Floor(CatalogGoods(), frozenset({HOST}), frozenset({WALL}), frozenset({TILL}), DailyKey(ids.secret), KEYS)
    door = Door(journal, handlers(floor), ids, lambda tx, user, right: False)
    await journal.transact(_fill, cause=Key("feed"))
    yield Shop(journal, door, ids)
    await journal.close()


def _fill(tx: Tx) -> None:
    db = tx.db
    db.executemany("INSERT INTO articles VALUES (?, 'x', 'Nord', x'')", [("boot",), ("shirt",)])
    variants = [(BROWN, "boot"), ("boot-brown-44", "boot"), ("shirt-m", "shirt"), ("shirt-l", "shirt")]
    db.executemany("INSERT INTO variants VALUES (?, ?, '', '', 0, 1, 0)", variants)
    codes = [(SHOE[1:], f"variant/{BROWN}", "boot", BROWN), (SHIRT, "article/shirt", "shirt", None)]
    db.executemany("INSERT INTO codes VALUES (?, ?, ?, ?)", codes)


async def test_a_variants_tag_is_a_fact_with_its_size(shop: Shop) -> None:
    uri = uri_of(GoodsTag(HOST, SHOE, serial="S1"))
    assert (await shop.send(tap(uri))).facts() == (WallTapped(WALL, "reader-1", BOOT, BROWN, f"{SHOE}.S1", None),)


async def test_an_articles_tag_names_no_size_and_without_a_serial_no_tag(shop: Shop) -> None:
    (fact,) = (await shop.send(tap(uri_of(GoodsTag(HOST, SHIRT))))).facts()
    assert isinstance(fact, WallTapped)
    assert (fact.article, fact.sku) == ("shirt", None)
    assert fact.tag.startswith("anon-")
    assert "04A1" not in fact.tag
    (again,) = (await shop.send(tap(uri_of(GoodsTag(HOST, SHIRT))))).facts()
    (other,) = (await shop.send(tap(uri_of(GoodsTag(HOST, SHIRT)), uid="04FF"))).facts()
    (phone,) = (await shop.send(tap(uri_of(GoodsTag(HOST, SHIRT)), uid=""))).facts()
    assert isinstance(again, WallTapped)
    assert isinstance(other, WallTapped)
    assert isinstance(phone, WallTapped)
    assert again.tag == fact.tag != other.tag
    assert phone.tag == ""


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (tap("https://evil.example/01/" + SHOE), "not-ours"),
        (tap("javascript:alert(1)"), "not-ours"),
        (tap(f"https://{HOST}/01/{SHOE[:-1]}{(int(SHOE[-1]) + 1) % 10}"), "not-ours"),
        (tap("", why="empty"), "not-ours"),
        (tap("", why="unreadable"), "unreadable"),
        (tap("", why="damaged"), "unreadable"),
        (tap(f"https://{HOST}/414/5712345000007/254/W1"), "slot"),
        (tap(uri_of(GoodsTag(HOST, STRANGER))), "unknown-product"),
        (tap(uri_of(GoodsTag(HOST, SHOE)), wall=WallId("w9")), "unknown-wall"),
        (AddToList(None, ArticleId("ghost"), None), "unknown-product"),
        (AddToList(None, ArticleId("shirt"), BROWN), "unknown-product"),
        (AddToList(ListId("nope"), BOOT, None), "unknown-list"),
        (AddToList(None, BOOT, None, wall=WallId("w9")), "unknown-wall"),
        (RemoveFromList(ListId("nope"), BOOT, None), "unknown-list"),
        (SendListToTill(ListId("nope"), TILL), "unknown-list"),
        (SendListToTill(ListId("nope"), TillId("9")), "unknown-till"),
    ],
)
async def test_what_leads_nowhere_is_refused_in_words_and_recorded_nowhere(
    shop: Shop, command: Command, code: str
) -> None:
    refusal = await shop.refusal(command)
    assert refusal.code == code
    assert "evil" not in refusal.message


async def test_a_tag_that_proves_itself_counts_and_cannot_be_replayed(shop: Shop) -> None:
    def said(counter: int) -> Tap:
        sun = mirror(KEYS.meta, KEYS.file_key(UID), Genuine(UID, counter), bytes(5))
        return tap(uri_of(GoodsTag(HOST, SHOE, sun=sun)))

    (fact,) = (await shop.send(said(61))).facts()
    assert isinstance(fact, WallTapped)
    assert (fact.tag, fact.counter) == ("sun-04de5f1eacc040", 61)
    assert (await shop.refusal(said(61))).code == "replayed"
    assert (await shop.refusal(said(60))).code == "replayed"
    await shop.journal.rebuild()
    await shop.journal.transact(_fill, cause=Key("feed-again"))
    assert (await shop.refusal(said(61))).code == "replayed", "a rebuild forgets no counter"
    await shop.send(said(62))
    forged = mirror(KEYS.meta, bytes(16), Genuine(UID, 99), bytes(5))
    assert (await shop.refusal(tap(uri_of(GoodsTag(HOST, SHOE, sun=forged))))).code == "forged"
    await shop.send(said(63))


async def test_a_list_goes_from_the_wall_to_the_till_and_is_taken_once(shop: Shop) -> None:
    opened, added = (await shop.send(AddToList(None, BOOT, BROWN, wall=WALL))).facts()
    assert isinstance(opened, ListOpened)
    assert added == ListAdded(opened.list, BOOT, BROWN)
    await shop.send(AddToList(opened.list, ArticleId("shirt"), None))
    await shop.send(AddToList(opened.list, BOOT, None))
    await shop.send(RemoveFromList(opened.list, BOOT, None))
    assert await shop.journal.rows(WAITING, (TILL, "")) == []
    assert (await shop.send(SendListToTill(opened.list, TILL))).facts() == (ListSentToTill(opened.list, TILL),)
    (row,) = await shop.journal.rows(WAITING, (TILL, ""))
    assert (row["list"], row["wall"]) == (opened.list, WALL)

    def take(tx: Tx) -> None:
        found = chosen(tx.db, opened.list)
        assert found is not None
        assert [(item.article, item.sku) for item in found.items] == [("boot", BROWN), ("shirt", None)]
        tx.record(ListTaken(opened.list, TILL, SaleId("s1")))

    await shop.journal.transact(take, cause=Key("take"))
    assert await shop.journal.rows(WAITING, (TILL, "")) == []
    assert (await shop.refusal(AddToList(opened.list, BOOT, None))).code == "list-taken"


async def test_an_opened_list_is_empty_and_its_name_cannot_be_guessed(shop: Shop) -> None:
    (fact,) = (await shop.send(OpenList(Origin.ONLINE))).facts()
    assert isinstance(fact, ListOpened)
    assert (len(fact.list), fact.wall) == (16, None)
    assert (await shop.refusal(SendListToTill(fact.list, TILL))).code == "list-empty"


async def test_a_rebuild_gives_the_same_tables_and_a_wall_keeps_its_newest_taps(shop: Shop) -> None:
    for number in range(KEPT_TAPS + 5):
        await shop.send(tap(uri_of(GoodsTag(HOST, SHOE, serial=f"S{number}"))))
    (opened, _) = (await shop.send(AddToList(None, BOOT, BROWN, wall=WALL))).facts()
    assert isinstance(opened, ListOpened)
    await shop.send(SendListToTill(opened.list, TILL))
    taps = await shop.journal.rows(LAST_TAP, (WALL, 1000))
    assert (len(taps), taps[0]["tag"]) == (KEPT_TAPS, f"{SHOE}.S{KEPT_TAPS + 4}")
    tables = {table: await shop.journal.rows(f"SELECT * FROM {table}") for table in ROOM.tables()}
    await shop.journal.rebuild()
    for table, rows in tables.items():
        again = await shop.journal.rows(f"SELECT * FROM {table}")
        assert [tuple(row) for row in again] == [tuple(row) for row in rows]


async def test_a_boot_held_to_the_wall_is_on_its_screen_and_a_foreign_tag_is_answered_in_words(
    shop: Shop, field: Field
) -> None:
    clock = system_clock()
    board = Board(clock)
    walls = Walls([WALL], shop.door, board, clock, shop.ids)
    serving = asyncio.create_task(walls.run())
    reader = Reader("reader-1", field.address, clock)
    await reader.open()

    def emit(event: TagEvent) -> None:
        walls.heard(WALL, event)

    reading = asyncio.create_task(reader.run(emit))
    shown = board.watch(f"wall:{WALL}")
    try:
        async with asyncio.timeout(10):
            first = await anext(shown)
            assert first.value == {"kind": "attract", "tap": 0, "article": None, "sku": None, "words": "", "hint": ""}
            field.put(Ntag(UID, write_message(uri_of(GoodsTag(HOST, SHOE, serial="S1")))))
            boot = await anext(shown)
            assert isinstance(boot.value, dict)
            assert (boot.value["kind"], boot.value["article"], boot.value["sku"]) == ("ours", BOOT, BROWN)
            assert board.under("tag:")[0].value == {"present": True}
            field.put(Ntag(b"\x04\x01\x02\x03\x04\x05\x06", write_message("https://evil.example/01/" + SHOE)))
            foreign = await anext(shown)
            assert isinstance(foreign.value, dict)
            assert (foreign.value["kind"], foreign.value["article"]) == ("not-ours", None)
            assert foreign.value["hint"]
            assert foreign.value["tap"] > boot.value["tap"]
        assert walls.screen(WALL).kind is Kind.NOT_OURS
    finally:
        await shown.aclose()
        for task in (reading, serving):
            task.cancel()
        await asyncio.gather(reading, serving, return_exceptions=True)
        await reader.close()


async def test_an_untouched_wall_goes_back_to_its_attract_screen(shop: Shop) -> None:
    ticks = count(0, IDLE - 0.05)  # nearly a whole idle time passes between any two looks at the clock
    clock = Clock(now=system_clock().now, monotonic=lambda: next(ticks))
    walls = Walls([WALL], shop.door, Board(clock), clock, shop.ids)
    serving = asyncio.create_task(walls.run())
    walls.heard(WALL, TagSeen("reader-1", "04A1", uri_of(GoodsTag(HOST, SHOE)), None, clock.now()))
    await until(lambda: walls.screen(WALL).tap > 0 and walls.screen(WALL).kind is Kind.ATTRACT)
    assert len(await shop.journal.rows(LAST_TAP, (WALL, 10))) == 1
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_a_flood_of_taps_is_bounded_and_stops_nothing(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    clock = system_clock()
    walls = Walls([WALL], shop.door, Board(clock), clock, shop.ids)
    for _ in range(BACKLOG + 3):
        walls.heard(WALL, TagSeen("reader-1", "04A1", uri_of(GoodsTag(HOST, SHOE)), None, clock.now()))
    assert len(caplog.records) == 3
    serving = asyncio.create_task(walls.run())
    await until(lambda: shop.journal.head.seq >= BACKLOG)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
