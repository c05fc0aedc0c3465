"""What the till's facts have made: shifts, open baskets, sales and each till's counters."""

import sqlite3

from edge.facts import (
    BasketOpened,
    BasketVoided,
    CashCounted,
    CustomerAttached,
    Fact,
    LineAdded,
    LineVoided,
    QuantityChanged,
    SaleClosed,
    SalePaid,
    SaleReturned,
    ShiftClosed,
    ShiftOpened,
    VarianceSeen,
)
from edge.journal.entry import Entry
from edge.journal.room import Project, Room
from edge.pos import price_tables
from edge.pos.discounts import tables as reductions
from edge.pos.promotions import tables as offers
from edge.pos.series import parted
from edge.pos.tenders import cash_in

SCHEMA = """
CREATE TABLE IF NOT EXISTS shifts (
    shift TEXT PRIMARY KEY, till TEXT NOT NULL, user TEXT NOT NULL, float_amount INTEGER NOT NULL,
    currency TEXT NOT NULL, business_date TEXT NOT NULL, opened_at TEXT NOT NULL, opened_seq INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0, closed_seq INTEGER, counts INTEGER NOT NULL DEFAULT 0, counted INTEGER,
    cash INTEGER NOT NULL DEFAULT 0, sales INTEGER NOT NULL DEFAULT 0, seen_by TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shifts_open ON shifts (till) WHERE closed = 0;
CREATE INDEX IF NOT EXISTS shifts_closed ON shifts (till, closed_seq);
CREATE TABLE IF NOT EXISTS baskets (
    basket TEXT PRIMARY KEY, till TEXT NOT NULL, shift TEXT NOT NULL, user TEXT NOT NULL,
    price_version INTEGER NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, opened_at TEXT NOT NULL,
    last_line INTEGER NOT NULL DEFAULT 0, voided_lines INTEGER NOT NULL DEFAULT 0, customer TEXT,
    training INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS baskets_open ON baskets (till) WHERE state = 'open';
CREATE TABLE IF NOT EXISTS basket_lines (
    basket TEXT NOT NULL, line INTEGER NOT NULL, sku TEXT NOT NULL, article TEXT NOT NULL, name TEXT NOT NULL,
    quantity INTEGER NOT NULL, unit_price INTEGER NOT NULL, tax_label TEXT NOT NULL, code TEXT, weight INTEGER,
    PRIMARY KEY (basket, line)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sales (
    sale TEXT PRIMARY KEY, till TEXT NOT NULL, shift TEXT NOT NULL, number TEXT, total INTEGER NOT NULL,
    rounding INTEGER NOT NULL, payable INTEGER NOT NULL, tendered INTEGER NOT NULL, change INTEGER NOT NULL,
    units INTEGER NOT NULL, lines INTEGER NOT NULL, paid_at TEXT NOT NULL, paid_seq INTEGER NOT NULL, closed_seq INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sales_till ON sales (till, paid_seq DESC);
CREATE INDEX IF NOT EXISTS sales_unfinished ON sales (till) WHERE closed_seq IS NULL;
CREATE INDEX IF NOT EXISTS sales_closed ON sales (closed_seq);
CREATE INDEX IF NOT EXISTS sales_number ON sales (number COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS till_totals (till TEXT PRIMARY KEY, grand_total INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS till_counters (
    till TEXT NOT NULL, letter TEXT NOT NULL, receipts INTEGER NOT NULL DEFAULT 0, z INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (till, letter)
) WITHOUT ROWID;
"""

_COUNT = "UPDATE shifts SET counts = counts + 1, counted = ?, seen_by = NULL WHERE shift = ?"
_COUNT_Z = """INSERT INTO till_counters (till, letter, z) VALUES (?1, ?2, ?3)
ON CONFLICT (till, letter) DO UPDATE SET z = ?3"""
_COUNT_RECEIPT = """INSERT INTO till_counters (till, letter, receipts) VALUES (?1, ?2, ?3)
ON CONFLICT (till, letter) DO UPDATE SET receipts = ?3"""


