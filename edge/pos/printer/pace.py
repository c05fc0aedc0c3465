"""Pure: a paper in pieces that end between two commands, for lines without flow control."""

from collections.abc import Iterator, Mapping

_FIXED: Mapping[bytes, int] = {
    b"\x1b@": 2,
    b"\x1bt": 3,
    b"\x1bR": 3,
    b"\x1b2": 2,
    b"\x1bE": 3,
    b"\x1bM": 3,
    b"\x1ba": 3,
    b"\x1bd": 3,
    b"\x1bJ": 3,
    b"\x1bp": 5,
    b"\x1d!": 3,
    b"\x1da": 3,
    b"\x1dV": 4,
    b"\x1c&": 2,
    b"\x1c.": 2,
}


def pieces(payload: bytes, window: int | None) -> Iterator[bytes]:
    """`payload` whole, or in pieces of about `window` bytes; a command this module does not know ends the cutting."""
    if window is None:
        yield payload
        return
    start = place = 0
    while place < len(payload):
        length = _length(payload, place)
        if place > start and place + length - start > window:
            yield payload[start:place]
            start = place
        place += length
    if start < len(payload):
        yield payload[start:]


def _length(payload: bytes, place: int) -> int:
    if payload[place] not in b"\x1b\x1c\x1d\x10":
        return 1
    command = payload[place : place + 2]
    if command in _FIXED:
        return _FIXED[command]
    if command == b"\x1dv":
        wide = int.from_bytes(payload[place + 4 : place + 6], "little")
        return 8 + wide * int.from_bytes(payload[place + 6 : place + 8], "little")
    if command == b"\x1d(":
        return 5 + int.from_bytes(payload[place + 3 : place + 5], "little")
    return len(payload) - place
