"""The follower that turns closed sales and shifts into papers: intended with their bytes before a byte leaves.

What a fact becomes is pure (`paper_for`); `Spool.run` follows the journal and saves its position in the transaction
that intends the effect, so that a restart prints nothing twice and forgets nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from logging import getLogger

from edge.effects.tables import Intent, drop, intend
from edge.errors import Refused
from edge.facts import (
    CashFound,
    CashMoved,
    CashReceived,
    CashSent,
    CashTakenBack,
    Fact,
    NoSale,
    SaleClosed,
    SaleReturned,
    ShiftClosed,
    ShiftRead,
    fact_name,
)
from edge.journal.entry import Entry
from edge.journal.store import Journal
from edge.journal.tx import Tx
from edge.pos.cash.tables import slip_of
from edge.pos.receipt.cash import slip
from edge.pos.receipt.document import Document
from edge.pos.receipt.escpos import Press, escpos
from edge.pos.receipt.sale import receipt
from edge.pos.receipt.shift import x_report, z_report
from edge.pos.receipt.shop import Shop
from edge.units import EffectId, EffectKind, Key, Seq, TillId

log = getLogger(__name__)
FOLLOWER = "paper"
UNDRAWABLE = (ArithmeticError, AttributeError, LookupError, OSError, Refused, TypeError, ValueError)
"""What drawing a paper may raise when a font, a word or a picture is not as it should be."""
Moved = CashMoved | CashSent | CashReceived | CashTakenBack | CashFound | NoSale
Owed = SaleClosed | SaleReturned | ShiftClosed | ShiftRead | Moved


@dataclass(frozen=True, slots=True)
class TillPrinter:
    """Where a till's papers go (`till1/printer`), and how its printer wants them said."""

    press: Press
    printer: str


def document_of(entry: Entry, shop: Shop) -> Document | None:
    """The document an entry owes, or None when it owes none or the fiscal device printed it itself."""
    fact = _owed(entry)
    if fact is None:
        return None
    match fact:
        case ShiftClosed():
            return z_report(fact, entry.hash, shop)
        case ShiftRead():
            return x_report(fact, entry.time, shop)
        case SaleClosed() | SaleReturned():
            return None if fact.evidence.printed else receipt(fact, entry.hash, shop)
        case _:
            return slip(fact, entry.time, entry.hash, shop)


def paper_for(entry: Entry, shop: Shop, press: Press) -> bytes | None:
    """The bytes of the paper an entry owes."""
    document = document_of(entry, shop)
    return None if document is None else escpos(document, press)


def copy_for(entry: Entry, shop: Shop, press: Press, number: int) -> bytes | None:
    """The same bytes, marked `COPY n` (or the country's words and n)."""
    words = shop.copy or shop.translate("COPY")
    document = document_of(entry, shop)
    return None if document is None else escpos(document, press, marks=(f"{words} {number}",))


def second_for(entry: Entry, shop: Shop, press: Press) -> bytes | None:
    """The same bytes, marked as printed again because nobody knows whether the first came out."""
    document = document_of(entry, shop)
    marks = (shop.translate("SECOND PRINT - FIRST NOT CONFIRMED"),)
    return None if document is None else escpos(document, press, marks=marks)


def intent_for(entry: Entry, shop: Shop, till: TillPrinter) -> Intent | None:
    """The paper that is to come out because of an entry; None where it owes none."""
    fact, paper = _owed(entry), paper_for(entry, shop, till.press)
    if fact is None or paper is None:
        return None
    subject = subject_of(fact)
    return Intent(EffectId(f"paper.{subject}"), EffectKind.PAPER, subject, till.printer, paper)


def subject_of(fact: Owed) -> str:
    """The sale, shift or movement a paper is for."""
    match fact:
        case SaleClosed():
            return fact.sale
        case SaleReturned():
            return fact.returned
        case ShiftClosed():
            return fact.shift
        case _:
            return str(slip_of(fact))


_OWING = (
    SaleClosed, SaleReturned, ShiftClosed, ShiftRead, CashMoved, CashSent, CashReceived, CashTakenBack, CashFound,
    NoSale,
)  # fmt: skip
_KINDS = frozenset(fact_name(kind) for kind in _OWING)


def owes(entry: Entry) -> bool:
    """Whether a paper comes of an entry."""
    return entry.type in _KINDS


def _owed(entry: Entry) -> Owed | None:
    if entry.type not in _KINDS:
        return None
    fact: Fact | None = entry.fact()
    return fact if isinstance(fact, _OWING) else None


class Spool:
    """Follows the journal for all tills that have a printer; run one per box."""

    def __init__(self, journal: Journal, shop: Shop, tills: Mapping[TillId, TillPrinter]) -> None:
        self._journal, self._shop, self._tills = journal, shop, tills

    async def run(self) -> None:
        """Never ends by itself; cancel it."""
        after = await self._journal.transact(lambda tx: tx.position(FOLLOWER), cause=Key("paper:position"))
        async for entry in self._journal.follow(after):
            await self.spool(entry)

    async def spool(self, entry: Entry) -> None:
        """Intend what `entry` owes, once."""
        fact = _owed(entry)
        if fact is None:
            return
        till = self._tills.get(fact.till)
        owed, why = (None, "") if till is None else self._drawn(entry, subject_of(fact), till)

        def work(tx: Tx) -> None:
            if tx.position(FOLLOWER) >= entry.seq:
                return
            if owed is not None:
                tx.record(intend(tx, owed))
                if why:
                    tx.record(drop(tx, owed.effect, why))
            tx.save_position(FOLLOWER, Seq(entry.seq))  # also without a printer: one added later owes nothing old

        await self._journal.transact(work, cause=Key(f"paper:{entry.epoch}:{entry.seq}"))

    def _drawn(self, entry: Entry, subject: str, till: TillPrinter) -> tuple[Intent | None, str]:
        """The paper; or an empty one and why nobody can draw it, so that no entry keeps the next ones waiting."""
        try:
            return intent_for(entry, self._shop, till), ""
        except UNDRAWABLE as error:
            log.exception("entry %d has no paper", entry.seq)
            effect = Intent(EffectId(f"paper.{subject}"), EffectKind.PAPER, subject, till.printer, b"")
            return effect, f"it could not be drawn: {type(error).__name__}"
