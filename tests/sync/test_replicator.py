import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from edge.journal.store import Journal
from edge.sim.proxy import Mangle, Proxy, Way
from edge.sync import wire
from edge.sync.cable import CableState
from edge.sync.replicator import Forked
from edge.units import Seq
from tests.brokers import Mosquitto
from tests.sync.headquarters import Headquarters
from tests.sync.shop import BOX, acked, on_the_cable, open_journal, record
from tests.waiting import until

A = "a" * 16


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await open_journal(tmp_path / "store.db")
    yield journal
    await journal.close()


async def same(journal: Journal, hq: Headquarters, epoch: str = A, seconds: float = 20) -> None:
    """HQ comes to hold exactly this journal, byte for byte."""
    await until(lambda: epoch in hq.branches and hq.branches[epoch].head[0] == journal.head.seq, seconds)
    mine = await journal.entries(Seq(0), 100_000)
    there = hq.held(epoch)
    assert [(e.seq, e.hash.hex(), e.data, e.type) for e in mine] == [
        (e.seq, e.hash, bytes(e.data), e.type) for e in there
    ]


async def test_a_backlog_and_what_follows_it_arrive_once_in_order(
    journal: Journal, broker_address: str, chance: Random
) -> None:
    await record(journal, 350)
    async with (
        Headquarters(broker_address, BOX).running() as hq,
        on_the_cable(journal, broker_address, chance) as cable,
    ):
        await same(journal, hq)
        await record(journal, 1)
        await same(journal, hq)
        assert hq.batches[-1].count == 1
        assert max(batch.count for batch in hq.batches) == 100
        await until_acked(journal, 351)
        state = await cable.state()
        assert state == CableState(True, True, False, 351, 351, 0, "")


