"""Headquarters' database: one writer, whole transactions, and folded tables that can be folded again."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hq.rebuild import keep_up, rebuild
from hq.store import Store, connect
from tests.hq.boxes import AALBORG, NOON, Box, received, sale, send


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store.open(tmp_path / "hq.db")
    yield opened
    await asyncio.to_thread(opened.close)


def raise_bell(name: str) -> "tuple[str, tuple[str, str]]":
    return "INSERT INTO meta (name, value) VALUES (?, ?)", (name, "1")


async def names(store: Store) -> list[str]:
    return await store.read(lambda db: [row[0] for row in db.execute("SELECT name FROM meta ORDER BY name")])


async def test_works_that_wait_together_are_all_durable_when_answered(store: Store) -> None:
    def put(name: str) -> "asyncio.Future[int]":
        return asyncio.ensure_future(store.transact(lambda db: db.execute(*raise_bell(name)).rowcount))

    assert await asyncio.gather(*(put(f"n{at:03}") for at in range(150))) == [1] * 150
    assert len(await names(store)) == 150


async def test_a_work_that_fails_takes_nothing_of_its_neighbours_with_it(store: Store) -> None:
    def bad(db: sqlite3.Connection) -> None:
        db.execute(*raise_bell("half"))
        raise ValueError("changed my mind")

    answers = await asyncio.gather(
        store.transact(lambda db: db.execute(*raise_bell("a")).rowcount),
        store.transact(bad),
        store.transact(lambda db: db.execute(*raise_bell("b")).rowcount),
        return_exceptions=True,
    )
    assert answers[0] == answers[2] == 1
    assert isinstance(answers[1], ValueError)
    assert await names(store) == ["a", "b"]


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await store.read(lambda db: db.execute(*raise_bell("x")))


def folded(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: sorted(map(tuple, db.execute(f"SELECT * FROM {name}").fetchall()), key=repr)
        for name in ("sales", "sale_lines", "takings_by_hour", "takings_by_tender", "takings_by_tax", "stock")
    }


def test_a_rebuild_gives_identical_tables(tmp_path: Path) -> None:
    box = Box()
    box.record(received("RB-41", 9), *sale("s1"), *sale("s2", lines=3), *sale("s1"))
    send(tmp_path / "hq.db", AALBORG, box.batch(1, 7), box.batch(8, len(box.entries)))
    db = connect(tmp_path / "hq.db")
    before = folded(db)
    assert before["sales"]
    assert rebuild(db, NOON) == len(box.entries)
    assert folded(db) == before
    assert keep_up(db, NOON) is None
    db.close()
