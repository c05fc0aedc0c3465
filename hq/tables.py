"""Inside the writer's transaction: a tally goes into the folded tables."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import TypeVar

from edge.facts import (
    Fact,
    FeedApplied,
    JournalSealed,
    ShelfCounted,
    ShelfRestored,
    ShelfWithdrawn,
    ShiftClosed,
    StockHeld,
    StockReleased,
)
from edge.journal.seal import HeadFile, authentic
from hq.branches import held_hash, raise_alarm
from hq.folds import Place, Tally
from hq.numbers import tell_of_numbers_twice

_SALE = """INSERT INTO sales (identity, sale, kind, epoch, seq, store, till, shift, number, business_date, at, currency,
origin, line_count, gross, rounding, training) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (identity, sale, kind) DO NOTHING"""
_LINE = """INSERT INTO sale_lines (identity, sale, kind, line, sku, article, name, quantity, unit_price, discount,
gross, tax_label) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_HOUR = """INSERT INTO takings_by_hour (store, business_date, hour, till, currency, sales, returns, line_count,
gross_sales, gross_returns, rounding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (store, business_date, hour, till, currency) DO UPDATE SET
sales = takings_by_hour.sales + excluded.sales, returns = takings_by_hour.returns + excluded.returns,
line_count = takings_by_hour.line_count + excluded.line_count,
gross_sales = takings_by_hour.gross_sales + excluded.gross_sales,
gross_returns = takings_by_hour.gross_returns + excluded.gross_returns,
rounding = takings_by_hour.rounding + excluded.rounding"""
_TENDER = """INSERT INTO takings_by_tender (store, business_date, till, currency, tender, amount, times)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (store, business_date, till, currency, tender) DO UPDATE SET
amount = takings_by_tender.amount + excluded.amount, times = takings_by_tender.times + excluded.times"""
_TAX = """INSERT INTO takings_by_tax (store, business_date, till, currency, label, rate, net, tax, gross)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (store, business_date, till, currency, label, rate) DO UPDATE SET
net = takings_by_tax.net + excluded.net, tax = takings_by_tax.tax + excluded.tax,
gross = takings_by_tax.gross + excluded.gross"""
_STOCK = """INSERT INTO stock (store, sku, received, sold, returned, damaged, variance, held, as_of, as_of_seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (store, sku) DO UPDATE SET
received = stock.received + excluded.received, sold = stock.sold + excluded.sold,
returned = stock.returned + excluded.returned, damaged = stock.damaged + excluded.damaged,
variance = stock.variance + excluded.variance, held = stock.held + excluded.held,
as_of = excluded.as_of, as_of_seq = excluded.as_of_seq"""
_DUPLICATE = """INSERT INTO duplicate_sales (identity, epoch, seq, store, sale) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (identity, epoch, seq) DO NOTHING"""
_HOLD = """INSERT INTO holds (store, hold_for, line, attempt, sku, quantity, released) VALUES (?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (store, hold_for, line, attempt) DO NOTHING"""
_HELD = "SELECT sku, quantity - released FROM holds WHERE store = ? AND hold_for = ? AND line = ? AND attempt = ?"
_RELEASE = """UPDATE holds SET released = released + ?
WHERE store = ? AND hold_for = ? AND line = ? AND attempt = ?"""
_SHELF = """INSERT INTO shelves (store, plate, sku, on_shelf, as_of) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (store, plate) DO UPDATE SET sku = excluded.sku, on_shelf = excluded.on_shelf, as_of = excluded.as_of"""
_BLIND = "UPDATE shelves SET on_shelf = NULL, as_of = ? WHERE store = ? AND plate = ?"
_Z = """INSERT INTO z_reports (identity, shift, epoch, seq, store, till, z_number, business_date, at, currency, sales,
returns, line_count, gross_sales, gross_returns, rounding, expected_cash, counted_cash, variance, data)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (identity, shift) DO NOTHING"""
_SEAL = """INSERT INTO seals (identity, epoch, seq, hash, public_key, signature, holds) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (identity, epoch, seq) DO NOTHING"""
_KEY = "SELECT public_key FROM seals WHERE identity = ? ORDER BY seq DESC LIMIT 1"
_POSITION = """INSERT INTO feed_positions (identity, feed, epoch, seq, digest, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (identity, feed) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, digest = excluded.digest,
at = excluded.at"""


class SoldTwice(ValueError):
    """A sale with an id that this box already used."""


