"""Free ports on this machine.

Below the range the kernel takes the near ends of connections from, and at random: a port that a moment later becomes
another program's, which then answers in ours' place, is the one thing a pretend shop cannot recover from.
"""

import socket
from collections.abc import Iterator
from random import SystemRandom

_FIRST, _LAST = 10_000, 32_000
_CHANCE = SystemRandom()
"""Not the seeded chance: two shops with one seed would choose the same ports."""


def free_ports(count: int) -> list[int]:
    """So many ports nobody listens on now, all different."""
    held = [_held() for _ in range(count)]
    try:
        return [int(each.getsockname()[1]) for each in held]
    finally:
        for each in held:
            each.close()


def _held() -> socket.socket:
    for port in _candidates():
        each = socket.socket()
        try:
            each.bind(("127.0.0.1", port))
        except OSError:
            each.close()
        else:
            return each
    raise OSError("no port is free")


def _candidates() -> Iterator[int]:
    return (_CHANCE.randrange(_FIRST, _LAST) for _ in range(1000))
