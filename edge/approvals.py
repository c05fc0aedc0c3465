"""Who may do an action: its actor by their own role, or somebody else who said yes to exactly this one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from edge.errors import Refused
from edge.facts import ApprovalUsed
from edge.journal.store import SYSTEM
from edge.journal.tx import Tx
from edge.rights import Role
from edge.units import ApprovalId, TillId, UserId


@dataclass(frozen=True, slots=True)
class Need:
    """`right` is what it takes; `covers` asks a role for more, such as a ceiling. `before` and `after` are told the
    manager and written down; `why` is a stable word where the question alone would not say enough."""

    right: str
    covers: Callable[[Role], bool] = lambda role: True
    before: str = ""
    after: str = ""
    why: str = ""

    def met_by(self, role: Role) -> bool:
        """Whether somebody of `role` may do it, or let it be done."""
        return self.right in role.rights and self.covers(role)


@dataclass(frozen=True, slots=True)
class Action:
    """What is asked: `digest` is the command's fingerprint, `what` the command in words for the record."""

    till: TillId
    digest: str
    what: str


class Approvals(Protocol):
    """What a store knows of roles and of who said yes."""

    def role(self, tx: Tx, user: UserId) -> Role:
        """What somebody may do now."""

    def given(self, tx: Tx, action: Action, right: str) -> Sequence[tuple[ApprovalId, UserId]]:
        """Approvals of this action at its till that are neither used nor too old, newest first."""

    def people(self, tx: Tx, need: Need) -> Sequence[UserId]:
        """Who could say yes."""


Allowed = Callable[[Tx, UserId, str], bool]


@dataclass(slots=True)
class Pass:
    """One command's way through the door: `used` are the approvals it took, recorded before what it does."""

    actor: UserId
    action: Action | None
    allowed: Allowed
    approvals: Approvals | None = None
    used: list[ApprovalUsed] = field(default_factory=list)

    def demand(self, tx: Tx, need: Need) -> UserId:
        """Who lets it be done. Refused with `approval-needed` when somebody must, `not-allowed` when nobody can."""
        if self.actor == SYSTEM or self._passes(tx, self.actor, need):
            return self.actor
        for taken in self.used:
            if self._passes(tx, taken.by, need):
                return taken.by
        if self.action is None or self.approvals is None or not self.approvals.role(tx, self.actor).rights:
            raise Refused(f"{self.actor} may not {need.right}", hint="Ask a manager.", code="not-allowed", status=403)
        for approval, by in self.approvals.given(tx, self.action, need.right):
            if self._passes(tx, by, need):
                asked = (self.action.till, by, self.actor, need.right, self.action.digest, self.action.what)
                self.used.append(ApprovalUsed(approval, *asked, need.before, need.after))
                return by
        raise Refused(
            f"somebody who may {need.right} must approve this",
            hint="Ask a manager to enter their PIN here.",
            code="approval-needed",
            status=403,
            details={
                "right": need.right,
                "action": self.action.digest,
                "before": need.before,
                "after": need.after,
                "why": need.why,
                "approvers": list(self.approvals.people(tx, need)),
            },
        )

    def _passes(self, tx: Tx, user: UserId, need: Need) -> bool:
        if self.approvals is None:
            return self.allowed(tx, user, need.right)
        return self.allowed(tx, user, need.right) and need.covers(self.approvals.role(tx, user))
