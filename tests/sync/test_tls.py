"""The link under the broker's shipped configuration: certificates both ways, and what happens without."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from edge.clock import system_clock
from edge.errors import DeviceLost
from edge.sync import wire
from edge.sync.link import Link, LinkSetup, Message, Presence, Tls
from edge.units import Identity
from tests.test_broker_rules import Authority, serving
from tests.waiting import until

BOX = Identity("aalborg_1")
TOPICS = wire.Topics()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    authority = Authority(folder)
    for name in ("broker", "hq", BOX):
        authority.issue(name)
    (folder / "elsewhere").mkdir()
    Authority(folder / "elsewhere").issue(BOX)
    return folder


@pytest.fixture
def port(room: Path) -> Iterator[int]:
    with serving(room) as port:
        yield port


def link(room: Path, port: int, tls: Tls | None, name: str = BOX, at: str = "127.0.0.1") -> Link:
    subscriptions = TOPICS.for_node(BOX) if name == BOX else TOPICS.for_receiver()

    def presence(connection: int) -> Presence:
        return Presence(TOPICS.of(wire.Channel.STATUS, BOX), b"birth", b"will")

    said = presence if name == BOX else None
    return Link(LinkSetup(f"mqtts://{at}:{port}", name, subscriptions, system_clock(), said, tls, connect_timeout=1.5))


def shown(room: Path, name: str) -> Tls:
    return Tls(room / "ca.crt", room / f"{name}.crt", room / f"{name}.key")


async def test_a_box_and_headquarters_speak_under_certificates(room: Path, port: int) -> None:
    heard: list[Message] = []
    hq, box = link(room, port, shown(room, "hq"), "hq"), link(room, port, shown(room, BOX))
    await hq.open()
    listening = asyncio.create_task(hq.run(heard.append))
    await box.open()
    big = bytes(300_000)  # many TLS records: none may wait in the decoder unseen
    for _ in range(3):
        await box.publish(TOPICS.of(wire.Channel.JOURNAL, BOX), big)
    await until(lambda: len(heard) == 4)
    assert [message.payload for message in heard] == [b"birth", big, big, big]
    await box.close()
    await until(lambda: heard[-1].payload == b"will")
    await hq.close()
    with suppress(DeviceLost):
        await listening


@pytest.mark.parametrize("who", ["nobody", "a stranger", "an untrusting box"])
async def test_without_the_right_certificates_there_is_no_line_but_a_hint(who: str, room: Path, port: int) -> None:
    elsewhere = room / "elsewhere"
    tls = {
        "nobody": Tls(room / "ca.crt"),
        "a stranger": Tls(room / "ca.crt", elsewhere / f"{BOX}.crt", elsewhere / f"{BOX}.key"),
        "an untrusting box": Tls(elsewhere / "ca.crt", room / f"{BOX}.crt", room / f"{BOX}.key"),
    }[who]
    line = link(room, port, tls)
    with pytest.raises(DeviceLost) as lost:
        await line.open()
    assert lost.value.hint
    await line.close()
