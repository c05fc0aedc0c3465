"""The receiver: what the boxes send is committed, then acknowledged; what they ask for is sent; news are pushed.

A device for the supervisor: while it runs, one task listens, one takes messages in groups through the writer, one
says acks (in order), one says the rest, one pushes news. Nothing is said before its transaction is durable. What is
under way when the line breaks is sent again by its box.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from logging import getLogger
from typing import Literal

from edge.clock import Clock, stamp
from edge.errors import DeviceLost, Halt, Refused
from edge.ids import Ids
from edge.supervise import Emit
from edge.sync.link import Link, LinkSetup, Message, Presence, Tls
from edge.sync.wire import Channel, ReceiverState, Topics, write_message
from hq import answers, stockflow
from hq.feed import Author
from hq.group import Arrived, Replies, take
from hq.news import News
from hq.pulse import Pulse
from hq.store import Store

log = getLogger(__name__)
GROUP = 24
"""Messages in one transaction."""
INBOX = 4_000
"""Messages that may wait; what comes above is dropped and sent again by its box."""
_BUSY = 64
_WINDOW, _NARROW = 8, 2
_LOOK_SECONDS, _REST_SECONDS, _STOCK_SECONDS, _PACE_SECONDS, _HELD_SECONDS = 0.25, 0.03, 0.2, 1.0, 1.0
_BY_NODE_MS, _LONGEST_MS = 30, 30_000
_ONLINE = "SELECT count(*) FROM nodes WHERE online = 1"
_TRY = """INSERT INTO meta (name, value) VALUES ('written', ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value"""


@dataclass(frozen=True, slots=True)
class ReceiverSetup:
    """`name` is the receiver's own on `hq/state/{name}`; `address` the broker's."""

    name: str
    address: str
    prefix: str = "retail/v1"
    tls: Tls | None = None


class Receiver:
    """One receiver on one broker."""

    def __init__(self, setup: ReceiverSetup, store: Store, pulse: Pulse, clock: Clock, ids: Ids) -> None:
        self.name = "broker"
        self.received = self.dropped = self.groups = 0
        self._setup, self._store, self._pulse, self._clock, self._ids = setup, store, pulse, clock, ids
        self._topics = Topics(setup.prefix)
        self._link = Link(
            LinkSetup(
                address=setup.address,
                client_id=f"hq-{setup.name}-{ids.new()[:6]}",
                subscriptions=self._topics.for_receiver(),
                clock=clock,
                presence=self._presence,
                tls=setup.tls,
                window=32,
            )
        )
        self._inbox: deque[Arrived] = deque()
        self._bell = asyncio.Event()
        self._acks: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._rest: asyncio.Queue[tuple[str, bytes, int]] = asyncio.Queue()
        self._moved: set[tuple[str, str]] = set()
        self._cap_ms = 2_000
        self._news = News(store, self._topics, ids)

    async def open(self) -> None:
        """Reach the broker; nobody is online until it says so again."""
        self._inbox.clear()
        self._acks, self._rest = asyncio.Queue(), asyncio.Queue()
        await self._store.transact(answers.begin)
        self._moved.update(await self._store.read(stockflow.outdated))
        await self._news.begin()
        await self._link.open()

    async def run(self, emit: Emit[Replies]) -> None:
        """Receive until the line is lost; emits what each group did."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._link.run(self._heard))
                tasks.create_task(self._take(emit))
                tasks.create_task(self._say_acks())
                tasks.create_task(self._say_rest())
                tasks.create_task(self._flow())
        except BaseExceptionGroup as several:
            raise _worst(several) from several

    async def close(self) -> None:
        await self._link.close()

    def _heard(self, message: Message) -> None:
        address = self._topics.parse(message.topic)
        if address is None or address.channel in (Channel.ALL_FEED, Channel.HQ_STATE):
            return
        if len(self._inbox) >= INBOX:
            self.dropped += 1
            return
        self._inbox.append(Arrived(address.channel, address.identity, message.payload))
        self._bell.set()

    async def _take(self, emit: Emit[Replies]) -> None:
        while True:
            await self._bell.wait()
            group = [self._inbox.popleft() for _ in range(min(GROUP, len(self._inbox)))]
            if not self._inbox:
                self._bell.clear()
            if not group:
                continue
            try:
                replies = await self._store.transact(self._work(group))
            except Refused as refused:
                await self._hold(refused)
                continue
            self._answer(replies)
            emit(replies)

    def _work(self, arrived: list[Arrived]) -> Callable[[sqlite3.Connection], Replies]:
        now, fresh = self._clock.now(), self._ids.new()
        window = _NARROW if len(self._inbox) > _BUSY else _WINDOW
        return lambda db: take(db, arrived, now, fresh, window)

    def _answer(self, replies: Replies) -> None:
        """Committed: say so."""
        self.groups += 1
        self.received += replies.stored
        self._moved |= replies.moved
        for identity, ack in replies.acks:
            self._acks.put_nowait((self._topics.of(Channel.ACK, identity), write_message(ack)))
        for identity, page in replies.pages:
            self._rest.put_nowait((self._topics.of(Channel.FEED, identity), write_message(page), 1))
        for identity, answer in replies.answers:
            self._rest.put_nowait((self._topics.of(Channel.ANSWER, identity), write_message(answer), 1))
        if replies.changed:
            self._pulse.beat()

    async def _hold(self, refused: Refused) -> None:
        """The database takes nothing just now: ask the boxes to wait, go on when it does again."""
        log.warning("receiving is held up: %s", refused.message)
        await self._say_state("hold")
        while True:
            await asyncio.sleep(_HELD_SECONDS)
            try:
                await self._store.transact(lambda db: db.execute(_TRY, (stamp(self._clock.now()),)).rowcount)
            except Refused:
                continue
            log.info("receiving goes on")
            await self._say_state("up")
            return

    async def _say_acks(self) -> None:
        while True:
            topic, payload = await self._acks.get()
            await self._link.publish(topic, payload, 0)

    async def _say_rest(self) -> None:
        while True:
            topic, payload, qos = await self._rest.get()
            await self._link.publish(topic, payload, qos)

    async def _flow(self) -> None:
        """Stock that moved goes into the feed, what is new in the feeds goes to the boxes, the pace is published."""
        seen, stock_at, paced_at = -1, 0.0, 0.0
        while True:
            now = self._clock.monotonic()
            if self._moved and now - stock_at >= _STOCK_SECONDS:
                stock_at = now
                await self._publish_stock()
            for topic, payload, qos in await self._news.look():
                self._rest.put_nowait((topic, payload, qos))
            if now - paced_at >= _PACE_SECONDS:
                paced_at = now
                await self._pace()
            await asyncio.sleep(_REST_SECONDS)
            seen = await self._pulse.wait(seen, _LOOK_SECONDS)

    async def _publish_stock(self) -> None:
        some = sorted(self._moved)[: stockflow.AT_ONCE]
        author = Author("hq", "stock", stamp(self._clock.now()), self._ids.new())
        try:
            await self._store.transact(lambda db: stockflow.publish(db, some, author))
        except Refused:
            return
        self._moved.difference_update(some)

    async def _pace(self) -> None:
        """A crowd of boxes must wait longer between its tries."""
        online = await self._store.read(lambda db: int(db.execute(_ONLINE).fetchone()[0]))
        cap = 2_000 if online < 100 else min(_LONGEST_MS, _BY_NODE_MS * online)
        if cap != self._cap_ms:
            self._cap_ms = cap
            await self._say_state("up")

    async def _say_state(self, state: Literal["up", "hold"]) -> None:
        topic = self._topics.of(Channel.HQ_STATE, self._setup.name)
        await self._link.publish(topic, self._state(state), 1, retain=True)

    def _presence(self, _connection: int) -> Presence:
        topic = self._topics.of(Channel.HQ_STATE, self._setup.name)
        return Presence(topic, self._state("up"), self._state("down"))

    def _state(self, state: Literal["up", "hold", "down"]) -> bytes:
        clock = stamp(self._clock.now())
        return write_message(
            ReceiverState(receiver=self._setup.name, state=state, retry_cap_ms=self._cap_ms, clock=clock)
        )


def _worst(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one exception that says what happens next: stop, try again, or a bug."""
    for kind in (Halt, DeviceLost):
        found = several.subgroup(kind)
        if found is not None:
            inner = found.exceptions[0]
            return inner if not isinstance(inner, BaseExceptionGroup) else _worst(inner)
    return several
