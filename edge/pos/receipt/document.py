"""Pure: the document every renderer starts from. `role` says what a block is, so that a program can read it too."""

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where words stand on the paper."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Weight(StrEnum):
    """How loud a block is."""

    PLAIN = "plain"
    BOLD = "bold"
    BIG = "big"


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `verbatim` keeps every space and breaks nothing that fits in small print."""

    role: str
    text: str
    align: Align = Align.LEFT
    weight: Weight = Weight.PLAIN
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A name on the left, a value flush right."""

    role: str
    left: str
    right: str
    weight: Weight = Weight.PLAIN
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as long as `header`; the first column is left, the others flush right."""

    role: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code that says exactly `data`, at least so many millimetres wide where the paper allows."""

    role: str
    data: str
    millimetres: int = 25


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    role: str = "rule"


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line."""

    role: str = "gap"


Block = Words | Pair | Table | Qr | Rule | Gap


class DocumentKind(StrEnum):
    """What a paper is."""

    SALE = "sale"
    GIFT = "gift"
    RETURN = "return"
    Z = "z"
    X = "x"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Document:
    """`language` is BCP 47; `subject` the sale's or shift's id."""

    kind: DocumentKind
    subject: str
    number: str
    language: str
    title: str
    blocks: tuple[Block, ...]

    def texts(self, role: str) -> list[str]:
        """What the blocks of `role` say: the words, the value of a pair, the data of a QR."""
        said = {Words: "text", Pair: "right", Qr: "data"}
        return [
            str(getattr(block, said[type(block)]))
            for block in self.blocks
            if block.role == role and type(block) in said
        ]
