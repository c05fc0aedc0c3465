"""Commands about people: signing in and out, the first manager. PINs are verified before they get here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, PinChanged, SignInRefused, StaffAdded, StaffSignedIn, StaffSignedOut, StaffUnlocked
from edge.journal.tx import Tx
from edge.staff.rights import role
from edge.staff.tables import choose_pin, given
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
    """`user` has shown the right PIN; `session` is the SHA-256 of the bearer token, `pin_hash` of a PIN chosen now."""

    right: ClassVar[str] = ""
    carried: ClassVar[tuple[str, ...]] = ("pin_hash",)
    user: UserId
    till: TillId
    session: str
    pin_hash: str = ""


@dataclass(frozen=True, slots=True)
class RefuseSignIn:
    """`user` has shown a wrong PIN."""

    right: ClassVar[str] = ""
    user: UserId
    till: TillId


@dataclass(frozen=True, slots=True)
class SignOut:
    """`user` leaves the till; `why` as in `staff.signed_out`."""

    right: ClassVar[str] = ""
    user: UserId
    session: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ChangePin:
    """`user` has shown their PIN and chose another one."""

    right: ClassVar[str] = ""
    carried: ClassVar[tuple[str, ...]] = ("pin_hash",)
    user: UserId
    till: TillId
    pin_hash: str


@dataclass(frozen=True, slots=True)
class Unlock:
    """Let `user` sign in again after too many wrong PINs."""

    right: ClassVar[str] = "unlock"
    user: UserId
    till: TillId


def _add_staff(tx: Tx, command: AddStaff, context: Context) -> Sequence[Fact]:
    if role(tx.db, command.role) is None:
        raise Refused(f"{command.role} is no role", hint="Use cashier, manager or one of the office's.", status=422)
    if tx.db.execute("SELECT 1 FROM people WHERE user = ?", (command.user,)).fetchone():
        raise Refused(f"{command.user} exists already", hint="Choose another user name.")
    row = (command.user, command.name, command.role, command.pin_hash)
    tx.db.execute("INSERT INTO people VALUES (?, ?, ?, ?, 1, 'local')", row)
    given(tx.db, command.user, command.pin_hash)
    return [StaffAdded(command.user, command.role)]


def _sign_in(tx: Tx, command: SignIn, context: Context) -> Sequence[Fact]:
    signed_in = StaffSignedIn(command.user, command.till, command.session)
    return [*_chosen(tx, command.user, command.till, command.pin_hash), signed_in]


def _refuse_sign_in(tx: Tx, command: RefuseSignIn, context: Context) -> Sequence[Fact]:
    return [SignInRefused(command.user, command.till)]


def _sign_out(tx: Tx, command: SignOut, context: Context) -> Sequence[Fact]:
    return [StaffSignedOut(command.user, command.session, command.why)]


def _change_pin(tx: Tx, command: ChangePin, context: Context) -> Sequence[Fact]:
    return _chosen(tx, command.user, command.till, command.pin_hash)


def _unlock(tx: Tx, command: Unlock, context: Context) -> Sequence[Fact]:
    if not tx.db.execute("SELECT 1 FROM people WHERE user = ? AND active", (command.user,)).fetchone():
        raise Refused(f"nobody called {command.user}", hint="Reload the page.", code="unknown-user", status=404)
    return [StaffUnlocked(command.user, command.till, context.actor)]


def _chosen(tx: Tx, user: UserId, till: TillId, pin_hash: str) -> Sequence[Fact]:
    if not pin_hash:
        return []
    choose_pin(tx, user, pin_hash)
    return [PinChanged(user, till)]


HANDLERS: Mapping[type[Command], Handler] = {
    AddStaff: _add_staff,
    SignIn: _sign_in,
    RefuseSignIn: _refuse_sign_in,
    SignOut: _sign_out,
    ChangePin: _change_pin,
    Unlock: _unlock,
}
