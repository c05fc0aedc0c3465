"""A headquarters that keeps everything in memory and can be told to misbehave: drop, repeat, forget, hold."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from edge.clock import system_clock
from edge.errors import DeviceLost
from edge.journal.chain import entry_hash, genesis
from edge.sync import wire
from edge.sync.link import Link, LinkSetup, Message
from edge.units import Identity, Seq


@dataclass
class Branch:
    """What is held of one epoch: events above `start`."""

    start: wire.Point
    events: list[wire.Event] = field(default_factory=list)

    @property
    def head(self) -> tuple[int, str]:
        return (self.events[-1].seq, self.events[-1].hash) if self.events else (self.start.seq, self.start.hash)

    def hash_at(self, seq: int) -> str | None:
        if seq == self.start.seq:
            return self.start.hash
        index = seq - self.start.seq - 1
        return self.events[index].hash if 0 <= index < len(self.events) else None


class Headquarters:
    """One box's journal, as a receiver holds it."""

    def __init__(self, address: str, box: Identity) -> None:
        self.box, self.topics = box, wire.Topics()
        self.branches: dict[str, Branch] = {}
        self.link = Link(LinkSetup(address, "hq-test", self.topics.for_receiver(), system_clock()))
        self.deaf = False
        self.mute = 0
        """Acks still to be swallowed."""
        self.fenced = ""
        self.hellos: list[wire.Hello] = []
        self.batches: list[wire.Batch] = []
        self.statuses: list[wire.Status] = []
        self.telemetry: list[wire.Telemetry] = []
        self._out: asyncio.Queue[tuple[wire.Channel, wire.Message]] = asyncio.Queue()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Headquarters"]:
        await self.link.open()
        tasks = [asyncio.create_task(self.link.run(self.heard)), asyncio.create_task(self._speak())]
        try:
            yield self
        finally:
            await self.link.close()
            for task in tasks:
                task.cancel()
                with suppress(DeviceLost, asyncio.CancelledError):
                    await task

    def held(self, epoch: str) -> list[wire.Event]:
        """All events on the way from the first one to the end of `epoch`."""
        branch = self.branches[epoch]
        if branch.start.seq == 0:
            return branch.events
        return self.held(branch.start.epoch)[: branch.start.seq] + branch.events

    def heard(self, message: Message) -> None:
        address = self.topics.parse(message.topic)
        if self.deaf or address is None:
            return
        match address.channel:
            case wire.Channel.HELLO:
                self._hello(wire.read_message(wire.Hello, message.payload))
            case wire.Channel.JOURNAL:
                self._batch(wire.read_batch(message.payload, self.box))
            case wire.Channel.STATUS:
                self.statuses.append(wire.read_message(wire.Status, message.payload))
            case wire.Channel.TELEMETRY:
                self.telemetry.append(wire.read_message(wire.Telemetry, message.payload))

    def say(self, channel: wire.Channel, message: wire.Message) -> None:
        self._out.put_nowait((channel, message))

    async def _speak(self) -> None:
        while True:
            channel, message = await self._out.get()
            await self.link.publish(self.topics.of(channel, self.box), wire.write_message(message), channel.qos)

    def _hash(self, epoch: str, seq: int) -> str | None:
        branch = self.branches.get(epoch)
        if branch is None:
            return None
        if seq < branch.start.seq:
            return self._hash(branch.start.epoch, seq)
        return branch.hash_at(seq)

    def _holds(self, place: wire.Point) -> bool:
        if place.seq == 0:
            return place.hash == genesis(self.box, place.epoch).hex()
        return self._hash(place.epoch, place.seq) == place.hash

    def _hello(self, hello: wire.Hello) -> None:
        self.hellos.append(hello)
        common = max((place for place in hello.probe if self._holds(place)), key=lambda at: at.seq, default=None)
        place = self._standing(hello)
        self._ack(place, hello.nonce, common)

    def _standing(self, hello: wire.Hello) -> wire.Point:
        if hello.epoch in self.branches:
            return wire.Point(hello.epoch, *self.branches[hello.epoch].head)
        for place in hello.lineage:
            if self._holds(place):
                return place
            if place.epoch in self.branches:
                return wire.Point(place.epoch, *self.branches[place.epoch].head)
        root = hello.lineage[-1].epoch if hello.lineage else hello.epoch
        return wire.Point(root, 0, genesis(self.box, root).hex())

    def _batch(self, batch: wire.Batch) -> None:
        self.batches.append(batch)
        branch = self.branches.get(batch.epoch)
        if branch is None:
            start = batch.parent or wire.Point(batch.epoch, 0, genesis(self.box, batch.epoch).hex())
            if not self._holds(start) or batch.first != start.seq + 1:
                return self._ack(wire.Point(batch.epoch, 0, genesis(self.box, batch.epoch).hex()), gap=True)
            branch = self.branches[batch.epoch] = Branch(start)
        head, digest = branch.head
        gap = batch.first > head + 1
        for event in [] if gap else batch.events:
            if event.seq > head:
                assert event.hash == _hash(bytes.fromhex(digest), event)
                branch.events.append(event)
                digest = event.hash
        return self._ack(wire.Point(batch.epoch, *branch.head), gap=gap)

    def _ack(self, at: wire.Point, nonce: str = "", common: wire.Point | None = None, *, gap: bool = False) -> None:
        if self.mute:
            self.mute -= 1
            return
        ack = wire.Ack(
            epoch=at.epoch, seq=at.seq, hash=at.hash, nonce=nonce, common=common, gap=gap, fenced=self.fenced
        )
        self.say(wire.Channel.ACK, ack)


def _hash(prev: bytes, event: wire.Event) -> str:
    head = (Seq(event.seq), event.time, event.type, event.cause, event.actor, event.businessdate)
    return entry_hash(prev, *head, bytes(event.data)).hex()
