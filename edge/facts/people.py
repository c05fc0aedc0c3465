"""Staff and their sessions."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import ApprovalId, TillId, UserId


@fact("staff.added")
@dataclass(frozen=True, slots=True)
class StaffAdded:
    """A user exists at this store; name and PIN hash live in the erasable table only."""

    user: UserId
    role: str


@fact("staff.signed_in")
@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """A session began; only the SHA-256 of its bearer token is kept."""

    user: UserId
    till: TillId
    session: str


@fact("staff.signed_out")
@dataclass(frozen=True, slots=True)
class StaffSignedOut:
    """A session ended: `why` is empty (they said so), `switch` (for somebody else) or `idle` (nobody was there)."""

    user: UserId
    session: str
    why: str = ""


@fact("staff.sign_in_refused")
@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Somebody failed to sign in as `user`; counted for the rate limit."""

    user: UserId
    till: TillId


@fact("staff.pin_changed")
@dataclass(frozen=True, slots=True)
class PinChanged:
    """`user` chose another PIN for themselves; its hash lives in the erasable table only."""

    user: UserId
    till: TillId


@fact("approval.granted")
@dataclass(frozen=True, slots=True)
class ApprovalGranted:
    """`by` has shown their PIN and says yes to one action that needs `right`: once, at this till, within a minute.

    `action` is the fingerprint (SHA-256) of the exact command.
    """

    approval: ApprovalId
    till: TillId
    by: UserId
    right: str
    action: str


@fact("approval.used")
@dataclass(frozen=True, slots=True)
class ApprovalUsed:
    """`user` did what follows under this key because `by` had said yes to it: `what`, from `before` to `after`."""

    approval: ApprovalId
    till: TillId
    by: UserId
    user: UserId
    right: str
    action: str
    what: str
    before: str = ""
    after: str = ""


@fact("staff.unlocked")
@dataclass(frozen=True, slots=True)
class StaffUnlocked:
    """After too many wrong PINs `by` let `user` sign in again."""

    user: UserId
    till: TillId
    by: UserId
