"""What headquarters has set for this store's screens (feed keys `setting/{name}`)."""

import sqlite3

_SETTING = "SELECT value FROM settings WHERE name = ?"


def setting(db: sqlite3.Connection, name: str) -> str:
    """The text of a setting; empty when nobody has set it."""
    row = db.execute(_SETTING, (name,)).fetchone()
    return str(row[0]) if row else ""


def minutes(db: sqlite3.Connection, name: str, default: int) -> int:
    """A setting in minutes."""
    text = setting(db, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else default
