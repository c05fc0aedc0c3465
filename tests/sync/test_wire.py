import hashlib
import json
import zlib
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from edge.sync import wire
from edge.units import Identity, NodeId, Seq, StoreId

BOX = Identity("aarhus_box1")
A, B = "a" * 16, "b" * 16


@dataclass(frozen=True)
class Row:
    seq: int
    epoch: str = A
    time: str = "2026-11-22T10:00:00.000Z"
    type: str = "edge.sale.closed.v1"
    cause: str = "k1"
    actor: str = "anna"
    businessdate: str = "2026-11-22"
    data: bytes = b'{"sale":"s1","total":1250}'

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(f"{self.epoch}{self.seq}".encode() + self.data).digest()


def point(seq: int, epoch: str = A) -> wire.Point:
    return wire.Point(epoch, seq, Row(seq, epoch).hash.hex())


def ack(seq: int, epoch: str = A, *, hash_: str = "", gap: bool = False) -> wire.Ack:
    return wire.Ack(epoch=epoch, seq=seq, hash=hash_ or point(seq, epoch).hash, gap=gap)


def test_an_identity_is_store_and_node_and_nothing_else() -> None:
    assert wire.make_identity(StoreId("aarhus"), NodeId("box1")) == BOX
    assert wire.split_identity(BOX) == ("aarhus", "box1")
    for bad in ("aarhus", "a_b_c", "Aarhus_box", "_box", "a_", "a/b_c", "a_b\n", "x" * 33 + "_b", "+_#"):
        with pytest.raises(ValueError, match="not an identity"):
            wire.split_identity(bad)
    with pytest.raises(ValueError, match="not a name"):
        wire.make_identity(StoreId("a_b"), NodeId("c"))


@pytest.mark.parametrize("channel", list(wire.Channel))
def test_every_topic_is_parsed_back_to_what_it_was_built_from(channel: wire.Channel) -> None:
    name = {wire.Channel.ALL_FEED: "", wire.Channel.HQ_STATE: "hq1"}.get(channel, BOX)
    topics = wire.Topics("retail/v1")
    assert topics.parse(topics.of(channel, name)) == wire.Address(channel, name)


def test_a_topic_of_another_shard_prefix_or_shape_is_not_ours() -> None:
    topics = wire.Topics("retail/v1")
    good = topics.of(wire.Channel.JOURNAL, BOX)
    shard = wire.shard_of(BOX)
    other = f"{(int(shard, 16) + 1) % 64:02x}"
    for bad in (
        good.replace(f"/{shard}/", f"/{other}/"),
        f"x{good}",
        f"{good}/",
        good.replace("journal", "diary"),
        "retail/v1/",
        "retail/v1",
        "",
        "retail/v1/hq/state/a/b",
        good.upper(),
    ):
        assert topics.parse(bad) is None


@given(st.text(max_size=60))
def test_no_topic_whatever_makes_the_parser_fail(text: str) -> None:
    wire.Topics().parse(text)
    wire.Topics().parse(f"retail/v1/{text}")


_data = st.dictionaries(
    st.sampled_from(["a", "b", "c_d"]), st.integers(-(2**53), 2**53) | st.text(max_size=30), max_size=3
)


