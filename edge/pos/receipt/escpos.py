"""Pure: a document as ESC/POS bytes. Every line stands alone: it sets what it needs and leaves nothing behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.pos.printer.glyphs import Run, runs
from edge.pos.printer.model import PrinterModel
from edge.pos.printer.raster import NORMAL, SMALL, Bitmap, Fonts, draw_line
from edge.pos.receipt.document import Document
from edge.pos.receipt.layout import Line, Paper, Picture, Size, lay_out, mark
from edge.pos.receipt.qr import bits, side

BEGIN = b"\x1b@" + b"\x1da\x0f" + b"\x1c." + b"\x1bR\x00" + b"\x1b2"
"""Reset, tell every change of status, two-byte mode off, characters of the USA, line spacing as delivered."""
CUT = b"\x1dVB\x00"
FEED = b"\x1bd\x06"
_BAND = 24
"""Rows of one raster command: no single command is ever longer than a kilobyte or two."""
_LEAD = b"\x1bJ\x06"


@dataclass(frozen=True, slots=True)
class Press:
    """What a document is printed with."""

    model: PrinterModel
    fonts: Fonts

    @property
    def paper(self) -> Paper:
        return Paper(self.model.columns, self.model.small_columns)


def escpos(document: Document, press: Press, *, marks: Sequence[str] = ()) -> bytes:
    """The paper of `document`; `marks` (COPY 1, second print) come before it and change no other byte."""
    banner = [line for each in marks for line in mark(each, press.paper)]
    body = b"".join(_line(line, press) for line in lay_out(document, press.paper))
    end = CUT if press.model.cutter else FEED
    return BEGIN + b"".join(_line(line, press) for line in banner) + body + end


def apart(translate: Callable[[str], str], press: Press) -> bytes:
    """What keeps a paper apart from one above it that may have stopped half-way: a cut; without a cutter, words."""
    if press.model.cutter:
        return b"\n" + CUT
    words = translate("THE PAPER ABOVE IS NOT COMPLETE")
    return BEGIN + b"\n" + b"".join(_line(line, press) for line in mark(words, press.paper)) + FEED


def _line(line: Line | Picture, press: Press) -> bytes:
    if isinstance(line, Picture):
        return _qr(line, press.model)
    found = runs(line.text, press.model)
    if found is None or (line.size is Size.SMALL and any(run.kanji for run in found)):
        return _drawn(line, press)
    on, off = _style(line)
    return on + b"".join(_run(run) for run in found) + off + b"\n"


def _style(line: Line) -> tuple[bytes, bytes]:
    on, off = b"", b""
    if line.bold:
        on, off = b"\x1bE\x01", b"\x1bE\x00"
    if line.size is Size.BIG:
        on, off = on + b"\x1d!\x11", b"\x1d!\x00" + off
    if line.size is Size.SMALL:
        on, off = on + b"\x1bM\x01", b"\x1bM\x00" + off
    return on, off


def _run(run: Run) -> bytes:
    if run.kanji:
        return b"\x1c&" + run.data + b"\x1c."
    if run.page is not None:
        return b"\x1bt" + bytes([run.page]) + run.data
    return run.data


def _drawn(line: Line, press: Press) -> bytes:
    """This line alone as a picture, no wider than its last black dot."""
    cell, scale = (SMALL if line.size is Size.SMALL else NORMAL), (2 if line.size is Size.BIG else 1)
    bitmap = draw_line(line.text.rstrip(" "), press.fonts, cell=cell, scale=scale, bold=line.bold)
    stride = bitmap.stride
    return raster([bitmap.rows[at : at + stride] for at in range(0, len(bitmap.rows), stride)]) + _LEAD


def raster(rows: Sequence[bytes]) -> bytes:
    """Rows of equal length as `GS v 0`, in bands."""
    stride = len(rows[0])
    bands = (rows[at : at + _BAND] for at in range(0, len(rows), _BAND))
    return b"".join(
        b"\x1dv0\x00" + stride.to_bytes(2, "little") + len(band).to_bytes(2, "little") + undangerous(b"".join(band))
        for band in bands
    )


def undangerous(dots: bytes) -> bytes:
    """No picture may contain what a printer obeys even inside a picture (status, drawer): one dot is set instead."""
    for command, harmless in ((b"\x10\x04", b"\x10\x06"), (b"\x10\x05", b"\x10\x07"), (b"\x10\x14", b"\x10\x15")):
        dots = dots.replace(command, harmless)
    return dots


def picture(bitmap: Bitmap) -> bytes:
    """A bitmap as it is."""
    return raster([bitmap.rows[at : at + bitmap.stride] for at in range(0, len(bitmap.rows), bitmap.stride)])


def _qr(code: Picture, model: PrinterModel) -> bytes:
    modules = side(code.data)
    wanted = code.millimetres * model.dots_per_inch * 10 // 254
    scale = max(1, min(-(-wanted // modules), model.dots // (modules + 8), 16))
    if not model.qr:
        wide, rows = bits(code.data, scale)
        left = bytes((model.dots - wide) // 16)
        return raster([left + row for row in rows]) + _LEAD
    content = code.data.encode("utf-8")
    stored = _symbol(b"\x50\x30" + content)
    settings = _symbol(b"\x41\x32\x00") + _symbol(b"\x43" + bytes([scale])) + _symbol(b"\x45\x31")
    return b"\x1ba\x01" + settings + stored + _symbol(b"\x51\x30") + b"\n" + b"\x1ba\x00"


def _symbol(command: bytes) -> bytes:
    """`GS ( k` for a QR code (symbol 49)."""
    return b"\x1d(k" + (len(command) + 1).to_bytes(2, "little") + b"\x31" + command
