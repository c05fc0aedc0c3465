"""Batches into headquarters' database: exactly once, in order, unaltered, or the difference is told."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.facts import StockReceived, fact_name
from edge.journal.chain import entry_hash
from edge.sync.wire import Ack, Channel, DeviceHealth, Lost, Telemetry, pack_batch, write_message
from edge.units import Identity, Seq
from hq import stockflow
from hq.feed import Author
from hq.group import Arrived, take
from hq.store import connect
from tests.hq.boxes import AALBORG, EPOCH, NOON, OTHER_EPOCH, Box, received, sale, send


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hq.db"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(path)
    yield connection
    connection.close()


def a_box(sales: int = 5) -> Box:
    box = Box()
    for number in range(sales):
        box.record(*sale(f"s{number}"))
    return box


def seen(db: sqlite3.Connection, epoch: str = EPOCH) -> list[tuple[int, bytes, bytes]]:
    return db.execute(
        "SELECT seq, data, hash FROM entries WHERE identity = ? AND epoch = ? ORDER BY seq", (AALBORG, epoch)
    ).fetchall()


def recorded(box: Box) -> list[tuple[int, bytes, bytes]]:
    return [(entry.seq, entry.data, entry.hash) for entry in box.entries]


def one(db: sqlite3.Connection, sql: str) -> object:
    return db.execute(sql).fetchone()[0]


def alarms(db: sqlite3.Connection) -> list[str]:
    return [kind for (kind,) in db.execute("SELECT kind FROM alarms ORDER BY alarm")]


def test_batches_in_order_are_held_byte_for_byte_and_acked_at_the_head(path: Path, db: sqlite3.Connection) -> None:
    box = a_box()
    outcome = send(path, AALBORG, box.batch(1, 10), box.batch(11, 25))
    assert seen(db) == recorded(box)
    assert outcome.acks == {(AALBORG, EPOCH): Ack(epoch=EPOCH, seq=25, hash=box.hash_at(25).hex())}
    assert alarms(db) == []


def test_a_duplicate_changes_nothing_and_is_acked_again(path: Path, db: sqlite3.Connection) -> None:
    box = a_box()
    send(path, AALBORG, box.batch(1, 25))
    takings = db.execute("SELECT * FROM takings_by_hour").fetchall()
    outcome = send(path, AALBORG, box.batch(1, 10), box.batch(3, 7))
    assert (outcome.stored, outcome.acks[AALBORG, EPOCH].seq, outcome.acks[AALBORG, EPOCH].gap) == (0, 25, False)
    assert db.execute("SELECT * FROM takings_by_hour").fetchall() == takings


def test_an_overlap_is_stored_from_the_cursor_on(path: Path, db: sqlite3.Connection) -> None:
    box = a_box()
    send(path, AALBORG, box.batch(1, 10))
    assert send(path, AALBORG, box.batch(4, 20)).stored == 10
    assert seen(db) == recorded(box)[:20]


def test_a_gap_stores_nothing_and_is_answered_with_the_cursor(path: Path, db: sqlite3.Connection) -> None:
    box = a_box()
    send(path, AALBORG, box.batch(1, 5))
    outcome = send(path, AALBORG, box.batch(7, 10))
    assert outcome.acks[AALBORG, EPOCH] == Ack(epoch=EPOCH, seq=5, hash=box.hash_at(5).hex(), gap=True)
    assert len(seen(db)) == 5


def test_headquarters_that_knows_nothing_asks_for_everything(path: Path, db: sqlite3.Connection) -> None:
    box = a_box()
    outcome = send(path, AALBORG, box.batch(7, 10))
    assert outcome.acks[AALBORG, EPOCH] == Ack(epoch=EPOCH, seq=0, hash=box.hash_at(0).hex(), gap=True)
    assert seen(db) == []


def test_the_same_name_with_another_hash_is_a_fork_and_never_swallowed(path: Path, db: sqlite3.Connection) -> None:
    box = a_box()
    send(path, AALBORG, box.batch(1, 25))
    copy = box.restored(after=10)
    copy.record(*sale("other", lines=20))
    for batch in (copy.batch(5, 12), copy.batch(12, 20), copy.batch(20, 30)):
        outcome = send(path, AALBORG, batch)
        assert (outcome.stored, outcome.acks[AALBORG, EPOCH].seq) == (0, 25)
    assert seen(db) == recorded(box)
    assert set(alarms(db)) == {"fork"}


def test_a_branch_after_a_fork_is_kept_and_counted_beside_the_first(path: Path, db: sqlite3.Connection) -> None:
    box = a_box(sales=2)
    send(path, AALBORG, box.batch(1, 10))
    copy = box.restored(after=5)
    copy.epoch = OTHER_EPOCH
    copy.record(*sale("sold-after-the-image"))
    outcome = send(path, AALBORG, copy.batch(6, 10, parent=box.point(5)))
    assert outcome.acks == {(AALBORG, OTHER_EPOCH): Ack(epoch=OTHER_EPOCH, seq=10, hash=copy.hash_at(10).hex())}
    assert seen(db) == recorded(box)
    assert seen(db, OTHER_EPOCH) == recorded(copy)[5:]
    assert one(db, "SELECT count(*) FROM sales") == 3
    assert alarms(db) == ["branch"]


def test_a_branch_whose_parent_headquarters_lost_is_asked_for_what_is_missing(path: Path) -> None:
    box = a_box(sales=2)
    send(path, AALBORG, box.batch(1, 3))
    copy = box.restored(after=5)
    copy.epoch = OTHER_EPOCH
    copy.record(*sale("sold-after-the-image"))
    outcome = send(path, AALBORG, copy.batch(6, 10, parent=box.point(5)))
    assert outcome.acks[AALBORG, OTHER_EPOCH] == Ack(epoch=EPOCH, seq=3, hash=box.hash_at(3).hex(), gap=True)


def test_what_nobody_has_any_more_is_told_and_the_line_goes_on(path: Path, db: sqlite3.Connection) -> None:
    box = a_box()
    send(path, AALBORG, box.batch(1, 5))
    outcome = send(path, AALBORG, box.batch(16, 20, lost=Lost(1, 15)))
    assert outcome.acks[AALBORG, EPOCH] == Ack(epoch=EPOCH, seq=20, hash=box.hash_at(20).hex())
    assert db.execute("SELECT first, last FROM lost").fetchall() == [(6, 15)]
    assert alarms(db) == ["lost"]


def test_an_entry_with_a_false_hash_is_stored_as_sent_and_flagged_and_the_chain_goes_on(
    path: Path, db: sqlite3.Connection
) -> None:
    box = a_box(sales=1)
    box.raw(fact_name(StockReceived), b'{"document":"d","quantity":3,"sku":"RB-41"}', hash=b"\7" * 32)
    box.record(received("RB-42", 2))
    outcome = send(path, AALBORG, box.batch(1, 7))
    assert outcome.acks[AALBORG, EPOCH].seq == 7
    assert db.execute("SELECT seq FROM entries WHERE flagged = 1").fetchall() == [(6,)]
    assert seen(db) == recorded(box)
    assert alarms(db) == ["bad-hash"]


def test_a_poison_entry_is_stored_and_set_aside_and_the_others_are_counted(path: Path, db: sqlite3.Connection) -> None:
    box = Box()
    box.record(received("RB-41", 5))
    box.raw(fact_name(StockReceived), b'{"document":"d","quantity":"three","sku":"RB-41"}')
    box.raw(fact_name(StockReceived), b'{"document":"d","quantity":9007199254740991,"sku":"RB-41"}')
    box.record(*sale("s1"), received("RB-41", 2))
    send(path, AALBORG, box.batch(1, len(box.entries)))
    assert len(seen(db)) == len(box.entries)
    assert [seq for (seq,) in db.execute("SELECT seq FROM quarantine ORDER BY seq")] == [2, 3]
    assert db.execute("SELECT received, sold FROM stock WHERE sku = 'RB-41'").fetchone() == (7, 1)
    assert alarms(db) == ["quarantine", "quarantine"]


def test_a_fact_of_a_later_release_is_stored_and_not_folded(path: Path, db: sqlite3.Connection) -> None:
    box = Box()
    box.raw("edge.drone.landed.v3", b'{"roof":true}')
    assert send(path, AALBORG, box.batch(1, 1)).acks[AALBORG, EPOCH].seq == 1
    assert one(db, "SELECT count(*) FROM quarantine") == 0


def test_a_sale_recorded_twice_is_counted_once_and_told(path: Path, db: sqlite3.Connection) -> None:
    box = Box()
    box.record(*sale("s1"), *sale("s2"), *sale("s1"), *sale("s3"))
    send(path, AALBORG, box.batch(1, 20))
    assert one(db, "SELECT sum(sales) FROM takings_by_hour") == 3
    assert one(db, "SELECT sum(sold) FROM stock") == 6
    assert db.execute("SELECT seq, sale FROM duplicate_sales").fetchall() == [(15, "s1")]
    assert alarms(db) == ["sold-twice"]


def test_training_sales_are_kept_apart_from_takings_and_stock(path: Path, db: sqlite3.Connection) -> None:
    box = Box()
    box.record(*sale("s1"), *sale("t1", training=True))
    send(path, AALBORG, box.batch(1, 10))
    assert one(db, "SELECT sum(gross_sales) FROM takings_by_hour") == 20_000
    assert one(db, "SELECT sum(sold) FROM stock") == 2
    assert one(db, "SELECT count(*) FROM sales") == 2


def test_a_second_identity_on_the_same_day_does_not_mix_in(path: Path, db: sqlite3.Connection) -> None:
    box, other = a_box(2), Box(Identity("odense_box1"))
    other.record(*sale("s0"))
    send(path, AALBORG, box.batch(1, 10))
    send(path, other.identity, other.batch(1, 5))
    assert db.execute("SELECT store, sum(sales) FROM takings_by_hour GROUP BY store").fetchall() == [
        ("aalborg", 2),
        ("odense", 1),
    ]


def test_the_record_refuses_to_be_changed(path: Path, db: sqlite3.Connection) -> None:
    send(path, AALBORG, a_box(1).batch(1, 5))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("UPDATE entries SET actor = 'nobody'")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("DELETE FROM entries")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_however_batches_are_cut_repeated_and_shuffled_the_record_is_exact(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("hq") / "hq.db"
    box = a_box(sales=4)
    head = len(box.entries)
    places = st.integers(1, head)
    for _ in range(data.draw(st.integers(0, 12))):
        first = data.draw(places)
        last = data.draw(st.integers(first, head))
        ack = send(path, AALBORG, box.batch(first, last)).acks[AALBORG, EPOCH]
        assert ack.hash == box.hash_at(ack.seq).hex()
    at = send(path, AALBORG, box.batch(1, 1)).acks[AALBORG, EPOCH].seq
    if at < head:
        send(path, AALBORG, box.batch(at + 1, head))
    db = connect(path)
    assert seen(db) == recorded(box)
    assert one(db, "SELECT sum(gross_sales) FROM takings_by_hour") == 4 * 20_000
    assert alarms(db) == []
    db.close()


@pytest.mark.parametrize("time", ["", "yesterday", "2026-99-99T12:00:00.000Z", "x" * 250, "0001-01-01T00:00:00+23:59"])
def test_a_time_that_is_none_is_kept_as_sent_and_never_believed(path: Path, db: sqlite3.Connection, time: str) -> None:
    box = Box()
    box.record(received("RB-41", 1))
    lied = replace(box.entries[0], time=time)
    row = (lied.seq, time, lied.type, lied.cause, lied.actor, lied.businessdate, lied.data)
    box.entries[0] = replace(lied, hash=entry_hash(box.hash_at(0), *row))
    send(path, AALBORG, box.batch(1, 1))
    assert db.execute("SELECT time, flagged FROM entries").fetchone() == (time, 0)
    assert db.execute("SELECT as_of FROM stock").fetchone() == (NOON,)


@pytest.mark.parametrize("sku", ["a/b", "x" * 200, "<script>", "RB 41", ""])
def test_a_sku_no_other_store_could_read_is_never_published(path: Path, db: sqlite3.Connection, sku: str) -> None:
    box = Box()
    box.record(received(sku, 1))
    moved = send(path, AALBORG, box.batch(1, 1)).moved
    assert stockflow.publish(db, moved, Author("hq", "stock", NOON, "00000000000000f1")) == 0


def test_a_journal_longer_than_any_is_no_journal(path: Path, db: sqlite3.Connection) -> None:
    box = a_box(1)
    entry = replace(box.entries[0], seq=Seq(2**63 - 1))
    payload = pack_batch(AALBORG, [entry], b"\1" * 32, lost=Lost(1, 2**63 - 2)).payload
    now = datetime(2026, 3, 1, tzinfo=UTC)
    replies = take(db, [Arrived(Channel.JOURNAL, AALBORG, payload)], now, EPOCH, 8)
    assert (replies.stored, replies.acks) == (0, [])
    assert alarms(db) == ["malformed"]


def test_a_message_nobody_foresaw_is_left_out_and_the_others_are_taken(db: sqlite3.Connection) -> None:
    box = a_box(1)
    payload = box.payload(1, 5)
    db.executescript("CREATE TRIGGER poison BEFORE INSERT ON devices BEGIN SELECT RAISE(ABORT, 'nobody foresaw'); END;")
    health = Telemetry(boot="b", clock=NOON, devices=(DeviceHealth(name="p", up=True, since=NOON),))
    now = datetime(2026, 3, 1, tzinfo=UTC)
    arrived = [
        Arrived(Channel.TELEMETRY, AALBORG, write_message(health)),
        Arrived(Channel.JOURNAL, AALBORG, payload),
    ]
    replies = take(db, arrived, now, EPOCH, 8)
    assert (replies.stored, replies.acks[0][1].seq) == (5, 5)
    assert alarms(db) == ["left-out"]
