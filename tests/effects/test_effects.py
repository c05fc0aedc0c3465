"""What happens outside happens at most once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock import system_clock
from edge.effects.machine import NEXT, OPEN, Event, State, advance
from edge.effects.queue import EffectQueue
from edge.effects.tables import ROOM, Intent, intend, recover, settle
from edge.errors import Refused
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.units import EffectId, EffectKind, Identity, Key, Seq

PRINTER = "till1/printer"


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await Journal.open(Setup(tmp_path / "j.db", Identity("a_b"), "aa", system_clock(), (ROOM,)))
    yield journal
    await journal.close()


async def _intend(journal: Journal, effect: str) -> None:
    intent = Intent(EffectId(effect), EffectKind.PAPER, "sale 1", PRINTER, b"paper of " + effect.encode())
    await journal.transact(lambda tx: tx.record(intend(tx, intent)), cause=Key(effect))


async def _state(journal: Journal, effect: str) -> str:
    return str((await journal.rows("SELECT state FROM effects WHERE effect = ?", (effect,)))[0][0])


@given(st.lists(st.sampled_from(list(Event)), max_size=12))
def test_nothing_is_sent_twice_and_what_is_over_stays_over(events: list[Event]) -> None:
    state, sent = State.INTENDED, 0
    for event in events:
        try:
            after = advance(state, event)
        except Refused:
            continue
        assert state in OPEN
        sent += (event is Event.SEND) - (event is Event.RETURN)
        state = after
    assert sent <= 1
    assert all(before in OPEN for before, _ in NEXT)


async def test_a_device_gets_its_work_oldest_first_and_only_its_own(journal: Journal) -> None:
    queue = EffectQueue(journal, PRINTER)
    waiting = asyncio.create_task(queue.next())
    await _intend(journal, "e1")
    await _intend(journal, "e2")
    job = await asyncio.wait_for(waiting, 5)
    assert (job.effect, job.payload, job.subject) == ("e1", b"paper of e1", "sale 1")
    await queue.sent(job.effect)
    assert (await queue.next()).effect == "e2"
    await queue.fenced(job.effect)
    await queue.done(job.effect, proven=True)
    assert await _state(journal, "e1") == "done"
    with pytest.raises(Refused):
        await queue.sent(job.effect)


async def test_after_a_stop_what_was_on_its_way_is_unknown_and_a_person_settles_it(journal: Journal) -> None:
    queue = EffectQueue(journal, PRINTER)
    for effect in ("e1", "e2"):
        await _intend(journal, effect)
    await queue.sent(EffectId("e1"))
    await journal.transact(lambda tx: tx.record_all(recover(tx)), cause=Key("boot 2"))
    assert (await _state(journal, "e1"), await _state(journal, "e2")) == ("unknown", "intended")

    def came_out(tx: Tx) -> None:
        tx.record(settle(tx, EffectId("e1"), happened=True, by="anna"))

    await journal.transact(came_out, cause=Key("asked"))
    assert await _state(journal, "e1") == "done"
    assert (await queue.next()).effect == "e2"


async def test_the_bytes_are_erased_when_nothing_is_owed(journal: Journal) -> None:
    queue = EffectQueue(journal, PRINTER)
    await _intend(journal, "e1")
    await queue.sent(EffectId("e1"))
    await queue.done(EffectId("e1"), proven=False)
    assert (await journal.rows("SELECT payload, proven FROM effects"))[0]["payload"] == b""


async def test_a_rebuild_touches_no_effect(journal: Journal) -> None:
    await _intend(journal, "e1")
    await EffectQueue(journal, PRINTER).sent(EffectId("e1"))
    await journal.rebuild()
    assert await _state(journal, "e1") == "sent"
    assert [entry.type for entry in await journal.entries(Seq(0))] == ["edge.effect.intended.v1"]
