"""What every floor and phone endpoint needs of a request: the reader's language, the body, the key."""

from typing import TypeVar

import msgspec
from fastapi import Request

from edge.errors import Refused
from edge.units import Key
from edge.web.house import House
from edge.web.problem import bad_request
from edge.web.words import accepted

MAX_BODY = 4 * 1024
MAX_KEY = 100
T = TypeVar("T")


def language(request: Request, house: House) -> str:
    """Whose words an answer is in: `Accept-Language`, else the cookie `lang`, else the store's."""
    chosen = house.look(request.cookies.get("lang", "")).lang
    return accepted(request.headers.get("accept-language", ""), chosen)


def key(request: Request, door: str) -> Key:
    """The `Idempotency-Key`, under the name of the door it came through: no screen or phone may use up another's."""
    sent = request.headers.get("idempotency-key", "")
    if not 0 < len(sent) <= MAX_KEY or not sent.isascii() or not sent.isprintable():
        raise Refused(
            "no usable Idempotency-Key",
            hint="Send 1 to 100 printable characters, new for every press.",
            code="bad-request",
            status=400,
        )
    return Key(f"{door}:{sent}")


async def body(request: Request, shape: type[T]) -> T:
    """The body as `shape`. Refused when it does not fit, or is longer than any button needs."""
    return fitted(await limited(request, MAX_BODY), shape)


async def limited(request: Request, most: int) -> bytes:
    """The body. Refused as soon as it is longer than `most` bytes, whatever else would follow."""
    held = b""
    async for chunk in request.stream():
        held += chunk
        if len(held) > most:
            raise Refused("too much at once", hint="Send less.", code="bad-request", status=413)
    return held


def fitted(held: bytes, shape: type[T]) -> T:
    """A body as `shape`. Refused when it does not fit: no JSON, not UTF-8, nested without end."""
    try:
        return msgspec.json.decode(held or b"{}", type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(str(error)) from None


def number(request: Request, name: str, default: int, most: int) -> int:
    """A whole number of the query, at most `most`."""
    text = request.query_params.get(name, "")
    return min(most, max(1, int(text))) if text.isascii() and text.isdecimal() and len(text) <= 6 else default
