"""Who must say yes to a return: above the cashier's limit, without a receipt, or by another tender."""

from dataclasses import dataclass

from edge.approvals import Need
from edge.commands import Context
from edge.countries.profile import Profile
from edge.errors import Refused
from edge.journal.tx import Tx
from edge.pos.returns.load import limits, loose_today
from edge.pos.returns.verbs import NOTHING
from edge.pos.tenders import money
from edge.units import Minor, UserId

RIGHT = "approve-refund"
_PROVEN = "SELECT coalesce(sum(total), 0) FROM refunds WHERE proof = ? AND state <> 'dropped'"


@dataclass(frozen=True, slots=True)
class Ask:
    """A return of `total`; `against` a sale on this box, else with a signed number as `proof`, or nothing.

    `other`: the money goes back by another tender than it came.
    """

    total: Minor
    proof: str = ""
    proof_minor: Minor = NOTHING
    against: bool = False
    other: bool = False


def approved(tx: Tx, ask: Ask, profile: Profile, context: Context) -> UserId | None:
    """Who says yes where a cashier may not alone, else None. Refused with `return-limit` where nobody may."""
    if not ask.against:
        _within(tx, ask, profile, context.actor)
    elif not ask.other and ask.total <= limits(tx.db, profile).receipt:
        return None
    return context.demand(tx, Need(RIGHT, after=money(ask.total, profile)))


def _within(tx: Tx, ask: Ask, profile: Profile, actor: UserId) -> None:
    if ask.proof:
        (before,) = tx.db.execute(_PROVEN, (ask.proof,)).fetchone()
        if before + ask.total > ask.proof_minor:
            raise Refused(
                f"that receipt is over {money(ask.proof_minor, profile)}, {money(before, profile)} came back",
                hint="Give back no more than was paid.",
                code="too-much-back",
            )
        return
    allowed = limits(tx.db, profile)
    store, own = loose_today(tx.db, actor, tx.businessdate)
    for before, most, whose in ((own, allowed.cashier, "of this cashier"), (store, allowed.store, "of this shop")):
        if before + ask.total > most:
            raise Refused(
                f"without receipts at most {money(most, profile)} a day {whose}",
                hint="Ask for the receipt, or ask the office.",
                code="return-limit",
            )
