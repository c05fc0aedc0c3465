"""What the facts of tenders have made: one row each, where it stands."""

import sqlite3
from collections.abc import Sequence

from edge.facts import (
    EffectUnknown,
    Fact,
    SalePaid,
    SlipsCounted,
    TenderAsked,
    TenderCaptured,
    TenderDeclined,
    TenderKept,
    TenderReversed,
    TenderReversing,
    TenderSent,
)
from edge.journal.entry import Entry
from edge.journal.room import Project, Room
from edge.pos.payment.ledger import Standing, Tendered
from edge.units import EffectId, Minor, SaleId, TenderId, TenderKind, TillId, UserId

SCHEMA = """
CREATE TABLE IF NOT EXISTS tenders (
    tender TEXT PRIMARY KEY, sale TEXT NOT NULL, till TEXT NOT NULL, user TEXT NOT NULL, kind TEXT NOT NULL,
    name TEXT NOT NULL, amount INTEGER NOT NULL, terminal TEXT NOT NULL, state TEXT NOT NULL, effect TEXT NOT NULL,
    slip TEXT NOT NULL DEFAULT '', baseline TEXT NOT NULL DEFAULT '', used INTEGER NOT NULL DEFAULT 0,
    asked_at TEXT NOT NULL, trace TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '', place INTEGER NOT NULL,
    counted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tenders_sale ON tenders (sale);
CREATE INDEX IF NOT EXISTS tenders_effect ON tenders (effect);
CREATE INDEX IF NOT EXISTS tenders_slips ON tenders (till) WHERE counted = 0;
CREATE INDEX IF NOT EXISTS tenders_open ON tenders (till) WHERE used = 0 AND state NOT IN ('declined', 'reversed');
"""
_ROW = """SELECT tender, sale, till, user, kind, name, amount, terminal, state, effect, slip, baseline, used, asked_at,
trace FROM tenders"""
_UNKNOWN = """UPDATE tenders SET state = CASE state WHEN 'asked' THEN 'unknown' WHEN 'reversing' THEN 'reversal-unknown'
ELSE state END WHERE effect = ?"""


def of_sale(db: sqlite3.Connection, sale: SaleId) -> Sequence[Tendered]:
    """A basket's tenders, oldest first."""
    return _read(db, f"{_ROW} WHERE sale = ? ORDER BY place", (sale,))


def by_id(db: sqlite3.Connection, tender: TenderId) -> Tendered | None:
    return next(iter(_read(db, f"{_ROW} WHERE tender = ?", (tender,))), None)


def by_effect(db: sqlite3.Connection, effect: EffectId) -> Tendered | None:
    """The tender whose charge, or latest reversal, `effect` is."""
    return next(iter(_read(db, f"{_ROW} WHERE effect = ?", (effect,))), None)


def at_terminal(db: sqlite3.Connection, till: TillId, terminal: str) -> Sequence[Tendered]:
    """What is open at a terminal, or at this till with any: money not yet in a paid sale, or on its way."""
    return _read(
        db,
        f"{_ROW} WHERE state IN ('asked', 'unknown', 'reversing', 'reversal-unknown')"
        " AND (terminal = ? OR (till = ? AND state IN ('asked', 'reversing'))) ORDER BY place",
        (terminal, till),
    )


def open_at(db: sqlite3.Connection, till: TillId) -> Sequence[Tendered]:
    """Everything at a till that no paid sale counts and that is neither declined nor given back."""
    return _read(
        db,
        f"{_ROW} WHERE till = ? AND ((used = 0 AND state NOT IN ('declined', 'reversed'))"
        " OR state IN ('reversing', 'reversal-unknown')) ORDER BY place",
        (till,),
    )


def _read(db: sqlite3.Connection, sql: str, values: Sequence[object]) -> Sequence[Tendered]:
    return [
        Tendered(
            TenderId(tender), SaleId(sale), TillId(till), UserId(user), TenderKind(kind), name, Minor(amount), terminal,
            Standing(state), EffectId(effect), slip, baseline, bool(used), asked_at, trace,
        )
        for tender, sale, till, user, kind, name, amount, terminal, state, effect, slip, baseline, used, asked_at, trace
        in db.execute(sql, tuple(values))
    ]  # fmt: skip


def _asked(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TenderAsked)
    money = (fact.kind, fact.name, fact.amount, fact.terminal)
    db.execute(
        """INSERT INTO tenders (tender, sale, till, user, kind, name, amount, terminal, state, effect, asked_at, place)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'asked', ?, ?, ?)""",
        (fact.tender, fact.sale, fact.till, fact.user, *money, fact.tender, entry.time, entry.seq),
    )


def _sent(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TenderSent)
    db.execute("UPDATE tenders SET baseline = ? WHERE tender = ?", (fact.trace, fact.tender))


def _unknown(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, EffectUnknown)
    db.execute(_UNKNOWN, (fact.effect,))


def _captured(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TenderCaptured)
    values = (fact.slip, fact.trace, fact.tender)
    db.execute("UPDATE tenders SET state = 'captured', slip = ?, trace = ? WHERE tender = ?", values)


def _declined(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TenderDeclined)
    db.execute("UPDATE tenders SET state = 'declined', why = ? WHERE tender = ?", (fact.why, fact.tender))


def _reversing(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TenderReversing)
    db.execute("UPDATE tenders SET state = 'reversing', effect = ? WHERE tender = ?", (fact.effect, fact.tender))


def _reversed(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TenderReversed)
    db.execute("UPDATE tenders SET state = 'reversed' WHERE tender = ?", (fact.tender,))


def _kept(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, TenderKept)
    db.execute("UPDATE tenders SET state = 'captured', why = ? WHERE tender = ?", (fact.why, fact.tender))


def _counted(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SlipsCounted)
    db.execute("UPDATE tenders SET counted = 1 WHERE till = ? AND state IN ('captured', 'reversed')", (fact.till,))


def _paid(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SalePaid)
    for each in fact.tenders:
        if each.tender:
            db.execute("UPDATE tenders SET used = 1 WHERE tender = ?", (each.tender,))


_PROJECT: dict[type[Fact], Project] = {
    TenderAsked: _asked,
    TenderSent: _sent,
    EffectUnknown: _unknown,
    TenderCaptured: _captured,
    TenderDeclined: _declined,
    TenderReversing: _reversing,
    TenderReversed: _reversed,
    TenderKept: _kept,
    SalePaid: _paid,
    SlipsCounted: _counted,
}
ROOM = Room("tenders", schema=SCHEMA, project=_PROJECT)
