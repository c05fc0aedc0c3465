"""The tables the shelves keep in step with the record: what each plate holds, and the lines they weigh by.

*On shelf* is what the plates see; *on hand* is the stock room's and never changes here.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from edge.facts import (
    DisplayHandled,
    Fact,
    ShelfCalibrated,
    ShelfCounted,
    ShelfRestored,
    ShelfUnknown,
    ShelfWithdrawn,
    TaskDone,
    TaskOpened,
)
from edge.journal.entry import Entry
from edge.journal.room import Project, Room
from edge.shelf.cell import UNKNOWN_STEP, Memory
from edge.shelf.plate import Calibration
from edge.shelf.verdict import REMOVED
from edge.units import ArticleId, Grams, PlateId, Seq, Sku, TaskId

RECOUNT = "shelf.recount"
"""Kind of the task that asks a person to count a plate; its subject is the plate."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS shelf_plate (
  plate TEXT PRIMARY KEY,
  sku TEXT,                       -- NULL: a display plate
  article TEXT,
  what TEXT NOT NULL DEFAULT '',  -- display: present, lifted, back, gone
  count INTEGER NOT NULL DEFAULT 0,
  weight INTEGER,                 -- grams with count on it
  blind TEXT NOT NULL DEFAULT '', -- why the count is withdrawn
  seq INTEGER NOT NULL,
  time TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS shelf_plate_sku ON shelf_plate (sku);
