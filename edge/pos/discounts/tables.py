"""The discounts of open baskets, as their facts have left them; part of the till's room."""

import sqlite3
from collections.abc import Mapping

from edge.facts import BasketDiscounted, BasketDiscountRemoved, Fact, LineDiscounted, LineDiscountRemoved
from edge.journal.entry import Entry
from edge.journal.room import Project
from edge.pos.discounts.shares import Reduction
from edge.units import BasisPoints, LineId, Minor, SaleId, UserId

SCHEMA = """
CREATE TABLE IF NOT EXISTS basket_reductions (
    basket TEXT NOT NULL, line INTEGER NOT NULL,    -- line 0: of the whole basket
    rate INTEGER NOT NULL, amount INTEGER NOT NULL, ceiling INTEGER NOT NULL, reason TEXT NOT NULL, approved_by TEXT,
    PRIMARY KEY (basket, line)
) WITHOUT ROWID;
"""
WHOLE_BASKET = LineId(0)
_SET = "INSERT OR REPLACE INTO basket_reductions VALUES (?, ?, ?, ?, ?, ?, ?)"
_DROP = "DELETE FROM basket_reductions WHERE basket = ? AND line = ?"
_FORGET = "DELETE FROM basket_reductions WHERE basket = ?"
_OF = "SELECT line, rate, amount, ceiling, reason, approved_by FROM basket_reductions WHERE basket = ?"


def reductions_of(db: sqlite3.Connection, basket: SaleId) -> Mapping[LineId, Reduction]:
    """A basket's discounts by line; that of the whole basket under `WHOLE_BASKET`."""
    return {
        LineId(line): Reduction(
            BasisPoints(rate), Minor(amount), BasisPoints(ceiling), reason, None if by is None else UserId(by)
        )
        for line, rate, amount, ceiling, reason, by in db.execute(_OF, (basket,))
    }


def drop_reduction(db: sqlite3.Connection, basket: SaleId, line: LineId) -> None:
    """The line is gone, and its discount with it."""
    db.execute(_DROP, (basket, line))


def forget_reductions(db: sqlite3.Connection, basket: SaleId) -> None:
    """The basket is gone."""
    db.execute(_FORGET, (basket,))


def _line(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, LineDiscounted)
    what = (fact.rate, fact.amount, fact.ceiling, fact.reason, fact.approved_by)
    db.execute(_SET, (fact.basket, fact.line, *what))


def _basket(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, BasketDiscounted)
    what = (fact.rate, fact.amount, fact.ceiling, fact.reason, fact.approved_by)
    db.execute(_SET, (fact.basket, WHOLE_BASKET, *what))


def _line_again(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, LineDiscountRemoved)
    drop_reduction(db, fact.basket, fact.line)


def _basket_again(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, BasketDiscountRemoved)
    drop_reduction(db, fact.basket, WHOLE_BASKET)


PROJECT: Mapping[type[Fact], Project] = {
    LineDiscounted: _line,
    LineDiscountRemoved: _line_again,
    BasketDiscounted: _basket,
    BasketDiscountRemoved: _basket_again,
}
