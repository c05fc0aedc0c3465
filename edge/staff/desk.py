"""The desk where people sign in: verifies PINs (argon2id), one at a time, and keeps sessions."""

import asyncio
import hmac
import sqlite3
from dataclasses import dataclass
from hashlib import sha256

from edge.clock import Clock, moment
from edge.commands import Door
from edge.errors import Refused
from edge.journal.store import Journal
from edge.pins import NOBODY, fits, hash_pin
from edge.staff.approving import Approve
from edge.staff.handlers import ChangePin, RefuseSignIn, SignIn, SignOut, Unlock
from edge.staff.rights import role, wait_seconds
from edge.staff.tables import AT_TILL, OPEN, SESSION, Known, known, locked, wrong_pins
from edge.units import Key, TillId, UserId

_BREATH = 5.0
"""Seconds between two looks for somebody who went away without signing out."""
_DONE = "SELECT 1 FROM entries WHERE cause = ? LIMIT 1"
_NO_USER = UserId("nobody")
"""Under whom wrong PINs of names nobody has are counted."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at a till."""

    user: UserId
    till: TillId
    name: str
    role: str
    number: int
    """The journal's number of the sign-in: which session it is, while its token stays secret."""
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody is asked to approve, as the refusal `approval-needed` named it."""

    right: str
    action: str


class Desk:
    """`secret` makes session tokens; the same sign-in sent twice gives the same token."""

    def __init__(self, journal: Journal, door: Door, clock: Clock, secret: bytes) -> None:
        self._journal, self._door, self._clock, self._secret = journal, door, clock, secret
        self._one_at_a_time = asyncio.Lock()
        self._active: dict[str, float] = {}
        """When each session was last used (monotonic)."""

    async def sign_in(self, user: UserId, pin: str, till: TillId, key: Key, new_pin: str = "") -> tuple[str, Session]:
        """The bearer token and session of `user` at `till`; `new_pin` is what they choose instead of the one they have.

        Refused with `wrong-pin`, `wait`, `locked`, or `new-pin-needed` when their PIN was for one sign-in only.
        """
        person = await self._prove(user, pin, till, key, new_pin)
        if person.must_change and not new_pin:
            raise Refused("this PIN was for one time only", hint="Choose your own.", code="new-pin-needed", status=403)
        token = hmac.digest(self._secret, f"{key}\n{user}\n{till}".encode(), "sha256").hex()
        chosen = await self._chosen(pin, new_pin) if new_pin else ""
        reply = await self._door.send(SignIn(user, till, digest_of(token), chosen), key=key, actor=user)
        self._active[digest_of(token)] = self._clock.monotonic()
        row = (user, till, person.name, person.role, reply.entries[-1].seq)
        return token, self._journal.look(lambda db: _session(db, row))

    async def change_pin(self, session: Session, pin: str, new_pin: str, key: Key) -> None:
        """Somebody signed in chooses another PIN."""
        await self._prove(session.user, pin, session.till, key, new_pin)
        change = ChangePin(session.user, session.till, await self._chosen(pin, new_pin))
        await self._door.send(change, key=key, actor=session.user)

    async def unlock(self, by: UserId, pin: str, user: UserId, till: TillId, key: Key) -> None:
        """`by`, who has right `unlock`, lets `user` sign in again."""
        await self._prove(by, pin, till, key)
        await self._door.send(Unlock(user, till), key=key, actor=by)

    async def approve(self, user: UserId, pin: str, till: TillId, right: str, key: Key) -> UserId:
        """`user` says yes, in the very request that does it, to what needs `right`; nobody is signed in by it."""
        person = await self._prove(user, pin, till, key)
        held = self._journal.look(lambda db: role(db, person.role))
        if held is None or right not in held.rights:
            raise Refused(f"{user} may not {right}", hint="Ask a manager.", code="not-allowed", status=403)
        return user

    async def grant(self, by: UserId, pin: str, till: TillId, wanted: Wanted, key: Key) -> None:
        """`by` says yes to one exact action at this till; nobody is signed in by it. Refused with `not-allowed`."""
        await self._prove(by, pin, till, key)
        await self._door.send(Approve(till, by, wanted.right, wanted.action), key=key, actor=by)

    async def session(self, token: str, till: TillId | None = None) -> Session:
        """Who holds `token`, at `till` when it matters. Refused with `no-session`."""
        session = self._journal.look(lambda db: _found(db, SESSION, digest_of(token)))
        if session is None or (till is not None and session.till != till):
            raise Refused("nobody is signed in", hint="Sign in.", code="no-session", status=401)
        self._active[digest_of(token)] = self._clock.monotonic()
        return session

    async def here(self, till: TillId) -> Session | None:
        """Who is signed in at `till`, and works there now."""
        row = self._journal.look(lambda db: db.execute(AT_TILL, (till,)).fetchone())
        if row is None:
            return None
        self._active[row[-1]] = self._clock.monotonic()
        return self._journal.look(lambda db: _session(db, row[:-1]))

    async def lock_idle(self, minutes: int) -> None:
        """Sign out, until cancelled, whoever has done nothing for so long; what they had rung up stays the till's."""
        while True:
            await asyncio.sleep(_BREATH)
            await self.lock_now(60 * minutes)

    async def lock_now(self, seconds: float) -> None:
        """Sign out whoever has done nothing for `seconds`; after a start of the box everybody begins anew."""
        now, rows = self._clock.monotonic(), self._journal.look(lambda db: db.execute(OPEN).fetchall())
        self._active = {digest: self._active.get(digest, now) for *_, digest in rows}
        for user, *_, digest in rows:
            if now - self._active[digest] >= seconds:
                await self._door.send(SignOut(UserId(user), digest, "idle"), key=Key(f"idle:{digest}"), actor=user)

    def digest(self, token: str) -> str:
        """The name under which facts know a session."""
        return digest_of(token)

    async def _prove(self, user: UserId, pin: str, till: TillId, key: Key, instead: str = "") -> Known:
        """`instead` is good where this very press has changed the PIN already, and is only sent again."""
        async with self._one_at_a_time:
            person = self._journal.look(lambda db: known(db, user))
            self._not_too_often(user if person else _NO_USER, person.since if person else 0)
            hashed = person.hash if person else NOBODY
            right = await asyncio.to_thread(fits, hashed, pin)
            if not right and instead and self._journal.look(lambda db: db.execute(_DONE, (key,)).fetchone()):
                right = await asyncio.to_thread(fits, hashed, instead)
            if person is not None and right:
                return person
            refusal = RefuseSignIn(user if person else _NO_USER, till)
            guess = hmac.digest(self._secret, f"wrong pin\n{key}\n{user}\n{pin}".encode(), "sha256").hex()
            await self._door.send(refusal, key=Key(f"wrong-pin:{guess[:32]}"))  # another guess under one key counts too
            raise Refused("wrong name or PIN", hint="Try again.", code="wrong-pin", status=401)

    async def _chosen(self, pin: str, new_pin: str) -> str:
        if new_pin == pin:
            raise Refused("that is the PIN you have", hint="Choose another PIN.", code="bad-pin", status=422)
        return await asyncio.to_thread(hash_pin, new_pin)

    def _not_too_often(self, user: UserId, since: int) -> None:
        times, last_at = self._journal.look(lambda db: wrong_pins(db, user, since))
        if user != _NO_USER and self._journal.look(lambda db: locked(db, user)):
            raise Refused("too many wrong PINs", hint="Ask a manager to unlock it.", code="locked", status=403)
        if not times:
            return
        waited = (self._clock.now() - moment(last_at)).total_seconds()
        left = wait_seconds(times) - waited
        if left > 0 and waited >= 0:  # a clock set back must lock nobody out for as long
            raise Refused("too many wrong PINs", hint=f"Wait {int(left) + 1} seconds.", code="wait", status=429)


def _found(db: sqlite3.Connection, sql: str, what: str) -> Session | None:
    row = db.execute(sql, (what,)).fetchone()
    return None if row is None else _session(db, row[:-1])


def _session(db: sqlite3.Connection, row: tuple[str, str, str, str, int]) -> Session:
    user, till, name, named, number = row
    held = role(db, named)
    return Session(UserId(user), TillId(till), name, named, number, frozenset() if held is None else held.rights)


def digest_of(token: str) -> str:
    """SHA-256 of a bearer token, hexadecimal."""
    return sha256(token.encode()).hexdigest()