def write(db: sqlite3.Connection, tally: Tally) -> set[tuple[str, str]]:
    """Add a tally to the tables; gives the (store, sku) whose stock moved.

    Raises SoldTwice, with everything to be rolled back, when a sale is already there.
    """
    if tally.sales and db.executemany(_SALE, tally.sales).rowcount != len(tally.sales):
        raise SoldTwice("a sale was recorded twice")
    tell_of_numbers_twice(db, tally.sales)
    db.executemany(_LINE, tally.lines)
    db.executemany(_HOUR, ((*key, *sums) for key, sums in tally.hours.items()))
    db.executemany(_TENDER, ((*key, *sums) for key, sums in tally.tenders.items()))
    db.executemany(_TAX, ((*key, *sums) for key, sums in tally.taxes.items()))
    db.executemany(
        _STOCK,
        (
            (*key, it.received, it.sold, it.returned, it.damaged, it.variance, 0, it.as_of, it.as_of_seq)
            for key, it in tally.stock.items()
        ),
    )
    moved = set(tally.stock)
    for place, fact in tally.later:
        _LATER[type(fact)](db, place, fact)
        if isinstance(fact, StockHeld | StockReleased):
            moved.add((place.store, fact.sku))
    return moved


def note_duplicate(db: sqlite3.Connection, place: Place, sale: str, at: str) -> None:
    """A sale came a second time under another number: counted once, shown in red."""
    db.execute(_DUPLICATE, (place.identity, place.epoch, place.seq, place.store, sale))
    raise_alarm(
        db,
        at,
        place.identity,
        "sold-twice",
        f"{place.identity} recorded sale {sale} twice (again at {place.seq})",
        "It is counted once. Compare the two entries in the store's journal.",
        once=True,
    )


def _hold(db: sqlite3.Connection, place: Place, fact: StockHeld) -> None:
    row = (place.store, fact.order, fact.line, fact.attempt, fact.sku, fact.quantity)
    if db.execute(_HOLD, row).rowcount == 1:
        _change_held(db, place, fact.sku, fact.quantity)


def _release(db: sqlite3.Connection, place: Place, fact: StockReleased) -> None:
    name = (place.store, fact.order, fact.line, fact.attempt)
    held = db.execute(_HELD, name).fetchone()
    if held is None:
        return
    quantity = max(0, min(fact.quantity, held[1]))
    db.execute(_RELEASE, (quantity, *name))
    _change_held(db, place, held[0], -quantity)


def _change_held(db: sqlite3.Connection, place: Place, sku: str, quantity: int) -> None:
    db.execute(_STOCK, (place.store, sku, 0, 0, 0, 0, 0, quantity, place.time, place.seq))


def _shelf(db: sqlite3.Connection, place: Place, fact: ShelfCounted | ShelfRestored) -> None:
    db.execute(_SHELF, (place.store, fact.plate, fact.sku, fact.count, place.time))


def _blind(db: sqlite3.Connection, place: Place, fact: ShelfWithdrawn) -> None:
    db.execute(_BLIND, (place.time, place.store, fact.plate))


def _z(db: sqlite3.Connection, place: Place, z: ShiftClosed) -> None:
    db.execute(
        _Z,
        (
            place.identity, z.shift, place.epoch, place.seq, place.store, z.till, z.z_number, z.business_date,
            place.time, z.currency, z.sales, z.returns, z.lines, z.gross_sales, z.gross_returns, z.rounding,
            z.expected_cash, z.counted_cash, z.variance, place.data,
        ),
    )  # fmt: skip


def _seal(db: sqlite3.Connection, place: Place, seal: JournalSealed) -> None:
    signed = HeadFile(place.identity, place.epoch, seal.seq, seal.hash, seal.public_key, seal.signature)
    held = held_hash(db, place.identity, place.epoch, seal.seq)
    good = authentic(signed) and held is not None and held.hex() == seal.hash
    before = db.execute(_KEY, (place.identity,)).fetchone()
    db.execute(_SEAL, (place.identity, place.epoch, seal.seq, seal.hash, seal.public_key, seal.signature, int(good)))
    if not good:
        text = f"the seal of {place.identity} at {seal.seq} does not fit what headquarters holds"
        raise_alarm(
            db, place.time, place.identity, "seal", text, "Run `edge verify` on the box and keep both files.", once=True
        )
    if before is not None and before[0] != seal.public_key:
        text = f"{place.identity} signs with another key since {seal.seq}"
        raise_alarm(
            db, place.time, place.identity, "seal-key", text, "Expected after a box was replaced; else ask.", once=True
        )


def _applied(db: sqlite3.Connection, place: Place, fact: FeedApplied) -> None:
    db.execute(_POSITION, (place.identity, fact.feed, fact.epoch, fact.last, fact.digest, place.time))


F = TypeVar("F", bound=Fact)
Write = Callable[[sqlite3.Connection, Place, Fact], None]
_later: dict[type[Fact], Write] = {}


def _on(kind: type[F], write_one: Callable[[sqlite3.Connection, Place, F], None]) -> None:
    _later[kind] = write_one  # type: ignore[assignment]  # looked up by the fact's own type


_on(StockHeld, _hold)
_on(StockReleased, _release)
_on(ShelfCounted, _shelf)
_on(ShelfRestored, _shelf)
_on(ShelfWithdrawn, _blind)
_on(ShiftClosed, _z)
_on(JournalSealed, _seal)
_on(FeedApplied, _applied)
_LATER: Mapping[type[Fact], Write] = _later
