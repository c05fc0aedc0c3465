"""What an import was asked to do, and what it did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PLURAL: Mapping[str, str] = {
    "role": "roles",
    "staff": "people",
    "setting": "settings",
    "article": "articles",
    "variant": "variants",
    "code": "codes",
    "price": "prices",
    "review": "reviews",
    "stock": "stock movements",
    "delivery": "deliveries to shops",
    "promotion": "promotions",
    "coupon": "coupons",
    "member": "customers' groups",
    "recall": "recalled lots",
}
"""How a report calls what was imported."""


@dataclass(slots=True)
class Report:
    """What an import did (or, as a dry run, would do); `refused` are row numbers with a reason each."""

    read: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    applied: bool = True

    def lines(self) -> Iterable[str]:
        """The report in words."""
        for row, why in sorted(self.refused):
            yield f"row {row}: {why}"
        changed = ", ".join(f"{count} {kind}" for kind, count in self.changed.items()) or "nothing new"
        yield f"{self.read} rows: {changed}; {self.unchanged} as before; {len(self.refused)} refused"
        if not self.applied:
            yield "Nothing was written."


@dataclass(frozen=True, slots=True)
class Options:
    """`folder` is where a `picture` column's files lie; `price_list` and `currency` fill what a row leaves out."""

    price_list: str
    currency: str
    folder: Path | None = None
    dry_run: bool = False
    all_or_nothing: bool = False
    document: str = "import"
