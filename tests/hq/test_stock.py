"""Headquarters and the store count alike: whatever happens to a sku, both say the same number."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.facts import (
    Fact,
    SaleClosed,
    StockCounted,
    StockDamaged,
    StockHeld,
    StockReceived,
    StockReleased,
)
from edge.stock.tables import ROOM, stock_of
from edge.units import LineId, OrderId, Sku
from hq import feed, stockflow
from hq.feed import Author
from hq.store import connect
from tests.hq.boxes import AALBORG, NOON, Box, received, sale, send

SKUS = st.sampled_from([Sku("RB-41"), Sku("RB-42")])
PIECES = st.integers(1, 9)
ORDERS = st.sampled_from([OrderId("o1"), OrderId("o2")])
LINES = st.sampled_from([LineId(1), LineId(2)])
MOVES: st.SearchStrategy[Fact] = st.one_of(
    st.builds(StockReceived, SKUS, PIECES, st.just("d")),
    st.builds(StockDamaged, SKUS, PIECES, st.just("wet")),
    st.builds(StockCounted, SKUS, PIECES, PIECES),
    st.builds(StockHeld, ORDERS, LINES, st.just(1), SKUS, PIECES),
    st.builds(StockReleased, ORDERS, LINES, st.just(1), SKUS, PIECES),
)


@given(moves=st.lists(MOVES, max_size=25), sold=st.integers(0, 3), cut=st.integers(1, 60))
def test_the_store_and_headquarters_agree(
    tmp_path_factory: pytest.TempPathFactory, moves: list[Fact], sold: int, cut: int
) -> None:
    box = Box()
    box.record(received("RB-41", 1))
    for number in range(sold):
        closed = sale(f"s{number}")[-1]
        assert isinstance(closed, SaleClosed)
        box.record(closed, replace(closed, sale=f"t{number}", training=True))  # type: ignore[arg-type]
    box.record(*moves)
    path = tmp_path_factory.mktemp("hq") / "hq.db"
    cut = min(cut, len(box.entries))
    send(
        path,
        AALBORG,
        *(box.batch(first, last) for first, last in ((1, cut), (cut + 1, len(box.entries))) if first <= last),
    )
    hq, store = connect(path), sqlite3.connect(":memory:")
    store.executescript(ROOM.schema)
    for entry in box.entries:
        fact = entry.fact()
        assert fact is not None
        if type(fact) in ROOM.project:
            ROOM.project[type(fact)](store, entry, fact)
    for sku in ("RB-41", "RB-42"):
        row = hq.execute(
            "SELECT received - sold + returned + variance, damaged, held FROM stock WHERE sku = ?", (sku,)
        ).fetchone()
        known = stock_of(store, sku)
        assert row == (None if known is None else (known.on_hand, known.damaged, known.held))
    hq.close()
    store.close()


def test_a_number_is_published_once_and_again_when_it_changes(tmp_path: Path) -> None:
    box = Box()
    box.record(received("RB-41", 2))
    moved = send(tmp_path / "hq.db", AALBORG, box.batch(1, 1)).moved
    db = connect(tmp_path / "hq.db")
    author = Author("hq", "stock", NOON, "00000000000000f1")
    assert stockflow.outdated(db) == [("aalborg", "RB-41")]
    assert [stockflow.publish(db, moved, author) for _ in range(3)] == [1, 0, 0]
    assert stockflow.outdated(db) == []
    assert len(feed.below(db, "stock", "RB-41")) == 1
    db.close()