@given(st.lists(_data, min_size=1, max_size=120), st.integers(1, 2**62))
def test_the_canonical_bytes_survive_the_wire_exactly(values: list[dict[str, object]], first: int) -> None:
    rows = [
        Row(first + n, data=json.dumps(v, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
        for n, v in enumerate(values)
        if not any(isinstance(x, str) and any(0xD800 <= ord(c) <= 0xDFFF for c in x) for x in v.values())
    ]
    rows = [Row(first + n, data=row.data) for n, row in enumerate(rows)] or [Row(first)]
    packed = wire.pack_batch(BOX, rows, b"\1" * 32)
    batch = wire.read_batch(packed.payload, BOX)
    assert packed.count == batch.count == min(100, len(rows))
    assert [bytes(event.data) for event in batch.events] == [row.data for row in rows[:100]]
    assert [event.hash for event in batch.events] == [row.hash.hex() for row in rows[:100]]
    assert batch.last == packed.last == rows[packed.count - 1].seq
    assert packed.head == rows[packed.count - 1].hash
    assert batch.prev == "01" * 32


def test_an_event_is_a_cloud_event() -> None:
    body = json.loads(wire.unpack(wire.pack_batch(BOX, [Row(7)], bytes(32)).payload))
    assert set(body) == {"v", "epoch", "first", "count", "prev", "events"}
    assert body["events"][0] == {
        "specversion": "1.0",
        "id": f"{A}:7",
        "source": "/stores/aarhus/nodes/box1",
        "type": "edge.sale.closed.v1",
        "time": "2026-11-22T10:00:00.000Z",
        "dataschema": "urn:store-edge:schema:edge.sale.closed.v1",
        "sequence": "0000000000000000007",
        "cause": "k1",
        "actor": "anna",
        "businessdate": "2026-11-22",
        "hash": Row(7).hash.hex(),
        "data": {"sale": "s1", "total": 1250},
    }


def test_a_batch_never_crosses_an_epoch_nor_outgrows_its_bounds() -> None:
    crossing = [Row(1), Row(2), Row(3, B)]
    assert wire.pack_batch(BOX, crossing, bytes(32)).count == 2
    noise = [Row(n, data=b'"' + hashlib.shake_256(bytes([n])).hexdigest(10_000).encode() + b'"') for n in range(1, 101)]
    packed = wire.pack_batch(BOX, noise, bytes(32))
    assert 1 < packed.count < 100
    assert len(packed.payload) <= wire.TARGET_PAYLOAD
    huge = Row(1, data=b'"' + hashlib.shake_256(b"x").hexdigest(wire.MAX_FACT // 2 - 1).encode() + b'"')
    alone = wire.pack_batch(BOX, [huge, Row(2)], bytes(32))
    assert alone.count == 1
    assert bytes(wire.read_batch(alone.payload, BOX).events[0].data) == huge.data


def test_parent_and_loss_travel_with_the_batch_they_explain() -> None:
    parent = point(6)
    batch = wire.read_batch(
        wire.pack_batch(BOX, [Row(7, B)], bytes.fromhex(parent.hash), parent=parent, lost=wire.Lost(3, 6)).payload, BOX
    )
    assert (batch.parent, batch.lost) == (parent, wire.Lost(3, 6))
    with pytest.raises(wire.Malformed, match="parent"):
        wire.read_batch(wire.pack_batch(BOX, [Row(7, B)], bytes(32), parent=point(6)).payload, BOX)
    with pytest.raises(wire.Malformed, match="loss"):
        wire.read_batch(wire.pack_batch(BOX, [Row(7)], bytes(32), lost=wire.Lost(3, 5)).payload, BOX)


def _tampered(**changes: object) -> bytes:
    body = json.loads(wire.unpack(wire.pack_batch(BOX, [Row(1), Row(2)], bytes(32)).payload))
    for name, value in changes.items():
        target = body["events"][1] if name in body["events"][1] and name != "epoch" else body
        target[name] = value
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        zlib.compress(b"[" * 100_000),
        b"x\x9c",
        zlib.compress(b"{}")[:-1],
        zlib.compress(b"{}") + b"tail",
        zlib.compress(b" " * (wire.MAX_INFLATED + 1)),
        b" " * (wire.MAX_PAYLOAD + 1),
        _tampered(v=2),
        _tampered(count=3),
        _tampered(count=0),
        _tampered(first=2),
        _tampered(epoch=B),
        _tampered(prev="00"),
        _tampered(prev="0" * 64 + "\n"),
        _tampered(source="/stores/odense/nodes/box1"),
        _tampered(sequence="2"),
        _tampered(sequence=f"{3:019d}"),
        _tampered(hash="F" * 64),
        _tampered(specversion="2.0"),
        _tampered(type="sale"),
        _tampered(cause="c" * 257),
        _tampered(events=[]),
        _tampered(data="d" * (wire.MAX_FACT + 1)),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(payload: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.read_batch(payload, BOX)


@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_fail_otherwise(payload: bytes) -> None:
    for kind in (wire.Hello, wire.Ack, wire.Want, wire.FeedPage, wire.Status, wire.ReceiverState, wire.Answer):
        with pytest.raises(wire.Malformed):
            wire.read_message(kind, payload)
    with pytest.raises(wire.Malformed):
        wire.read_batch(payload, BOX)


MESSAGES: list[wire.Message] = [
    wire.Hello(
        nonce="n",
        epoch=A,
        oldest=1,
        head=9,
        hash=point(9).hash,
        boot="b1",
        connection=3,
        clock="2026-11-22T10:00:00.000Z",
        monotonic=17,
        version="0.1.0",
        feeds=(wire.FeedPosition("all", B, 4, point(4).hash),),
        lineage=(point(3, B),),
        probe=(point(9), point(8)),
    ),
    wire.Ack(epoch=A, seq=9, hash=point(9).hash, nonce="n", common=point(8), gap=True, window=2, fenced="b0"),
    wire.Want(feed="all", nonce="n", epoch="", seq=0, hash=""),
    wire.FeedPage(
        feed="store",
        epoch=A,
        after=1,
        to=4,
        prev=point(1).hash,
        hash=point(4).hash,
        head=7,
        entries=(
            wire.FeedEntry(2, "price/base/1", Raw(b'{"minor":100}')),
            wire.FeedEntry(4, "review/web/9", Raw(b"null")),
        ),
    ),
    wire.Status(state="offline", boot="b1", connection=3),
    wire.ReceiverState(receiver="hq1", state="hold", rate=100, retry_cap_ms=30_000),
    wire.Telemetry(
        boot="b1", clock="t", devices=(wire.DeviceHealth("till1/printer", False, "t", "Close the lid."),), gap=2
    ),
    wire.Ask(id="1", kind="stock", expires="t", data=Raw(b'{"sku":"1"}')),
    wire.Answer(id="1", data=Raw(b"[1]")),
    wire.Private(id="1", kind="customer", data=Raw(b"{}")),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_comes_back_as_it_went(message: wire.Message) -> None:
    assert wire.read_message(type(message), wire.write_message(message)) == message


def test_a_page_whose_entries_are_out_of_place_is_refused() -> None:
    page = MESSAGES[3]
    assert isinstance(page, wire.FeedPage)
    assert [entry.data for entry in page.entries] == [b'{"minor":100}', None]
    assert [wire.feed_kind(entry.key) for entry in page.entries] == ["price", "review"]
    body = json.loads(wire.write_message(page))
    for changes in ({"to": 3}, {"after": 2}, {"head": 3}, {"entries": body["entries"][::-1]}):
        with pytest.raises(wire.Malformed):
            wire.read_message(wire.FeedPage, json.dumps(body | changes).encode())


def test_the_page_digest_covers_place_key_and_value() -> None:
    entry = wire.FeedEntry(2, "price/base/1", Raw(b"7"))
    assert wire.page_digest([entry]) == hashlib.sha256(b"2\nprice/base/1\n7\n").hexdigest()


@pytest.mark.parametrize(
    ("given_ack", "expected"),
    [
        (ack(5), wire.Advance(Seq(5))),
        (ack(4), wire.Ignore()),
        (ack(4, gap=True), wire.Rewind(Seq(4))),
        (ack(2), wire.Rewind(Seq(2))),
        (ack(0), wire.Rewind(Seq(0))),
        (ack(9), wire.Fork()),
        (ack(5, hash_="0" * 64), wire.Fork()),
        (ack(5, B, hash_=point(5).hash), wire.Fork()),
    ],
)
def test_an_ack_is_valid_only_where_epoch_place_and_hash_are_mine(given_ack: wire.Ack, expected: wire.Verdict) -> None:
    mine = point(given_ack.seq)
    assert wire.judge_ack(given_ack, acked=Seq(4), oldest=Seq(1), head=Seq(8), mine=mine) == expected


def test_an_ack_below_what_is_still_here_names_the_loss() -> None:
    verdict = wire.judge_ack(ack(2), acked=Seq(4), oldest=Seq(5), head=Seq(8), mine=None)
    assert verdict == wire.Missing(Seq(3), Seq(4))


def test_hq_may_name_the_place_of_a_fork_under_either_epoch() -> None:
    grew = wire.Point(B, 6, point(6).hash)
    named = wire.Ack(epoch=B, seq=6, hash=point(6).hash)
    assert wire.judge_ack(named, acked=Seq(0), oldest=Seq(1), head=Seq(8), mine=point(6), grew=grew) == wire.Advance(
        Seq(6)
    )


@given(st.integers(0, 10**7), st.data())
def test_the_fork_search_names_the_last_common_entry_in_few_rounds(head: int, data: st.DataObject) -> None:
    common = data.draw(st.integers(0, head))
    search, rounds = wire.ForkSearch(Seq(0), Seq(head + 1)), 0
    while search.found is None:
        asked = search.probe()
        assert 0 < len(asked) <= 64
        search = search.answered(asked, max((place for place in asked if place <= common), default=None))
        rounds += 1
    assert search.found == common
    assert rounds <= 25


def test_the_first_probe_is_head_minus_one_minus_two_minus_four() -> None:
    assert wire.ForkSearch(Seq(0), Seq(21)).probe() == [20, 19, 18, 16, 12, 4]


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.floats(0.2, 600))
def test_a_retry_waits_within_its_cap(attempt: int, chance: float, cap: float) -> None:
    assert 0 <= wire.retry_delay(attempt, cap, chance) <= min(cap, 0.2 * 2.0 ** min(attempt, 20))


def test_a_batch_leaves_when_it_is_full_old_or_the_line_is_idle() -> None:
    assert not wire.close_now(0, 999, 0)
    assert wire.close_now(1, 0, 0)
    assert not wire.close_now(99, 199, 1)
    assert wire.close_now(99, 200, 1)
    assert wire.close_now(100, 0, 3)


def test_only_worthwhile_bodies_are_deflated() -> None:
    assert wire.pack(b"{" * 1024) == b"{" * 1024
    assert wire.pack(b"{" * 1025)[:1] == b"x"
    assert wire.unpack(wire.pack(b"{" * 5000)) == b"{" * 5000
