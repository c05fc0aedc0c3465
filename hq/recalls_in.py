"""A spreadsheet's row becomes a recalled lot on every shop's feed, or takes it off again, or is refused in words."""

import sqlite3
from collections.abc import Mapping

import msgspec

from edge.feedrecalls import EVERY_LOT, RecallValue
from edge.feedwords import key_of, plain, read_value
from hq import feed
from hq.feed import Author
from hq.rows import readable, texts, yes


def recall_row(db: sqlite3.Connection, row: Mapping[str, str], author: Author) -> int:
    """How many entries it took. An empty lot means every piece; ValueError in words when the row is no recall."""
    gtin = row["recall"]
    if not (gtin.isascii() and gtin.isdigit() and len(gtin) in (8, 12, 13, 14) and readable(gtin.zfill(14))):
        raise ValueError(f"{gtin!r} is no GTIN; look at its check digit")
    value = RecallValue(gtin.zfill(14), row["lot"] or EVERY_LOT, texts(row, "reason", {}))
    read_value("recall", msgspec.json.encode(plain(value)))
    if yes(row.get("lifted", "")):
        return feed.remove(db, feed.ALL, [key_of(value)], author)
    return feed.put(db, feed.ALL, [value], author)
