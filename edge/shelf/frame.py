"""Bytes of a shelf node's serial line -> readings.

A node sends one line a sample, raw counts only (the edge calibrates):

    $W,<ver>,<node>,<boot>,<seq>,<ms>,<ch>,<raw24>,<flags>*CCCC\\r\\n

and echoes each command (`?V` version, `?S` state, `!Z` restart converters, `!G` change gain) with its number:

    $E,<ver>,<node>,<boot>,<seq>,<command>,<value>*CCCC\\r\\n

CRC = CRC-16/CCITT-FALSE (`binascii.crc_hqx(body, 0xFFFF)`) over everything between `$` and `*`, four upper-case
hexadecimal digits. `seq` counts every line of one boot without gaps; `boot` is new for each start of the node.
There is exactly one way to write a reading: what parses encodes to the same bytes.
"""

import binascii
import re
from dataclasses import dataclass
from enum import IntFlag

VERSION = 1
BUFFER_CAP = 4096
"""Bytes of a line without an end that are ever held; the rest is thrown away and the next `$` looked for."""
MAX_LINE = 128
RAW_MIN, RAW_MAX = -(2**23), 2**23 - 1


class Flag(IntFlag):
    """What the node itself says is wrong with a sample."""

    NOT_READY = 1
    SATURATED = 2
    GAIN_CHANGED = 4
    BROWNOUT = 8


GOOD = Flag(0)


class BadFrame(ValueError):
    """A line that is not ours, or not whole: it is dropped and counted."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sample of one channel. `ms` is the node's own clock since its boot; `raw` a signed 24-bit count."""

    node: str
    boot: str
    seq: int
    ms: int
    channel: int
    raw: int
    flags: Flag = GOOD


@dataclass(frozen=True, slots=True)
class Echo:
    """The node's answer to a command."""

    node: str
    boot: str
    seq: int
    command: str
    value: str


Frame = Reading | Echo
COMMANDS = ("?V", "?S", "!Z", "!G")

_NUMBER = rb"(0|[1-9][0-9]{0,9})"
_HEAD = rb"([0-9]{1,3}),([a-z0-9-]{1,32}),([0-9a-f]{8})," + _NUMBER
_READING = re.compile(
    rb"W," + _HEAD + rb"," + _NUMBER + rb",(0|[1-9][0-9]?),(0|-?[1-9][0-9]{0,6}),([0-9a-f])", re.ASCII
)
_ECHO = re.compile(rb"E," + _HEAD + rb",([?!][A-Z]),([A-Za-z0-9._:;=-]{0,40})", re.ASCII)
_LINE = re.compile(rb"\$([^$*\r\n]{1,120})\*([0-9A-F]{4})\r\n")
_U32 = 2**32


def crc(body: bytes) -> int:
    """CRC-16/CCITT-FALSE of what stands between `$` and `*`."""
    return binascii.crc_hqx(body, 0xFFFF)


def encode(frame: Frame) -> bytes:
    """The line a node sends for `frame`."""
    head = f"{VERSION},{frame.node},{frame.boot},{frame.seq}"
    if isinstance(frame, Reading):
        text = f"W,{head},{frame.ms},{frame.channel},{frame.raw},{frame.flags:x}"
    else:
        text = f"E,{head},{frame.command},{frame.value}"
    body = text.encode("ascii")
    return b"$%b*%04X\r\n" % (body, crc(body))


def encode_command(command: str) -> bytes:
    """The bytes that ask a node for something; `command` is one of COMMANDS."""
    if command not in COMMANDS:
        raise ValueError(f"a shelf node knows {', '.join(COMMANDS)}, not {command!r}")
    return command.encode("ascii") + b"\r\n"


def parse(line: bytes) -> Frame:
    """The frame in one whole line, `$` to `\\n`; raises BadFrame."""
    whole = _LINE.fullmatch(line)
    if whole is None:
        raise BadFrame("not a line of a shelf node")
    body = whole[1]
    if crc(body) != int(whole[2], 16):
        raise BadFrame("checksum does not fit")
    reading = _READING.fullmatch(body)
    fields = reading or _ECHO.fullmatch(body)
    if fields is None:
        raise BadFrame("fields do not fit")
    if fields[1] != b"%d" % VERSION:
        raise BadFrame(f"line version {fields[1].decode()} is not {VERSION}")
    node, boot, seq = fields[2].decode(), fields[3].decode(), int(fields[4])
    if seq >= _U32:
        raise BadFrame("number out of range")
    if reading is None:
        return Echo(node, boot, seq, fields[5].decode(), fields[6].decode())
    ms, raw = int(fields[5]), int(fields[7])
    if ms >= _U32 or not RAW_MIN <= raw <= RAW_MAX:
        raise BadFrame("number out of range")
    return Reading(node, boot, seq, ms, int(fields[6]), raw, Flag(int(fields[8], 16)))


class Splitter:
    """Cuts a byte stream into frames; broken lines are dropped and counted in `bad`."""

    def __init__(self) -> None:
        self.bad = 0
        self._held = b""

    @property
    def held(self) -> int:
        """Bytes waiting for the end of their line; never above BUFFER_CAP."""
        return len(self._held)

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that `chunk` completes, in order."""
        frames: list[Frame] = []
        for start in range(0, len(chunk), BUFFER_CAP - MAX_LINE):
            lines = (self._held + chunk[start : start + BUFFER_CAP - MAX_LINE]).split(b"\n")
            self._held = self._resync(lines.pop())
            for line in lines:
                self._take(line + b"\n", frames)
        return frames

    def _take(self, line: bytes, frames: list[Frame]) -> None:
        before, mark, body = line.rpartition(b"$")
        if before or not mark:
            self.bad += max(1, before.count(b"$"))
        if mark:
            try:
                frames.append(parse(b"$" + body))
            except BadFrame:
                self.bad += 1

    def _resync(self, rest: bytes) -> bytes:
        if len(rest) <= MAX_LINE:
            return rest
        start = rest.rfind(b"$")
        kept = rest[start:] if start >= 0 and len(rest) - start <= MAX_LINE else b""
        self.bad += max(1, rest.count(b"$") - kept.count(b"$"))
        return kept


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a frame follows the one before it from the same node."""

    lost: int = 0
    """Lines missing between the two."""
    restarted: bool = False
    """The node has booted since."""
    old: bool = False
    """Seen already: to be dropped."""


class Order:
    """Watches one node's numbers."""

    def __init__(self) -> None:
        self._boot = ""
        self._seq = -1

    def see(self, frame: Frame) -> Arrival:
        """What `frame` says about the lines before it."""
        restarted = bool(self._boot) and frame.boot != self._boot
        first = not self._boot
        if not first and not restarted and frame.seq <= self._seq:
            return Arrival(old=True)
        lost = 0 if first else frame.seq if restarted else frame.seq - self._seq - 1
        self._boot, self._seq = frame.boot, frame.seq
        return Arrival(lost=lost, restarted=restarted)
