"""Cash that moves without a sale (pure): which way, what may be said of it, and who must look."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from edge.countries.profile import Profile
from edge.errors import Refused
from edge.facts import CashFound, CashMoved, CashReceived, CashSent, CashTakenBack, Fact, MoveSum
from edge.pos.basket import words
from edge.units import Minor, MoveKind, TillId

MOST = 10**12
"""More than this in one movement is a mistyped amount."""
SIGN: Mapping[MoveKind, int] = MappingProxyType(
    {
        MoveKind.PAY_IN: 1,
        MoveKind.PAY_OUT: -1,
        MoveKind.SAFE_DROP: -1,
        MoveKind.BANK_DROP: -1,
        MoveKind.SENT: -1,
        MoveKind.RECEIVED: 1,
        MoveKind.TAKEN_BACK: 1,
        MoveKind.FOUND: 1,
    }
)
"""What a movement does to the drawer."""
BY_HAND = (MoveKind.PAY_IN, MoveKind.PAY_OUT, MoveKind.SAFE_DROP, MoveKind.BANK_DROP)
"""What a cashier may choose; transfers and found money have verbs of their own."""
Moved = CashMoved | CashSent | CashReceived | CashTakenBack | CashFound


def moved(fact: Fact) -> tuple[TillId, MoveKind, Minor] | None:
    """Whose drawer a fact moved cash in, why, and how much (positive); None where it touched no drawer."""
    match fact:
        case CashMoved():
            return fact.till, fact.kind, fact.amount
        case CashSent():
            return fact.till, MoveKind.SENT, fact.amount
        case CashReceived():
            return fact.till, MoveKind.RECEIVED, fact.amount
        case CashTakenBack():
            return fact.till, MoveKind.TAKEN_BACK, fact.amount
        case CashFound(into=into) if into is not None:
            return fact.till, MoveKind.FOUND, fact.amount
        case _:
            return None


def in_drawer(moves: Iterable[MoveSum]) -> Minor:
    """What all of these did to the drawer together."""
    return Minor(sum(SIGN[each.kind] * each.amount for each in moves))


def most_out(profile: Profile, configured: int) -> Minor:
    """What a cashier may pay out alone: the configured ceiling, else the country's largest note in use."""
    return Minor(configured) if configured else Minor(profile.notes_in_use[0])


def needs_manager(kind: MoveKind, amount: int, most: Minor) -> bool:
    """Whether a cashier may not do this alone: money for the bank, and a pay-out above the ceiling."""
    return kind is MoveKind.BANK_DROP or (kind is MoveKind.PAY_OUT and amount > most)


def payable(amount: int, profile: Profile) -> Minor:
    """`amount`, when it is one that notes and coins of this country can make. Refused otherwise."""
    smallest = min(profile.denominations)
    if not 0 < amount <= MOST or amount % smallest:
        raise Refused("that is no amount of cash", hint="Type the amount again.", code="bad-amount", status=422)
    return Minor(amount)


def because(reason: str) -> str:
    """A reason, which every movement of cash has. Refused without one."""
    said = words(reason)
    if not said:
        raise Refused("cash never moves without a reason", hint="Say why.", code="reason-needed", status=422)
    return said
