"""Pure: canonical bytes of a fact's data, and the hash chain over them.

Canonical data is RFC 8785 JSON narrowed so that any language writes the same bytes: keys `[a-z0-9_]+`, NFC strings
without NUL or lone surrogates, integers below 2^53 in size, lists, objects, true, false, null; no floats.
"""

import re
from functools import lru_cache
from hashlib import sha256
from unicodedata import is_normalized

import msgspec

from edge.errors import Refused
from edge.facts import Fact
from edge.units import Identity, Seq

MAX_ENTRY = 256 * 1024
"""Bytes of canonical data one fact may have."""
_BIGGEST = 2**53 - 1
_KEY = re.compile(r"[a-z0-9_]+")
_LISTS = (list, tuple)
_encode = msgspec.json.Encoder(order="sorted").encode


def canonical(value: object) -> bytes:
    """The one way to write `value` (plain Python data). Refused when it has none or is above 256 KiB."""
    _check(value)
    data = _encode(value)
    if len(data) > MAX_ENTRY:
        raise Refused(f"{len(data)} bytes in one entry", hint="Split it: an entry holds at most 256 KiB.")
    return data


def fact_data(fact: Fact) -> bytes:
    """The canonical bytes of a fact's data."""
    return canonical(msgspec.to_builtins(fact))


def _check(value: object) -> None:
    waiting = [value]
    for each in waiting:  # grows while we go through it: everything inside of everything
        if isinstance(each, str):
            if not each.isascii() or "\0" in each:
                _check_text(each)
        elif isinstance(each, int):
            if not -_BIGGEST <= each <= _BIGGEST:
                raise Refused(f"{each} is too large", hint="Whole numbers stay below 2^53.")
        elif isinstance(each, dict):
            for key in each:
                _check_key(key)
            waiting += each.values()
        elif isinstance(each, _LISTS):
            waiting += each
        elif each is not None:
            raise _formless(each)


@lru_cache(maxsize=1024)  # the same few names in every fact
def _check_key(key: object) -> None:
    if not isinstance(key, str) or _KEY.fullmatch(key) is None:
        raise Refused(f"{key!r} is not a key", hint="Keys are small letters, digits and underscores.")


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Refused("a NUL character in a text", hint="Remove it and try again.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused("a character that cannot be written down", hint="Remove it and try again.")
    if not is_normalized("NFC", text):
        raise Refused("text that is not in Unicode form NFC", hint="Normalise it where it comes in.")


def _formless(value: object) -> Refused:
    if isinstance(value, float):
        return Refused(f"{value} is a float", hint="Money is in minor units, weights in grams: whole numbers only.")
    return Refused(f"{type(value).__name__} has no canonical form", hint="Use text, whole numbers, lists, objects.")


def genesis(identity: Identity, epoch: str) -> bytes:
    """What entry 1 is hashed onto (32 bytes)."""
    return sha256(f"store-edge/1\n{identity}\n{epoch}".encode()).digest()


def entry_hash(
    prev: bytes, seq: Seq, time: str, type: str, cause: str, actor: str, businessdate: str, data: bytes
) -> bytes:
    """SHA-256 over the entry before (32 bytes), this entry's head lines and its canonical data."""
    head = f"{seq}\n{time}\n{type}\n{cause}\n{actor}\n{businessdate}\n"
    return sha256(prev + head.encode() + data).digest()
