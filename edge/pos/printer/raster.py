"""Lines no code page can print, drawn: one line, one picture, on the printer's own grid of cells."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from edge.pos.printer.glyphs import width

HINT = "Install the receipt font: apt-get install fonts-unifont"
PLACES = (
    Path("/usr/share/fonts/opentype/unifont/unifont.otf"),
    Path("/usr/share/fonts/opentype/unifont/unifont_upper.otf"),
    Path("/usr/share/fonts/truetype/unifont/unifont.ttf"),
    Path("/usr/share/fonts/truetype/unifont/unifont_upper.ttf"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"),
)
NORMAL, SMALL = (12, 24), (9, 17)
"""Width and height in dots of a character of font A and of font B."""
_NOBODY = "\U0010fffe"
_PROBE = 32


@dataclass(frozen=True, slots=True)
class Bitmap:
    """One bit a dot, rows of whole bytes, most significant bit left; 1 is black."""

    width: int
    height: int
    rows: bytes

    @property
    def stride(self) -> int:
        return (self.width + 7) // 8


class Fonts:
    """The fonts of this machine, in the order they are asked for a glyph; the last resort is Pillow's own."""

    def __init__(self, places: tuple[Path, ...] = PLACES) -> None:
        self._places = tuple(place for place in places if place.exists())
        self._font = lru_cache(maxsize=32)(self._load)
        self._which = lru_cache(maxsize=8192)(self._choose)

    def missing(self, text: str) -> str:
        """The characters of `text` that no font here can draw, each once."""
        return "".join(dict.fromkeys(char for char in text if char != " " and self._which(char) is None))

    def check(self) -> str:
        """Empty when every language we ship can be drawn, else the command that installs the font."""
        return HINT if self.missing("șțłđђћ한국어₩日本") else ""

    def font(self, char: str, height: int) -> ImageFont.FreeTypeFont:
        """The font that draws `char` best, `height` dots high."""
        return self._font(self._which(char) or 0, height)

    def _load(self, which: int, height: int) -> ImageFont.FreeTypeFont:
        if which < len(self._places):
            return ImageFont.truetype(self._places[which], height, layout_engine=ImageFont.Layout.BASIC)
        font = ImageFont.load_default(height)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError(f"Pillow was built without FreeType ({features.version('freetype2')})")
        return font

    def _choose(self, char: str) -> int | None:
        for which in range(len(self._places) + 1):
            font = self._font(which, _PROBE)
            if bytes(font.getmask(char)) != bytes(font.getmask(_NOBODY)):
                return which
        return None


def draw_line(text: str, fonts: Fonts, *, cell: tuple[int, int] = NORMAL, scale: int = 1, bold: bool = False) -> Bitmap:
    """`text` (clean) as one line of cells; an accent is drawn onto the letter before it."""
    wide, high = cell[0] * scale, cell[1] * scale
    columns = width(text)
    image = Image.new("1", (max(1, columns) * wide, high), 0)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    column = 0
    for char in text:
        if char != " ":
            _draw(pen, (column * wide, high), char, fonts, bold=bold)
        column += width(char)
    return Bitmap(image.width, image.height, image.tobytes())


def _draw(pen: ImageDraw.ImageDraw, place: tuple[int, int], char: str, fonts: Fonts, *, bold: bool) -> None:
    at, high = place
    font = fonts.font(char, high)
    ascent, descent = font.getmetrics()
    if ascent + descent > high:
        font = fonts.font(char, high * high // (ascent + descent))
        ascent, descent = font.getmetrics()
    top = high - descent if ascent + descent <= high else ascent
    pen.text((at, top), char, font=font, fill=1, anchor="ls")
    if bold:
        pen.text((at + 1, top), char, font=font, fill=1, anchor="ls")
