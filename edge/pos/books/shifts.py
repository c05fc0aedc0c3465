"""The journal cut into shifts: what each Z counted, entry by entry (pure).

A shift's book holds what lies between a till's previous Z and its own, so that the sums of a book are always those of
its Z. A sale whose fiscal receipt came after the Z of its shift is therefore in the next book, as in the next Z.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from edge.facts import (
    BasketDiscounted,
    BasketOpened,
    BasketParked,
    BasketResumed,
    BasketVoided,
    BoxStarted,
    CashCounted,
    CashFound,
    CashMoved,
    CashReceived,
    CashSent,
    CashTakenBack,
    DrawerClosed,
    DrawerOpened,
    Fact,
    HoldOverridden,
    LineDiscounted,
    LineVoided,
    NoSale,
    SaleClosed,
    SalePaid,
    SaleReturned,
    ShiftClosed,
    ShiftOpened,
    ShiftRead,
    StaffSignedIn,
    StaffSignedOut,
    TrainingEnded,
    TrainingStarted,
    fact_name,
)
from edge.journal.entry import Entry
from edge.units import TillId, UserId

KEPT: tuple[type[Fact], ...] = (
    ShiftOpened, ShiftClosed, ShiftRead, CashCounted, SalePaid, SaleClosed, SaleReturned, CashMoved, CashSent,
    CashReceived, CashTakenBack, CashFound, NoSale, DrawerOpened, BasketOpened, BasketVoided, LineVoided,
    LineDiscounted, BasketDiscounted, HoldOverridden, BasketParked, BasketResumed, DrawerClosed, StaffSignedIn,
    StaffSignedOut, BoxStarted, TrainingStarted, TrainingEnded,
)  # fmt: skip
TYPES = frozenset(fact_name(kind) for kind in KEPT)
"""What books speak of; other entries need not be read."""
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of a book: the fact, when it was recorded, and by whom."""

    seq: int
    at: str
    actor: UserId
    fact: Fact


@dataclass(slots=True)
class Book:
    """One shift of one till; `z` is None while it is open."""

    till: TillId
    opened: ShiftOpened | None = None
    z: ShiftClosed | None = None
    z_at: str = ""
    z_seq: int = 0
    z_hash: str = ""
    """The first 16 hex digits of the Z's entry."""
    lines: list[Line] = field(default_factory=list)

    @property
    def date(self) -> str:
        """The business date."""
        opened = self.z or self.opened
        return "" if opened is None else opened.business_date

    def of(self, kind: type[F]) -> Iterator[tuple[Line, F]]:
        """Its entries of one kind, in order; practice counts nowhere."""
        for line in self.lines:
            if isinstance(line.fact, kind) and not getattr(line.fact, "training", False):
                yield line, line.fact


def books(entries: Iterable[Entry]) -> Iterator[Book]:
    """Every book in `entries` (in order, beginning right after a Z of each till), closed ones as they close."""
    running: dict[TillId, Book] = {}
    tills: dict[str, TillId] = {}
    start: Line | None = None
    shut: dict[TillId, int] = {}
    for entry in entries:
        fact = entry.fact() if entry.type in TYPES else None
        if fact is None:
            continue
        line = Line(entry.seq, entry.time, entry.actor, fact)
        if isinstance(fact, BoxStarted):
            start = line
            for book in running.values():
                book.lines.append(line)
            continue
        till = _till(fact, tills)
        if till is None:
            continue
        if till not in running:
            again = start is not None and start.seq > shut.get(till, 0)
            running[till] = Book(till, lines=[start] if start is not None and again else [])
        book = running[till]
        book.lines.append(line)
        if isinstance(fact, ShiftOpened):
            book.opened = fact
        elif isinstance(fact, ShiftClosed):
            book.z, book.z_at, book.z_seq = fact, entry.time, entry.seq
            book.z_hash = entry.hash[:8].hex()
            shut[till] = entry.seq
            yield running.pop(till)
    yield from (book for book in running.values() if book.opened is not None)


def between(found: Iterable[Book], first: str, last: str) -> Sequence[Book]:
    """The books of the business dates `first` to `last`."""
    return [book for book in found if first <= book.date <= last]


def _till(fact: Fact, tills: dict[str, TillId]) -> TillId | None:
    """Whose book a fact belongs to: baskets by where they are open, sessions by where they began; practice in none."""
    if isinstance(fact, BasketOpened | BasketVoided) and fact.training:
        return None
    if isinstance(fact, BasketOpened | BasketResumed):
        tills[fact.basket] = fact.till
    elif isinstance(fact, StaffSignedIn):
        tills[fact.session] = fact.till
    subject = fact.session if isinstance(fact, StaffSignedOut) else getattr(fact, "basket", None)
    found = getattr(fact, "till", None) or (tills.get(subject) if subject is not None else None)
    return None if found is None else TillId(found)
