"""The line protocol of docs/fiscal.md: one JSON object a line, a request and its answer share an `id` (pure)."""

from typing import TypeVar

import msgspec

from edge.errors import DeviceLost
from edge.facts.sale import Evidence
from edge.pos.fiscal.document import FiscalDocument
from edge.pos.fiscal.port import DayReport, DeviceTax, FiscalStatus

T = TypeVar("T")
M = TypeVar("M", "Request", "Answer")
VERSION = 1
MAX_LINE = 1024 * 1024
"""Bytes of one line, its newline included."""


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """`do` is one of `status taxes issue find copy close-day report`; the other members are that verb's."""

    id: int
    do: str
    v: int = VERSION
    key: str = ""
    document: FiscalDocument | None = None
    of: str = ""
    first: str = ""
    last: str = ""


class No(msgspec.Struct, frozen=True):
    """A refusal: nothing was done."""

    why: str
    hint: str
    code: str


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Exactly one member beside `id` and `v` is set; a `find` that finds nothing answers `missing`."""

    id: int
    v: int = VERSION
    no: No | None = None
    status: FiscalStatus | None = None
    taxes: tuple[DeviceTax, ...] | None = None
    evidence: Evidence | None = None
    missing: bool = False
    day: DayReport | None = None
    days: tuple[DayReport, ...] | None = None


def write(message: Request | Answer) -> bytes:
    """The message as a line."""
    return msgspec.json.encode(message) + b"\n"


def read(line: bytes, kind: type[M]) -> M:
    """The message in `line`; msgspec.MsgspecError when it is none of `kind` or of another version."""
    found = msgspec.json.decode(line, type=kind)
    if found.v != VERSION:
        raise msgspec.ValidationError(f"version {found.v}")
    return found


def expect(value: T | None, what: str) -> T:
    """`value`, or DeviceLost: the device answered something else than it was asked."""
    if value is None:
        raise DeviceLost(f"the fiscal device answered without {what}", hint="Check which device is connected.")
    return value
