"""Journal entries on the wire: CloudEvents 1.0 JSON events in batches, with the exact canonical bytes of `data`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta, Raw, Struct

from edge.sync.wire.envelope import (
    MAX_ENTRIES,
    MAX_FACT,
    MAX_INFLATED,
    MAX_PAYLOAD,
    TARGET_PAYLOAD,
    Malformed,
    pack,
    unpack,
)
from edge.sync.wire.messages import MAX_SEQ, Epoch, HexHash, Point
from edge.sync.wire.names import source_of
from edge.units import Identity, Seq

_Text = Annotated[str, Meta(max_length=256)]
_CLOSE_AFTER_MS = 200


class Recorded(Protocol):
    """An entry as the journal keeps it."""

    @property
    def seq(self) -> int: ...
    @property
    def epoch(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def cause(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def businessdate(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def hash(self) -> bytes: ...


class Event(Struct, frozen=True, gc=False):
    """One entry as a CloudEvent; `bytes(event.data)` are the canonical bytes that the hash covers."""

    specversion: Literal["1.0"]
    id: _Text
    source: _Text
    type: Annotated[str, Meta(pattern=r"\Aedge\.[a-z0-9_.]{1,80}\.v[0-9]{1,4}\Z")]
    time: _Text
    dataschema: _Text
    sequence: Annotated[str, Meta(pattern=r"\A[0-9]{19}\Z")]
    cause: _Text
    actor: _Text
    businessdate: _Text
    hash: HexHash
    data: Raw

    @property
    def seq(self) -> Seq:
        return Seq(int(self.sequence))


class Lost(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """Entries the node no longer has and HQ never got."""

    first: Annotated[int, Meta(ge=1, le=MAX_SEQ)]
    last: Annotated[int, Meta(ge=1, le=MAX_SEQ)]


class Batch(Struct, frozen=True, omit_defaults=True):
    """Consecutive entries of one epoch; `prev` is the hash before the first.

    `parent` stands in the first batch of an epoch that began with a fork: the place, held by HQ, it grew from
    (`parent.seq + 1 == first`, `parent.hash == prev`). `lost` stands in the batch after entries nobody has any more
    (`lost.last + 1 == first`).
    """

    v: Literal[1]
    epoch: Epoch
    first: Annotated[int, Meta(ge=1, le=MAX_SEQ)]
    count: Annotated[int, Meta(ge=1, le=MAX_ENTRIES)]
    prev: HexHash
    events: Annotated[tuple[Event, ...], Meta(min_length=1, max_length=MAX_ENTRIES)]
    parent: Point | None = None
    lost: Lost | None = None

    @property
    def last(self) -> Seq:
        return Seq(self.first + self.count - 1)


@dataclass(frozen=True, slots=True)
class Packed:
    """A batch ready to send: `count` of the entries offered went in, the last one is `last` with hash `head`."""

    payload: bytes
    count: int
    last: Seq
    head: bytes


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Batch).decode


def to_event(identity: Identity, entry: Recorded) -> Event:
    """The CloudEvent of an entry."""
    return _event(source_of(identity), entry)


def _event(source: str, entry: Recorded) -> Event:
    return Event(
        specversion="1.0",
        id=f"{entry.epoch}:{entry.seq}",
        source=source,
        type=entry.type,
        time=entry.time,
        dataschema=f"urn:store-edge:schema:{entry.type}",
        sequence=f"{entry.seq:019d}",
        cause=entry.cause,
        actor=entry.actor,
        businessdate=entry.businessdate,
        hash=entry.hash.hex(),
        data=Raw(entry.data),
    )


def close_now(entries: int, age_ms: float, unacked: int) -> bool:
    """Whether a batch leaves now: full, 200 ms old, or the line is idle (a single live sale leaves at once)."""
    return entries > 0 and (entries >= MAX_ENTRIES or unacked == 0 or age_ms >= _CLOSE_AFTER_MS)


def pack_batch(
    identity: Identity,
    entries: Sequence[Recorded],
    prev: bytes,
    *,
    parent: Point | None = None,
    lost: Lost | None = None,
) -> Packed:
    """The longest batch of these consecutive entries that stays in one epoch, 100 entries and 64 kB compressed."""
    source, epoch = source_of(identity), entries[0].epoch
    events = tuple(_event(source, entry) for entry in entries[:MAX_ENTRIES] if entry.epoch == epoch)
    while True:
        batch = Batch(1, epoch, entries[0].seq, len(events), prev.hex(), events, parent, lost)
        body = _encode(batch)
        payload = pack(body)
        if len(events) == 1 or (len(payload) <= TARGET_PAYLOAD and len(body) <= MAX_INFLATED):
            break
        events = events[: max(1, len(events) // 2)]
    if len(payload) > MAX_PAYLOAD:
        raise Malformed(f"entry {entries[0].seq} does not fit on the wire")
    return Packed(payload, len(events), batch.last, entries[len(events) - 1].hash)


def read_batch(payload: bytes, identity: Identity) -> Batch:
    """The batch in a payload that came in on `identity`'s topic; Malformed when it is none, or not consistent.

    The hashes are not checked here (an entry with a bad hash is stored as sent and flagged).
    """
    try:
        batch = _decode(unpack(payload))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"not a batch: {error}") from error
    if batch.count != len(batch.events):
        raise Malformed(f"{batch.count} entries announced, {len(batch.events)} sent")
    source = source_of(identity)
    for seq, event in enumerate(batch.events, batch.first):
        if event.id != f"{batch.epoch}:{seq}" or int(event.sequence) != seq or event.source != source:
            raise Malformed(f"entry {seq} of {identity} calls itself {event.id!r} of {event.source!r}")
        if len(memoryview(event.data)) > MAX_FACT:
            raise Malformed(f"entry {seq} is larger than {MAX_FACT} bytes")
    if batch.parent and (batch.parent.seq + 1 != batch.first or batch.parent.hash != batch.prev):
        raise Malformed("the parent is not the place before the first entry")
    if batch.lost and (batch.lost.last + 1 != batch.first or batch.lost.first > batch.lost.last):
        raise Malformed("the loss does not end before the first entry")
    return batch
