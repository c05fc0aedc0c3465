"""The entries that the books of some dates are folded from, found by the shifts they belong to."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from edge.errors import Refused
from edge.journal.entry import Entry
from edge.pos.books.shifts import TYPES, Book, between, books
from edge.units import TillId

_SHIFTS = """SELECT till, min(opened_seq), max(coalesce(closed_seq, ?3)) FROM shifts
WHERE business_date BETWEEN ?1 AND ?2 GROUP BY till"""
_BEFORE = "SELECT coalesce(max(closed_seq), 0) FROM shifts WHERE till = ? AND closed_seq < ?"
_ENTRIES = """SELECT seq, '', time, type, cause, actor, businessdate, data, hash FROM entries
WHERE seq > ? AND seq <= ? ORDER BY seq"""
_HEAD = "SELECT coalesce(max(seq), 0) FROM entries"
_SUMS = """SELECT json_extract(z, '$.till'), sum(json_extract(z, '$.gross_sales')),
sum(json_extract(z, '$.gross_returns')) FROM
(SELECT CAST(data AS TEXT) AS z FROM entries WHERE type = 'edge.shift.closed.v1')
WHERE json_extract(z, '$.business_date') < ? GROUP BY 1"""
MOST_DAYS = 400


def books_of(db: sqlite3.Connection, first: str, last: str) -> Sequence[Book]:
    """The books of the business dates `first` to `last`, oldest first."""
    (head,) = db.execute(_HEAD).fetchone()
    bounds = [
        (db.execute(_BEFORE, (till, opened)).fetchone()[0], closed)
        for till, opened, closed in db.execute(_SHIFTS, (first, last, head)).fetchall()
    ]
    if not bounds:
        return []
    low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
    found = between(books(_entries(db, low, high)), first, last)
    return sorted(found, key=lambda book: (book.date, book.z_seq or head + 1, book.till))


def before(db: sqlite3.Connection, first: str) -> Mapping[TillId, tuple[int, int]]:
    """What each till sold and took back in the books before the business date `first`."""
    return {TillId(till): (sold, back) for till, sold, back in db.execute(_SUMS, (first,))}


def days(first: str, last: str) -> tuple[str, str]:
    """Two dates as people typed them. Refused when they are none, or too far apart."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise Refused("that is no date", hint="Write dates as 2026-06-01.", code="bad-date", status=422) from None
    if not 0 <= (end - begin).days < MOST_DAYS:
        raise Refused(
            "those dates are no span", hint="The first not after the last, at most 400 days.", code="bad-date",
            status=422,
        )  # fmt: skip
    return begin.isoformat(), end.isoformat()


def _entries(db: sqlite3.Connection, low: int, high: int) -> Iterator[Entry]:
    for row in db.execute(_ENTRIES, (low, high)):
        if row[3] in TYPES:
            yield Entry(*row)
