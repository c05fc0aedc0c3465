import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from edge.clock import system_clock
from edge.errors import DeviceLost
from edge.sim.proxy import Proxy
from edge.sync.link import Link, LinkSetup, Message, Presence
from tests.brokers import Mosquitto, free_port
from tests.waiting import until


def presence(connection: int) -> Presence:
    return Presence("t/status", f"online {connection}".encode(), f"offline {connection}".encode())


def setup(address: str, *, client: str = "box", ack_timeout: float = 10.0, announced: bool = False) -> LinkSetup:
    subscriptions = [(f"t/{client}/#", 1), ("t/status", 1)]
    known = presence if announced else None
    return LinkSetup(address, client, subscriptions, system_clock(), known, ack_timeout=ack_timeout)


@asynccontextmanager
async def running(link: Link) -> AsyncIterator[tuple[list[Message], "asyncio.Task[None]"]]:
    got: list[Message] = []
    await link.open()
    task = asyncio.create_task(link.run(got.append))
    try:
        yield got, task
    finally:
        await link.close()
        with suppress(DeviceLost):
            await task


async def test_what_is_published_arrives_in_order(broker_address: str) -> None:
    async with running(Link(setup(broker_address))) as (got, _):
        sender = Link(setup(broker_address, client="hq"))
        await sender.open()
        await asyncio.gather(*(sender.publish("t/box/up", str(n).encode()) for n in range(200)))
        await sender.publish("t/box/up", b"last", qos=0)
        await until(lambda: len(got) == 201)
        assert [int(message.payload) for message in got[:-1]] == list(range(200))
        await sender.close()


async def test_a_broken_line_leaves_its_will_and_a_closed_one_its_farewell(broker_address: str) -> None:
    proxy = Proxy(broker_address)
    await proxy.start()
    async with running(Link(setup(broker_address, client="hq"))) as (got, _):
        box = Link(setup(proxy.address, announced=True))
        await box.open()
        task = asyncio.create_task(box.run(lambda message: None))
        await until(lambda: [m.payload for m in got] == [b"online 1"])
        proxy.cut()
        with pytest.raises(DeviceLost):
            await task
        await until(lambda: got[-1].payload == b"offline 1")
        proxy.restore()
        await box.open()
        await until(lambda: got[-1].payload == b"online 2")
        await box.close()
        await until(lambda: got[-1].payload == b"offline 2")
        assert len(got) == 4
    await proxy.stop()


async def test_no_broker_a_hung_broker_and_a_malformed_address_are_lost_devices_with_a_hint(
    mosquitto: Mosquitto,
) -> None:
    proxy = Proxy(mosquitto.address)
    await proxy.start()
    proxy.hang()
    for address in (f"mqtt://127.0.0.1:{free_port()}", proxy.address, "http://127.0.0.1:1", "mqtt://"):
        link = Link(LinkSetup(address, "box", [], system_clock(), connect_timeout=0.3))
        with pytest.raises(DeviceLost) as lost:
            await link.open()
        assert lost.value.hint
        await link.close()
        assert not link.up
    await proxy.stop()


async def test_a_half_open_line_is_given_up_after_its_own_time_out(mosquitto: Mosquitto) -> None:
    proxy = Proxy(mosquitto.address)
    await proxy.start()
    link = Link(setup(proxy.address, ack_timeout=0.5))
    async with running(link) as (_, task):
        await link.publish("t/x", b"1")
        proxy.hang()
        with pytest.raises(DeviceLost, match="acknowledged nothing"):
            await link.publish("t/x", b"2")
        with pytest.raises(DeviceLost):
            await task
        with pytest.raises(DeviceLost):
            await link.publish("t/x", b"3")
    await proxy.stop()


async def test_no_more_than_the_window_is_handed_over_unacknowledged(mosquitto: Mosquitto) -> None:
    seen = 0

    def swallow(way: str, packet: bytes) -> list[bytes]:
        nonlocal seen
        seen += packet[0] >> 4 == 3
        return [] if packet[0] >> 4 == 4 else [packet]

    proxy = Proxy(mosquitto.address, mangle=swallow)
    await proxy.start()
    link = Link(setup(proxy.address))
    async with running(link):
        sends = [asyncio.create_task(link.publish("t/y", b"x")) for _ in range(50)]
        await until(lambda: seen == 8)
        await asyncio.sleep(0.05)
        assert seen == 8
        await link.close()
        assert all(isinstance(end, DeviceLost) for end in await asyncio.gather(*sends, return_exceptions=True))
    await proxy.stop()


async def test_an_open_that_is_cancelled_leaves_nothing_behind(mosquitto: Mosquitto) -> None:
    proxy = Proxy(mosquitto.address)
    await proxy.start()
    proxy.hang()
    link = Link(setup(proxy.address))
    task = asyncio.create_task(link.open())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await link.close()
    await proxy.stop()


async def test_the_same_link_opens_again_and_again(mosquitto: Mosquitto) -> None:
    link = Link(setup(mosquitto.address))
    for connection in range(1, 4):
        async with running(link) as (got, _):
            assert link.connection == connection
            await link.publish("t/box/x", b"1")
            await until(lambda got=got: len(got) == 1)  # type: ignore[misc]
        mosquitto.kill()
        await mosquitto.start()