async def until_acked(journal: Journal, seq: int) -> None:
    async with asyncio.timeout(10):
        while await acked(journal) != seq:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_single_live_sale_does_not_wait_for_company(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    async with Headquarters(mosquitto.address, BOX).running() as hq, on_the_cable(journal, mosquitto.address, chance):
        await record(journal, 1)
        await same(journal, hq)
        start = asyncio.get_running_loop().time()
        await record(journal, 1)
        await same(journal, hq)
        assert asyncio.get_running_loop().time() - start < 0.15


async def test_hq_that_comes_late_gets_everything(journal: Journal, mosquitto: Mosquitto, chance: Random) -> None:
    async with on_the_cable(journal, mosquitto.address, chance) as cable:
        await record(journal, 120)
        await asyncio.sleep(0.5)
        assert (await cable.state()).acked == 0
        async with Headquarters(mosquitto.address, BOX).running() as hq:
            await same(journal, hq)


async def test_a_broker_killed_and_wiped_again_and_again_loses_nothing(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    hq = Headquarters(mosquitto.address, BOX)

    async def keep_hq_running() -> None:
        while True:
            try:
                async with hq.running():
                    await asyncio.wait_for(_lost(hq), 60)
            except (OSError, TimeoutError):
                continue
            except Exception as error:
                if type(error).__name__ != "DeviceLost":
                    raise
            await asyncio.sleep(0.02)

    keeper = asyncio.create_task(keep_hq_running())
    async with on_the_cable(journal, mosquitto.address, chance):
        for _ in range(4):
            await record(journal, 200)
            await asyncio.sleep(chance.random() * 0.2)
            mosquitto.kill()
            await record(journal, 50)
            await mosquitto.start()
        await same(journal, hq)
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)


async def _lost(hq: Headquarters) -> None:
    while hq.link.up:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("fault", ["lost", "twice", "swapped", "all of it"])
async def test_a_broker_that_drops_repeats_or_reorders_costs_time_and_no_facts(
    fault: str, journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    faulty = True

    def bad() -> Mangle:
        held: list[bytes] = []

        def mangle(way: Way, packet: bytes) -> list[bytes]:
            if packet[0] >> 4 != 3 or not faulty:
                return [packet]
            luck = chance.random()
            if fault in ("lost", "all of it") and luck < 0.15 and (way is Way.DOWN or packet[0] & 6 == 0):
                return []
            if fault in ("twice", "all of it") and luck < 0.3:
                return [packet, packet]
            if fault in ("swapped", "all of it") and way is Way.DOWN:
                if luck < 0.6 and not held:
                    held.append(packet)
                    return []
                late, held[:] = list(held), []
                return [packet, *late]
            return [packet]

        return mangle

    near, far = Proxy(mosquitto.address, mangle=bad()), Proxy(mosquitto.address, mangle=bad())
    await near.start()
    await far.start()
    hq = Headquarters(far.address, BOX)
    async with hq.running(), on_the_cable(journal, near.address, chance):
        for _ in range(12):
            await record(journal, 40)
            await asyncio.sleep(0.01)
        faulty = fault != "all of it"
        await same(journal, hq, seconds=30)
    await near.stop()
    await far.stop()


async def test_a_line_cut_in_mid_packet_or_hung_is_survived(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    proxy = Proxy(mosquitto.address)
    await proxy.start()
    async with Headquarters(mosquitto.address, BOX).running() as hq, on_the_cable(journal, proxy.address, chance):
        for _ in range(4):
            proxy.cut_after = chance.randrange(200, 4000)
            await record(journal, 100)
            await asyncio.sleep(0.05)
            proxy.restore()
        await same(journal, hq)
        proxy.hang()
        await record(journal, 10)
        await asyncio.sleep(0.3)
        proxy.restore()
        await same(journal, hq)
    await proxy.stop()


async def test_a_line_slower_than_every_patience_still_works(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    proxy = Proxy(mosquitto.address)
    await proxy.start()
    async with Headquarters(mosquitto.address, BOX).running() as hq, on_the_cable(journal, proxy.address, chance):
        await record(journal, 30)
        await same(journal, hq)
        proxy.delay = 0.6
        await record(journal, 30)
        await same(journal, hq)
        await until_acked(journal, 60)
    await proxy.stop()


async def test_an_ack_that_got_lost_is_asked_for(journal: Journal, mosquitto: Mosquitto, chance: Random) -> None:
    async with Headquarters(mosquitto.address, BOX).running() as hq, on_the_cable(journal, mosquitto.address, chance):
        await record(journal, 1)
        await same(journal, hq)
        hq.mute = 3
        await record(journal, 5)
        await until_acked(journal, 6)


async def test_hq_restored_from_a_backup_gets_again_what_it_lost(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    async with Headquarters(mosquitto.address, BOX).running() as hq, on_the_cable(journal, mosquitto.address, chance):
        await record(journal, 250)
        await same(journal, hq)
        await until_acked(journal, 250)
        del hq.branches[A].events[70:]
        await record(journal, 1)
        await same(journal, hq)
        hq.branches.clear()
        await record(journal, 1)
        await same(journal, hq)


async def test_a_box_restored_from_an_old_image_sells_on_under_a_new_epoch(
    tmp_path: Path, mosquitto: Mosquitto, chance: Random
) -> None:
    forks: list[Forked] = []
    journal = await open_journal(tmp_path / "store.db")
    await record(journal, 63)
    await journal.close()
    shutil.copy(tmp_path / "store.db", tmp_path / "image.db")
    journal = await open_journal(tmp_path / "store.db")
    async with Headquarters(mosquitto.address, BOX).running() as hq:
        async with on_the_cable(journal, mosquitto.address, chance):
            await record(journal, 137, "before")
            await same(journal, hq)
        await journal.close()
        lost_history = list(hq.held(A))
        for times, later in enumerate(("b", "c"), 1):  # it happens twice, from the same image
            shutil.copy(tmp_path / "image.db", tmp_path / f"{later}.db")
            restored = await open_journal(tmp_path / f"{later}.db")
            await record(restored, 0 if later == "b" else 201, later)
            async with on_the_cable(restored, mosquitto.address, chance, boot=later, forked=forks.append):
                await until(lambda expected=times: len(forks) == expected)  # type: ignore[misc]
                await record(restored, 30, f"{later}2")
                await same(restored, hq, forks[-1].epoch)
            assert forks[-1].parent == wire.Point(A, 63, lost_history[62].hash)
            assert hq.branches[forks[-1].epoch].start == forks[-1].parent
            first = next(batch for batch in hq.batches if batch.epoch == forks[-1].epoch)
            assert (first.parent, first.first) == (forks[-1].parent, 64)
            await restored.close()
            reopened = await open_journal(tmp_path / f"{later}.db")
            async with on_the_cable(reopened, mosquitto.address, chance, boot=f"{later}3", forked=forks.append):
                await record(reopened, 5, f"{later}4")
                await same(reopened, hq, forks[-1].epoch)
            await reopened.close()
    assert len(forks) == 2
    assert hq.held(A) == lost_history


async def test_hq_restored_behind_a_fork_gets_both_sides_of_it_again(
    tmp_path: Path, mosquitto: Mosquitto, chance: Random
) -> None:
    journal = await open_journal(tmp_path / "store.db")
    await record(journal, 60)
    await journal.relabel(Seq(60), "b" * 16)
    await record(journal, 60)
    async with Headquarters(mosquitto.address, BOX).running() as hq, on_the_cable(journal, mosquitto.address, chance):
        await same(journal, hq, "b" * 16)
        del hq.branches["b" * 16]
        del hq.branches[A].events[20:]
        await record(journal, 1)
        await same(journal, hq, "b" * 16)
    await journal.close()


async def test_a_stale_ack_of_another_history_costs_a_question_and_no_fork(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    forks: list[Forked] = []
    async with (
        Headquarters(mosquitto.address, BOX).running() as hq,
        on_the_cable(journal, mosquitto.address, chance, forked=forks.append),
    ):
        await record(journal, 20)
        await same(journal, hq)
        hellos = len(hq.hellos)
        hq.say(wire.Channel.ACK, wire.Ack(epoch="e" * 16, seq=9, hash="0" * 64))
        hq.say(wire.Channel.ACK, wire.Ack(epoch=A, seq=99, hash="0" * 64))
        await until(lambda: len(hq.hellos) > hellos)
        await record(journal, 20)
        await same(journal, hq)
    assert forks == []


async def test_a_fenced_box_stays_off_the_cable_until_it_is_let_back(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    hq = Headquarters(mosquitto.address, BOX)
    hq.fenced = "boot1"
    async with hq.running(), on_the_cable(journal, mosquitto.address, chance) as cable:
        await record(journal, 5)
        await until(lambda: cable.replicator.fenced)
        await asyncio.sleep(0.3)
        assert hq.batches == []
        assert (await cable.state()).fenced
        hq.fenced = ""
        await same(journal, hq)


async def test_a_receiver_that_holds_is_spared_and_one_that_is_up_again_gets_everything(
    journal: Journal, mosquitto: Mosquitto, chance: Random
) -> None:
    hq = Headquarters(mosquitto.address, BOX)
    topic = hq.topics.of(wire.Channel.HQ_STATE, "hq1")

    async def announce(state: wire.ReceiverState) -> None:
        await hq.link.publish(topic, wire.write_message(state), retain=True)

    async with hq.running():
        await announce(wire.ReceiverState(receiver="hq1", state="hold"))
        async with on_the_cable(journal, mosquitto.address, chance):
            await until(lambda: len(hq.hellos) > 0)
            await record(journal, 20)
            await asyncio.sleep(0.3)
            assert hq.batches == []
            await announce(wire.ReceiverState(receiver="hq1", state="up", rate=100))
            await same(journal, hq)
            await record(journal, 20)
            await same(journal, hq)


async def test_the_screen_counts_the_sales_that_exist_only_here(journal: Journal, chance: Random) -> None:
    states: list[CableState] = []
    async with on_the_cable(journal, "mqtt://127.0.0.1:1", chance) as cable:
        watch = asyncio.create_task(cable.watch(states.append))
        await until(lambda: len(states) == 1)
        await record(journal, 3)
        await until(lambda: states[-1].head == 3)
        assert states[-1] == CableState(False, False, False, 3, 0, 0, "")
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def test_birth_health_and_farewell_reach_hq(journal: Journal, mosquitto: Mosquitto, chance: Random) -> None:
    async with Headquarters(mosquitto.address, BOX).running() as hq:
        async with on_the_cable(journal, mosquitto.address, chance):
            await until(lambda: bool(hq.telemetry))
        await until(lambda: len(hq.statuses) == 2)
        assert [(s.state, s.boot, s.connection) for s in hq.statuses] == [
            ("online", "boot1", 1),
            ("offline", "boot1", 1),
        ]
