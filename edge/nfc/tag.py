"""What a tag says, strictly: NDEF message <-> GS1 Digital Link <-> goods or slot.

Goods: `https://<host>/01/<gtin14>[/10/<lot>][/21/<serial>]`, slots: `https://<host>/414/<gln13>/254/<slot>`,
either with `?s=<store>` and, on NTAG 424 DNA, `?e=<32 hex>&c=<16 hex>`. Hosts come from an allow-list.
Anything else is `NotOurs`: shown as such, never opened. (GS1 General Specifications, GS1 Digital Link 1.4,
NFC Forum NDEF 1.0 and URI RTD 1.0.)
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from edge.units import Gtin, StoreId

MAX_URI = 512
"""Characters; the biggest tag we write (NTAG216) holds 888 bytes, a link of ours needs under 200."""

_CSET82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+")
_LINK = re.compile(r"https://([^/?#\s]+)(/[^?#\s]*)(?:\?([^#\s]*))?")
_STORE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_HEX32 = re.compile(r"[0-9A-Fa-f]{32}")
_HEX16 = re.compile(r"[0-9A-Fa-f]{16}")
_SUN_VALUES = re.compile(r"([?&][ec]=)[^&#]*")
_PREFIXES: Mapping[int, str] = {0: "", 1: "http://www.", 2: "https://www.", 3: "http://", 4: "https://"}
_CRC_TYPE = b"store-edge:crc"


class Why(StrEnum):
    """Why a tag is not ours, as a stable word for programs."""

    EMPTY = "empty"
    """It carries no message."""
    UNREADABLE = "unreadable"
    """Something is there, but it could not be read, or not twice the same."""
    DAMAGED = "damaged"
    """Its message or checksum does not hold together: worth another read."""
    NOT_A_LINK = "not-a-link"
    FOREIGN_HOST = "foreign-host"
    MALFORMED = "malformed"
    """Our host, but no goods or slot in the form we write."""
    CHECK_DIGIT = "check-digit"


@dataclass(frozen=True, slots=True)
class NotOurs:
    """Somebody else's tag, or a broken one. `said`: its text, printable and cut short; for logs, never to open."""

    why: Why
    said: str = ""


@dataclass(frozen=True, slots=True)
class Sun:
    """The changing part of an NTAG 424 DNA: encrypted PICC data (32 hex) and its MAC (16 hex)."""

    e: str
    c: str

    def __post_init__(self) -> None:
        if not (_HEX32.fullmatch(self.e) and _HEX16.fullmatch(self.c)):
            raise ValueError("SUN is 32 and 16 hexadecimal digits")


@dataclass(frozen=True, slots=True)
class GoodsTag:
    """A thing for sale: a GTIN, perhaps its lot and serial number."""

    host: str
    gtin: Gtin
    lot: str | None = None
    serial: str | None = None
    store: StoreId | None = None
    sun: Sun | None = None

    def __post_init__(self) -> None:
        if not is_gtin(self.gtin):
            raise ValueError(f"not a GTIN-14: {self.gtin!r}")
        _check_values(self.lot, self.serial)
        _check_store(self.store)


@dataclass(frozen=True, slots=True)
class SlotTag:
    """A place in a shop: a GLN and our name for the slot."""

    host: str
    gln: str
    slot: str
    store: StoreId | None = None

    def __post_init__(self) -> None:
        if not is_gln(self.gln):
            raise ValueError(f"not a GLN: {self.gln!r}")
        _check_values(self.slot)
        _check_store(self.store)


@dataclass(frozen=True, slots=True)
class Link:
    """A URI read from a tag; `checked` when the tag's own checksum proved it."""

    uri: str
    checked: bool


