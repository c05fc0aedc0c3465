"""Inside the writer's transaction: a group of messages from the boxes, and what goes back once it is durable."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from logging import getLogger

from edge.clock import stamp
from edge.sync.wire import (
    Ack,
    Answer,
    Ask,
    Channel,
    FeedPage,
    Hello,
    Malformed,
    Private,
    Status,
    Telemetry,
    Want,
    read_batch,
    read_message,
)
from edge.units import Identity
from hq.answers import Desk
from hq.branches import raise_alarm
from hq.intake import Intake
from hq.quarantine import apart

log = getLogger(__name__)
_LAST = 2**53


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message of one box."""

    channel: Channel
    identity: Identity
    payload: bytes


@dataclass(slots=True)
class Replies:
    """What a group did, and what is said once it is committed."""

    acks: list[tuple[Identity, Ack]] = field(default_factory=list)
    pages: list[tuple[Identity, FeedPage]] = field(default_factory=list)
    answers: list[tuple[Identity, Answer]] = field(default_factory=list)
    stored: int = 0
    moved: set[tuple[str, str]] = field(default_factory=set)
    changed: bool = False
    """Something a page shows is different now."""

    def join(self, other: "Replies") -> None:
        """Add what another part of the group did."""
        self.acks += other.acks
        self.pages += other.pages
        self.answers += other.answers
        self.stored += other.stored
        self.moved |= other.moved
        self.changed = self.changed or other.changed


def take(db: sqlite3.Connection, arrived: Sequence[Arrived], now: datetime, fresh_epoch: str, window: int) -> Replies:
    """Everything of a group in one transaction; a message that fails in a way nobody foresaw is left out and told."""

    def together(some: Sequence[Arrived]) -> Replies:
        return Group(db, now, fresh_epoch, window).handle(some)

    def failed(one: Arrived, error: Exception) -> None:
        log.error("a message of %s was left out", one.identity, exc_info=error)
        text = f"headquarters could not handle a message of {one.identity} ({one.channel})"
        raise_alarm(db, stamp(now), one.identity, "left-out", text, f"Call support: {error!r}"[:500])

    replies = Replies()
    for part in apart(db, arrived, together, failed):
        replies.join(part)
    return replies


@dataclass(slots=True)
class Group:
    """Handles messages in the order they came, batches first into the journal, then the rest."""

    db: sqlite3.Connection
    now: datetime
    fresh_epoch: str
    window: int
    replies: Replies = field(default_factory=Replies)

    def handle(self, arrived: Sequence[Arrived]) -> Replies:
        """Everything of the group; Malformed messages change nothing but an alarm."""
        intake = Intake(self.db, stamp(self.now))
        rest: list[Arrived] = []
        for one in arrived:
            if one.channel is Channel.JOURNAL:
                self._batch(intake, one)
            else:
                rest.append(one)
        outcome = intake.finish()
        self.replies.stored, self.replies.moved = outcome.stored, outcome.moved
        self.replies.changed = outcome.stored > 0 or bool(rest)
        for (identity, _), ack in outcome.acks.items():
            self.replies.acks.append((identity, self._windowed(ack)))
        desk = Desk(self.db, self.now, self.fresh_epoch)
        for one in rest:
            try:
                _HANDLERS[one.channel](self, desk, one)
            except Malformed as error:
                self._malformed(one, error)
        return self.replies

    def _batch(self, intake: Intake, one: Arrived) -> None:
        try:
            batch = read_batch(one.payload, one.identity)
            if batch.last > _LAST:
                raise Malformed(f"no journal has {batch.last} entries")
        except Malformed as error:
            self._malformed(one, error)
        else:
            intake.take(one.identity, batch)

    def _windowed(self, ack: Ack) -> Ack:
        return Ack(epoch=ack.epoch, seq=ack.seq, hash=ack.hash, gap=ack.gap, window=self.window)

    def _malformed(self, one: Arrived, error: Malformed) -> None:
        text = f"{one.identity} sends what is no {one.channel.value.partition('/')[2] or one.channel.value}"
        hint = f"It is ignored ({error}). Update the box; if it stays, somebody plays with it."
        raise_alarm(self.db, stamp(self.now), one.identity, "malformed", text, hint[:500])

    def hello(self, desk: Desk, one: Arrived) -> None:
        said = read_message(Hello, one.payload)
        self.replies.acks.append((one.identity, desk.hello(one.identity, said, self.window)))

    def status(self, desk: Desk, one: Arrived) -> None:
        desk.status(one.identity, read_message(Status, one.payload))

    def telemetry(self, desk: Desk, one: Arrived) -> None:
        desk.telemetry(one.identity, read_message(Telemetry, one.payload), one.payload)

    def want(self, desk: Desk, one: Arrived) -> None:
        self.replies.pages.append((one.identity, desk.want(one.identity, read_message(Want, one.payload))))

    def ask(self, desk: Desk, one: Arrived) -> None:
        self.replies.answers.append((one.identity, desk.ask(read_message(Ask, one.payload))))

    def private(self, desk: Desk, one: Arrived) -> None:
        self.replies.answers.append((one.identity, desk.private(one.identity, read_message(Private, one.payload))))


_HANDLERS: Mapping[Channel, Callable[[Group, Desk, Arrived], None]] = {
    Channel.HELLO: Group.hello,
    Channel.STATUS: Group.status,
    Channel.TELEMETRY: Group.telemetry,
    Channel.WANT: Group.want,
    Channel.ASK: Group.ask,
    Channel.PRIVATE: Group.private,
}
