"""A paper as it comes out of a receipt printer: what stands on it, line by line, and how it looks."""

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageDraw

from edge.pos.printer.glyphs import width
from edge.pos.printer.raster import Bitmap, Fonts, draw_line
from edge.pos.receipt.qr import bits
from edge.sim.bars import KINDS, bars, spoken

CELLS = {"A": (12, 24), "B": (9, 17)}
_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Style:
    """How characters are printed; `wide` and `high` are factors."""

    font: str = "A"
    bold: bool = False
    underline: bool = False
    reverse: bool = False
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one style."""

    text: str
    style: Style
    at: int = 0
    """Dots from the margin."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A printed line; `align` 0 left, 1 centre, 2 right, `feed` the dots it moves the paper."""

    pieces: tuple[Piece, ...]
    align: int = 0
    feed: int = 30
    margin: int = 0
    area: int = 0
    """How wide the line may be, 0 for all of the paper."""

    @property
    def text(self) -> str:
        """As it is read from left to right; what stands apart is kept apart."""
        said, end = "", 0
        for piece in sorted(self.pieces, key=lambda piece: piece.at):
            gap = piece.at - end if said else 0
            said += " " * (gap // (CELLS[piece.style.font][0] * piece.style.wide)) + piece.text
            end = piece.at + width(piece.text) * CELLS[piece.style.font][0] * piece.style.wide
        return said


@dataclass(frozen=True, slots=True)
class Raster:
    """Dots; rows of one picture that came in several bands are joined."""

    bitmap: Bitmap
    align: int = 0


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code or barcode the printer drew itself: `kind` and what it says."""

    kind: str
    data: str
    scale: int = 3
    align: int = 0
    height: int = 0
    """Of a barcode, in dots."""
    says: int = 0
    """Where a barcode's content is written: 1 above, 2 below, 3 both."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper."""

    dots: int


@dataclass(frozen=True, slots=True)
class Splice:
    """The roll ended here and the paper goes on on the next one."""


Item = TextLine | Raster | Symbol | Feed | Splice


@dataclass(slots=True)
class Paper:
    """One piece of paper, cut off (or torn off, when the printer never got so far)."""

    dots: int
    items: list[Item] = field(default_factory=list)
    cut: bool = False

    @property
    def text(self) -> str:
        """The lines of text on it; raster and symbols left out."""
        return "".join(f"{item.text}\n" for item in self.items if isinstance(item, TextLine))

    @property
    def symbols(self) -> list[str]:
        """What its QR codes and barcodes say."""
        return [item.data for item in self.items if isinstance(item, Symbol)]

    @property
    def rasters(self) -> list[Bitmap]:
        return [item.bitmap for item in self.items if isinstance(item, Raster)]

    @property
    def blank(self) -> bool:
        return not any(isinstance(item, Raster | Symbol) or _marks(item) for item in self.items)

    def add_raster(self, bitmap: Bitmap, align: int) -> None:
        """Bands of the same width that follow each other are one picture."""
        while self.items and self.items[-1] == Feed(0):
            self.items.pop()
        last = self.items[-1] if self.items else None
        if isinstance(last, Raster) and last.bitmap.width == bitmap.width and last.align == align:
            joined = Bitmap(bitmap.width, last.bitmap.height + bitmap.height, last.bitmap.rows + bitmap.rows)
            self.items[-1] = Raster(joined, align)
        else:
            self.items.append(Raster(bitmap, align))


def _marks(item: Item) -> bool:
    return isinstance(item, TextLine) and bool(item.text.strip())


def png(paper: Paper, fonts: Fonts) -> bytes:
    """The paper as a PNG, one pixel a dot."""
    drawn = [(_draw(item, fonts), item, _advance(item)) for item in paper.items]
    high = sum(max(image.height if image else 0, feed) for image, _, feed in drawn) + 2 * _MARGIN
    sheet = Image.new("L", (paper.dots + 2 * _MARGIN, high), 250)
    top = _MARGIN
    for image, item, feed in drawn:
        if image is not None:
            wide = min(getattr(item, "area", 0) or paper.dots, paper.dots)
            aside = max(0, wide - image.width) * getattr(item, "align", 0) // 2
            left = _MARGIN + getattr(item, "margin", 0) + aside
            sheet.paste(20, (left, top), image)
        top += max(image.height if image else 0, feed)
    if not paper.cut:
        ImageDraw.Draw(sheet).line([(0, high - 2), (sheet.width, high - 2)], fill=180, width=3)
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _advance(item: Item) -> int:
    match item:
        case TextLine():
            tallest = max((CELLS[piece.style.font][1] * piece.style.high for piece in item.pieces), default=0)
            return max(item.feed, tallest + 6)
        case Feed():
            return item.dots
        case Splice():
            return 12
        case _:
            return 0


def _draw(item: Item, fonts: Fonts) -> Image.Image | None:
    """What is black, as a mask."""
    match item:
        case TextLine():
            return _text(item, fonts)
        case Raster():
            return Image.frombytes("1", (item.bitmap.width, item.bitmap.height), item.bitmap.rows)
        case Symbol(kind="qr"):
            wide, rows = bits(item.data, item.scale)
            return Image.frombytes("1", (wide, len(rows)), b"".join(rows))
        case Symbol():
            return _bars(item, fonts)
        case _:
            return None


def _bars(item: Symbol, fonts: Fonts) -> Image.Image | None:
    """A barcode with its content, a frame that names a code we cannot draw, nothing for what a printer refuses."""
    kind = item.kind.removeprefix("barcode-")
    if not kind.isdigit() or int(kind) % 65 not in KINDS or KINDS[int(kind) % 65] == "code-93":
        return _label(f"|{item.kind}| {item.data}", fonts)
    modules = bars(int(kind), item.data)
    if modules is None:
        return None
    row = Image.frombytes(
        "1",
        (len(modules), 1),
        int(modules.ljust(-(-len(modules) // 8) * 8, "0"), 2).to_bytes(-(-len(modules) // 8), "big"),
    )
    drawn = row.resize((len(modules) * item.scale, item.height), Image.Resampling.NEAREST)
    words = _label(spoken(int(kind), item.data), fonts) if item.says else None
    above, below = (words.height if words and item.says & bit else 0 for bit in (1, 2))
    whole = Image.new("1", (max(drawn.width, words.width if words else 0), above + item.height + below), 0)
    whole.paste(drawn, ((whole.width - drawn.width) // 2, above))
    for high, top in ((above, 0), (below, above + item.height)):
        if words and high:
            whole.paste(words, ((whole.width - words.width) // 2, top))
    return whole


def _label(text: str, fonts: Fonts) -> Image.Image:
    bitmap = draw_line(text, fonts)
    return Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.rows)


def _text(line: TextLine, fonts: Fonts) -> Image.Image | None:
    images = [(_piece(piece, fonts), piece.at) for piece in line.pieces if piece.text]
    if not images:
        return None
    size = max(at + image.width for image, at in images), max(image.height for image, _ in images)
    whole = Image.new("1", size, 0)
    for image, at in images:
        whole.paste(1, (at, whole.height - image.height), image)
    return whole


def _piece(piece: Piece, fonts: Fonts) -> Image.Image:
    style = piece.style
    wide, high = CELLS[style.font]
    bitmap = draw_line(piece.text, fonts, cell=(wide, high), bold=style.bold)
    image = Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.rows)
    columns = width(piece.text)
    if style.underline:
        ImageDraw.Draw(image).line([(0, high - 1), (columns * wide, high - 1)], fill=1)
    if style.reverse:
        image = Image.eval(image.convert("L"), lambda dot: 255 - dot).convert("1")
    if (style.wide, style.high) != (1, 1):
        image = image.resize((image.width * style.wide, image.height * style.high), Image.Resampling.NEAREST)
    return image
