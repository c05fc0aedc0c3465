"""The box's disk is full in mid-day: the till says so, nothing halts, and with space again everything goes on."""

import asyncio
from pathlib import Path

import pytest

from edge.app.vital import patiently
from edge.errors import Halt, Refused
from edge.journal.verify import verify
from edge.pos.verbs import Add, Offered, OpenShift, Pay
from edge.units import Key, Minor, TenderKind
from tests.pos.cut_world import PAIR, Till, counted, feed, till_in
from tests.pos.till_world import SOCK, TILL


async def _pages(till: Till, most: int) -> int:
    """Let the database have so many pages; gives how many it has."""

    def work(tx: object) -> int:
        db = till.store.journal._writer._db
        db.execute(f"PRAGMA max_page_count = {most}")
        return int(db.execute("PRAGMA page_count").fetchone()[0])

    return await till.store.journal.transact(work, cause=Key("pages"))


async def test_a_full_disk_stops_no_store_and_loses_and_doubles_no_paper(tmp_path: Path) -> None:
    async with till_in(tmp_path, "dk") as till:
        await till.store.journal.transact(lambda tx: feed(tx, "DKK"), cause=Key("feed"))
        await till.press("open", OpenShift(TILL, Minor(0)))
        await _pages(till, await _pages(till, 10**6) + 8)
        done = refused = 0
        for number in range(200):
            try:
                await till.press(f"sock {number}", Add(TILL, SOCK))
                total = Minor(PAIR * (1 + number - done))
                await till.press(f"pay {number}", Pay(TILL, (Offered(TenderKind.CASH, total),), total))
                done = number + 1
            except Refused as full:
                refused += full.status == 507
                if refused == 6:
                    break
        assert done
        assert refused == 6
        await asyncio.sleep(0.3)
        assert not till.store.halted.done()
        await _pages(till, 10**6)
        await till.press("one more", Add(TILL, SOCK))
        await till.rest()  # a paper the full disk caught on its way is asked for, and the second one is marked
        first, again = counted(till.papers()), counted(till.papers(), second=True)
        assert set(first.values()) == set((first + again).values()) == {1}
        assert (first + again).total() == len(await till.rows("SELECT 1 FROM sales")) >= done
    assert verify(tmp_path / "j.db").ok


async def test_a_follower_waits_while_nothing_can_be_recorded_and_only_then(caplog: pytest.LogCaptureFixture) -> None:
    tries = 0

    async def follow() -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise Refused("the disk is full", hint="Free space.", code="disk-full", status=507)
        raise Halt("the record is damaged")

    with pytest.raises(Halt):
        await asyncio.wait_for(patiently("paper", follow, pause=0.001), 5)
    assert tries == 4
    assert caplog.text.count("paper waits") == 1
