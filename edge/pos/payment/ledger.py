"""A basket's ledger of tenders: what was asked for and what became of it (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from edge.errors import Refused
from edge.pos.tenders import MAX_TENDERS, Offer
from edge.units import EffectId, Minor, SaleId, TenderId, TenderKind, TillId, UserId

MAX_SLIP = 40


class Standing(StrEnum):
    """Where a tender stands."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    CAPTURED = "captured"
    DECLINED = "declined"
    REVERSING = "reversing"
    REVERSAL_UNKNOWN = "reversal-unknown"
    REVERSED = "reversed"


UNDER_WAY = frozenset({Standing.ASKED, Standing.REVERSING})
NOBODY_KNOWS = frozenset({Standing.UNKNOWN, Standing.REVERSAL_UNKNOWN})
OURS = frozenset({Standing.CAPTURED, Standing.REVERSING, Standing.REVERSAL_UNKNOWN})
"""States in which the money may be with us."""


@dataclass(frozen=True, slots=True)
class Tendered:
    """One tender as its facts have left it; `effect` is the charge, or the reversal once there is one."""

    tender: TenderId
    sale: SaleId
    till: TillId
    user: UserId
    kind: TenderKind
    name: str
    amount: Minor
    terminal: str
    state: Standing
    effect: EffectId
    slip: str
    baseline: str
    """The terminal's last trace number before `effect` left."""
    used: bool
    """A paid sale counts it."""
    asked_at: str
    trace: str = ""


def captured(tenders: Iterable[Tendered]) -> Minor:
    """What of a basket is paid already, for certain."""
    return Minor(sum(each.amount for each in tenders if each.state is Standing.CAPTURED))


def offers(tenders: Iterable[Tendered]) -> list[Offer]:
    """The captured tenders, as a payment counts them."""
    return [
        Offer(each.kind, each.amount, each.slip, each.name, each.tender)
        for each in tenders
        if each.state is Standing.CAPTURED
    ]


def must_be_untouched(tenders: Sequence[Tendered]) -> None:
    """Refused while money has been taken, or is being taken, for this basket: it may not change or go away."""
    if any(each.state in UNDER_WAY for each in tenders):
        raise _busy()
    if any(each.state in OURS for each in tenders):
        raise Refused(
            "part of this sale is paid already",
            hint="Take the rest, or give back what was paid first.",
            code="part-paid",
        )


def must_be_quiet(tenders: Sequence[Tendered]) -> None:
    """Refused while something is being asked for this basket."""
    if any(each.state in UNDER_WAY for each in tenders):
        raise _busy()


def may_ask(total: Minor, amount: Minor, mine: Sequence[Tendered], at_terminal: Sequence[Tendered]) -> None:
    """Refused when `amount` may not be asked for now; `mine` are the basket's, `at_terminal` what is open there."""
    must_be_quiet(mine)
    if any(each.state in NOBODY_KNOWS for each in at_terminal):
        raise Refused(
            "nobody knows yet what became of the last card payment",
            hint="Take cash, or let a manager read the terminal's slip.",
            code="card-unknown",
        )
    if any(each.state in UNDER_WAY for each in at_terminal):
        raise _busy()
    rest = total - captured(mine)
    if amount <= 0 or rest <= 0:
        raise Refused("nothing is asked for", hint="Type the amount again.", code="bad-tender", status=422)
    if amount > rest:
        raise Refused("only cash gives change", hint="Lower the amount on the card.", code="over-paid", status=422)
    if len([each for each in mine if each.state in OURS]) >= MAX_TENDERS - 1:
        raise Refused("too many ways of paying at once", hint="Take the rest in cash.", code="bad-tender", status=422)


def slip_number(text: str) -> str:
    """A slip number somebody typed. Refused when there is none, or it is no plain word."""
    text = text.strip()
    if not text or len(text) > MAX_SLIP or not text.isprintable():
        raise Refused(
            "the slip's number is missing", hint="Type the number on the slip.", code="slip-needed", status=422
        )
    return text


def _busy() -> Refused:
    return Refused("the terminal is being asked", hint="Finish at the terminal first.", code="tender-open")
