"""Pure: what a batch means to a cursor, and which of its entries HQ may believe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from edge.facts import FACTS, Fact
from edge.journal.chain import entry_hash
from edge.sync.wire import Batch
from edge.units import Seq

_STAMP = len("2026-03-01T12:00:00.000Z")


@dataclass(frozen=True, slots=True)
class Cursor:
    """HQ holds this branch up to `seq`, where the chain's hash is `hash` (32 bytes)."""

    epoch: str
    seq: Seq
    hash: bytes


@dataclass(frozen=True, slots=True)
class Next:
    """Store the events from index `skip` on; `lost` are the places nobody has any more."""

    skip: int = 0
    lost: tuple[Seq, Seq] | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """HQ has all of it, the same: ack again."""


@dataclass(frozen=True, slots=True)
class Gap:
    """It does not follow: nothing is stored, the answer is the cursor."""


@dataclass(frozen=True, slots=True)
class Fork:
    """The same names with another hash: nothing is stored; the cursor's hash tells the node."""

    at: Seq


Decision = Next | Duplicate | Gap | Fork


def decide(batch: Batch, cursor: Cursor, held: bytes | None) -> Decision:
    """What `batch` means at `cursor`. `held` is HQ's own hash at the batch's last place, where it has that one."""
    if batch.last <= cursor.seq:
        if held is None:
            return Gap()
        return Duplicate() if batch.events[-1].hash == held.hex() else Fork(batch.last)
    if batch.first <= cursor.seq:
        skip = cursor.seq - batch.first + 1
        same = batch.events[skip - 1].hash == cursor.hash.hex()
        return Next(skip) if same else Fork(cursor.seq)
    if batch.first == cursor.seq + 1:
        return Next() if batch.prev == cursor.hash.hex() else Fork(cursor.seq)
    if batch.lost is not None and batch.lost.first <= cursor.seq + 1:
        return Next(lost=(Seq(cursor.seq + 1), Seq(batch.lost.last)))
    return Gap()


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as HQ keeps it: `flagged` when its hash does not follow from the one before."""

    seq: Seq
    time: str
    type: str
    cause: str
    actor: str
    businessdate: str
    data: bytes
    hash: bytes
    flagged: bool


def rows(batch: Batch, skip: int) -> Sequence[Row]:
    """The events from index `skip` on, each checked against the hash its predecessor claims."""
    prev = bytes.fromhex(batch.events[skip - 1].hash if skip else batch.prev)
    found: list[Row] = []
    for seq, event in enumerate(batch.events[skip:], batch.first + skip):
        data, claimed = bytes(event.data), bytes.fromhex(event.hash)
        right = entry_hash(prev, Seq(seq), event.time, event.type, event.cause, event.actor, event.businessdate, data)
        found.append(
            Row(
                Seq(seq),
                event.time,
                event.type,
                event.cause,
                event.actor,
                event.businessdate,
                data,
                claimed,
                right != claimed,
            )
        )
        prev = claimed
    return found


def readers() -> Mapping[str, msgspec.json.Decoder[Fact]]:
    """A compiled schema for every fact this release knows, by wire name."""
    return {name: msgspec.json.Decoder(kind) for name, kind in FACTS.items()}


def said_at(time: str, received_at: str) -> str:
    """When an entry says it was recorded; when it came in, where it says nothing that is a time."""
    try:
        datetime.fromisoformat(time[:-1])
    except ValueError:
        return received_at
    return time if len(time) == _STAMP and time.endswith("Z") else received_at
