"""Pure: text that came from anywhere -> what a printer can print without losing or obeying a single character.

`clean` drops whatever is not a mark on paper, `runs` finds the code pages; a line for which there are none is
drawn (`edge.pos.printer.raster`), that line alone.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from wcwidth import wcwidth

from edge.pos.printer.model import PrinterModel

_REPLACED = {"Cc": " ", "Zs": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "\N{REPLACEMENT CHARACTER}"}
_REPLACED |= {"Co": "\N{REPLACEMENT CHARACTER}", "Cn": "\N{REPLACEMENT CHARACTER}"}
_ASCII = frozenset(map(chr, range(0x20, 0x7F)))
_NATIONAL = frozenset("\\~")
"""Two-byte models print their own currency or overline instead of these."""


@dataclass(frozen=True, slots=True)
class Run:
    """Bytes of one code page, of the two-byte mode (`kanji`), or plain ASCII (`page` is None)."""

    data: bytes
    page: int | None = None
    kanji: bool = False


def clean(text: str) -> str:
    """NFC without control, format and bidi characters; every space is a space, what nobody can print is `\ufffd`."""
    kept = "".join(_keep(char) for char in unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", kept)


def _keep(char: str) -> str:
    if char in _ASCII:
        return char
    if "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
        return ""
    return _REPLACED.get(unicodedata.category(char), char)


def width(text: str) -> int:
    """Columns `text` takes, which must be clean."""
    return sum(max(0, wcwidth(char)) for char in text)


def clip(text: str, columns: int) -> str:
    """As much of `text` as fits in `columns`, whole characters with their accents."""
    used = 0
    for place, char in enumerate(text):
        used += max(0, wcwidth(char))
        if used > columns:
            return text[:place]
    return text


def wrap(text: str, columns: int, *, verbatim: bool = False) -> list[str]:
    """Lines of at most `columns`; at words unless `verbatim`, where every space is kept."""
    if width(text) <= columns:
        return [text]
    if verbatim:
        return list(_cut(text, columns))
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined) <= columns:
            lines[-1] = joined
        else:
            lines += _cut(word, columns)
    return [line for line in lines if line] or [""]


def _cut(word: str, columns: int) -> Iterator[str]:
    while word:
        head = clip(word, columns) or word[0]
        yield head
        word = word[len(head) :]


def runs(text: str, model: PrinterModel) -> tuple[Run, ...] | None:
    """`text` (clean) in bytes of verified tables of `model`, or None when some character is in none of them."""
    if text.isascii() and (model.kanji is None or _NATIONAL.isdisjoint(text)):
        return (Run(text.encode("ascii")),)
    found: list[Run] = []
    place = 0
    while place < len(text):
        run, end = _longest(text, place, model)
        if run is None:
            return None
        found.append(run)
        place = end
    return tuple(found)


def _longest(text: str, start: int, model: PrinterModel) -> tuple[Run | None, int]:
    """The run that reaches furthest from `start`; plain ASCII wins a tie."""
    best: Run | None = None
    end = start
    for page, codec in _tables(model):
        data, reach = _encode(text, start, codec, model)
        if reach > end:
            best, end = Run(data, None if page < 0 else page, page == _KANJI), reach
    return best, end


_PLAIN, _KANJI = -1, -2


def _tables(model: PrinterModel) -> Iterator[tuple[int, str]]:
    yield _PLAIN, "ascii"
    if model.kanji is not None:
        yield _KANJI, model.kanji
    yield from model.pages.items()


def _encode(text: str, start: int, codec: str, model: PrinterModel) -> tuple[bytes, int]:
    data = bytearray()
    cells = 2 if codec == model.kanji else 1
    for place in range(start, len(text)):
        char = text[place]
        if char in _ASCII:
            if model.kanji is not None and char in _NATIONAL:
                return bytes(data), place
            data += char.encode("ascii")
            continue
        try:
            code = char.encode(codec)
        except UnicodeEncodeError:
            return bytes(data), place
        if len(code) != cells or wcwidth(char) != cells or min(code) < 0x80:
            return bytes(data), place
        data += code
    return bytes(data), len(text)
