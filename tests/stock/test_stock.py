"""What we have: an append-only ledger of movements and holds, whose sums are never clamped."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock import system_clock
from edge.commands import Command, Door
from edge.errors import Refused
from edge.facts import Fact, StockCounted, StockDamaged, StockHeld, StockReceived, StockReleased
from edge.feedwords import DeliveryValue, key_of, plain
from edge.ids import seeded_ids
from edge.journal.chain import canonical
from edge.journal.entry import Entry
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.stock.handlers import HANDLERS, MAX_PIECES, TAKE_IN, Count, Damage, Hold, Receive, Release, TakeIn
from edge.stock.tables import FEED, ROOM, Stock, stock_of
from edge.units import Identity, Key, LineId, OrderId, Seq, Sku, UserId

BOOT, SOCK = Sku("boot"), Sku("sock")
ORDER, AT = OrderId("o1"), "2026-06-06T09:00:00.000Z"


@dataclass
class Room:
    journal: Journal
    door: Door
    sent: int = 0

    async def do(self, command: Command, key: str = "") -> tuple[Fact, ...]:
        self.sent += 1
        return (await self.door.send(command, key=Key(key or f"k{self.sent}"))).facts()

    async def has(self, sku: Sku = BOOT) -> Stock | None:
        return await self.journal.read(lambda db: stock_of(db, sku))

    async def refuses(self, command: Command) -> Refused:
        head = self.journal.head
        with pytest.raises(Refused) as refused:
            await self.do(command)
        assert self.journal.head == head, "nothing is recorded of what was refused"
        assert refused.value.hint
        return refused.value


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    journal = await Journal.open(Setup(tmp_path / "j.db", Identity("cph_box"), "aa", system_clock(), rooms=(ROOM,)))
    yield Room(journal, Door(journal, HANDLERS, seeded_ids(1), lambda tx, user, right: False))
    await journal.close()


async def test_available_is_on_hand_less_what_is_held_and_damaged(room: Room) -> None:
    await room.do(Receive(((BOOT, 10), (SOCK, 3)), "delivery 7"))
    await room.do(Hold(ORDER, LineId(1), 1, BOOT, 4))
    await room.do(Damage(BOOT, 1, "torn"))
    stock = await room.has()
    assert stock == Stock(on_hand=10, damaged=1, held=4)
    assert stock.available == 5
    assert await room.has(SOCK) == Stock(3, 0, 0)
    assert await room.has(Sku("hat")) is None, "what never moved here is not known, not none"


async def test_available_goes_below_nought_and_is_never_clamped(room: Room) -> None:
    await room.do(Receive(((BOOT, 1),), "delivery 7"))
    await room.do(Hold(ORDER, LineId(1), 1, BOOT, 3))
    stock = await room.has()
    assert stock is not None
    assert stock.available == -2


async def test_a_count_settles_the_record_and_tells_the_variance(room: Room) -> None:
    await room.do(Receive(((BOOT, 10),), "delivery 7"))
    (fact,) = await room.do(Count(BOOT, 8))
    assert fact == StockCounted(BOOT, 8, 10)
    assert await room.has() == Stock(8, 0, 0)
    await room.do(Count(SOCK, 5))
    assert await room.has(SOCK) == Stock(5, 0, 0)


async def test_the_same_hold_twice_is_one_hold(room: Room) -> None:
    await room.do(Receive(((BOOT, 10),), "delivery 7"))
    await room.do(Hold(ORDER, LineId(1), 1, BOOT, 4))
    assert await room.do(Hold(ORDER, LineId(1), 1, BOOT, 4)) == ()
    assert await room.do(Hold(ORDER, LineId(1), 1, BOOT, 9)) == ()
    assert await room.has() == Stock(10, 0, 4)
    await room.do(Hold(ORDER, LineId(1), 2, BOOT, 1))
    assert await room.has() == Stock(10, 0, 5), "a new attempt is a new hold"


async def test_a_release_names_its_hold_and_never_exceeds_it(room: Room) -> None:
    await room.do(Receive(((BOOT, 10),), "delivery 7"))
    await room.do(Hold(ORDER, LineId(1), 1, BOOT, 4))
    assert (await room.refuses(Release(ORDER, LineId(1), 1, 5))).status == 409
    assert (await room.refuses(Release(ORDER, LineId(2), 1, 1))).status == 404
    assert (await room.refuses(Release(OrderId("o2"), LineId(1), 1, 1))).status == 404
    await room.do(Release(ORDER, LineId(1), 1, 3))
    assert await room.has() == Stock(10, 0, 1)
    await room.refuses(Release(ORDER, LineId(1), 1, 2))
    await room.do(Release(ORDER, LineId(1), 1, 1))
    await room.refuses(Release(ORDER, LineId(1), 1, 1))
    assert await room.has() == Stock(10, 0, 0)


async def test_two_that_release_at_once_release_no_more_than_was_held(room: Room) -> None:
    await room.do(Receive(((BOOT, 10),), "delivery 7"))
    await room.do(Hold(ORDER, LineId(1), 1, BOOT, 3))
    done = await asyncio.gather(*(room.do(Release(ORDER, LineId(1), 1, 2)) for _ in range(4)), return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in done) == 1
    assert await room.has() == Stock(10, 0, 1)


async def test_the_same_delivery_sent_twice_under_one_key_comes_once(room: Room) -> None:
    for _ in range(2):
        assert await room.do(Receive(((BOOT, 10),), "delivery 7"), "one key") == (
            StockReceived(BOOT, 10, "delivery 7"),
        )
    assert await room.has() == Stock(10, 0, 0)


@pytest.mark.parametrize("pieces", [0, -1, MAX_PIECES + 1])
async def test_a_number_of_pieces_is_a_number_one_can_carry(room: Room, pieces: int) -> None:
    await room.refuses(Receive(((BOOT, 2), (SOCK, pieces)), "delivery 7"))
    await room.refuses(Damage(BOOT, pieces, "torn"))
    await room.refuses(Hold(ORDER, LineId(1), 1, BOOT, pieces))
    assert await room.has() is None
    if pieces:
        await room.refuses(Count(BOOT, pieces))


async def announce(room: Room, *deliveries: DeliveryValue, gone: bool = False) -> None:
    def work(tx: Tx) -> None:
        for each in deliveries:
            FEED["delivery"](tx.db, key_of(each), None if gone else canonical(plain(each)))

    room.sent += 1
    await room.journal.transact(work, cause=Key(f"feed {room.sent}"))


async def test_what_headquarters_delivered_is_received_once_whatever_it_says_later(room: Room) -> None:
    await announce(room, DeliveryValue("n1", "boot", 5), DeliveryValue("n1", "sock", 2))
    assert await room.do(TakeIn()) == (StockReceived(BOOT, 5, "n1"), StockReceived(SOCK, 2, "n1"))
    await announce(room, DeliveryValue("n1", "boot", 50), DeliveryValue("n2", "boot", 1))
    assert await room.do(TakeIn()) == (StockReceived(BOOT, 1, "n2"),)
    assert await room.do(TakeIn()) == ()
    await announce(room, DeliveryValue("n1", "boot", 50), gone=True)
    await announce(room, DeliveryValue("n1", "boot", 50))
    assert await room.do(TakeIn()) == ()
    assert await room.has() == Stock(6, 0, 0)


async def test_a_delivery_taken_back_before_it_was_received_never_came(room: Room) -> None:
    await announce(room, DeliveryValue("n1", "boot", 5))
    await announce(room, DeliveryValue("n1", "boot", 5), gone=True)
    assert await room.do(TakeIn()) == ()


async def test_a_long_delivery_is_received_in_parts(room: Room) -> None:
    await announce(room, *(DeliveryValue("n1", f"sku-{n:03}", 1) for n in range(TAKE_IN + 7)))
    assert [len(await room.do(TakeIn())) for _ in range(3)] == [TAKE_IN, 7, 0]


async def test_a_rebuild_gives_the_same_stock(room: Room) -> None:
    await room.do(Receive(((BOOT, 10), (SOCK, 3)), "delivery 7"))
    await room.do(Hold(ORDER, LineId(1), 1, BOOT, 4))
    await room.do(Release(ORDER, LineId(1), 1, 1))
    await room.do(Count(SOCK, 2))
    before, after = await room.journal.rebuild()
    assert before == after


async def test_only_who_may_touches_the_stock(room: Room) -> None:
    for command in (
        Receive(((BOOT, 1),), "d"),
        Count(BOOT, 1),
        Damage(BOOT, 1, "x"),
        Hold(ORDER, LineId(1), 1, BOOT, 1),
    ):
        with pytest.raises(Refused) as refused:
            await room.door.send(command, key=Key("k"), actor=UserId("anna"))
        assert refused.value.code == "not-allowed"


@dataclass
class Model:
    """The ledger, in Python's own words."""

    on_hand: Counter[str] = field(default_factory=Counter)
    damaged: Counter[str] = field(default_factory=Counter)
    held: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)
    released: Counter[tuple[int, int]] = field(default_factory=Counter)

    def take(self, fact: Fact) -> None:
        match fact:
            case StockReceived(sku, quantity):
                self.on_hand[sku] += quantity
            case StockDamaged(sku, quantity):
                self.damaged[sku] += quantity
            case StockCounted(sku, counted, expected):
                self.on_hand[sku] += counted - expected
            case StockHeld(_, line, attempt, sku, quantity):
                self.held.setdefault((line, attempt), (sku, quantity))
            case StockReleased(_, line, attempt, _, quantity):
                held = self.held.get((line, attempt), ("", 0))[1]
                self.released[line, attempt] = min(held, self.released[line, attempt] + quantity)

    def stock(self, sku: str) -> Stock:
        held = sum(quantity - self.released[name] for name, (of, quantity) in self.held.items() if of == sku)
        return Stock(self.on_hand[sku], self.damaged[sku], held)


