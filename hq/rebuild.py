"""Fold everything again: empties the folded tables and replays entries, in the order HQ committed them."""

import hashlib
import sqlite3

from edge.facts import FACTS
from hq.folds import Place
from hq.ingest import said_at
from hq.quarantine import Waiting, fold, foldable
from hq.store import FOLDED

_TABLES = (
    "sales",
    "sale_lines",
    "duplicate_sales",
    "takings_by_hour",
    "takings_by_tender",
    "takings_by_tax",
    "z_reports",
    "stock",
    "holds",
    "shelves",
    "feed_positions",
)
_DROP = {name: f"DROP TABLE IF EXISTS {name}" for name in _TABLES}
_PAGE = """SELECT arrival, identity, epoch, seq, time, received_at, data, type FROM entries WHERE arrival > ?
ORDER BY arrival LIMIT 2000"""
_OWN_STOCK = """INSERT INTO stock (store, sku, received, sold, returned, damaged, variance, held, as_of, as_of_seq)
SELECT store, sku, sum(quantity), 0, 0, 0, 0, 0, max(at), 0 FROM movements GROUP BY store, sku"""
_SHAPE = "SELECT value FROM meta WHERE name = 'folded'"
_SET_SHAPE = """INSERT INTO meta (name, value) VALUES ('folded', ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value"""


def shape() -> str:
    """Changes whenever this release folds into other tables or knows other facts than the one before."""
    return hashlib.sha256("\n".join((FOLDED, *sorted(FACTS))).encode()).hexdigest()


def rebuild(db: sqlite3.Connection, at: str) -> int:
    """Empty the folded tables and fold every entry held; how many entries there are."""
    for name in _TABLES:
        db.execute(_DROP[name])
    for statement in FOLDED.split(";\n"):
        db.execute(statement)
    db.execute("DELETE FROM quarantine")
    arrival, count = 0, 0
    while page := db.execute(_PAGE, (arrival,)).fetchall():
        fold(db, [_waiting(row) for row in page if foldable(row[7])], at, set())
        arrival, count = page[-1][0], count + len(page)
    db.execute(_OWN_STOCK)
    db.execute(_SET_SHAPE, (shape(),))
    return count


def keep_up(db: sqlite3.Connection, at: str) -> int | None:
    """Rebuild where the release before folded differently; how many entries were folded again, if any were."""
    held = db.execute(_SHAPE).fetchone()
    if held is not None and held[0] == shape():
        return None
    return rebuild(db, at)


def _waiting(row: tuple[int, str, str, int, str, str, bytes, str]) -> Waiting:
    _, identity, epoch, seq, time, received_at, data, kind = row
    return Waiting(
        Place(identity, identity.partition("_")[0], epoch, seq, said_at(time, received_at), bytes(data)), kind
    )