def read_message(octets: bytes) -> Link | NotOurs:
    """The URI in an NDEF message of one URI record and perhaps our checksum record."""
    if not octets or octets == b"\xd0\x00\x00":
        return NotOurs(Why.EMPTY)
    try:
        records = _records(octets)
    except (ValueError, IndexError):
        return NotOurs(Why.DAMAGED)
    uri, proof = _link_in(records[0]), records[1:]
    if uri is None:
        return NotOurs(Why.NOT_A_LINK)
    if not proof:
        return Link(uri, checked=False)
    if proof == [(4, _CRC_TYPE, _crc(uri))]:
        return Link(uri, checked=True)
    ours = len(proof) == 1 and proof[0][1] == _CRC_TYPE
    return NotOurs(Why.DAMAGED if ours else Why.MALFORMED, _printable(uri))


def write_message(uri: str, *, checked: bool = True) -> bytes:
    """The NDEF message for a tag: the URI, and unless told otherwise a record holding its checksum."""
    if not uri.startswith("https://") or len(uri) > MAX_URI or not uri.isascii():
        raise ValueError(f"not a link we write: {uri!r}")
    link = _record(1, b"U", b"\x04" + uri.removeprefix("https://").encode("ascii"), first=True, last=not checked)
    return link + _record(4, _CRC_TYPE, _crc(uri), first=False, last=True) if checked else link


def static_part(uri: str) -> str:
    """The URI without the values an NTAG 424 changes at every tap; this is what the checksum covers."""
    return _SUN_VALUES.sub(r"\1", uri)


def read_uri(uri: str, hosts: frozenset[str]) -> GoodsTag | SlotTag | NotOurs:
    """What a link names, if it is one of ours: exact host (with its port, if any), exact form."""
    match = _LINK.fullmatch(uri) if len(uri) <= MAX_URI and uri.isascii() and uri.isprintable() else None
    if match is None:
        return NotOurs(Why.NOT_A_LINK, _printable(uri))
    host, path, query = match[1].lower(), match[2], match[3]
    if host not in hosts:
        return NotOurs(Why.FOREIGN_HOST, _printable(uri))
    segments = path[1:].split("/")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        return NotOurs(Why.MALFORMED, _printable(uri))
    try:
        extra = _query(query)
        return _named(host, segments, extra)
    except _WrongDigit:
        return NotOurs(Why.CHECK_DIGIT, _printable(uri))
    except ValueError:
        return NotOurs(Why.MALFORMED, _printable(uri))


def uri_of(tag: GoodsTag | SlotTag) -> str:
    """The link we write for goods or a slot; `read_uri` gives the same tag back."""
    if isinstance(tag, SlotTag):
        path, sun = f"/414/{tag.gln}/254/{quote(tag.slot, safe='')}", None
    else:
        lot = f"/10/{quote(tag.lot, safe='')}" if tag.lot is not None else ""
        serial = f"/21/{quote(tag.serial, safe='')}" if tag.serial is not None else ""
        path, sun = f"/01/{tag.gtin}{lot}{serial}", tag.sun
    pairs = [("s", tag.store)] if tag.store is not None else []
    query = "&".join(f"{key}={value}" for key, value in [*pairs, *([("e", sun.e), ("c", sun.c)] if sun else [])])
    return f"https://{tag.host}{path}" + (f"?{query}" if query else "")


def is_gtin(text: str) -> bool:
    """Fourteen digits, the last of them right; all zeros names nothing."""
    return _is_key(text, 14)


def is_gln(text: str) -> bool:
    """Thirteen digits, the last of them right."""
    return _is_key(text, 13)


