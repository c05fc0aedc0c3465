"""What the works of one COMMIT add to the journal: the writer's until it is durable; and how a journal is written."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from edge.errors import Halt, Refused
from edge.journal.entry import Entry, Head
from edge.journal.tx import Tx
from edge.journal.writer import Manner, Step

T = TypeVar("T")
Begin = Callable[[sqlite3.Connection, Head], Tx]


@dataclass(slots=True)
class Committed:
    """What one COMMIT made durable."""

    head: Head
    changed: bool = False
    entries: list[Entry] = field(default_factory=list)
    bells: set[str] = field(default_factory=set)


class Growth:
    """`head` is where the next work goes on, also within a group that is not committed yet."""

    def __init__(self, head: Head) -> None:
        self._durable, self._now = head, Committed(head)

    def step(self, begin: Begin, work: Callable[[Tx], T]) -> Callable[[sqlite3.Connection], T]:
        """`work` as the writer runs it; one that fails has added nothing."""

        def run(db: sqlite3.Connection) -> T:
            tx = begin(db, self._now.head)
            result = work(tx)
            self._now.head = tx.head
            self._now.entries += tx.recorded
            self._now.bells |= tx.bells
            return result

        return run

    def settle(self, committed: bool) -> Committed:
        """The group is over: what it made durable, which is nothing when it was not committed."""
        done = self._now if committed else Committed(self._durable)
        done.changed = done.head != self._durable
        self._durable, self._now = done.head, Committed(done.head)
        return done


def manner(settled: Callable[[bool], Step]) -> Manner:
    """How a journal is written."""
    return Manner("journal-writer", _full, _held, _broken, settled, checkpoint=64)


def _full() -> Refused:
    return Refused("the disk is full", hint="Free space on the box, then try again.", code="disk-full", status=507)


def _held() -> Refused:
    hint = "End it, then try again."
    return Refused("another program holds the journal", hint=hint, code="journal-held", status=503)


def _broken(error: sqlite3.Error) -> Halt:
    return Halt(
        f"the journal could not be written: {error}",
        hint="Stop selling on this box and check its disk; `edge verify` says what is safe.",
    )