SKUS = st.sampled_from([BOOT, SOCK])
SOME = st.integers(1, 9)
LINES, ATTEMPTS = st.integers(1, 3).map(LineId), st.integers(1, 2)
FACTS = st.one_of(
    st.builds(StockReceived, SKUS, SOME, st.just("d")),
    st.builds(StockDamaged, SKUS, SOME, st.just("x")),
    st.builds(StockCounted, SKUS, st.integers(0, 20), st.integers(-5, 20)),
    st.builds(StockHeld, st.just(ORDER), LINES, ATTEMPTS, SKUS, SOME),
    st.builds(StockReleased, st.just(ORDER), LINES, ATTEMPTS, SKUS, SOME),
)


@given(st.lists(FACTS, max_size=30))
def test_whatever_stands_in_the_journal_the_sums_are_those_of_its_ledger(facts: Sequence[Fact]) -> None:
    """Also entries of another release, that no handler here would have let through."""
    db, model = sqlite3.connect(":memory:"), Model()
    try:
        db.executescript(ROOM.schema)
        for number, fact in enumerate(facts, 1):
            entry = Entry(Seq(number), "aa", AT, "", Key(""), UserId(""), "2026-06-06", b"", bytes(32))
            ROOM.project[type(fact)](db, entry, fact)
            model.take(fact)
        for sku in (BOOT, SOCK):
            assert (stock_of(db, sku) or Stock(0, 0, 0)) == model.stock(sku)
        for held, released in db.execute("SELECT held, released FROM holds"):
            assert 0 <= released <= held
    finally:
        db.close()