def check_digit(body: str) -> str:
    """The GS1 check digit for the digits before it (weights 3, 1, 3 … from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


class _WrongDigit(ValueError):
    """Right length, wrong check digit."""


def _is_key(text: str, length: int) -> bool:
    digits = len(text) == length and text.isascii() and text.isdigit()
    return digits and text != "0" * length and check_digit(text[:-1]) == text[-1]


def _named(host: str, segments: list[str], extra: Mapping[str, str]) -> GoodsTag | SlotTag:
    """`segments` alternate identifier and value, in the order GS1 gives: 01 10 21, or 414 254."""
    identifiers, values = segments[0::2], [unquote(value) for value in segments[1::2]]
    if len(identifiers) != len(values):
        raise ValueError("an identifier without a value")
    store = StoreId(extra["s"]) if "s" in extra else None
    sun = Sun(extra["e"], extra["c"]) if "e" in extra else None
    if identifiers == ["414", "254"] and sun is None:
        _digits(values[0], 13)
        return SlotTag(host, values[0], values[1], store)
    if identifiers not in (["01"], ["01", "10"], ["01", "21"], ["01", "10", "21"]):
        raise ValueError("not the identifiers we write, or not in their order")
    _digits(values[0], 14)
    named = dict(zip(identifiers, values, strict=True))
    return GoodsTag(host, Gtin(named["01"]), named.get("10"), named.get("21"), store, sun)


def _digits(text: str, length: int) -> None:
    if len(text) == length and text.isascii() and text.isdigit() and check_digit(text[:-1]) != text[-1]:
        raise _WrongDigit(text)


def _query(query: str | None) -> Mapping[str, str]:
    """`s`, or `e` and `c` together; each once, nothing else."""
    if query is None:
        return {}
    pairs = [pair.partition("=")[::2] for pair in query.split("&")]
    found = dict(pairs)
    if len(found) != len(pairs) or not found.keys() <= {"s", "e", "c"} or ("e" in found) != ("c" in found):
        raise ValueError("not the parameters we write")
    return found


def _check_values(*values: str | None) -> None:
    for value in values:
        # A browser takes "." and ".." for directions, however they are encoded.
        if value is not None and (not _CSET82.fullmatch(value) or value in {".", ".."}):
            raise ValueError(f"not 1 to 20 characters of GS1's set 82: {value!r}")


def _check_store(store: str | None) -> None:
    if store is not None and not _STORE.fullmatch(store):
        raise ValueError(f"not a store: {store!r}")


def _printable(text: str) -> str:
    return "".join(char if char.isascii() and char.isprintable() else "?" for char in text[:80])


def _crc(uri: str) -> bytes:
    return zlib.crc32(static_part(uri).encode("ascii")).to_bytes(4, "big")


def _record(tnf: int, kind: bytes, payload: bytes, *, first: bool, last: bool) -> bytes:
    short = len(payload) < 256
    flags = tnf | (0x80 if first else 0) | (0x40 if last else 0) | (0x10 if short else 0)
    return bytes([flags, len(kind)]) + len(payload).to_bytes(1 if short else 4, "big") + kind + payload


def _link_in(record: tuple[int, bytes, bytes]) -> str | None:
    """The text of a URI record, if it is plain ASCII behind one of the prefixes of the web."""
    tnf, kind, payload = record
    prefix = _PREFIXES.get(payload[0]) if (tnf, kind) == (1, b"U") and payload else None
    return prefix + payload[1:].decode("ascii") if prefix is not None and payload.isascii() else None


def _records(octets: bytes) -> list[tuple[int, bytes, bytes]]:
    """(type name format, type, payload) of each record; raises unless the message is whole and ends where it says."""
    found: list[tuple[int, bytes, bytes]] = []
    at, last = 0, False
    while at < len(octets):
        flags, kind_length = octets[at], octets[at + 1]
        size = 1 if flags & 0x10 else 4
        payload_length = int.from_bytes(octets[at + 2 : at + 2 + size], "big")
        at += 2 + size
        id_length = octets[at] if flags & 0x08 else 0
        at += 1 if flags & 0x08 else 0
        start = at + kind_length + id_length
        if last or flags & 0x20 or bool(flags & 0x80) != (not found) or start + payload_length > len(octets):
            raise ValueError("a record out of place, in pieces or cut off")
        found.append((flags & 0x07, octets[at : at + kind_length], octets[start : start + payload_length]))
        at, last = start + payload_length, bool(flags & 0x40)
    if not last:
        raise ValueError("the message has no end")
    return found
