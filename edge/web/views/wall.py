"""A touch-wall's state (docs/screens.md: `WallState`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edge.board import Live
from edge.clock import stamp
from edge.nfc.wall import Kind, Screen

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a wall's tap."""

    name: str
    reader: Json
    tills: Sequence[Json]
    list_base: str
    highlights: Sequence[Json]


def wall_state(seq: int, at: str, around: Around, tap: Json | None) -> dict[str, object]:
    """`WallState`."""
    return {
        "seq": seq,
        "at": at,
        "name": around.name,
        "reader": around.reader,
        "tap": tap,
        "tills": list(around.tills),
        "list_base": around.list_base,
        "highlights": list(around.highlights),
    }


def tap_view(screen: Screen, shown: Live | None, product: Json | None) -> Json | None:
    """The tap the wall shows; None on the attract screen."""
    if screen.kind is Kind.ATTRACT or shown is None:
        return None
    return {
        "seq": screen.tap,
        "at": stamp(shown.at),
        "kind": str(screen.kind),
        "article": screen.article,
        "sku": screen.sku,
        "product": product,
    }
