"""Pure: facts of the stores, summed up batch-wise into what the tables need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from edge.facts import (
    Fact,
    FeedApplied,
    JournalSealed,
    SaleClosed,
    SaleLine,
    SaleReturned,
    ShelfCounted,
    ShelfRestored,
    ShelfWithdrawn,
    ShiftClosed,
    StockCounted,
    StockDamaged,
    StockHeld,
    StockReceived,
    StockReleased,
)

PLAUSIBLE = 10**13
"""No amount or quantity of one fact is larger; sums of such stay far below 2^63."""

Cells = tuple[str | int | bytes | None, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands."""

    identity: str
    store: str
    epoch: str
    seq: int
    time: str
    data: bytes


@dataclass(slots=True)
class StockChange:
    """What a group of facts did to one sku in one store."""

    received: int = 0
    sold: int = 0
    returned: int = 0
    damaged: int = 0
    variance: int = 0
    as_of: str = ""
    as_of_seq: int = 0


@dataclass(slots=True)
class Tally:
    """What a group of facts adds up to; `sums` are added to rows by key, `later` needs the tables' own order."""

    sales: list[Cells] = field(default_factory=list)
    lines: list[Cells] = field(default_factory=list)
    hours: dict[Cells, list[int]] = field(default_factory=dict)
    tenders: dict[Cells, list[int]] = field(default_factory=dict)
    taxes: dict[Cells, list[int]] = field(default_factory=dict)
    stock: dict[tuple[str, str], StockChange] = field(default_factory=dict)
    later: list[tuple[Place, Fact]] = field(default_factory=list)

    def add(self, place: Place, fact: Fact) -> None:
        """Fold one fact; a fact no table speaks of changes nothing."""
        step = _STEPS.get(type(fact))
        if step is not None:
            step(self, place, fact)

    def moved(self, place: Place, sku: str) -> StockChange:
        """The running change of `sku` in the place's store."""
        change = self.stock.setdefault((place.store, sku), StockChange())
        change.as_of, change.as_of_seq = max(change.as_of, place.time), max(change.as_of_seq, place.seq)
        return change


def _closed(tally: Tally, place: Place, sale: SaleClosed) -> None:
    _plausible(sale.total, sale.rounding, *(tender.amount for tender in sale.tenders))
    tally.sales.append(
        (
            place.identity, sale.sale, "sale", place.epoch, place.seq, place.store, sale.till, sale.shift, sale.number,
            sale.business_date, sale.paid_at, sale.currency, sale.origin, len(sale.lines), sale.total, sale.rounding,
            int(sale.training),
        )
    )  # fmt: skip
    _lines(tally, place, sale.sale, "sale", sale.lines)
    if sale.training:
        return
    day = (place.store, sale.business_date)
    _sum(
        tally.hours,
        (*day, sale.paid_at[:13], sale.till, sale.currency),
        (1, 0, len(sale.lines), sale.total, 0, sale.rounding),
    )
    for tender in sale.tenders:
        _sum(tally.tenders, (*day, sale.till, sale.currency, tender.kind), (tender.amount, 1))
    _taxes(tally, (*day, sale.till, sale.currency), sale, 1)
    for line in sale.lines:
        tally.moved(place, line.sku).sold += line.quantity


def _returned(tally: Tally, place: Place, back: SaleReturned) -> None:
    _plausible(back.total, back.rounding, *(tender.amount for tender in back.tenders))
    tally.sales.append(
        (
            place.identity, back.returned, "return", place.epoch, place.seq, place.store, back.till, back.shift,
            back.number, back.business_date, place.time, back.currency, back.origin, len(back.lines), back.total,
            back.rounding, 0,
        )
    )  # fmt: skip
    _lines(tally, place, back.returned, "return", back.lines)
    day = (place.store, back.business_date)
    _sum(
        tally.hours,
        (*day, place.time[:13], back.till, back.currency),
        (0, 1, len(back.lines), 0, back.total, -back.rounding),
    )
    for tender in back.tenders:
        _sum(tally.tenders, (*day, back.till, back.currency, tender.kind), (-tender.amount, 1))
    _taxes(tally, (*day, back.till, back.currency), back, -1)
    for line in back.lines:
        change = tally.moved(place, line.sku)
        change.returned += line.quantity
        change.damaged += 0 if back.sound(line.line) else line.quantity


def _lines(tally: Tally, place: Place, sale: str, kind: str, lines: tuple[SaleLine, ...]) -> None:
    for line in lines:
        _plausible(line.quantity, line.unit_price, line.gross, line.discount)
        tally.lines.append(
            (
                place.identity, sale, kind, line.line, line.sku, line.article, line.name, line.quantity,
                line.unit_price, line.discount, line.gross, line.tax_label,
            )
        )  # fmt: skip


def _taxes(tally: Tally, till: Cells, of: SaleClosed | SaleReturned, sign: int) -> None:
    for tax in of.taxes:
        _plausible(tax.net, tax.tax, tax.gross, tax.rate)
        _sum(tally.taxes, (*till, tax.label, tax.rate), (sign * tax.net, sign * tax.tax, sign * tax.gross))


def _received(tally: Tally, place: Place, fact: StockReceived) -> None:
    _plausible(fact.quantity)
    tally.moved(place, fact.sku).received += fact.quantity


def _damaged(tally: Tally, place: Place, fact: StockDamaged) -> None:
    _plausible(fact.quantity)
    tally.moved(place, fact.sku).damaged += fact.quantity


def _counted(tally: Tally, place: Place, fact: StockCounted) -> None:
    _plausible(fact.counted, fact.expected)
    tally.moved(place, fact.sku).variance += fact.counted - fact.expected


def _later(tally: Tally, place: Place, fact: Fact) -> None:
    tally.later.append((place, fact))


def _sum(table: dict[Cells, list[int]], key: Cells, amounts: tuple[int, ...]) -> None:
    row = table.get(key)
    if row is None:
        table[key] = list(amounts)
    else:
        for at, amount in enumerate(amounts):
            row[at] += amount


def _plausible(*amounts: int) -> None:
    for amount in amounts:
        if not -PLAUSIBLE <= amount <= PLAUSIBLE:
            raise ValueError(f"{amount} is not a plausible amount")


F = TypeVar("F", bound=Fact)
Step = Callable[[Tally, Place, F], None]
_LATER: tuple[type[Fact], ...] = (
    StockHeld,
    StockReleased,
    ShelfCounted,
    ShelfRestored,
    ShelfWithdrawn,
    ShiftClosed,
    JournalSealed,
    FeedApplied,
)
_steps: dict[type[Fact], Callable[[Tally, Place, Fact], None]] = dict.fromkeys(_LATER, _later)


def _on(kind: type[F], step: Step[F]) -> None:
    _steps[kind] = step  # type: ignore[assignment]  # looked up by the fact's own type


_on(SaleClosed, _closed)
_on(SaleReturned, _returned)
_on(StockReceived, _received)
_on(StockDamaged, _damaged)
_on(StockCounted, _counted)
_STEPS: Mapping[type[Fact], Callable[[Tally, Place, Fact], None]] = MappingProxyType(_steps)
