"""Commands about people: signing in and out, the first manager. PINs are verified before they get here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, SignInRefused, StaffAdded, StaffSignedIn, StaffSignedOut
from edge.journal.tx import Tx
from edge.staff.rights import ROLES
from edge.units import TillId, UserId


@dataclass(frozen=True, slots=True)
class AddStaff:
    """A user made on this box (`edge init`); `pin_hash` is argon2id text."""

    right: ClassVar[str] = "staff"
    user: UserId
    name: str
    role: str
    pin_hash: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """`user` has shown the right PIN; `session` is the SHA-256 of the bearer token."""

    right: ClassVar[str] = ""
    user: UserId
    till: TillId
    session: str


@dataclass(frozen=True, slots=True)
class RefuseSignIn:
    """`user` has shown a wrong PIN."""

    right: ClassVar[str] = ""
    user: UserId
    till: TillId


@dataclass(frozen=True, slots=True)
class SignOut:
    """`user` leaves the till."""

    right: ClassVar[str] = ""
    user: UserId
    session: str


def _add_staff(tx: Tx, command: AddStaff, context: Context) -> Sequence[Fact]:
    if command.role not in ROLES:
        raise Refused(f"{command.role} is no role", hint=f"Use one of: {', '.join(sorted(ROLES))}.", status=422)
    if tx.db.execute("SELECT 1 FROM people WHERE user = ?", (command.user,)).fetchone():
        raise Refused(f"{command.user} exists already", hint="Choose another user name.")
    row = (command.user, command.name, command.role, command.pin_hash)
    tx.db.execute("INSERT INTO people VALUES (?, ?, ?, ?, 1, 'local')", row)
    return [StaffAdded(command.user, command.role)]


def _sign_in(tx: Tx, command: SignIn, context: Context) -> Sequence[Fact]:
    return [StaffSignedIn(command.user, command.till, command.session)]


def _refuse_sign_in(tx: Tx, command: RefuseSignIn, context: Context) -> Sequence[Fact]:
    return [SignInRefused(command.user, command.till)]


def _sign_out(tx: Tx, command: SignOut, context: Context) -> Sequence[Fact]:
    return [StaffSignedOut(command.user, command.session)]


HANDLERS: Mapping[type[Command], Handler] = {
    AddStaff: _add_staff,
    SignIn: _sign_in,
    RefuseSignIn: _refuse_sign_in,
    SignOut: _sign_out,
}
