"""The record: durable, hashed, in order, once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from edge.clock import system_clock
from edge.errors import Halt, Refused
from edge.facts import Fact, StockReceived
from edge.journal.chain import canonical, entry_hash, genesis
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.journal.seal import SealKey, key_path, record_seal, write_head
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.journal.verify import verify
from edge.units import Identity, Key, Seq, Sku

BOX = Identity("copenhagen_box")


def _received(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, StockReceived)
    db.execute(
        "INSERT INTO amounts VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET amount = amount + excluded.amount",
        (fact.sku, fact.quantity),
    )


STOCK = Room(
    "amounts",
    schema="CREATE TABLE IF NOT EXISTS amounts (sku TEXT PRIMARY KEY, amount INTEGER);",
    project={StockReceived: _received},
)


def setup(path: Path) -> Setup:
    return Setup(path / "journal.db", BOX, "00000000000000aa", system_clock(), (STOCK,))


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    opened = await Journal.open(setup(tmp_path))
    yield opened
    await opened.close()


def receive(sku: str, quantity: int = 1) -> StockReceived:
    return StockReceived(Sku(sku), quantity, "delivery 7")


async def test_an_entry_is_hashed_onto_the_one_before(journal: Journal) -> None:
    first = await journal.transact(lambda tx: tx.record(receive("boot")), cause=Key("a"))
    second = await journal.transact(lambda tx: tx.record(receive("sock", 3)), cause=Key("b"))
    assert (first.seq, second.seq) == (1, 2)
    data = canonical({"sku": "sock", "quantity": 3, "document": "delivery 7"})
    assert second.data == data
    fields = (Seq(2), second.time, second.type, second.cause, second.actor, second.businessdate, data)
    assert second.hash == entry_hash(first.hash, *fields)
    assert first.hash != genesis(BOX, "00000000000000aa")
    assert journal.head.seq == 2


async def test_work_that_fails_leaves_nothing_and_its_neighbours_stand(journal: Journal) -> None:
    def fails(tx: Tx) -> None:
        tx.record(receive("boot"))
        raise Refused("no")

    jobs = [
        journal.transact(lambda tx: tx.record(receive("sock")), cause=Key("a")),
        journal.transact(fails, cause=Key("b")),
        journal.transact(lambda tx: tx.record(receive("hat")), cause=Key("c")),
    ]
    answers = await asyncio.gather(*jobs, return_exceptions=True)
    assert isinstance(answers[1], Refused)
    entries = await journal.entries(Seq(0))
    assert [(entry.seq, entry.cause) for entry in entries] == [(1, "a"), (2, "c")]
    assert [tuple(row) for row in await journal.rows("SELECT sku FROM amounts ORDER BY sku")] == [("hat",), ("sock",)]


async def test_a_cancelled_caller_does_not_strand_the_writer(journal: Journal) -> None:
    call = asyncio.create_task(journal.transact(lambda tx: tx.record(receive("boot")), cause=Key("a")))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await journal.transact(lambda tx: tx.record(receive("sock")), cause=Key("b"))
    assert [entry.cause for entry in await journal.entries(Seq(0))] == ["a", "b"]


async def test_a_follower_sees_every_entry_once_in_order_while_they_are_written(journal: Journal) -> None:
    await asyncio.gather(
        *[journal.transact(lambda tx: tx.record(receive("boot")), cause=Key(f"early {n}")) for n in range(700)]
    )
    seen: list[int] = []

    async def read() -> None:
        async with aclosing(journal.follow(Seq(0))) as entries:
            async for entry in entries:
                seen.append(entry.seq)
                if len(seen) == 900:
                    return

    reading = asyncio.create_task(read())
    for n in range(200):
        await journal.transact(lambda tx: tx.record(receive("sock")), cause=Key(f"late {n}"))
    await asyncio.wait_for(reading, 10)
    assert seen == list(range(1, 901))


async def test_the_record_refuses_update_and_delete(journal: Journal) -> None:
    await journal.transact(lambda tx: tx.record(receive("boot")), cause=Key("a"))
    for statement in ("UPDATE entries SET actor = 'x'", "DELETE FROM entries", "DELETE FROM epochs"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            await journal.transact(lambda tx, sql=statement: tx.db.execute(sql), cause=Key("b"))  # type: ignore[misc]


async def test_a_reader_cannot_write(journal: Journal) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await journal.rows("INSERT INTO meta VALUES ('a', 'b')")


async def test_a_rebuild_is_identical_and_the_answer_survives_it(journal: Journal) -> None:
    for n in range(50):
        await journal.transact(lambda tx, n=n: tx.record(receive(f"sku{n % 7}", n)), cause=Key(str(n)))  # type: ignore[misc]
    before, after = await journal.rebuild()
    assert before == after
    assert journal.head.seq == 50


async def test_a_damaged_table_is_healed_by_a_rebuild(journal: Journal) -> None:
    await journal.transact(lambda tx: tx.record(receive("boot", 4)), cause=Key("a"))
    await journal.transact(lambda tx: tx.db.execute("UPDATE amounts SET amount = 99"), cause=Key("mischief"))
    before, after = await journal.rebuild()
    assert before != after
    assert [tuple(row) for row in await journal.rows("SELECT * FROM amounts")] == [("boot", 4)]


async def test_it_continues_after_a_restart_and_refuses_another_box(tmp_path: Path) -> None:
    first = await Journal.open(setup(tmp_path))
    await first.transact(lambda tx: tx.record(receive("boot")), cause=Key("a"))
    await first.close()
    again = await Journal.open(setup(tmp_path))
    entry = await again.transact(lambda tx: tx.record(receive("boot")), cause=Key("b"))
    await again.close()
    assert entry.seq == 2
    with pytest.raises(Halt, match="is the journal of copenhagen_box"):
        await Journal.open(Setup(tmp_path / "journal.db", Identity("aarhus_box"), "bb", system_clock()))


async def test_a_fork_relabels_and_hashes_nothing_again(journal: Journal) -> None:
    for n in range(4):
        await journal.transact(lambda tx: tx.record(receive("boot")), cause=Key(str(n)))
    before = await journal.entries(Seq(0))
    parent = await journal.relabel(Seq(2), "00000000000000bb")
    assert (parent.epoch, parent.seq, parent.hash) == ("00000000000000aa", 2, before[1].hash)
    after = await journal.entries(Seq(0))
    assert [entry.epoch[-2:] for entry in after] == ["aa", "aa", "bb", "bb"]
    assert [entry.hash for entry in after] == [entry.hash for entry in before]
    assert verify(journal.path).ok


async def _filled(path: Path, entries: int) -> Path:
    journal = await Journal.open(setup(path))
    for n in range(entries):
        await journal.transact(lambda tx, n=n: tx.record(receive(f"sku{n}")), cause=Key(str(n)))  # type: ignore[misc]
    key = SealKey.load(key_path(journal.path))
    seal = await journal.transact(lambda tx: record_seal(tx, key), cause=Key("seal"))
    write_head(journal.path, seal)
    await journal.close()
    return journal.path


def _tamper(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    for trigger in ("entries_are_final", "entries_stay"):
        db.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


TAMPERED = {
    "edited": (["UPDATE entries SET data = replace(data, 'sku4', 'sku9') WHERE seq = 5"], "entry 5 "),
    "actor": (["UPDATE entries SET actor = 'mallory' WHERE seq = 3"], "entry 3 "),
    "removed": (["DELETE FROM entries WHERE seq = 5"], "entry 5 is missing"),
    "removed two": (["DELETE FROM entries WHERE seq IN (5, 6)"], "entries 5 to 6 are missing"),
    "swapped": (
        ["UPDATE entries SET seq = -5 WHERE seq = 5", "UPDATE entries SET seq = 5 WHERE seq = 6",
         "UPDATE entries SET seq = 6 WHERE seq = -5"],
        "entry 5 ",
    ),
    "cut off": (["DELETE FROM entries WHERE seq > 7"], "cut off after entry 7"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAMPERED)
async def test_verify_names_the_tampered_entry(tmp_path: Path, kind: str) -> None:
    path = await _filled(tmp_path, 9)
    assert verify(path).ok
    statements, words = TAMPERED[kind]
    _tamper(path, *statements)
    found = verify(path)
    assert not found.ok
    assert any(words in fault for fault in found.faults), found.faults


async def test_verify_says_what_nothing_proves(tmp_path: Path) -> None:
    path = await _filled(tmp_path, 3)
    journal = await Journal.open(setup(tmp_path))
    await journal.transact(lambda tx: tx.record(receive("boot")), cause=Key("after the seal"))
    await journal.close()
    found = verify(path)
    assert found.ok
    assert (found.head, found.proven) == (5, 3)
    assert "Nothing outside the journal proves what came after entry 3." in found.words()


async def test_a_rewritten_chain_is_caught_by_the_head_file(tmp_path: Path) -> None:
    path = await _filled(tmp_path, 3)
    for leftover in tmp_path.glob("journal.db*"):
        leftover.unlink()
    journal = await Journal.open(setup(tmp_path))
    for n in range(5):
        await journal.transact(lambda tx: tx.record(receive("forged")), cause=Key(str(n)))
    await journal.close()
    assert any("the head file says entry 3 was different" in fault for fault in verify(path).faults)


@pytest.mark.parametrize(
    "value",
    [1.5, 2**53, -(2**53), "a\0", "e\u0301", "\ud800", {"Key": 1}, {"a b": 1}, {1: 2}, {"": 1}, b"x", object()],
)
@pytest.mark.parametrize(
    "within", [lambda value: value, lambda value: [0, {"a": [value]}]], ids=["bare", "deep inside"]
)
def test_what_has_no_canonical_form_is_refused(value: object, within: Callable[[object], object]) -> None:
    for _ in range(2):  # what was refused once is not let through the next time
        with pytest.raises(Refused):
            canonical(within(value))


async def test_a_shop_that_goes_on_selling_meanwhile_verifies(journal: Journal) -> None:
    going = True

    def acked(tx: Tx) -> None:
        tx.save_position("hq", tx.head.seq, tx.head.hash)

    async def sell() -> None:
        while going:
            await journal.transact(lambda tx: tx.record(receive("boot")), cause=Key(f"n{journal.head.seq}"))
            await journal.transact(acked, cause=Key("ack"))

    selling = asyncio.create_task(sell())
    for _ in range(30):
        found = await asyncio.to_thread(verify, journal.path)
        assert found.ok, found.words()
    going = False
    await selling
