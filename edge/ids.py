"""New identities, as things one can hand over."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ids:
    """Makes identities nobody else has: `bits()` gives 64 fresh random bits."""

    bits: Callable[[], int]

    def new(self) -> str:
        """A new identity: 16 hexadecimal digits."""
        return f"{self.bits():016x}"

    def secret(self) -> str:
        """A bearer secret: 48 hexadecimal digits."""
        return f"{self.bits():016x}{self.bits():016x}{self.bits():016x}"


def system_ids() -> Ids:
    """Identities from the operating system's generator."""
    return Ids(bits=lambda: secrets.randbits(64))


def seeded_ids(seed: int) -> Ids:
    """Repeatable identities, for tests and the demo's replay."""
    chance = random.Random(seed)
    return Ids(bits=lambda: chance.getrandbits(64))
