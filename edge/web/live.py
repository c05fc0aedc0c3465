"""What changes, pushed to the pages: one SSE stream per browser, whole states per topic, newest wins.

A frame is the whole state of its topic, so that a slow or returning reader needs the newest one only: each
reader holds at most one waiting frame per topic, and nothing is ever lost by leaving older ones out.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from edge.errors import Refused

MOST_TOPICS = 16
HEARTBEAT = 15.0
BEAT = b"event: beat\ndata: {}\n\n"


@dataclass(frozen=True, slots=True)
class Frame:
    """The whole state of `topic` at journal number `seq`; `durable` when it depends on the journal alone."""

    topic: str
    seq: int
    data: Mapping[str, object]
    durable: bool = False

    def encode(self) -> bytes:
        """As one server-sent event."""
        body = json.dumps({"topic": self.topic, "data": self.data}, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.seq}\nevent: frame\ndata: {body}\n\n".encode()


Snapshot = Callable[[str], Awaitable[Frame | None]]


class Reader:
    """One open stream; iterate it for its bytes. Ends when its `Live` closes."""

    def __init__(self, live: "Live", topics: Sequence[str]) -> None:
        self.topics = tuple(dict.fromkeys(topics))
        self._live = live
        self._waiting: dict[str, bytes] = {}
        self._news = asyncio.Event()
        self._closed = False

    def offer(self, topic: str, event: bytes) -> None:
        """Keep the newest frame of a topic; never waits."""
        self._waiting.pop(topic, None)
        self._waiting[topic] = event
        self._news.set()

    def has(self, topic: str) -> bool:
        """Whether a frame of `topic` is waiting."""
        return topic in self._waiting

    def close(self) -> None:
        """End the stream after what is waiting."""
        self._closed = True
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            yield self._live.greeting
            while True:
                try:
                    async with asyncio.timeout(self._live.heartbeat):
                        await self._news.wait()
                except TimeoutError:
                    yield BEAT
                    continue
                self._news.clear()
                waiting, self._waiting = self._waiting, {}
                if waiting:
                    yield b"".join(waiting.values())
                if self._closed:
                    return
        finally:
            self._live.forget(self)


class Live:
    """Fans frames out to readers. `snapshot(topic)` gives a topic's state now, None when there is no such topic."""

    def __init__(
        self, snapshot: Snapshot, *, heartbeat: float = HEARTBEAT, shop: Mapping[str, object] | None = None
    ) -> None:
        """`shop` is told first on every stream: a page made for another shop loads itself anew."""
        self.heartbeat = heartbeat
        self.greeting = b"retry: 1000\n\n" + (b"" if shop is None else _shop(shop))
        self._snapshot = snapshot
        self._readers: dict[str, set[Reader]] = {}
        self._last: dict[str, int] = {}
        self._closed = False

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return len({reader for readers in self._readers.values() for reader in readers})

    def publish(self, frame: Frame) -> None:
        """Hand a frame to everybody who watches its topic; an older one than the last is left out."""
        readers = self._readers.get(frame.topic)
        if not readers or frame.seq < self._last.get(frame.topic, 0):
            return
        self._last[frame.topic] = frame.seq
        event = frame.encode()
        for reader in readers:
            reader.offer(frame.topic, event)

    def watched(self) -> frozenset[str]:
        """The topics somebody watches."""
        return frozenset(self._readers)

    async def open(self, topics: Sequence[str], last_event_id: str | None = None) -> Reader:
        """A stream of `topics`, snapshots first. Raises Refused (404, 422) when there is no such stream."""
        if self._closed:
            raise Refused("the box is stopping", hint="Wait a moment.", code="stopping", status=503)
        if not 0 < len(topics) <= MOST_TOPICS:
            raise Refused(
                f"a stream takes 1 to {MOST_TOPICS} topics",
                hint="Ask for fewer topics at once.",
                code="bad-request",
                status=422,
            )
        reader = Reader(self, topics)
        for topic in reader.topics:
            self._readers.setdefault(topic, set()).add(reader)
        try:
            for topic in reader.topics:
                await self._begin(reader, topic, _number(last_event_id))
        except BaseException:
            self.forget(reader)
            raise
        return reader

    async def _begin(self, reader: Reader, topic: str, last: int) -> None:
        frame = await self._snapshot(topic)
        if frame is None:
            raise Refused(f"no topic {topic!r}", hint="Reload the page.", code="unknown-topic", status=404)
        newer = self._last.get(topic, 0) >= frame.seq and reader.has(topic)
        if not newer and not (frame.durable and frame.seq <= last):
            reader.offer(topic, frame.encode())

    def forget(self, reader: Reader) -> None:
        """The reader has gone."""
        for topic in reader.topics:
            readers = self._readers.get(topic)
            if readers is None:
                continue
            readers.discard(reader)
            if not readers:
                del self._readers[topic]
                self._last.pop(topic, None)

    async def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for reader in {each for readers in self._readers.values() for each in readers}:
            reader.close()
        await asyncio.sleep(0)


def _shop(shop: Mapping[str, object]) -> bytes:
    return f"event: shop\ndata: {json.dumps(shop)}\n\n".encode()


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 19 else -1
