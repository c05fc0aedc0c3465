"""The series of receipt and Z numbers: which letters stand before the sequence, so that no number is ever issued twice.

A journal begins with the letter of its configuration. Every later epoch (the box was restored from a copy, or replaces
another) has that letter and six more, made of the epoch's own random bits: whoever forgot what an earlier epoch sold
must not be able to choose its letters again, and counting epochs does just that (docs/decisions/0011).
"""

import sqlite3

_SIGNS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels (they would make words), nothing that looks like a figure."""
_LENGTH = 6
_NOW = "SELECT epoch, parent_epoch FROM epochs ORDER BY first DESC, rowid DESC LIMIT 1"


def series(db: sqlite3.Connection, first_letter: str) -> str:
    """The series of what is issued now."""
    epoch, parent = db.execute(_NOW).fetchone()
    return first_letter if parent is None else series_of(epoch, first_letter)


def series_of(epoch: str, first_letter: str) -> str:
    """The series of an epoch (16 hexadecimal digits) that grew from another."""
    bits, signs = int(epoch, 16), ""
    for _ in range(_LENGTH):
        bits, sign = divmod(bits, len(_SIGNS))
        signs += _SIGNS[sign]
    return first_letter + signs


def parted(number: str, till: str) -> tuple[str, str]:
    """Series and sequence of a receipt number `{store}-{till}{series}-{sequence}`."""
    front, _, sequence = number.rpartition("-")
    return front.rpartition(f"-{till}")[2], sequence
