"""(pure) The print head of a receipt printer: characters, dots and codes onto the paper, line by line, and the cut."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from edge.pos.printer.glyphs import width
from edge.pos.printer.raster import Bitmap
from edge.sim.pages import decoded
from edge.sim.paper import CELLS, Feed, Item, Paper, Piece, Raster, Splice, Style, Symbol, TextLine

_KOREA = {"\\": "₩"}
_NATIONAL: Mapping[int, Mapping[str, str]] = {8: {"\\": "¥", "~": "‾"}, 13: _KOREA, 4: {"[": "Æ", "\\": "Ø", "]": "Å"}}


class Head:
    """Prints on `current`; `cut` moves it to `papers`. `ended` is called when the roll does."""

    def __init__(self, dots: int, pages: Mapping[int, str], kanji: str | None, ended: Callable[[], None]) -> None:
        self.papers: list[Paper] = []
        self.current = Paper(dots)
        self.roll: int | None = None
        """Dots left on the roll, when it is to end by itself."""
        self._dots, self._pages, self._codec, self._ended = dots, pages, kanji, ended
        self.reset()

    def reset(self, _: bytes = b"") -> None:
        """`ESC @`"""
        self._style = Style()
        self._page, self._kanji, self._nation, self._align, self._spacing = 0, False, 0, 0, 30
        self._line: list[Piece] = []
        self._dot, self._margin, self._area, self._tabs = 0, 0, 0, tuple(range(8, 256, 8))
        self._bar_height, self._bar_module, self._bar_text = 162, 3, 0
        self._half, self._band = b"", 0
        self._symbol, self._scale = b"", 3
        self._stored: Bitmap | None = None

    def cut(self, _: bytes = b"") -> None:
        """Cut off what is printed."""
        self._flush()
        if self.current.items:
            self.current.cut = True
        self.tear()

    def tear(self) -> None:
        """Somebody tears off what hangs out."""
        self._flush()
        if self.current.items:
            self.papers.append(self.current)
        self.current = Paper(self._dots)

    def text(self, data: bytes) -> None:
        text = self._decode(data)
        last = self._line[-1] if self._line else None
        if last and last.style == self._style and self._dot == last.at + extent(last):
            self._line[-1] = Piece(last.text + text, self._style, last.at)
        else:
            self._line.append(Piece(text, self._style, self._dot))
        self._dot = self._line[-1].at + extent(self._line[-1])

    def _decode(self, data: bytes) -> str:
        data, self._half = self._half + data, b""
        if self._kanji and self._codec:
            if sum(byte >= 0x80 for byte in data) % 2:
                data, self._half = data[:-1], data[-1:]
            text = data.decode(self._codec, "replace")
        else:
            text = decoded(data, self._page, self._pages)
        table = {ord(old): new for old, new in _NATIONAL.get(self._nation, {}).items()}
        if self._codec == "euc_kr":
            table |= {ord(old): new for old, new in _KOREA.items()}
        return text.translate(table)

    def control(self, data: bytes) -> None:
        """Of the lone control bytes only a tab prints."""
        if data == b"\t":
            cell = CELLS[self._style.font][0] * self._style.wide
            column = self._dot // cell
            stop = next((stop for stop in self._tabs if stop > column), None)
            self._dot = self._dot if stop is None else stop * cell

    def tabs(self, data: bytes) -> None:
        """`ESC D n… NUL`"""
        self._tabs = tuple(data[:-1])

    def absolute(self, data: bytes) -> None:
        """`ESC $`: where the next character stands, in dots from the margin."""
        self._dot = int.from_bytes(data, "little")

    def relative(self, data: bytes) -> None:
        """`ESC \\`: so many dots on, or back."""
        self._dot = max(0, self._dot + int.from_bytes(data, "little", signed=True))

    def margin(self, data: bytes) -> None:
        """`GS L`: counts for lines that have not begun."""
        self._margin = int.from_bytes(data, "little")

    def area(self, data: bytes) -> None:
        """`GS W`: how wide the lines are, for what stands in the middle or at the right."""
        self._area = int.from_bytes(data, "little")

    def end_line(self, _: bytes = b"") -> None:
        line = TextLine(tuple(self._line), self._align, self._spacing, self._margin, self._area)
        band, self._band = self._band, 0
        self._line, self._dot = [], 0
        if band and not line.pieces:  # the picture stands in the line: only what is left of it is fed
            self._put(Feed(max(0, self._spacing - band)), max(0, self._spacing - band))
            return
        self._put(line, self._spacing)

    def feed_dots(self, data: bytes) -> None:
        self._flush()
        self._put(Feed(data[0]), data[0])

    def feed_lines(self, data: bytes) -> None:
        self._flush()
        self._put(Feed(data[0] * self._spacing), data[0] * self._spacing)

    def _flush(self) -> None:
        if self._line:
            self.end_line()

    def _put(self, item: Item, dots: int) -> None:
        self.current.items.append(item)
        self._use(dots)

    def _use(self, dots: int) -> None:
        if self.roll is None:
            return
        self.roll -= dots
        if self.roll <= 0:
            self.roll = None
            self.current.items.append(Splice())
            self._ended()

    def raster(self, data: bytes) -> None:
        """`GS v 0 m xL xH yL yH d`"""
        stride, high = int.from_bytes(data[2:4], "little"), int.from_bytes(data[4:6], "little")
        if stride and high and not self._line:
            self.current.add_raster(Bitmap(stride * 8, high, data[6:]), self._align)
            self._use(high)

    def graphics(self, data: bytes) -> None:
        """`GS ( L` and `GS 8 L`, after their length: store a raster picture (112), print it (2, 50)."""
        what = data[1] if len(data) > 1 else 0
        if what == 112:
            wide, high = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
            size = (wide + 7) // 8 * high
            self._stored = Bitmap(wide, high, data[10:][:size].ljust(size, b"\x00")) if size else None
        elif what in (2, 50) and self._stored is not None:
            self._flush()
            self._put(Raster(self._stored, self._align), self._stored.height)
            self._stored = None

    def columns(self, data: bytes) -> None:
        """`ESC * m nL nH d`: dots by column, 8 or 24 high."""
        high = 24 if data[0] in (32, 33) else 8
        count, dots, deep = int.from_bytes(data[1:3], "little"), data[3:], high // 8
        stride = (count + 7) // 8
        rows = bytearray(stride * high)
        for at in range(count):
            for row in range(high):
                if dots[at * deep + row // 8] & (0x80 >> row % 8):
                    rows[row * stride + at // 8] |= 0x80 >> at % 8
        if count:
            self.current.add_raster(Bitmap(count, high, bytes(rows)), self._align)
            self._band = high
            self._use(high)

    def symbols(self, data: bytes) -> None:
        """`GS ( k` after its length: QR (49) and the other codes in two dimensions: size, data, print."""
        if len(data) < 3 or data[0] not in SYMBOLS:
            return
        what, value, kind = data[1], data[2:], SYMBOLS[data[0]]
        if what == 67:
            self._scale = max(1, min(16, value[0]))
        elif what == 80:
            self._symbol = value[1:]
        elif what == 81 and self._symbol:
            self._flush()
            self._put(Symbol(kind, self._symbol.decode("utf-8", "replace"), self._scale, self._align), 100)

    def bar_height(self, data: bytes) -> None:
        """`GS h`"""
        self._bar_height = max(1, data[0])

    def bar_module(self, data: bytes) -> None:
        """`GS w`: dots of the thinnest bar."""
        self._bar_module = max(1, min(6, data[0]))

    def bar_text(self, data: bytes) -> None:
        """`GS H`: nothing, above, below or both."""
        self._bar_text = data[0] % 48

    def barcode(self, data: bytes) -> None:
        """`GS k`"""
        content = (data[2:] if data[0] >= 65 else data[1:-1]).decode("latin-1")
        self._flush()
        drawn = Symbol(f"barcode-{data[0]}", content, self._bar_module, self._align, self._bar_height, self._bar_text)
        self._put(drawn, self._bar_height)

    def print_mode(self, data: bytes) -> None:
        """`ESC !`"""
        bits = data[0]
        self._style = replace(
            self._style,
            font="B" if bits & 1 else "A",
            bold=bool(bits & 8),
            high=2 if bits & 16 else 1,
            wide=2 if bits & 32 else 1,
            underline=bool(bits & 128),
        )

    def size(self, data: bytes) -> None:
        self._style = replace(self._style, wide=(data[0] >> 4 & 7) + 1, high=(data[0] & 7) + 1)

    def bold(self, data: bytes) -> None:
        self._style = replace(self._style, bold=bool(data[0] & 1))

    def underline(self, data: bytes) -> None:
        self._style = replace(self._style, underline=data[0] % 48 > 0)

    def reverse(self, data: bytes) -> None:
        self._style = replace(self._style, reverse=bool(data[0] & 1))

    def font(self, data: bytes) -> None:
        self._style = replace(self._style, font="B" if data[0] % 48 == 1 else "A")

    def begin_kanji(self, _: bytes) -> None:
        self._kanji = True

    def end_kanji(self, _: bytes) -> None:
        self._kanji, self._half = False, b""

    def page(self, data: bytes) -> None:
        self._page = data[0]

    def nation(self, data: bytes) -> None:
        self._nation = data[0]

    def align(self, data: bytes) -> None:
        self._align = data[0] % 48 if data[0] % 48 < 3 else 0

    def spacing(self, data: bytes) -> None:
        self._spacing = data[0] if data else 30


SYMBOLS = {48: "pdf417", 49: "qr", 50: "maxicode", 51: "gs1-databar", 52: "composite", 53: "aztec", 54: "datamatrix"}
"""`GS ( k cn`"""


def extent(piece: Piece) -> int:
    """Dots from the left of a piece to where the next character would stand."""
    return width(piece.text) * CELLS[piece.style.font][0] * piece.style.wide


ACTIONS: Mapping[str, Callable[[Head, bytes], None]] = {
    "text": Head.text,
    "lf": Head.end_line,
    "control": Head.control,
    "1b21": Head.print_mode,
    "1b2d": Head.underline,
    "1b45": Head.bold,
    "1b47": Head.bold,
    "1b4d": Head.font,
    "1b52": Head.nation,
    "1b74": Head.page,
    "1b61": Head.align,
    "1b64": Head.feed_lines,
    "1b4a": Head.feed_dots,
    "1b32": Head.spacing,
    "1b33": Head.spacing,
    "1b2a": Head.columns,
    "1b24": Head.absolute,
    "1b5c": Head.relative,
    "1b44": Head.tabs,
    "1d4c": Head.margin,
    "1d57": Head.area,
    "1d68": Head.bar_height,
    "1d77": Head.bar_module,
    "1d48": Head.bar_text,
    "1d21": Head.size,
    "1d42": Head.reverse,
    "1d76": Head.raster,
    "1d6b": Head.barcode,
    "1c26": Head.begin_kanji,
    "1c2e": Head.end_kanji,
}
"""What a command does to the paper."""
