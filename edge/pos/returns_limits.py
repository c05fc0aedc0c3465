"""Who must say yes to a return: above the cashier's limit, without a receipt, or by another tender."""

from dataclasses import dataclass

from edge.countries.profile import Profile
from edge.errors import Refused
from edge.journal.tx import Tx
from edge.pos.returns_load import limits, loose_today
from edge.pos.returns_verbs import NOTHING
from edge.pos.tenders import money
from edge.units import Minor, UserId

_PROVEN = "SELECT coalesce(sum(total), 0) FROM refunds WHERE proof = ? AND state <> 'dropped'"


@dataclass(frozen=True, slots=True)
class Ask:
    """A return of `total` by `actor`; `against` a sale on this box, else with a signed number as `proof`, or nothing.

    `other`: the money goes back by another tender than it came.
    """

    actor: UserId
    approved_by: UserId | None
    total: Minor
    proof: str = ""
    proof_minor: Minor = NOTHING
    against: bool = False
    other: bool = False


def must_be_approved(tx: Tx, ask: Ask, profile: Profile) -> None:
    """Refused with `manager-needed` where a manager has not said yes, with `return-limit` where nobody may."""
    allowed = limits(tx.db, profile)
    if ask.approved_by is None and (not ask.against or ask.other or ask.total > allowed.receipt):
        raise Refused(
            "a manager must approve this return",
            hint="Call a manager.",
            code="manager-needed",
            status=403,
            details={"limit_minor": allowed.receipt},
        )
    if ask.against:
        return
    if ask.proof:
        (before,) = tx.db.execute(_PROVEN, (ask.proof,)).fetchone()
        if before + ask.total > ask.proof_minor:
            raise Refused(
                f"that receipt is over {money(ask.proof_minor, profile)}, {money(before, profile)} came back",
                hint="Give back no more than was paid.",
                code="too-much-back",
            )
        return
    store, own = loose_today(tx.db, ask.actor, tx.businessdate)
    for before, most, whose in ((own, allowed.cashier, "of this cashier"), (store, allowed.store, "of this shop")):
        if before + ask.total > most:
            raise Refused(
                f"without receipts at most {money(most, profile)} a day {whose}",
                hint="Ask for the receipt, or ask the office.",
                code="return-limit",
            )