CREATE TABLE IF NOT EXISTS shelf_recount (
  plate TEXT PRIMARY KEY,
  task TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE IF NOT EXISTS shelf_calibration (
  plate TEXT NOT NULL,
  version INTEGER NOT NULL,
  zero INTEGER NOT NULL,
  loaded INTEGER NOT NULL,
  mass INTEGER NOT NULL,
  reverts INTEGER,
  seq INTEGER NOT NULL,
  PRIMARY KEY (plate, version)
) STRICT;
"""

PLATES = "SELECT plate, sku, article, what, count, weight, blind, seq, time FROM shelf_plate ORDER BY plate"
PLATE = "SELECT plate, sku, article, what, count, weight, blind, seq, time FROM shelf_plate WHERE plate = ?"
CALIBRATIONS = "SELECT plate, version, zero, loaded, mass FROM shelf_calibration ORDER BY plate, version"
VERSION = "SELECT zero, loaded, mass FROM shelf_calibration WHERE plate = ? AND version = ?"
LATEST = "SELECT max(version) FROM shelf_calibration WHERE plate = ?"
OPEN_RECOUNT = "SELECT task FROM shelf_recount WHERE plate = ?"
ON_SHELF = """SELECT sku, CASE WHEN max(blind) = '' THEN sum(count) END AS count, max(blind) AS blind,
  count(*) AS plates, max(seq) AS seq, max(time) AS time
FROM shelf_plate WHERE sku IS NOT NULL GROUP BY sku ORDER BY sku"""
"""One row a sku: the sum over its plates; `count` is NULL and `blind` says why when one of them is withdrawn."""
ON_SHELF_OF = """SELECT sku, CASE WHEN max(blind) = '' THEN sum(count) END AS count, max(blind) AS blind,
  count(*) AS plates, max(seq) AS seq, max(time) AS time FROM shelf_plate WHERE sku = ? GROUP BY sku"""

_COUNTED = """INSERT INTO shelf_plate (plate, sku, count, weight, blind, seq, time) VALUES (?, ?, ?, ?, '', ?, ?)
ON CONFLICT (plate) DO UPDATE SET sku = excluded.sku, article = NULL, what = '', count = excluded.count,
  weight = excluded.weight, blind = '', seq = excluded.seq, time = excluded.time"""
_HANDLED = """INSERT INTO shelf_plate (plate, article, what, count, blind, seq, time) VALUES (?, ?, ?, ?, '', ?, ?)
ON CONFLICT (plate) DO UPDATE SET sku = NULL, article = excluded.article, what = excluded.what,
  count = excluded.count, weight = NULL, blind = '', seq = excluded.seq, time = excluded.time"""
_BLIND = "UPDATE shelf_plate SET blind = ?, seq = ?, time = ? WHERE plate = ?"
_FIRST_BLIND = """INSERT OR IGNORE INTO shelf_plate (plate, sku, blind, seq, time) VALUES (?, ?, ?, ?, ?)"""


@dataclass(frozen=True, slots=True)
class PlateRow:
    """What the record says of one plate."""

    plate: PlateId
    sku: Sku | None
    article: ArticleId | None
    what: str
    count: int
    weight: Grams | None
    blind: str
    seq: Seq
    time: str

    def memory(self) -> Memory | None:
        """What the levels start from; None when nobody ever knew its count."""
        if self.sku is not None and self.weight is None:
            return None
        return Memory(self.count, self.weight or Grams(0), self.blind, self.sku)


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A sku's units on all its plates; `count` is None and `blind` says why when one of them is withdrawn."""

    sku: Sku
    count: int | None
    blind: str
    plates: int
    seq: Seq
    time: str


def plate_row(db: sqlite3.Connection, plate: PlateId) -> PlateRow | None:
    """What the record says of `plate`."""
    row = db.execute(PLATE, (plate,)).fetchone()
    return None if row is None else PlateRow(*row)


def on_shelf(db: sqlite3.Connection, sku: Sku) -> OnShelf | None:
    """Units of `sku` on the shelves; None when no plate holds it."""
    row = db.execute(ON_SHELF_OF, (sku,)).fetchone()
    return None if row is None else OnShelf(*row)


def open_recount(db: sqlite3.Connection, plate: PlateId) -> TaskId | None:
    """The task that asks for a count of `plate`."""
    row = db.execute(OPEN_RECOUNT, (plate,)).fetchone()
    return None if row is None else TaskId(row[0])


def latest_calibration(db: sqlite3.Connection, plate: PlateId) -> int:
    """The version `plate` weighs by; 0 is the configuration's."""
    return int(db.execute(LATEST, (plate,)).fetchone()[0] or 0)


def calibration_row(db: sqlite3.Connection, plate: PlateId, version: int) -> Calibration | None:
    """The points of one recorded version."""
    row = db.execute(VERSION, (plate, version)).fetchone()
    return None if row is None else Calibration(row[0], row[1], Grams(row[2]), version)


def _counted(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ShelfCounted | ShelfRestored)
    db.execute(_COUNTED, (fact.plate, fact.sku, fact.count, fact.weight, entry.seq, entry.time))


def _unknown(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ShelfUnknown)
    db.execute(_FIRST_BLIND, (fact.plate, fact.sku, UNKNOWN_STEP, entry.seq, entry.time))
    db.execute(_BLIND, (UNKNOWN_STEP, entry.seq, entry.time, fact.plate))


def _withdrawn(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ShelfWithdrawn)
    if fact.reason == REMOVED:
        db.execute("DELETE FROM shelf_plate WHERE plate = ?", (fact.plate,))
        return
    db.execute(_FIRST_BLIND, (fact.plate, fact.sku, fact.reason, entry.seq, entry.time))
    db.execute(_BLIND, (fact.reason, entry.seq, entry.time, fact.plate))


def _handled(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, DisplayHandled)
    there = int(fact.what in ("present", "back"))
    db.execute(_HANDLED, (fact.plate, fact.article, fact.what, there, entry.seq, entry.time))


def _calibrated(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ShelfCalibrated)
    row = (fact.plate, fact.version, fact.zero, fact.loaded, fact.mass, fact.reverts, entry.seq)
    db.execute("INSERT INTO shelf_calibration VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _asked(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TaskOpened)
    if fact.kind == RECOUNT:
        db.execute("INSERT OR REPLACE INTO shelf_recount VALUES (?, ?)", (fact.subject, fact.task))


def _answered(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TaskDone)
    db.execute("DELETE FROM shelf_recount WHERE task = ?", (fact.task,))


PROJECT: Mapping[type[Fact], Project] = {
    ShelfCounted: _counted,
    ShelfRestored: _counted,
    ShelfUnknown: _unknown,
    ShelfWithdrawn: _withdrawn,
    DisplayHandled: _handled,
    ShelfCalibrated: _calibrated,
    TaskOpened: _asked,
    TaskDone: _answered,
}
ROOM = Room("shelf", SCHEMA, PROJECT)
