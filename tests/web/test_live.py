"""The stream: snapshots first, newest wins, heartbeats, a clean end."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from edge.errors import Refused
from edge.web.live import BEAT, MOST_TOPICS, Frame, Live, Reader


async def snapshot(topic: str) -> Frame | None:
    return Frame(topic, 5, {"now": True}, durable=topic.startswith("till")) if ":" in topic else None


def frames(chunk: bytes) -> list[tuple[int, str, dict[str, object]]]:
    found = []
    for event in chunk.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in event.splitlines() if ": " in line)
        if fields.get("event") == "frame":
            body = json.loads(fields["data"])
            found.append((int(fields["id"]), body["topic"], body["data"]))
    return found


async def begin(reader: Reader) -> AsyncIterator[bytes]:
    stream = aiter(reader)
    assert await anext(stream) == b"retry: 1000\n\n"
    return stream


async def test_a_snapshot_of_every_topic_comes_first_with_its_journal_number() -> None:
    live = Live(snapshot)
    stream = await begin(await live.open(["till:1", "wall:2"]))
    assert frames(await anext(stream)) == [(5, "till:1", {"now": True}), (5, "wall:2", {"now": True})]


async def test_a_slow_reader_gets_the_newest_frame_of_each_topic_and_no_queue() -> None:
    live = Live(snapshot)
    stream = await begin(await live.open(["till:1", "wall:2"]))
    await anext(stream)
    for seq in range(6, 1000):
        live.publish(Frame("till:1", seq, {"n": seq}))
    live.publish(Frame("wall:2", 7, {"n": 7}))
    assert frames(await anext(stream)) == [(999, "till:1", {"n": 999}), (7, "wall:2", {"n": 7})]


async def test_an_older_frame_never_follows_a_newer_one() -> None:
    live = Live(snapshot)
    stream = await begin(await live.open(["till:1"]))
    await anext(stream)
    live.publish(Frame("till:1", 9, {"n": 9}))
    live.publish(Frame("till:1", 8, {"n": 8}))
    assert frames(await anext(stream)) == [(9, "till:1", {"n": 9})]


async def test_a_frame_that_overtakes_its_snapshot_is_kept() -> None:
    live: Live

    async def slow(topic: str) -> Frame | None:
        live.publish(Frame(topic, 9, {"n": "new"}))
        return Frame(topic, 5, {"n": "old"})

    live = Live(slow)
    stream = await begin(await live.open(["till:1"]))
    assert frames(await anext(stream)) == [(9, "till:1", {"n": "new"})]


@pytest.mark.parametrize(
    ("last", "left_out"), [("5", True), ("4", False), ("x", False), (None, False), ("9" * 30, False)]
)
async def test_a_resumed_stream_leaves_out_what_the_journal_number_proves_known(
    last: str | None, left_out: bool
) -> None:
    live = Live(snapshot)
    stream = await begin(await live.open(["till:1", "wall:2"], last))
    topics = [topic for _, topic, _ in frames(await anext(stream))]
    assert topics == (["wall:2"] if left_out else ["till:1", "wall:2"])


async def test_silence_is_broken_by_heartbeats() -> None:
    live = Live(snapshot, heartbeat=0.01)
    stream = await begin(await live.open(["till:1"]))
    await anext(stream)
    assert await anext(stream) == BEAT


async def test_closing_ends_every_stream_and_opens_no_other() -> None:
    live = Live(snapshot)
    reader = await live.open(["till:1"])
    stream = await begin(reader)
    await anext(stream)
    rest = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    await live.close()
    assert await rest is None
    assert live.watched() == frozenset()
    with pytest.raises(Refused, match="stopping"):
        await live.open(["till:1"])


async def test_a_reader_that_leaves_is_forgotten() -> None:
    live = Live(snapshot)
    stream = await begin(await live.open(["till:1"]))
    assert live.watched() == {"till:1"}
    await stream.aclose()  # type: ignore[attr-defined]
    assert live.watched() == frozenset()


@pytest.mark.parametrize(
    "topics", [[], ["nothing"], ["till:1", "nothing"], [f"till:{n}" for n in range(MOST_TOPICS + 1)]]
)
async def test_a_stream_of_nothing_unknown_or_too_much_is_refused_and_leaves_nothing(topics: list[str]) -> None:
    live = Live(snapshot)
    with pytest.raises(Refused):
        await live.open(topics)
    assert live.watched() == frozenset()
