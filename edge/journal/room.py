"""What a room brings to the database: tables that follow from the facts, and tables that outlive a rebuild."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge.facts import Fact
from edge.journal.entry import Entry

Project = Callable[[sqlite3.Connection, Entry, Fact], None]
"""Keeps a room's derived tables in step with one entry."""


@dataclass(frozen=True, slots=True)
class Room:
    """`schema` is dropped and replayed by a rebuild, `keep` is not; `replay` runs at the end of a rebuild."""

    name: str
    schema: str = ""
    project: Mapping[type[Fact], Project] = field(default_factory=dict)
    keep: str = ""
    replay: Callable[[sqlite3.Connection], None] | None = None

    def tables(self) -> tuple[str, ...]:
        """Names of the derived tables, in the order they are created."""
        scratch = sqlite3.connect(":memory:")
        try:
            scratch.executescript(self.schema)
            rows = scratch.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'")
            return tuple(name for (name,) in rows)
        finally:
            scratch.close()
