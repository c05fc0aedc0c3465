"""The tables as CSV files that a spreadsheet opens: UTF-8 with a byte order mark, comma, CRLF, amounts with a point."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import astuple

from edge.pos.books.rows import MONEY, TABLES, When, columns, table
from edge.pos.books.shifts import Book

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula when a text begins with it."""


def csv_files(books: Sequence[Book], decimals: int, when: When) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file."""
    for name in TABLES:
        yield f"{name}.csv", csv_file(name, books, decimals, when)


def csv_file(name: str, books: Sequence[Book], decimals: int, when: When) -> bytes:
    """One table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    names = columns(TABLES[name])
    writer.writerow(names)
    for row in table(name, books, when):
        writer.writerow(_cell(at, value, decimals) for at, value in zip(names, astuple(row), strict=True))
    return (BOM + out.getvalue()).encode()


def amount(minor: int, decimals: int) -> str:
    """`-1234.50`: a point, no group, no currency."""
    whole, part = divmod(abs(minor), 10**decimals)
    digits = f"{whole}.{part:0{decimals}d}" if decimals else str(whole)
    return f"-{digits}" if minor < 0 else digits


def _cell(name: str, value: object, decimals: int) -> str:
    if isinstance(value, int):
        return amount(value, decimals) if name in MONEY else str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
