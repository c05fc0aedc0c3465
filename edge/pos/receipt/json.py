"""Pure: a document as JSON, block by block, for programs."""

from collections.abc import Sequence

import msgspec

from edge.pos.receipt.document import Document


def as_json(document: Document, *, marks: Sequence[str] = ()) -> bytes:
    """`{kind, subject, number, language, title, marks, blocks}`; every block names its shape in `block`."""
    blocks = [{"block": type(block).__name__.lower(), **_members(block)} for block in document.blocks]
    whole = _members(document) | {"marks": list(marks), "blocks": blocks}
    return msgspec.json.encode(whole, order="deterministic")


def _members(value: object) -> dict[str, object]:
    plain = msgspec.to_builtins(value)
    if not isinstance(plain, dict):
        raise TypeError(f"{type(value).__name__} is no record")
    return plain
