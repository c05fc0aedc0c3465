"""Pure: QR codes as rows of dots, by segno."""

import segno

QUIET = 4
"""Modules of white around a code, as the standard wants."""


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
