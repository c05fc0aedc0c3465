"""The whole cable of one box as one device: line, replicator, inbox, health reports, questions to HQ."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from logging import getLogger
from typing import NoReturn

import msgspec

from edge.clock import Clock, stamp
from edge.errors import Refused
from edge.journal.store import Journal
from edge.supervise import Emit
from edge.sync import wire
from edge.sync.inbox import Inbox, Rhythm
from edge.sync.link import Link, LinkSetup, Message, Presence, Tls
from edge.sync.record import JournalRecord
from edge.sync.replicator import Chance, Forked, Me, Pace, Replicator
from edge.sync.tables import Applies

log = getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CableState:
    """What a screen says of the cable: `sales` exist only on this box, the oldest since `since` (RFC 3339, or "").

    `connected`: the broker is there. `answered`: HQ is there. `fenced`: HQ took this box off the cable.
    """

    connected: bool
    answered: bool
    fenced: bool
    head: int
    acked: int
    sales: int
    since: str


@dataclass(frozen=True, slots=True)
class CableSetup:
    """`devices` gives the health of the box's parts for HQ's page; `forked` hears when a new epoch began."""

    address: str
    journal: Journal
    me: Me
    clock: Clock
    chance: Chance
    applies: Applies
    prefix: str = "retail/v1"
    tls: Tls | None = None
    pace: Pace | None = None
    rhythm: Rhythm | None = None
    devices: Callable[[], Sequence[wire.DeviceHealth]] = tuple
    forked: Callable[[Forked], None] = lambda fork: None
    report_every: float = 10.0
    look_every: float = 0.25
    keepalive: int = 20
    ack_timeout: float = 10.0


class Cable:
    """A device for the supervisor (it emits nothing); `watch` tells how it stands, also while the line is cut."""

    def __init__(self, setup: CableSetup, name: str = "headquarters") -> None:
        self.name = name
        self._setup, self._pace = setup, setup.pace or Pace()
        self._identity = setup.journal.identity
        self._topics = wire.Topics(setup.prefix)
        self.inbox = Inbox(setup.journal, setup.applies, setup.clock, setup.chance, setup.rhythm)
        self.replicator = Replicator(
            JournalRecord(setup.journal),
            setup.me,
            setup.clock,
            setup.chance,
            pace=self._pace,
            feeds=self.inbox.positions,
            forked=setup.forked,
        )
        self._link = Link(
            LinkSetup(
                setup.address,
                self._identity,
                self._topics.for_node(self._identity),
                setup.clock,
                self._presence,
                setup.tls,
                keepalive=setup.keepalive,
                ack_timeout=setup.ack_timeout,
            )
        )
        self._asked: dict[str, asyncio.Future[wire.Answer]] = {}
        self._gap = 0
        self._malformed = 0

    async def open(self) -> None:
        """Reach the broker; a box that was fenced off asks seldom, so that the other one keeps its line."""
        if self.replicator.fenced:
            await asyncio.sleep(self._pace.fenced_every)
        self.replicator.begin()
        self.inbox.begin()
        await self._link.open()

    async def run(self, emit: Emit[None]) -> None:
        """Work until the line is lost."""
        await together(
            self._link.run(self._route),
            self.replicator.session(self._publish, self._link.connection),
            self.inbox.session(self._publish),
            self._report(),
        )

    async def close(self) -> None:
        """Say farewell and let go; questions still open are refused."""
        await self._link.close()
        for waiting in self._asked.values():
            waiting.cancel()
        self._asked.clear()

    async def state(self) -> CableState:
        """How things stand now."""
        lag = await self.replicator.lag()
        up, fenced = self._link.up, self.replicator.fenced
        return CableState(up, up and self.replicator.agreed, fenced, lag.head, lag.acked, lag.sales, lag.since)

    async def ask(self, kind: str, data: object, *, within: float) -> bytes:
        """Ask HQ what only HQ knows; gives JSON. Refused when there is no answer in `within` seconds, or HQ refuses."""
        clock = self._setup.clock
        name = wire.new_epoch(self._setup.chance.bits())
        expires = stamp(clock.now() + timedelta(seconds=within))
        question = wire.Ask(id=name, kind=kind, expires=expires, data=msgspec.Raw(msgspec.json.encode(data)))
        answer = self._asked[name] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within):
                if not self._link.up:
                    raise TimeoutError
                await self._publish(wire.Channel.ASK, wire.write_message(question))
                given = await answer
        except TimeoutError:
            hint = "Try again when the connection is back."
            raise Refused("headquarters does not answer", hint=hint, code="offline", status=503) from None
        finally:
            self._asked.pop(name, None)
        if given.refused:
            raise Refused(given.refused, code="hq-refused")
        return bytes(given.data)

    async def _publish(self, channel: wire.Channel, payload: bytes) -> None:
        await self._link.publish(self._topics.of(channel, self._identity), payload, channel.qos)

    def _presence(self, connection: int) -> Presence:
        boot, clock = self._setup.me.boot, stamp(self._setup.clock.now())
        birth = wire.Status(state="online", boot=boot, connection=connection, clock=clock)
        will = wire.Status(state="offline", boot=boot, connection=connection)
        topic = self._topics.of(wire.Channel.STATUS, self._identity)
        return Presence(topic, wire.write_message(birth), wire.write_message(will))

    def _route(self, message: Message) -> None:
        address = self._topics.parse(message.topic)
        if address is None:
            return
        try:
            self._deliver(address, message.payload)
        except wire.Malformed as error:
            self._malformed += 1
            if self._malformed == 1:  # say it once
                log.error("headquarters sent what this release cannot read on %s: %s", message.topic, error)

    def _deliver(self, address: wire.Address, payload: bytes) -> None:
        match address.channel:
            case wire.Channel.ACK:
                ack = wire.read_message(wire.Ack, payload)
                self.replicator.received_ack(ack)
                if ack.feeds:
                    self.inbox.received_heads(ack.feeds)
            case wire.Channel.FEED:
                self.inbox.received_page(wire.read_message(wire.FeedPage, payload))
            case wire.Channel.ALL_FEED:
                page = wire.read_message(wire.FeedPage, payload)
                if page.feed != "all" or page.nonce:
                    raise wire.Malformed("only the feed for all travels there, and no answers")
                self.inbox.received_page(page)
            case wire.Channel.HQ_STATE:
                if payload:  # an empty one clears what the broker kept
                    self.replicator.received_state(wire.read_message(wire.ReceiverState, payload))
            case wire.Channel.ANSWER:
                answer = wire.read_message(wire.Answer, payload)
                waiting = self._asked.get(answer.id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)

    async def _report(self) -> None:
        """The health of the box's parts, now and then; what could not be sent is counted, not kept."""
        while True:
            devices = tuple(self._setup.devices())[:200]
            boot, clock = self._setup.me.boot, stamp(self._setup.clock.now())
            report = wire.Telemetry(boot=boot, clock=clock, devices=devices, gap=self._gap)
            self._gap += 1
            await self._publish(wire.Channel.TELEMETRY, wire.write_message(report))
            self._gap = 0
            await asyncio.sleep(self._setup.report_every)

    async def watch(self, emit: Emit[CableState]) -> NoReturn:
        """Emit the state whenever it changed, until cancelled; for the life of the process."""
        said = None
        while True:
            state = await self.state()
            if state != said:
                emit(state)
                said = state
            await asyncio.sleep(self._setup.look_every)


async def together(*work: Coroutine[object, object, object] | Awaitable[object]) -> None:
    """Run until the first of them ends; end the others; raise what ended it."""
    tasks = [asyncio.ensure_future(piece) for piece in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if task in done:
            task.result()
