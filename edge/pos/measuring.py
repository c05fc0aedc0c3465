"""What one scan sells: how many pieces, what was weighed, and what it costs (pure).

The catalogue says whether a price is for a piece or a kilogram, the code what was weighed, counted or printed. Where
the two do not fit nothing is sold: a kilogram's price taken for a piece, or the other way round, nobody notices.
"""

from dataclasses import dataclass

from edge.errors import Refused
from edge.pos.codes import Scanned
from edge.pos.pricing import weighed_price
from edge.units import Grams, Minor

_VARIABLE = ("02", "9")
"""How the GTIN of goods of varying measure begins, in fourteen digits."""


@dataclass(frozen=True, slots=True)
class Ware:
    """What the catalogue says: with `by_weight`, `price` is for a kilogram."""

    name: str
    price: Minor
    by_weight: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What goes on the line; with a weight, `unit_price` is for this piece."""

    unit_price: Minor
    quantity: int
    weight: Grams | None = None


def measured(ware: Ware, quantity: int, code: Scanned | None) -> Measured:
    """`quantity` of a ware as its code measures it. Refused when catalogue and code do not fit together."""
    if code is not None and code.price is not None:
        return Measured(code.price, quantity)
    weight = None if code is None else code.weight
    if ware.by_weight:
        if weight is None:
            raise Refused(
                f"{ware.name} is sold by weight", hint="Weigh it, then scan the scale's label.", code="weigh-first"
            )
        return Measured(weighed_price(ware.price, weight), quantity, weight)
    if code is not None and weight is not None and (code.gtin or "").startswith(_VARIABLE):
        raise Refused(
            f"{ware.name} has a price for a piece, its label has a weight",
            hint="Ask the office to mark it as sold by weight.",
            code="no-price",
        )
    return Measured(ware.price, quantity if code is None or code.count is None else quantity * code.count)
