"""Pure: a document on paper of so many columns, line by line; the same lines for the printer, the text and the SVG."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from edge.pos.printer.glyphs import clean, clip, width, wrap
from edge.pos.receipt.document import Align, Block, Document, Gap, Pair, Qr, Rule, Table, Weight, Words
from edge.pos.receipt.qr import fits


class Size(Enum):
    """Font A, font A twice as wide and high, font B."""

    NORMAL = "normal"
    BIG = "big"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of clean text, aligned by its spaces."""

    text: str
    bold: bool = False
    size: Size = Size.NORMAL


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code in the middle of the paper."""

    data: str
    millimetres: int


@dataclass(frozen=True, slots=True)
class Paper:
    """Characters a line takes in font A and in font B."""

    columns: int = 48
    small_columns: int = 64

    def fitting(self, size: Size) -> int:
        return {Size.NORMAL: self.columns, Size.BIG: self.columns // 2, Size.SMALL: self.small_columns}[size]


WIDE, NARROW = Paper(48, 64), Paper(32, 42)
"""80 mm and 58 mm."""


def lay_out(document: Document, paper: Paper) -> tuple[Line | Picture, ...]:
    """Every line of `document`, none wider than the paper."""
    return tuple(line for block in document.blocks for line in _block(block, paper))


def mark(text: str, paper: Paper) -> tuple[Line, ...]:
    """The banner of a copy."""
    return tuple(_words(Words("mark", text, Align.CENTRE, Weight.BOLD), paper))


def _block(block: Block, paper: Paper) -> Iterator[Line | Picture]:
    match block:
        case Words():
            yield from _words(block, paper)
        case Pair():
            yield from _pair(block, paper)
        case Table():
            yield from _table(block, paper)
        case Qr() if not fits(block.data):
            yield from _words(Words(block.role, block.data, verbatim=True), paper)
        case Qr():
            yield Picture(block.data, block.millimetres)
        case Rule():
            yield Line("-" * paper.columns)
        case Gap():
            yield Line("")


def _words(block: Words, paper: Paper) -> Iterator[Line]:
    text = clean(block.text)
    size = Size.BIG if block.weight is Weight.BIG else Size.NORMAL
    if size is Size.BIG and width(text) > paper.fitting(size):
        size = Size.NORMAL
    if block.verbatim and width(text) > paper.columns:
        size = Size.SMALL
    columns = paper.fitting(size)
    for line in wrap(text, columns, verbatim=block.verbatim):
        yield Line(_aligned(line, columns, block.align), block.weight is not Weight.PLAIN, size)


def _aligned(text: str, columns: int, align: Align) -> str:
    room = columns - width(text)
    match align:
        case Align.CENTRE:
            return " " * (room // 2) + text
        case Align.RIGHT:
            return " " * room + text
        case Align.LEFT:
            return text


def _pair(block: Pair, paper: Paper) -> Iterator[Line]:
    left, right = clean(block.left), clean(block.right)
    size = Size.BIG if block.weight is Weight.BIG else Size.NORMAL
    if size is Size.BIG and width(left) + width(right) + 1 > paper.fitting(size):
        size = Size.NORMAL
    columns, bold = paper.fitting(size), block.weight is not Weight.PLAIN
    pad = " " * block.indent
    if width(right) > columns * 2 // 3:
        yield from (Line(pad + each, bold, size) for each in wrap(left, columns - block.indent))
        yield from (Line(_aligned(each, columns, Align.RIGHT), bold, size) for each in wrap(right, columns))
        return
    *before, last = wrap(left, columns - block.indent - width(right) - 1)
    yield from (Line(pad + each, bold, size) for each in before)
    gap = columns - block.indent - width(last) - width(right)
    yield Line(f"{pad}{last}{' ' * gap}{right}", bold, size)


def _table(block: Table, paper: Paper) -> Iterator[Line]:
    rows = [tuple(map(clean, row)) for row in (block.header, *block.rows)]
    widths = [max(width(row[place]) for row in rows) for place in range(len(block.header))]
    room = paper.columns - sum(widths)
    if room < len(widths) - 1:
        yield from _stacked(rows, paper)
        return
    widths[0] += room - (len(widths) - 1)
    for place, row in enumerate(rows):
        cells = [row[0] + " " * (widths[0] - width(row[0]))]
        cells += [" " * (wide - width(cell)) + cell for wide, cell in zip(widths[1:], row[1:], strict=True)]
        yield Line(clip(" ".join(cells), paper.columns), bold=place == 0)


def _stacked(rows: list[tuple[str, ...]], paper: Paper) -> Iterator[Line]:
    """A table too wide for the roll: each row under its name, value by value."""
    header, *body = rows
    for row in body:
        yield Line(clip(row[0], paper.columns), bold=True)
        for name, value in zip(header[1:], row[1:], strict=True):
            yield from _pair(Pair("cell", name, value, indent=2), paper)
