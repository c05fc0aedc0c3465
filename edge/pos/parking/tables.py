"""Which baskets wait, and under which number and name; a name is nobody's business after it, and in no fact."""

import sqlite3
from dataclasses import dataclass

from edge.facts import BasketParked, BasketResumed, BasketVoided, Fact
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.units import SaleId, TillId, UserId

SCHEMA = """
CREATE TABLE IF NOT EXISTS parked (
    basket TEXT PRIMARY KEY, till TEXT NOT NULL, number INTEGER NOT NULL UNIQUE, user TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
"""
KEEP = """
CREATE TABLE IF NOT EXISTS park_names (basket TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
"""
_ALL = """SELECT p.basket, p.till, p.number, p.user, p.at, coalesce(n.name, '') FROM parked p
LEFT JOIN park_names n ON n.basket = p.basket ORDER BY p.at, p.number"""
_NUMBERS = "SELECT number FROM parked ORDER BY number"


@dataclass(frozen=True, slots=True)
class Parked:
    """A basket that waits."""

    basket: SaleId
    till: TillId
    number: int
    user: UserId
    at: str
    name: str


def parked(db: sqlite3.Connection) -> list[Parked]:
    """Every basket of the store that waits, the oldest first."""
    return [Parked(*row) for row in db.execute(_ALL)]


def free_number(db: sqlite3.Connection) -> int:
    """The smallest number under which none waits."""
    taken = {number for (number,) in db.execute(_NUMBERS)}
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def name_it(db: sqlite3.Connection, basket: SaleId, name: str) -> None:
    """Keep what the cashier calls a basket while it waits."""
    db.execute("INSERT OR REPLACE INTO park_names VALUES (?, ?)", (basket, name))


def forget_name(db: sqlite3.Connection, basket: SaleId) -> None:
    """It waits no more."""
    db.execute("DELETE FROM park_names WHERE basket = ?", (basket,))


def _parked(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, BasketParked)
    db.execute("UPDATE baskets SET state = 'parked' WHERE basket = ?", (fact.basket,))
    row = (fact.basket, fact.till, fact.number, fact.user, entry.time)
    db.execute("INSERT INTO parked VALUES (?, ?, ?, ?, ?)", row)


def _resumed(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, BasketResumed)
    where = (fact.till, fact.shift, fact.basket)
    db.execute("UPDATE baskets SET state = 'open', till = ?, shift = ? WHERE basket = ?", where)
    db.execute("DELETE FROM parked WHERE basket = ?", (fact.basket,))


def _voided(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, BasketVoided)
    db.execute("DELETE FROM parked WHERE basket = ?", (fact.basket,))


ROOM = Room(
    "parked",
    schema=SCHEMA,
    keep=KEEP,
    project={BasketParked: _parked, BasketResumed: _resumed, BasketVoided: _voided},
)
