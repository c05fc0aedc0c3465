"""Pure: a document as plain text."""

from collections.abc import Sequence

from edge.pos.receipt.document import Document
from edge.pos.receipt.layout import WIDE, Line, Paper, Picture, lay_out, mark


def plain_text(document: Document, paper: Paper = WIDE, *, marks: Sequence[str] = ()) -> str:
    """Lines as they stand on the paper; a QR code is its content between angle brackets."""
    lines: list[Line | Picture] = [line for each in marks for line in mark(each, paper)]
    lines += lay_out(document, paper)
    return "".join(f"{_text(line)}\n" for line in lines)


def _text(line: Line | Picture) -> str:
    return f"<{line.data}>" if isinstance(line, Picture) else line.text.rstrip()
