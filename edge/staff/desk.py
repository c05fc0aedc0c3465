"""The desk where people sign in: verifies PINs (argon2id), one at a time, and keeps sessions."""

import asyncio
import hmac
from dataclasses import dataclass
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from edge.clock import Clock, moment
from edge.commands import Door
from edge.errors import Refused
from edge.journal.store import Journal
from edge.staff.handlers import RefuseSignIn, SignIn
from edge.staff.rights import ROLES, wait_seconds
from edge.units import Key, TillId, UserId

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""argon2id at 19 MiB and two passes."""
_NO_USER = UserId("nobody")
"""Under whom wrong PINs of names nobody has are counted."""
_PERSON = "SELECT user, name, role, pin_hash FROM people WHERE user = ? AND active"
_WRONG = "SELECT times, last_at FROM wrong_pins WHERE user = ?"
_SESSION = """SELECT s.user, s.till, p.name, p.role FROM sessions s JOIN people p ON p.user = s.user
WHERE s.session = ? AND p.active"""
_HERE = """SELECT s.user, s.till, p.name, p.role FROM sessions s JOIN people p ON p.user = s.user
WHERE s.till = ? AND p.active"""


def hash_pin(pin: str) -> str:
    """Argon2id text of a PIN of four to twelve digits."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12):
        raise Refused("a PIN has four to twelve digits", hint="Choose another PIN.", code="bad-pin", status=422)
    return _HASHER.hash(pin)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at a till."""

    user: UserId
    till: TillId
    name: str
    role: str

    @property
    def rights(self) -> frozenset[str]:
        return ROLES.get(self.role, frozenset())


class Desk:
    """`secret` makes session tokens; the same sign-in sent twice gives the same token."""

    def __init__(self, journal: Journal, door: Door, clock: Clock, secret: bytes) -> None:
        self._journal, self._door, self._clock, self._secret = journal, door, clock, secret
        self._one_at_a_time = asyncio.Lock()

    async def sign_in(self, user: UserId, pin: str, till: TillId, key: Key) -> tuple[str, Session]:
        """The bearer token and session of `user` at `till`. Refused with `wrong-pin` or `wait`."""
        name, role = await self._prove(user, pin, till, key)
        token = hmac.digest(self._secret, f"{key}\n{user}\n{till}".encode(), "sha256").hex()
        await self._door.send(SignIn(user, till, digest_of(token)), key=key, actor=user)
        return token, Session(user, till, name, role)

    async def approve(self, user: UserId, pin: str, till: TillId, right: str, key: Key) -> UserId:
        """`user` says yes to one action that needs `right` (a manager at the till); nobody is signed in by it."""
        _, role = await self._prove(user, pin, till, key)
        if right not in ROLES.get(role, frozenset()):
            raise Refused(f"{user} may not {right}", hint="Ask a manager.", code="not-allowed", status=403)
        return user

    async def session(self, token: str, till: TillId | None = None) -> Session:
        """Who holds `token`, at `till` when it matters. Refused with `no-session`."""
        row = self._journal.look(lambda db: db.execute(_SESSION, (digest_of(token),)).fetchone())
        session = None if row is None else Session(*row)
        if session is None or (till is not None and session.till != till):
            raise Refused("nobody is signed in", hint="Sign in.", code="no-session", status=401)
        return session

    async def here(self, till: TillId) -> Session | None:
        """Who is signed in at `till`."""
        rows = await self._journal.rows(_HERE, (till,))
        return Session(*rows[0][0:4]) if rows else None

    def digest(self, token: str) -> str:
        """The name under which facts know a session."""
        return digest_of(token)

    async def _prove(self, user: UserId, pin: str, till: TillId, key: Key) -> tuple[str, str]:
        async with self._one_at_a_time:
            rows = await self._journal.rows(_PERSON, (user,))
            await self._not_too_often(user if rows else _NO_USER)
            right = await asyncio.to_thread(_verify, rows[0]["pin_hash"] if rows else _NOBODY, pin)
            if rows and right:
                return str(rows[0]["name"]), str(rows[0]["role"])
            refusal = RefuseSignIn(user if rows else _NO_USER, till)
            guess = hmac.digest(self._secret, f"wrong pin\n{key}\n{user}\n{pin}".encode(), "sha256").hex()
            await self._door.send(refusal, key=Key(f"wrong-pin:{guess[:32]}"))  # another guess under one key counts too
            raise Refused("wrong name or PIN", hint="Try again.", code="wrong-pin", status=401)

    async def _not_too_often(self, user: UserId) -> None:
        for times, last_at in await self._journal.rows(_WRONG, (user,)):
            waited = (self._clock.now() - moment(last_at)).total_seconds()
            left = wait_seconds(times) - waited
            if left > 0 and waited >= 0:  # a clock set back must lock nobody out for as long
                raise Refused("too many wrong PINs", hint=f"Wait {int(left) + 1} seconds.", code="wait", status=429)


def _verify(hashed: str, pin: str) -> bool:
    try:
        return _HASHER.verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False


def digest_of(token: str) -> str:
    """SHA-256 of a bearer token, hexadecimal."""
    return sha256(token.encode()).hexdigest()


_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c3RvcmUtZWRnZS1ub2JvZHk$q1c0d1TqkqXG4b0i9b3n8m0Q2Vb1gk2n4H1o0s6yqkE"
"""Verified against when there is no such user, so that the time taken does not tell."""
