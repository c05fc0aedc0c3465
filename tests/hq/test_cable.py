"""A real journal on a real cable to a real headquarters: after anything, both hold the same, or it was told."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from edge.journal.store import Journal
from edge.units import Seq
from hq.store import Store
from hq.verify import verify
from tests.brokers import Mosquitto
from tests.hq.lines import headquarters
from tests.sync.shop import BOX, on_the_cable, open_journal, record


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await open_journal(tmp_path / "store.db")
    yield journal
    await journal.close()


Held = list[tuple[int, bytes, bytes]]


async def held(store: Store, epoch: str) -> Held:
    sql = "SELECT seq, data, hash FROM entries WHERE identity = ? AND epoch = ? ORDER BY seq"
    return await store.read(lambda db: [tuple(row) for row in db.execute(sql, (BOX, epoch))])


async def mine(journal: Journal, after: int = 0) -> Held:
    return [(entry.seq, entry.data, entry.hash) for entry in await journal.entries(Seq(after), 100_000)]


async def same(journal: Journal, store: Store, after: int = 0) -> None:
    """HQ comes to hold this journal's own branch, byte for byte, and every chain it holds is whole."""
    async with asyncio.timeout(15):
        while await held(store, journal.head.epoch) != await mine(journal, after):  # noqa: ASYNC110
            await asyncio.sleep(0.03)
    wrong = await store.read(lambda db: [finding.words() for finding in verify(db) if finding.wrong])
    assert wrong == []


async def alarms(store: Store) -> set[str]:
    return await store.read(lambda db: {row[0] for row in db.execute("SELECT kind FROM alarms")})


async def test_a_backlog_and_what_follows_it(
    journal: Journal, broker_address: str, tmp_path: Path, chance: Random
) -> None:
    await record(journal, 350)
    async with headquarters(broker_address, tmp_path / "hq.db") as store, on_the_cable(journal, broker_address, chance):
        await same(journal, store)
        await record(journal, 5)
        await same(journal, store)
        assert await alarms(store) == set()


async def test_headquarters_comes_back_as_an_old_copy(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    path, copy = tmp_path / "hq.db", tmp_path / "copy.db"
    async with on_the_cable(journal, mosquitto.address, chance):
        await record(journal, 40)
        async with headquarters(mosquitto.address, path) as store:
            await same(journal, store)
        shutil.copy(path, copy)
        await record(journal, 120)
        async with headquarters(mosquitto.address, path) as store:
            await same(journal, store)
        for old in tmp_path.glob("hq.db*"):
            old.unlink()
        shutil.copy(copy, path)
        async with headquarters(mosquitto.address, path) as store:
            await same(journal, store)
            await record(journal, 3)
            await same(journal, store)
            assert await alarms(store) == set()


async def forked(journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random, store: Store) -> Journal:
    """The box sells, is restored from an image taken before, and sells on."""
    await record(journal, 30)
    async with on_the_cable(journal, mosquitto.address, chance):
        await same(journal, store)
        await journal.transact(lambda tx: tx.db.execute("SELECT 1").fetchone(), cause="checkpoint")  # type: ignore[arg-type]
        await asyncio.to_thread(backup, journal.path, tmp_path / "image.db")
        await record(journal, 25)
        await same(journal, store)
    image = await open_journal(tmp_path / "image.db")
    await record(image, 13, who="bo")
    return image


def backup(source: Path, target: Path) -> None:

    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


async def test_a_box_restored_from_an_old_image_sells_on_and_both_histories_are_kept(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store:
        first = journal.head.epoch
        image = await forked(journal, mosquitto, tmp_path, chance, store)
        async with on_the_cable(image, mosquitto.address, chance, boot="boot2"):
            async with asyncio.timeout(10):
                while image.head.epoch == first:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            await same(image, store, after=30)
            await record(image, 4, who="bo")
            await same(image, store, after=30)
        await image.close()
        assert await held(store, first) == await mine(journal)
        assert "branch" in await alarms(store)


async def test_headquarters_that_lost_everything_gets_a_forked_box_s_whole_history(
    journal: Journal, mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store:
        image = await forked(journal, mosquitto, tmp_path, chance, store)
        async with on_the_cable(image, mosquitto.address, chance, boot="boot2"):
            async with asyncio.timeout(10):
                while image.head.epoch == journal.head.epoch:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            await same(image, store, after=30)
    async with (
        headquarters(mosquitto.address, tmp_path / "empty.db") as store,
        on_the_cable(image, mosquitto.address, chance, boot="boot3"),
    ):
        await same(image, store, after=30)
        assert await held(store, journal.head.epoch) == (await mine(journal))[:30]
        assert "fork" not in await alarms(store)
    await image.close()
