"""What cash movements have made: transfers under way, and where each slip's entry stands."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from edge.facts import CashFound, CashMoved, CashReceived, CashSent, CashTakenBack, Fact, NoSale, ShiftRead
from edge.journal.entry import Entry
from edge.journal.room import Project, Room
from edge.pos.cash.moves import SIGN, moved
from edge.units import Minor, MoveId, TillId

SCHEMA = """
CREATE TABLE IF NOT EXISTS transfers (
    move TEXT PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL, amount INTEGER NOT NULL, at TEXT NOT NULL,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS slips (subject TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
"""
_OPEN = "SELECT move, sender, receiver, amount, at FROM transfers"
_DRAWER = "UPDATE shifts SET cash = cash + ? WHERE till = ? AND closed = 0"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Cash on its way from one till to another."""

    move: MoveId
    sender: TillId
    to: TillId
    amount: Minor
    at: str


def transfer_of(db: sqlite3.Connection, move: MoveId) -> Transfer | None:
    """A transfer nobody has confirmed yet."""
    row = db.execute(f"{_OPEN} WHERE move = ?", (move,)).fetchone()
    return None if row is None else Transfer(*row)


def transfers(db: sqlite3.Connection, till: TillId) -> Sequence[Transfer]:
    """What is on its way from or to a till, oldest first."""
    rows = db.execute(f"{_OPEN} WHERE ?1 IN (sender, receiver) ORDER BY seq", (till,))
    return [Transfer(*row) for row in rows.fetchall()]


def slip_of(fact: Fact) -> str | None:
    """The name of the paper a movement owes; None where it owes none."""
    match fact:
        case CashMoved() | CashSent() | CashFound() | NoSale():
            return fact.move
        case CashReceived():
            return f"{fact.move}.in"
        case CashTakenBack():
            return f"{fact.move}.back"
        case ShiftRead():
            return fact.read
        case _:
            return None


def _slip(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    db.execute("INSERT INTO slips VALUES (?, ?)", (slip_of(fact), entry.seq))


def _moved(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    found = moved(fact)
    if found is not None:
        till, kind, amount = found
        db.execute(_DRAWER, (SIGN[kind] * amount, till))
    _slip(db, entry, fact)


def _sent(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, CashSent)
    row = (fact.move, fact.till, fact.to, fact.amount, entry.time, entry.seq)
    db.execute("INSERT INTO transfers VALUES (?, ?, ?, ?, ?, ?)", row)
    _moved(db, entry, fact)


def _arrived(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, CashReceived | CashTakenBack)
    db.execute("DELETE FROM transfers WHERE move = ?", (fact.move,))
    _moved(db, entry, fact)


_PROJECT: dict[type[Fact], Project] = {
    CashMoved: _moved,
    CashFound: _moved,
    CashSent: _sent,
    CashReceived: _arrived,
    CashTakenBack: _arrived,
    NoSale: _slip,
    ShiftRead: _slip,
}
ROOM = Room("cash", schema=SCHEMA, project=_PROJECT)
