"""Staff and their sessions."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import TillId, UserId


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
    """A session ended."""

    user: UserId
    session: str


@fact("staff.sign_in_refused")
@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Somebody failed to sign in as `user`; counted for the rate limit."""

    user: UserId
    till: TillId
