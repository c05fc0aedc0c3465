"""The messages beside the journal's batches: small frozen JSON objects, strictly bounded.

Unknown fields are ignored (a newer peer may add some); a wrong type, a missing field or a value out of bounds makes
the whole message Malformed. Hashes are lower-case hex on the wire.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct, field

from edge.sync.wire.envelope import MAX_FACT, MAX_INFLATED, MAX_PAYLOAD, Malformed, pack, unpack

MAX_SEQ = 2**63 - 1
MAX_PAGE = 200
"""Entries in one page of a feed, and in one transaction of the inbox."""

Place = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
Natural = Annotated[int, Meta(ge=0, le=2**53 - 1)]
HexHash = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Epoch = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
Word = Annotated[str, Meta(max_length=64)]
Line = Annotated[str, Meta(max_length=500)]
FeedName = Literal["all", "store"]
FeedKey = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\A[a-z][a-z0-9_-]*/")]


class Message(Struct, frozen=True, kw_only=True):
    """Every message names the version of the protocol."""

    v: Literal[1] = 1


class Point(Struct, frozen=True):
    """A place in a journal that its hash proves. `seq` 0 is before the first entry: its hash is the genesis."""

    epoch: Epoch
    seq: Place
    hash: HexHash


class FeedPosition(Struct, frozen=True):
    """How far a feed is applied (from a node) or goes (from HQ)."""

    feed: FeedName
    epoch: Epoch
    seq: Place
    hash: HexHash


class Hello(Message, frozen=True, kw_only=True):
    """The node's first word, repeated until its nonce is answered.

    `epoch`, `head`, `hash` name the newest entry, `oldest` the oldest one still held (head + 1 when there is none).
    `lineage` holds the parents of this epoch and of its parents, newest first: after a fork, entries above
    `lineage[0].seq` carry `epoch` and those up to it `lineage[0].epoch`. `probe`, newest first, asks which of these
    places HQ holds too. `clock` is RFC 3339, `monotonic` milliseconds.
    """

    nonce: Word
    epoch: Epoch
    oldest: Place
    head: Place
    hash: HexHash
    boot: Word
    connection: Natural
    clock: Word
    monotonic: Natural
    version: Word
    feeds: Annotated[tuple[FeedPosition, ...], Meta(max_length=4)] = ()
    lineage: Annotated[tuple[Point, ...], Meta(max_length=64)] = ()
    probe: Annotated[tuple[Point, ...], Meta(max_length=64)] = ()


class Ack(Message, frozen=True, kw_only=True):
    """HQ holds, committed, everything up to (epoch, seq), where the chain's hash is `hash`.

    As the answer to a hello it repeats the `nonce`, tells how far HQ's own feeds go (`feeds`), and of the hello's
    `probe` the newest place it holds with the same hash (`common`). For an epoch it has never seen HQ answers with
    `lineage[0]` if it holds that place (named under its own epoch), else with its newest place in the lineage, else
    with (epoch, 0, genesis). `gap`: the last batch did not follow; send again from here. `window` > 0 changes the
    number of unacked batches. `fenced` names the boot id of a box that must leave the cable until a person decides.
    `others`: HQ has never seen the hello's epoch, but holds another journal of the same store.
    """

    epoch: Epoch
    seq: Place
    hash: HexHash
    nonce: Word = ""
    common: Point | None = None
    gap: bool = False
    window: Annotated[int, Meta(ge=0, le=64)] = 0
    fenced: Word = ""
    feeds: Annotated[tuple[FeedPosition, ...], Meta(max_length=4)] = ()
    others: bool = False


class Want(Message, frozen=True, kw_only=True):
    """The node asks for the page of `feed` after (epoch, seq), where it has `hash`; epoch and hash are empty at first.

    A seq above HQ's head, or another hash there, proves that HQ was restored: HQ then mints a new feed epoch.
    """

    feed: FeedName
    nonce: Word
    epoch: Annotated[str, Meta(pattern=r"\A([0-9a-f]{16})?\Z")]
    seq: Place
    hash: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")]


class FeedEntry(Struct, frozen=True):
    """One keyed value of a feed; `value` is canonical JSON, `null` is a tombstone."""

    seq: Annotated[int, Meta(ge=1, le=MAX_SEQ)]
    key: FeedKey
    value: Raw

    @property
    def data(self) -> bytes | None:
        """The value's exact bytes, None for a tombstone."""
        raw = bytes(self.value)
        return None if raw == b"null" else raw


