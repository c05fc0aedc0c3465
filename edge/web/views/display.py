"""The customer display's state: the same frame the cashier sees, less what is not the customer's."""

from collections.abc import Mapping
from typing import cast

Json = Mapping[str, object]
_LINE = (
    "line",
    "name",
    "variant",
    "quantity",
    "unit_price_minor",
    "gross_minor",
    "discount_minor",
    "promotions",
    "picture",
)


def display_state(till: Json) -> dict[str, object]:
    """`DisplayState` from `TillState`: line, unit price, total and change in one frame."""
    shift, basket, last = till["shift"], _some(till["basket"]), _some(till["last_sale"])
    state: dict[str, object] = {
        "seq": till["seq"],
        "at": till["at"],
        "phase": "idle" if shift else "closed",
        "training": bool(till["training"]),
        "lines": [],
        "newest": None,
        "total_minor": 0,
        "discount_minor": 0,
        "payable_minor": 0,
        "rounding_minor": 0,
        "tendered_minor": None,
        "change_minor": None,
    }
    if basket is not None:
        lines = cast("list[Json]", basket["lines"])
        cash = cast("Json", basket["cash"])
        state |= {
            "phase": "basket",
            "lines": [{name: line[name] for name in _LINE} for line in lines],
            "newest": lines[-1]["line"],
            "total_minor": basket["total_minor"],
            "discount_minor": basket["discount_minor"],
            "payable_minor": cash["payable_minor"],
            "rounding_minor": cash["rounding_minor"],
        }
    elif last is not None and shift and not till["training"]:
        money = ("total_minor", "payable_minor", "rounding_minor", "tendered_minor", "change_minor")
        state |= {"phase": "paid", **{name: last[name] for name in money}}
    return state


def _some(value: object) -> Json | None:
    return cast("Json", value) if value else None
