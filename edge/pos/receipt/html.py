"""Pure: the e-receipt: HTML a phone can read, and SVG that looks like the paper. No script, no style, no address."""

from collections.abc import Iterator, Sequence
from html import escape

from edge.pos.printer.glyphs import clean, width
from edge.pos.receipt.document import Block, Document, Gap, Pair, Qr, Rule, Table, Words
from edge.pos.receipt.layout import WIDE, Line, Paper, Picture, Size, lay_out, mark
from edge.pos.receipt.qr import fits, path

_CELL, _HIGH = 12, 30
_MARGIN = 24


def html(document: Document, *, marks: Sequence[str] = ()) -> str:
    """An `<article>`; classes are `receipt-…` by role, the page brings the style."""
    banner = "".join(f'<p class="receipt-mark"><strong>{_safe(each)}</strong></p>' for each in marks)
    body = "".join(_block(block) for block in document.blocks)
    return (
        f'<article class="receipt receipt-{document.kind}" lang="{_safe(document.language)}">{banner}{body}</article>'
    )


def _safe(text: str) -> str:
    return escape(clean(text), quote=True)


def _block(block: Block) -> str:
    match block:
        case Words():
            tag = "pre" if block.verbatim else "p"
            return f'<{tag} class="receipt-{block.role} {block.align} {block.weight}">{_safe(block.text)}</{tag}>'
        case Pair():
            pair = f"<span>{_safe(block.left)}</span> <span>{_safe(block.right)}</span>"
            return f'<p class="receipt-pair receipt-{block.role} {block.weight}">{pair}</p>'
        case Table():
            head = "".join(f'<th scope="col">{_safe(cell)}</th>' for cell in block.header)
            rows = "".join(f"<tr>{''.join(f'<td>{_safe(cell)}</td>' for cell in row)}</tr>" for row in block.rows)
            return f'<table class="receipt-{block.role}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        case Qr():
            return _qr(block)
        case Rule():
            return "<hr>"
        case Gap():
            return ""


def _qr(block: Qr) -> str:
    """A drawing, or the words where no code can say so much."""
    if not fits(block.data):
        return f'<pre class="receipt-{block.role}">{_safe(block.data)}</pre>'
    side, dark = path(block.data)
    box = f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges"'
    return (
        f'<svg class="receipt-{block.role}" role="img" {box}><title>{_safe(block.data)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{dark}"/></svg>'
    )


def svg(document: Document, paper: Paper = WIDE, *, marks: Sequence[str] = ()) -> str:
    """The paper as a drawing, one user unit a dot."""
    lines: list[Line | Picture] = [line for each in marks for line in mark(each, paper)]
    lines += lay_out(document, paper)
    wide = paper.columns * _CELL
    drawn, high = [], _MARGIN
    for line in lines:
        tall = _height(line, wide)
        drawn.append(_picture(line, high, wide) if isinstance(line, Picture) else _text(line, high + tall))
        high += tall
    box = f"0 0 {wide + 2 * _MARGIN} {high + _MARGIN}"
    paint = f'<path fill="#fff" d="M0 0h{wide + 2 * _MARGIN}v{high + _MARGIN}H0z"/>'
    words = f"<title>{_safe(f'{document.title} {document.number}')}</title>"
    opening = f'<svg xmlns="{_NAMESPACE}" viewBox="{box}" role="img" xml:lang="{_safe(document.language)}">'
    return f'{opening}{words}{paint}<g font-family="monospace">{"".join(drawn)}</g></svg>'


_NAMESPACE = "http://www.w3.org/2000/svg"


def _height(line: Line | Picture, wide: int) -> int:
    if isinstance(line, Picture):
        return wide // 2
    return {Size.NORMAL: _HIGH, Size.BIG: 2 * _HIGH, Size.SMALL: 22}[line.size]


def _picture(line: Picture, top: int, wide: int) -> str:
    side, dark = path(line.data)
    size = wide // 2
    at = f'x="{_MARGIN + wide // 4}" y="{top}" width="{size}" height="{size}"'
    return f'<svg {at} viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path d="{dark}"/></svg>'


def _text(line: Line, bottom: int) -> str:
    return "".join(_words(line, bottom - 8))


def _words(line: Line, baseline: int) -> Iterator[str]:
    """Each word at its own cell, stretched to its columns, whatever font the reader has."""
    cell = {Size.NORMAL: _CELL, Size.BIG: 2 * _CELL, Size.SMALL: 9}[line.size]
    weight = ' font-weight="bold"' if line.bold else ""
    column = 0
    for word in line.text.split(" "):
        wide = width(word)
        if word:
            place = f'x="{_MARGIN + column * cell}" y="{baseline}" textLength="{wide * cell}"'
            look = f'font-size="{cell * 5 // 3}" lengthAdjust="spacingAndGlyphs"{weight}'
            yield f"<text {place} {look}>{escape(word)}</text>"
        column += wide + 1