class FeedPage(Message, frozen=True, kw_only=True):
    """What changed in `feed` in (`after`, `to`]: compacted, so seqs may be missing, but they ascend and end at `to`.

    `prev` and `hash` are the feed chain's hashes at `after` and `to`; `head` is how far HQ's feed goes. An answer to
    a want repeats its `nonce`; a page for everybody or of fresh entries has none. `to == after` says: nothing newer.
    """

    feed: FeedName
    epoch: Epoch
    after: Place
    to: Place
    prev: HexHash
    hash: HexHash
    head: Place
    entries: Annotated[tuple[FeedEntry, ...], Meta(max_length=MAX_PAGE)]
    nonce: Word = ""


class Status(Message, frozen=True, kw_only=True):
    """Birth (`online`) and last will or farewell (`offline`), paired by boot id and connection number."""

    state: Literal["online", "offline"]
    boot: Word
    connection: Natural
    clock: Word = ""


class ReceiverState(Message, frozen=True, kw_only=True):
    """A receiver at HQ: `hold` asks every node to wait; `rate` is entries per second and node (0: no limit)."""

    receiver: Word
    state: Literal["up", "hold", "down"]
    rate: Natural = 0
    retry_cap_ms: Annotated[int, Meta(ge=200, le=600_000)] = 2_000
    clock: Word = ""


class DeviceHealth(Struct, frozen=True):
    """One part of the box: up or not, since when, and what a person can do."""

    name: Word
    up: bool
    since: Word
    hint: Line = ""


class Telemetry(Message, frozen=True, kw_only=True):
    """Health of the box's parts; `gap` counts messages that were dropped before this one."""

    boot: Word
    clock: Word
    devices: Annotated[tuple[DeviceHealth, ...], Meta(max_length=200)] = ()
    gap: Natural = 0


class Ask(Message, frozen=True, kw_only=True):
    """A question only HQ can answer; after `expires` (RFC 3339) it must not be carried out."""

    id: Word
    kind: Word
    expires: Word
    data: Raw


class Answer(Message, frozen=True, kw_only=True):
    """The answer to an ask, or the receipt for a private message: `refused` says why not."""

    id: Word
    data: Raw = field(default_factory=lambda: Raw(b"null"))
    refused: Line = ""


class Private(Message, frozen=True, kw_only=True):
    """Personal data on its way to HQ; answered by id after commit, then erased at the store."""

    id: Word
    kind: Word
    data: Raw


M = TypeVar("M", bound=Message)


def write_message(message: Message) -> bytes:
    """The bytes as sent; Malformed when the peer would refuse them for their size."""
    body = msgspec.json.encode(message)
    payload = pack(body)
    if len(body) > MAX_INFLATED or len(payload) > MAX_PAYLOAD:
        raise Malformed(f"{type(message).__name__} of {len(body)} bytes does not fit on the wire")
    return payload


def read_message(kind: type[M], payload: bytes) -> M:
    """The message of type `kind`; Malformed when it is none."""
    try:
        message = msgspec.json.decode(unpack(payload), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"not a {kind.__name__.lower()}: {error}") from error
    if isinstance(message, FeedPage):
        _check_page(message)
    return message


def _check_page(page: FeedPage) -> None:
    place = page.after
    for entry in page.entries:
        if not place < entry.seq <= page.to:
            raise Malformed(f"feed entry {entry.seq} is out of place after {place}")
        if len(memoryview(entry.value)) > MAX_FACT:
            raise Malformed(f"feed entry {entry.seq} is larger than {MAX_FACT} bytes")
        place = entry.seq
    if not page.after <= page.to <= page.head:
        raise Malformed(f"a page from {page.after} to {page.to} of {page.head}")


def page_digest(entries: Iterable[FeedEntry]) -> str:
    """SHA-256 (hex) over `seq\\nkey\\nvalue\\n` of each entry: what `feed.applied` says was applied."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(f"{entry.seq}\n{entry.key}\n".encode() + bytes(entry.value) + b"\n")
    return digest.hexdigest()


def feed_entry(seq: int, key: str, value: bytes | None) -> FeedEntry:
    """The entry of a value's exact bytes; None is a tombstone."""
    return FeedEntry(seq, key, Raw(b"null" if value is None else value))


def feed_kind(key: str) -> str:
    """What a feed key is about: `price` of `price/base/4711`."""
    return key.partition("/")[0]
