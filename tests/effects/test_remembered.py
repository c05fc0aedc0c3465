"""What has ended long ago keeps no row, what is still owed does; the facts stay."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.clock import system_clock
from edge.effects.machine import Event
from edge.effects.tables import REMEMBERED, ROOM, Intent, finish, intend, lose, move
from edge.facts import EffectDone
from edge.journal.store import Journal, Setup
from edge.journal.tx import Tx
from edge.units import EffectId, EffectKind, Identity, Key, Seq


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await Journal.open(Setup(tmp_path / "j.db", Identity("a_b"), "aa", system_clock(), (ROOM,)))
    yield journal
    await journal.close()


async def _intend(journal: Journal, effect: str, subject: str) -> None:
    intent = Intent(EffectId(effect), EffectKind.FISCAL, subject, "till1/fiscal", b"?")
    await journal.transact(lambda tx: tx.record(intend(tx, intent)), cause=Key(effect))


def _long_ago(db: sqlite3.Connection) -> None:
    db.execute("UPDATE effects SET place = place - ?", (REMEMBERED + 100,))


async def test_old_rows_go_with_the_refused_tries_before_them_and_nothing_owed_goes(journal: Journal) -> None:
    for effect, subject in (("refused", "s1"), ("issued", "s1"), ("lost", "s2"), ("waiting", "s3"), ("no", "s4")):
        await _intend(journal, effect, subject)

    def becomes(tx: Tx) -> None:
        for effect in ("refused", "issued", "lost", "no"):
            move(tx, EffectId(effect), Event.SEND)
        move(tx, EffectId("refused"), Event.REFUSE)
        move(tx, EffectId("no"), Event.REFUSE)
        tx.record(finish(tx, EffectId("issued"), proven=True))
        tx.record(lose(tx, EffectId("lost"), "silence"))
        _long_ago(tx.db)

    await journal.transact(becomes, cause=Key("a year ago"))
    await _intend(journal, "today", "s5")
    left = [str(row[0]) for row in await journal.rows("SELECT effect FROM effects ORDER BY effect")]
    assert left == ["lost", "no", "today", "waiting"]
    assert EffectDone(EffectId("issued"), proven=True) in [entry.fact() for entry in await journal.entries(Seq(0))]
