"""Compares what a store recorded with what headquarters holds, entry by entry, from both databases."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge.journal.verify import verify

_STORE_ENTRIES = """SELECT seq, (SELECT epoch FROM epochs WHERE first <= seq ORDER BY first DESC, rowid DESC LIMIT 1),
hash FROM entries WHERE seq > ? ORDER BY seq"""
_HQ_ENTRIES = "SELECT seq, epoch, hash FROM entries WHERE identity = ? AND seq > ? ORDER BY seq"
_STORE_SALES = """SELECT count(*), coalesce(sum(lines), 0), coalesce(sum(total), 0) FROM sales
WHERE closed_seq IS NOT NULL"""
_HQ_SALES = """SELECT count(*), coalesce(sum(line_count), 0), coalesce(sum(gross), 0) FROM sales
WHERE identity = ? AND kind = 'sale' AND training = 0"""
_HQ_DOUBLES = "SELECT count(*) FROM duplicate_sales WHERE identity = ?"


@dataclass(frozen=True, slots=True)
class Sums:
    """How many sales and lines, and what they came to."""

    sales: int
    lines: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`missing` entries HQ lacks; `different` ones it holds otherwise, or more than once."""

    entries: int
    hq_entries: int
    missing: int
    different: int

    @property
    def equal(self) -> bool:
        return self.missing == 0 and self.different == 0 and self.entries == self.hq_entries


class Books:
    """One store's journal beside headquarters' database; both are only read."""

    def __init__(self, journal: Path, headquarters: Path, identity: str) -> None:
        self._journal, self._headquarters, self._identity = journal, headquarters, identity

    def heads(self) -> tuple[int, int]:
        """Entries in the store, entries at headquarters."""
        with closing(_open(self._journal)) as store, closing(_open(self._headquarters)) as hq:
            (mine,) = store.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()
            (theirs,) = hq.execute("SELECT count(*) FROM entries WHERE identity = ?", (self._identity,)).fetchone()
        return mine, theirs

    def store(self) -> Sums:
        """What the store's own tables say."""
        with closing(_open(self._journal)) as db:
            return Sums(*db.execute(_STORE_SALES).fetchone())

    def hq(self) -> Sums:
        """What headquarters' tables say."""
        with closing(_open(self._headquarters)) as db:
            return Sums(*db.execute(_HQ_SALES, (self._identity,)).fetchone())

    def doubles(self) -> int:
        """Sales headquarters was told twice."""
        with closing(_open(self._headquarters)) as db:
            return int(db.execute(_HQ_DOUBLES, (self._identity,)).fetchone()[0])

    def compare(self) -> Comparison:
        """Every entry of the store against headquarters', by epoch, seq and hash."""
        with closing(_open(self._journal)) as store, closing(_open(self._headquarters)) as hq:
            mine = {(epoch, seq): digest for seq, epoch, digest in store.execute(_STORE_ENTRIES, (0,))}
            held = hq.execute(_HQ_ENTRIES, (self._identity, 0)).fetchall()
        theirs = {(epoch, seq): digest for seq, epoch, digest in held}
        missing = sum(name not in theirs for name in mine)
        different = sum(theirs.get(name, digest) != digest for name, digest in mine.items())
        strangers = sum(name not in mine for name in theirs)
        return Comparison(len(mine), len(held), missing, different + strangers + len(held) - len(theirs))

    def chain(self) -> str:
        """`ok`, or the first fault of the store's journal in words."""
        found = verify(self._journal)
        return "ok" if found.ok else found.faults[0]


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)
