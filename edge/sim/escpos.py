"""Pure: ESC/POS bytes -> commands, as a printer's own parser takes them from its buffer, byte by byte."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

ESC, FS, GS, DLE, LF = 0x1B, 0x1C, 0x1D, 0x10, 0x0A


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is the command's bytes (`1b70`) or `text`, `lf`, `control`; `data` its parameters."""

    name: str
    data: bytes


class Incomplete(Exception):
    """The buffer ends in the middle of a command."""


def take(buffer: bytes | bytearray) -> tuple[Command, int]:
    """The first command of `buffer` and its length. Raises Incomplete when the rest has not come yet."""
    first = _at(buffer, 0)
    if first == LF:
        return Command("lf", b""), 1
    if first in (ESC, FS, GS, DLE):
        return _prefixed(buffer, first)
    if first < 0x20:
        return Command("control", bytes([first])), 1
    end = 1
    while end < len(buffer) and buffer[end] >= 0x20:
        end += 1
    return Command("text", bytes(buffer[:end])), end


def _at(buffer: bytes | bytearray, place: int) -> int:
    if place >= len(buffer):
        raise Incomplete
    return buffer[place]


def _prefixed(buffer: bytes | bytearray, first: int) -> tuple[Command, int]:
    second = _at(buffer, 1)
    length = 2 + _measure(buffer, first, second)
    _at(buffer, length - 1)
    return Command(f"{first:02x}{second:02x}", bytes(buffer[2:length])), length


def _measure(buffer: bytes | bytearray, first: int, second: int) -> int:
    key = bytes([first, second])
    if key in _MEASURED:
        return _MEASURED[key](buffer)
    return _FIXED.get(key, 0)


_FIXED: Mapping[bytes, int] = {
    **{b"\x1b" + bytes([char]): 1 for char in b"! -%3=?EGJKMRTUVadertu{"},
    b"\x1bp": 3,
    b"\x1bB": 2,
    b"\x1b$": 2,
    b"\x1b\\": 2,
    b"\x1bW": 8,
    b"\x1bf": 2,
    b"\x1bC": 3,
    b"\x1d!": 1,
    b"\x1d#": 1,
    b"\x1d$": 2,
    b"\x1dE": 1,
    b"\x1dj": 1,
    b"\x1dz": 3,
    b"\x1d\\": 2,
    b"\x1d/": 1,
    b"\x1dB": 1,
    b"\x1dH": 1,
    b"\x1dI": 1,
    b"\x1dL": 2,
    b"\x1dP": 2,
    b"\x1dT": 1,
    b"\x1dW": 2,
    b"\x1d^": 3,
    b"\x1da": 1,
    b"\x1db": 1,
    b"\x1df": 1,
    b"\x1dh": 1,
    b"\x1dr": 1,
    b"\x1dw": 1,
    b"\x1c!": 1,
    b"\x1c-": 1,
    b"\x1cC": 1,
    b"\x1cS": 2,
    b"\x1cW": 1,
    b"\x1cp": 2,
    b"\x1c?": 2,
    b"\x1c2": 74,
    b"\x10\x05": 1,
}


def _sized(buffer: bytes | bytearray) -> int:
    """`GS ( X pL pH …`"""
    _at(buffer, 2)
    return 3 + _at(buffer, 3) + 256 * _at(buffer, 4)


def _large(buffer: bytes | bytearray) -> int:
    """`GS 8 L p1 p2 p3 p4 …`"""
    _at(buffer, 6)
    return 5 + int.from_bytes(buffer[3:7], "little")


def _raster(buffer: bytes | bytearray) -> int:
    """`GS v 0 m xL xH yL yH …`"""
    _at(buffer, 7)
    return 6 + int.from_bytes(buffer[4:6], "little") * int.from_bytes(buffer[6:8], "little")


def _columns(buffer: bytes | bytearray) -> int:
    """`ESC * m nL nH …`"""
    count = _at(buffer, 3) + 256 * _at(buffer, 4)
    return 3 + count * (3 if _at(buffer, 2) in (32, 33) else 1)


def _barcode(buffer: bytes | bytearray) -> int:
    """`GS k m d… NUL` or `GS k m n d…`"""
    if _at(buffer, 2) >= 65:
        return 2 + _at(buffer, 3)
    return _until_nul(buffer)


