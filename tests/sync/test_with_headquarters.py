"""Box and headquarters, both real, over a real broker: after every mishap the ledgers are the same, byte for byte."""

import asyncio
import shutil
from pathlib import Path
from random import Random

from edge.journal.store import Journal
from edge.sim.proxy import Proxy
from edge.sync.replicator import Forked
from edge.units import Seq
from hq.store import Store
from tests.brokers import Mosquitto
from tests.hq.lines import headquarters
from tests.sync.shop import on_the_cable, open_journal, record
from tests.waiting import until

_HELD = "SELECT seq, time, type, cause, actor, data, hash FROM entries WHERE epoch = ? ORDER BY seq"


async def same(journal: Journal, store: Store, epoch: str, after: int = 0, seconds: float = 20) -> None:
    """Headquarters comes to hold exactly what this journal has above `after`, flagged nowhere."""
    async with asyncio.timeout(seconds):
        while await _count(store, epoch) != journal.head.seq - after:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    there = await store.read(lambda db: [tuple(row) for row in db.execute(_HELD, (epoch,))])
    mine = await journal.entries(Seq(after), 100_000)
    assert there == [(e.seq, e.time, e.type, e.cause, e.actor, e.data, e.hash) for e in mine]
    flagged = await store.read(lambda db: db.execute("SELECT count(*) FROM entries WHERE flagged").fetchone())
    assert flagged[0] == 0


async def _count(store: Store, epoch: str) -> int:
    sql = "SELECT count(*) FROM entries WHERE epoch = ?"
    found: tuple[int] = await store.read(lambda db: db.execute(sql, (epoch,)).fetchone())
    return found[0]


async def test_line_broker_and_headquarters_go_and_come_and_nothing_is_lost_or_doubled(
    mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    journal, path = await open_journal(tmp_path / "store.db"), tmp_path / "hq.db"
    proxy = Proxy(mosquitto.address)
    await proxy.start()
    async with on_the_cable(journal, proxy.address, chance):
        for mishap in ("none", "line", "broker", "headquarters"):
            async with headquarters(mosquitto.address, path):
                await record(journal, 150, mishap)
                await asyncio.sleep(chance.random() * 0.15)
                if mishap == "line":
                    proxy.cut()
                    await record(journal, 50)
                    proxy.restore()
                if mishap == "broker":
                    mosquitto.kill()
                    await record(journal, 50)
                    await mosquitto.start()
        async with headquarters(mosquitto.address, path) as store:
            await same(journal, store, "a" * 16)
    await proxy.stop()
    await journal.close()


async def test_both_ends_restored_from_old_copies_in_turn(mosquitto: Mosquitto, tmp_path: Path, chance: Random) -> None:
    path, epoch = tmp_path / "hq.db", "a" * 16
    journal = await open_journal(tmp_path / "store.db")
    await record(journal, 60)
    await journal.close()
    shutil.copy(tmp_path / "store.db", tmp_path / "image.db")
    journal = await open_journal(tmp_path / "store.db")
    async with on_the_cable(journal, mosquitto.address, chance):
        async with headquarters(mosquitto.address, path) as store:
            await same(journal, store, epoch)
        shutil.copy(path, tmp_path / "backup.db")
        async with headquarters(mosquitto.address, path) as store:
            await record(journal, 140, "later")
            await same(journal, store, epoch)
        for leftover in tmp_path.glob("hq.db*"):
            leftover.unlink()
        shutil.copy(tmp_path / "backup.db", path)
        async with headquarters(mosquitto.address, path) as store:
            await same(journal, store, epoch)
    await journal.close()

    forks: list[Forked] = []
    restored = await open_journal(tmp_path / "image.db")
    await record(restored, 75, "other trade")
    async with headquarters(mosquitto.address, path) as store:
        async with on_the_cable(restored, mosquitto.address, chance, boot="boot2", forked=forks.append):
            await until(lambda: len(forks) == 1)
            await record(restored, 25, "and more")
            await same(restored, store, forks[0].epoch, after=60)
        assert forks[0].parent.seq == 60
        assert await _count(store, epoch) == 200
    await restored.close()