def _shift_opened(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ShiftOpened)
    db.execute(
        """INSERT INTO shifts (shift, till, user, float_amount, currency, business_date, opened_at, opened_seq)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (fact.shift, fact.till, fact.user, fact.float_amount, fact.currency, fact.business_date, entry.time, entry.seq),
    )


def _counted(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, CashCounted)
    db.execute(_COUNT, (fact.total, fact.shift))


def _variance_seen(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, VarianceSeen)
    db.execute("UPDATE shifts SET seen_by = ? WHERE shift = ?", (fact.user, fact.shift))


def _shift_closed(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ShiftClosed)
    db.execute("UPDATE shifts SET closed = 1, closed_seq = ? WHERE shift = ?", (entry.seq, fact.shift))
    db.execute(_COUNT_Z, (fact.till, fact.series, fact.z_number))
    db.execute("INSERT OR REPLACE INTO till_totals VALUES (?, ?)", (fact.till, fact.grand_total))


def _opened(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, BasketOpened)
    db.execute(
        """INSERT INTO baskets (basket, till, shift, user, price_version, origin, state, opened_at, training)
        VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)""",
        (fact.basket, fact.till, fact.shift, fact.user, fact.price_version, fact.origin, entry.time, fact.training),
    )


def _line_added(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, LineAdded)
    money = (fact.quantity, fact.unit_price, fact.tax_label, fact.code, fact.weight)
    db.execute(
        "INSERT INTO basket_lines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (fact.basket, fact.line, fact.sku, fact.article, fact.name, *money),
    )
    db.execute("UPDATE baskets SET last_line = ? WHERE basket = ?", (fact.line, fact.basket))


def _quantity_changed(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, QuantityChanged)
    where = (fact.quantity, fact.basket, fact.line)
    db.execute("UPDATE basket_lines SET quantity = ? WHERE basket = ? AND line = ?", where)


def _line_voided(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, LineVoided)
    db.execute("DELETE FROM basket_lines WHERE basket = ? AND line = ?", (fact.basket, fact.line))
    reductions.drop_reduction(db, fact.basket, fact.line)
    offers.drop_fits(db, fact.basket, fact.line)
    db.execute("UPDATE baskets SET voided_lines = voided_lines + 1 WHERE basket = ?", (fact.basket,))


def _customer(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, CustomerAttached)
    db.execute("UPDATE baskets SET customer = ? WHERE basket = ?", (fact.customer, fact.basket))
    offers.set_groups(db, fact.basket, fact.groups)


def _voided(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, BasketVoided)
    db.execute("UPDATE baskets SET state = 'voided' WHERE basket = ?", (fact.basket,))
    db.execute("DELETE FROM basket_lines WHERE basket = ?", (fact.basket,))
    reductions.forget_reductions(db, fact.basket)
    offers.forget_offers(db, fact.basket)


def _paid(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SalePaid)
    db.execute("UPDATE baskets SET state = 'paid' WHERE basket = ?", (fact.sale,))
    (lines, units) = db.execute(
        "SELECT count(*), coalesce(sum(quantity), 0) FROM basket_lines WHERE basket = ?", (fact.sale,)
    ).fetchone()
    tendered = sum(tender.tendered for tender in fact.tenders)
    taken = (cash_in(fact.tenders), fact.shift)
    db.execute("UPDATE shifts SET cash = cash + ?, sales = sales + 1 WHERE shift = ?", taken)
    money = (fact.total, fact.rounding, fact.payable, tendered, fact.change)
    db.execute(
        "INSERT INTO sales VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        (fact.sale, fact.till, fact.shift, *money, units, lines, entry.time, entry.seq),
    )


def _closed(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SaleClosed)
    db.execute("UPDATE baskets SET state = 'closed' WHERE basket = ?", (fact.sale,))
    db.execute("DELETE FROM basket_lines WHERE basket = ?", (fact.sale,))
    reductions.forget_reductions(db, fact.sale)
    offers.forget_offers(db, fact.sale)
    if fact.training:
        return
    db.execute("UPDATE sales SET number = ?, closed_seq = ? WHERE sale = ?", (fact.number, entry.seq, fact.sale))
    letter, number = parted(fact.number, fact.till)
    db.execute(_COUNT_RECEIPT, (fact.till, letter, int(number)))


def _returned(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, SaleReturned)
    db.execute("UPDATE shifts SET cash = cash - ? WHERE shift = ?", (cash_in(fact.tenders), fact.shift))


_PROJECT: dict[type[Fact], Project] = {
    ShiftOpened: _shift_opened,
    CashCounted: _counted,
    VarianceSeen: _variance_seen,
    ShiftClosed: _shift_closed,
    BasketOpened: _opened,
    LineAdded: _line_added,
    QuantityChanged: _quantity_changed,
    LineVoided: _line_voided,
    CustomerAttached: _customer,
    BasketVoided: _voided,
    SalePaid: _paid,
    SaleClosed: _closed,
    **reductions.PROJECT,
    SaleReturned: _returned,
    **offers.PROJECT,
}
_SCHEMA = SCHEMA + reductions.SCHEMA + offers.SCHEMA
ROOM = Room("pos", schema=_SCHEMA, project=_PROJECT, keep=price_tables.KEEP)
