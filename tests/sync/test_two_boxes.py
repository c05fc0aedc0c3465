"""Two live boxes with one name, as they really meet headquarters: each connection ends the other's."""

import asyncio
import shutil
from pathlib import Path
from random import Random

from edge.units import Identity
from hq.answers import unfence
from hq.store import Store
from tests.brokers import Mosquitto
from tests.hq.lines import headquarters
from tests.sync.shop import BOX, on_the_cable, open_journal, record
from tests.sync.test_with_headquarters import same
from tests.waiting import until

_ALARMS = "SELECT count(*) FROM alarms WHERE kind = 'two-boxes'"


async def _told(store: Store) -> None:
    async with asyncio.timeout(20):
        while not await store.read(lambda db: db.execute(_ALARMS).fetchone()[0]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_two_live_boxes_are_told_apart_one_goes_on_and_the_other_waits_for_a_person(
    mosquitto: Mosquitto, tmp_path: Path, chance: Random
) -> None:
    journal = await open_journal(tmp_path / "store.db")
    await record(journal, 20)
    await journal.close()
    (tmp_path / "twin").mkdir()
    shutil.copy(tmp_path / "store.db", tmp_path / "twin" / "store.db")
    journal, twin = await open_journal(tmp_path / "store.db"), await open_journal(tmp_path / "twin" / "store.db")
    async with headquarters(mosquitto.address, tmp_path / "hq.db") as store:
        async with on_the_cable(journal, mosquitto.address, chance, boot="first") as cable:
            await same(journal, store, "a" * 16)
            async with on_the_cable(twin, mosquitto.address, chance, boot="second") as other:
                await _told(store)
                await until(lambda: other.replicator.fenced)
                assert not cable.replicator.fenced
                await record(journal, 30, "here")
                await same(journal, store, "a" * 16)
            async with on_the_cable(twin, mosquitto.address, chance, boot="second"):
                await record(twin, 10, "there")
                assert await store.transact(lambda db: unfence(db, Identity(BOX)))
        async with on_the_cable(twin, mosquitto.address, chance, boot="third"):
            await until(lambda: twin.head.epoch != "a" * 16, 20)
            await same(twin, store, twin.head.epoch, after=20)
    await journal.close()
    await twin.close()
