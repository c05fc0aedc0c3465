"""Pure: the e-receipt reference in a receipt's QR: signed by the box, checked by anybody who has its public key."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from edge.errors import Refused
from edge.facts import SaleClosed, SaleReturned

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], bool]
"""(message, signature) -> genuine. Signature: 64 bytes (Ed25519)."""
_SIGNATURE = 64
_LONGEST = 2000
_LOOKS = re.compile(r"(?:^|/)[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{86}$")
"""A claim, a dot and 64 bytes in base64url."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the QR promises: this receipt exists, with this total, in an entry whose hash begins like this."""

    number: str
    subject: str
    business_date: str
    currency: str
    total: int
    chain: str


def reference(fact: SaleClosed | SaleReturned, chain: bytes, *, base: str, sign: Sign) -> str:
    """`{base}{claim}.{signature}`; `base` ends where the token begins (`https://shop/r/`, or empty)."""
    subject = fact.returned if isinstance(fact, SaleReturned) else fact.sale
    total = -fact.total if isinstance(fact, SaleReturned) else fact.total
    claim = Claim(fact.number, subject, fact.business_date, fact.currency, total, chain[:8].hex())
    body = msgspec.json.encode([claim.number, claim.subject, claim.business_date, claim.currency, total, claim.chain])
    return f"{base}{_text(body)}.{_text(sign(_signed(body)))}"


def read_reference(text: str, verify: Verify) -> Claim:
    """The claim of a scanned QR. Refused when it is no reference of ours or was not signed by the box."""
    token = text[:_LONGEST].rpartition("/")[2]
    body, dot, signature = token.partition(".")
    try:
        message, proof = _bytes(body), _bytes(signature)
        number, subject, date, currency, total, chain = msgspec.json.decode(
            message, type=tuple[str, str, str, str, int, str]
        )
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise Refused("that is no receipt of ours", hint="Scan the QR of the receipt.", code="bad-reference") from None
    if not dot or len(proof) != _SIGNATURE or not verify(_signed(message), proof):
        raise Refused("this receipt was not issued by this store", hint="Ask a manager.", code="forged-reference")
    return Claim(number, subject, date, currency, total, chain)


def is_reference(text: str) -> bool:
    """Whether a scan looks like the QR of a receipt (ours or not)."""
    return _LOOKS.search(text[:_LONGEST]) is not None


def _signed(body: bytes) -> bytes:
    return b"store-edge/receipt/1\n" + body


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
