"""A receipt number belongs to one sale: where a store's branches issued one twice, a person is told."""

import sqlite3
from collections.abc import Sequence

from edge.units import Identity
from hq.branches import branches_of, raise_alarm
from hq.folds import Cells

_TWICE = (
    """SELECT 1 FROM sales WHERE store = ? AND number = ? AND NOT (identity = ? AND sale = ? AND kind = ?) LIMIT 1"""
)


def tell_of_numbers_twice(db: sqlite3.Connection, sales: Sequence[Cells]) -> None:
    """Look at rows just stored (as `hq.tables` inserts them); one alarm for each series."""
    several: dict[str, bool] = {}
    for identity, sale, kind, _epoch, _seq, store, _till, _shift, number, _day, at, *_ in sales:
        if not several.setdefault(str(store), len(branches_of(db, str(store))) > 1):
            continue
        if db.execute(_TWICE, (store, number, identity, sale, kind)).fetchone():
            front = str(number).rpartition("-")[0]
            box = Identity(str(identity))
            text = f"{box} issued receipt numbers {front}-… again that the store had issued before"
            hint = "Both sales are kept and counted. The box sold on an old copy before headquarters could warn it."
            raise_alarm(db, str(at), box, "number-twice", text, hint, once=True)
