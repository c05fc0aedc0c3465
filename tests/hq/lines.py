"""A box's end of the line, word by word: what the tests say to headquarters and what they hear."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import TypeVar

from edge.clock import stamp, system_clock
from edge.health import Health
from edge.ids import seeded_ids
from edge.supervise import Supervisor
from edge.sync.link import Link, LinkSetup, Message, Presence
from edge.sync.wire import (
    Ack,
    Answer,
    Ask,
    Channel,
    FeedPage,
    FeedPosition,
    Hello,
    Point,
    ReceiverState,
    Status,
    Topics,
    Want,
    read_message,
    write_message,
)
from edge.sync.wire.messages import Message as WireMessage
from edge.units import Identity
from hq.pulse import Pulse
from hq.receiver import Receiver, ReceiverSetup
from hq.store import Store
from tests.hq.boxes import AALBORG, Box
from tests.waiting import until

M = TypeVar("M", bound=WireMessage)
TOPICS = Topics()


class Ear:
    """A link of a box and everything that came in on it."""

    def __init__(self, address: str, identity: Identity = AALBORG, boot: str = "boot-1") -> None:
        self.identity, self.boot, self.heard = identity, boot, list[Message]()
        self._news = asyncio.Event()
        self._clock = system_clock()
        self.link = Link(LinkSetup(address, identity, TOPICS.for_node(identity), self._clock, presence=self._presence))

    def _presence(self, connection: int) -> Presence:
        def status(state: str) -> bytes:
            online = state == "online"
            return write_message(Status(state="online" if online else "offline", boot=self.boot, connection=connection))

        return Presence(TOPICS.of(Channel.STATUS, self.identity), status("online"), status("offline"))

    def take_in(self, message: Message) -> None:
        self.heard.append(message)
        self._news.set()

    async def say(self, channel: Channel, payload: bytes) -> None:
        await self.link.publish(TOPICS.of(channel, self.identity), payload, channel.qos)

    async def hear(self, channel: Channel, kind: type[M], fits: Callable[[M], bool], seconds: float = 5.0) -> M:
        """The first message of this kind, now or soon, that fits."""
        async with asyncio.timeout(seconds):
            while True:
                self._news.clear()
                for message in self.heard:
                    address = TOPICS.parse(message.topic)
                    if address and address.channel is channel and fits(found := read_message(kind, message.payload)):
                        return found
                await self._news.wait()

    async def ack(self, fits: Callable[[Ack], bool]) -> Ack:
        return await self.hear(Channel.ACK, Ack, fits)

    async def hello(
        self, box: Box, nonce: str, *, probe: tuple[Point, ...] = (), feeds: tuple[FeedPosition, ...] = (),
        connection: int = 1, boot: str = "", lineage: tuple[Point, ...] = (),
    ) -> Ack:  # fmt: skip
        head = len(box.entries)
        said = Hello(
            nonce=nonce, epoch=box.epoch, oldest=1, head=head, hash=box.hash_at(head).hex(), boot=boot or self.boot,
            connection=connection, clock=stamp(self._clock.now()), monotonic=1, version="0.1", feeds=feeds,
            probe=probe, lineage=lineage,
        )  # fmt: skip
        await self.say(Channel.HELLO, write_message(said))
        return await self.ack(lambda ack: ack.nonce == nonce)

    async def want(self, nonce: str, seq: int = 0, epoch: str = "", hash: str = "", store: bool = False) -> FeedPage:
        said = Want(feed="store" if store else "all", nonce=nonce, epoch=epoch, seq=seq, hash=hash)
        await self.say(Channel.WANT, write_message(said))
        return await self.hear(Channel.FEED, FeedPage, lambda page: page.nonce == nonce)

    async def pushed(self, fits: Callable[[FeedPage], bool]) -> FeedPage:
        return await self.hear(Channel.ALL_FEED, FeedPage, fits)

    async def ask(self, id: str, expires: str) -> Answer:
        said = Ask(id=id, kind="weather", expires=expires, data=b"{}")  # type: ignore[arg-type]
        await self.say(Channel.ASK, write_message(said))
        return await self.hear(Channel.ANSWER, Answer, lambda answer: answer.id == id)

    async def hq_state(self, state: str) -> ReceiverState:
        return await self.hear(Channel.HQ_STATE, ReceiverState, lambda said: said.state == state)


@asynccontextmanager
async def ear(address: str, identity: Identity = AALBORG, boot: str = "boot-1") -> AsyncIterator[Ear]:
    """A box on the line."""
    one = Ear(address, identity, boot)
    await one.link.open()
    running = asyncio.create_task(one.link.run(one.take_in))
    try:
        yield one
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await one.link.close()


@asynccontextmanager
async def headquarters(address: str, path: Path, name: str = "r1") -> AsyncIterator[Store]:
    """A receiver over a database, supervised as in the product."""
    clock = system_clock()
    store = Store.open(path)
    pulse = Pulse()
    health = Health(clock)
    supervisor = Supervisor(health, Random(1))
    receiver = Receiver(ReceiverSetup(name, address), store, pulse, clock, seeded_ids(Random().getrandbits(32)))
    supervisor.watch(receiver, lambda replies: None)
    try:
        await until(lambda: (part := health.part(receiver.name)) is not None and part.up)
        yield store
    finally:
        await supervisor.stop()
        await asyncio.to_thread(store.close)
