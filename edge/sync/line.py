"""What a line to a broker is made with, and what comes over it; certificates and a handshake that cannot hang."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.clock import Clock


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to trust, and who we are."""

    ca: Path
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What came in; `retained` when the broker kept it from before."""

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Birth and will of one connection, both retained on `topic`; they name the connection, so they pair."""

    topic: str
    birth: bytes
    will: bytes


@dataclass(frozen=True, slots=True)
class LinkSetup:
    """`presence` makes birth and will for connection number n (from 1); times are in seconds."""

    address: str
    client_id: str
    subscriptions: Sequence[tuple[str, int]]
    clock: Clock
    presence: Callable[[int], Presence] | None = None
    tls: Tls | None = None
    window: int = 8
    """Messages handed to the client and not yet acknowledged (or, at QoS 0, not yet written)."""
    keepalive: int = 20
    ack_timeout: float = 10.0
    connect_timeout: float = 2.5


class _Socket(ssl.SSLSocket):
    """Closed when the handshake fails: paho leaves it open then."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def context(tls: Tls | None) -> ssl.SSLContext:
    """Trusts the authorities of `tls` (else the machine's), shows its certificate."""
    made = ssl.create_default_context(cafile=str(tls.ca) if tls else None)
    made.sslsocket_class = _Socket
    if tls and tls.certificate:
        made.load_cert_chain(str(tls.certificate), str(tls.key) if tls.key else None)
    return made