def _until_nul(buffer: bytes | bytearray) -> int:
    place = 2
    while _at(buffer, place) != 0:
        place += 1
    return place - 1


def _cut(buffer: bytes | bytearray) -> int:
    """`GS V m` or, from 65 on, `GS V m n`"""
    return 2 if _at(buffer, 2) >= 65 else 1


def _characters(buffer: bytes | bytearray) -> int:
    """`ESC & y c1 c2 [x d…]…`: the shapes of characters, each `y` bytes high and `x` wide."""
    high, first, last = _at(buffer, 2), _at(buffer, 3), _at(buffer, 4)
    place = 5
    for _ in range(first, last + 1):
        place += 1 + high * _at(buffer, place)
    return place - 2


def _counter(buffer: bytes | bytearray) -> int:
    """`GS C 0|1|2 …`, `GS C ; … ;` (five semicolons)"""
    kind = _at(buffer, 2)
    if kind != 0x3B:
        return {0: 3, 48: 3, 1: 7, 49: 7, 2: 3, 50: 3}.get(kind, 1)
    place, ends = 3, 0
    while ends < 5:
        ends += _at(buffer, place) == 0x3B
        place += 1
    return place - 2


def _maintenance(buffer: bytes | bytearray) -> int:
    """`GS g 0|2 m nL nH`"""
    _at(buffer, 2)
    return 4


def _vertical(buffer: bytes | bytearray) -> int:
    """`GS Q 0 m xL xH yL yH d…`: dots by column, `yL yH` bytes high."""
    _at(buffer, 7)
    return 6 + int.from_bytes(buffer[4:6], "little") * int.from_bytes(buffer[6:8], "little")


def _stored(buffer: bytes | bytearray) -> int:
    """`FS q n [xL xH yL yH d…]…`: pictures kept for good, `x` bytes by `y` bytes of eight dots."""
    place = 3
    for _ in range(_at(buffer, 2)):
        _at(buffer, place + 3)
        wide = int.from_bytes(buffer[place : place + 2], "little")
        high = int.from_bytes(buffer[place + 2 : place + 4], "little")
        place += 4 + wide * high * 8
    return place - 2


def _memory(buffer: bytes | bytearray) -> int:
    """`FS g 1 m a1-a4 nL nH d…`, `FS g 2 m a1-a4 nL nH`"""
    _at(buffer, 9)
    return 8 + (int.from_bytes(buffer[8:10], "little") if buffer[2] in (1, 49) else 0)


def _asked(buffer: bytes | bytearray) -> int:
    """`DLE EOT n`; from 7 on with one more."""
    return 2 if _at(buffer, 2) in (7, 8, 18) else 1


def _tabs(buffer: bytes | bytearray) -> int:
    return _until_nul(buffer)


def _download(buffer: bytes | bytearray) -> int:
    """`GS * x y …`"""
    return 2 + _at(buffer, 2) * _at(buffer, 3) * 8


def _real_time(buffer: bytes | bytearray) -> int:
    """`DLE DC4 fn …`"""
    return {1: 3, 2: 3, 3: 6, 7: 2, 8: 8}.get(_at(buffer, 2), 1)


def _sensors(buffer: bytes | bytearray) -> int:
    """`ESC c 3|4|5 n`"""
    _at(buffer, 2)
    return 2


_MEASURED: Mapping[bytes, Callable[[bytes | bytearray], int]] = {
    b"\x1d(": _sized,
    b"\x1c(": _sized,
    b"\x1b(": _sized,
    b"\x1d8": _large,
    b"\x1dv": _raster,
    b"\x1b*": _columns,
    b"\x1dk": _barcode,
    b"\x1dV": _cut,
    b"\x1bD": _tabs,
    b"\x1d*": _download,
    b"\x1dC": _counter,
    b"\x1dg": _maintenance,
    b"\x1dQ": _vertical,
    b"\x1b&": _characters,
    b"\x1cq": _stored,
    b"\x1cg": _memory,
    b"\x10\x04": _asked,
    b"\x10\x14": _real_time,
    b"\x1bc": _sensors,
}
