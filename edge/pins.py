"""PINs as argon2id text: made where people are named (headquarters, `edge init`), verified at the till."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from edge.errors import Refused

SHORTEST, LONGEST = 4, 12
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""argon2id at 19 MiB and two passes."""
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c3RvcmUtZWRnZS1ub2JvZHk$q1c0d1TqkqXG4b0i9b3n8m0Q2Vb1gk2n4H1o0s6yqkE"
"""Verified against when there is no such user, so that the time taken does not tell."""


def hash_pin(pin: str) -> str:
    """Argon2id text of a PIN of four to twelve digits."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise Refused("a PIN has four to twelve digits", hint="Choose another PIN.", code="bad-pin", status=422)
    return _HASHER.hash(pin)


def fits(hashed: str, pin: str) -> bool:
    """Whether `pin` is the one behind `hashed`; a damaged hash fits nothing. Takes some 20 ms on purpose."""
    try:
        return _HASHER.verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False
