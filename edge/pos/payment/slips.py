"""The day's slips: what each terminal's should come to since they were last counted, and the count itself."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, SlipsCounted, SlipSum
from edge.journal.tx import Tx
from edge.pos.basket import words
from edge.pos.load import must_be_open
from edge.units import Minor, TillId

MOST = 10**13
_SLIPS = """SELECT terminal, name, slip, amount, state, asked_at FROM tenders
WHERE till = ? AND counted = 0 AND state IN ('captured', 'reversed', 'reversing', 'reversal-unknown')
ORDER BY terminal, place"""


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip that should be there; one given back has a second slip and comes to nothing."""

    terminal: str
    name: str
    number: str
    amount: Minor
    given_back: bool
    at: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody counted of one terminal's slips."""

    terminal: str
    count: int
    amount_minor: Minor


@dataclass(frozen=True, slots=True)
class CountSlips:
    """The slips of every terminal of a till, laid beside the record."""

    right: ClassVar[str] = "cash-up"
    till: TillId
    counted: tuple[Counted, ...]
    reason: str = ""


def slips(db: sqlite3.Connection, till: TillId) -> Sequence[Slip]:
    """A till's slips that were not counted yet."""
    return [
        Slip(terminal, name, number, Minor(amount), state == "reversed", at)
        for terminal, name, number, amount, state, at in db.execute(_SLIPS, (till,))
    ]


def expected(found: Sequence[Slip]) -> Mapping[str, tuple[int, Minor]]:
    """Terminal -> how many slips still stand, and what they come to (pure)."""
    sums: dict[str, tuple[int, Minor]] = {}
    for each in found:
        count, amount = sums.get(each.terminal, (0, Minor(0)))
        stands = not each.given_back
        sums[each.terminal] = (count + stands, Minor(amount + stands * each.amount))
    return sums


def _count(tx: Tx, command: CountSlips, context: Context) -> Sequence[Fact]:
    """A difference needs a reason; nothing is hidden and nothing corrected."""
    shift = must_be_open(tx, command.till)
    wanted = expected(slips(tx.db, command.till))
    given = {each.terminal: each for each in command.counted}
    sane = all(0 <= each.count <= 100_000 and 0 <= each.amount_minor <= MOST for each in command.counted)
    if not wanted or given.keys() != wanted.keys() or len(given) != len(command.counted) or not sane:
        raise Refused("those are not this till's slips", hint="Look at the list again.", code="bad-slips", status=422)
    sums = tuple(
        SlipSum(terminal, amount, count, given[terminal].amount_minor, given[terminal].count)
        for terminal, (count, amount) in sorted(wanted.items())
    )
    reason = words(command.reason)
    if not reason and any((s.expected, s.expected_count) != (s.counted, s.counted_count) for s in sums):
        raise Refused("the slips differ from the record", hint="Say why.", code="reason-needed", status=422)
    return [SlipsCounted(command.till, shift.id, context.actor, sums, reason)]


HANDLERS: Mapping[type[Command], Handler] = {CountSlips: _count}
