"""Pure: QR codes as rows of dots, by segno."""

from bisect import bisect_left

import segno

QUIET = 4
"""Modules of white around a code, as the standard wants."""


_ROOM = (
    *(14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666),
    *(
        711,
        779,
        857,
        911,
        997,
        1059,
        1125,
        1190,
        1264,
        1370,
        1452,
        1538,
        1628,
        1722,
        1809,
        1911,
        1989,
        2099,
        2213,
        2331,
    ),
)
"""Bytes that fit into versions 1 to 40 at error correction M."""


def fits(data: str) -> bool:
    """Whether one code can say `data` at all."""
    return len(data.encode("utf-8")) <= _ROOM[-1]


def side(data: str) -> int:
    """Modules along one side of the code of `data`, without computing it (a printer draws it faster)."""
    return 21 + 4 * bisect_left(_ROOM, len(data.encode("utf-8")))


def modules(data: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules, dark is True, without the quiet zone; error correction M, bytes in UTF-8."""
    code = segno.make_qr(data.encode("utf-8"), error="m", boost_error=False, mode="byte")
    return tuple(tuple(bool(dot) for dot in row) for row in code.matrix)


def bits(data: str, scale: int) -> tuple[int, tuple[bytes, ...]]:
    """Width in dots and rows of bytes (most significant bit left, 1 is black), each module `scale` dots wide."""
    rows: list[bytes] = []
    dark = modules(data)
    wide = len(dark) * scale
    for row in dark:
        number = 0
        for dot in row:
            number = (number << scale) | ((1 << scale) - 1 if dot else 0)
        packed = (number << (-wide % 8)).to_bytes((wide + 7) // 8, "big")
        rows.extend([packed] * scale)
    return wide, tuple(rows)


def path(data: str) -> tuple[int, str]:
    """Side in modules with the quiet zone, and the SVG path that paints the dark ones."""
    dark = modules(data)
    steps = [
        f"M{column + QUIET} {line + QUIET}h1v1h-1z"
        for line, row in enumerate(dark)
        for column, dot in enumerate(row)
        if dot
    ]
    return len(dark) + 2 * QUIET, "".join(steps)
