"""XML written piece by piece, every text made safe: no markup, no control bytes, within its bounds (pure)."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_ID = 35


def leaf(name: str, value: str | int, most: int = 999) -> str:
    """`<name>value</name>`; an empty value is no element. What XML cannot say becomes U+FFFD."""
    text = clean(str(value), most)
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def node(name: str, *parts: str) -> str:
    """An element around `parts`."""
    return f"<{name}>{''.join(parts)}</{name}>"


def around(name: str, parts: Iterable[str], attributes: str = "") -> Iterator[str]:
    """The same for more than memory should hold."""
    yield f"<{name}{attributes}>"
    yield from parts
    yield f"</{name}>\n"


def clean(text: str, most: int) -> str:
    """`text` without what XML 1.0 cannot hold, at most `most` characters long."""
    return _UNWRITABLE.sub("\ufffd", text)[:most]


def ident(text: str) -> str:
    """`text` as an identification of at most 35 characters; a longer one ends in the beginning of its SHA-256."""
    if len(text) <= _LONGEST_ID:
        return text
    return f"{text[:26]}-{sha256(text.encode()).hexdigest()[:8]}"
