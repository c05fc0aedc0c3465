"""A product's grid: what each variant costs and how many there are here, in another shop and online.

A number has a source and an age. The record of this box is as old as the moment it is read; what headquarters told
of others ages: past `stock.exact_minutes` it is "few left", past `stock.known_minutes` it is not known any more.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge.clock import moment, stamp
from edge.feedwords import ONLINE
from edge.stock.tables import Stock, stock_of
from edge.units import ArticleId, Minor, Sku, StoreId
from edge.web.views.settings import minutes, setting

Json = Mapping[str, object]
EXACT_MINUTES, KNOWN_MINUTES = 24 * 60, 7 * 24 * 60
_VARIANTS = """SELECT v.sku, v.colour, v.size, p.amount, p.lowest_30_days FROM variants v
JOIN prices p ON p.list = ?2 AND p.sku = v.sku AND p.valid_from =
  (SELECT max(q.valid_from) FROM prices q WHERE q.list = ?2 AND q.sku = v.sku AND q.valid_from <= ?3)
WHERE v.article = ?1 ORDER BY v.position, v.sku"""
_ELSEWHERE = "SELECT store, available, as_of FROM elsewhere WHERE sku = ?"


@dataclass(frozen=True, slots=True)
class Variant:
    """What is sold, at its price now."""

    sku: Sku
    colour: str
    size: str
    price: Minor
    lowest_30_days: Minor


@dataclass(frozen=True, slots=True)
class Told:
    """What headquarters said of a variant in another place."""

    available: int
    as_of: str


def variants(db: sqlite3.Connection, article: ArticleId, price_list: str, at: str) -> list[Variant]:
    """The variants of an article that have a price at `at`, in the order of their grid."""
    return [Variant(*row) for row in db.execute(_VARIANTS, (article, price_list, at))]


def cells(db: sqlite3.Connection, sold: Sequence[Variant], store: StoreId, now: datetime) -> list[Json]:
    """`Cell`s: one column of other shops, the one that has most of these sizes."""
    told = _told(db, sold, store)
    nearest = _other_store(db, told)
    here = _here(db, sold)
    shown: list[Json] = []
    for each in sold:
        said = told[each.sku]
        shown.append(
            {
                "sku": each.sku,
                "colour": each.colour,
                "size": each.size,
                "price_minor": each.price,
                "here": {"count": here[each.sku], "few": False, "as_of": stamp(now), "where": ""},
                "other": _count(
                    db, said.get(nearest) if nearest else None, now, store_name(db, nearest) if nearest else ""
                ),
                "online": _count(db, said.get(ONLINE), now, ""),
            }
        )
    return shown


def others(db: sqlite3.Connection, sold: Sequence[Variant], store: StoreId, now: datetime) -> list[Json]:
    """Every other shop headquarters told of, by name."""
    told = _told(db, sold, store)
    stores = {place for said in told.values() for place in said if place != ONLINE}
    return [{"store": place, "name": store_name(db, place)} for place in sorted(stores)]


def here_of(db: sqlite3.Connection, sold: Sequence[Variant], sku: Sku | None, now: datetime) -> Json:
    """`Count` of one variant, or of all together when none is chosen yet."""
    counts = [count for each, count in _here(db, sold).items() if sku in {None, each}]
    known = [count for count in counts if count is not None]
    count = sum(known) if len(known) == len(counts) and counts else None
    return {"count": count, "few": False, "as_of": stamp(now), "where": ""}


def store_name(db: sqlite3.Connection, store: str) -> str:
    """What people call another shop."""
    return setting(db, f"store.name.{store}") or store


def sellable(stock: Stock) -> int | None:
    """Pieces a customer may count on; None when the record is known to be wrong (more was sold than it had)."""
    return None if stock.on_hand - stock.damaged < 0 else max(0, stock.available)


def _here(db: sqlite3.Connection, sold: Sequence[Variant]) -> Mapping[Sku, int | None]:
    """An article that was delivered here has none of the sizes that never came; one that was not is not known."""
    stocks = {each.sku: stock_of(db, each.sku) for each in sold}
    missing = 0 if any(stocks.values()) else None
    return {sku: missing if stock is None else sellable(stock) for sku, stock in stocks.items()}


def _told(db: sqlite3.Connection, sold: Sequence[Variant], store: StoreId) -> Mapping[Sku, Mapping[StoreId, Told]]:
    return {
        each.sku: {
            StoreId(place): Told(available, as_of)
            for place, available, as_of in db.execute(_ELSEWHERE, (each.sku,))
            if place != store
        }
        for each in sold
    }


def _other_store(db: sqlite3.Connection, told: Mapping[Sku, Mapping[StoreId, Told]]) -> StoreId | None:
    """The first of setting `stores.near` that carries the article, else the one that has most of it."""
    has: dict[StoreId, int] = {}
    for said in told.values():
        for place, one in said.items():
            if place != ONLINE:
                has[place] = has.get(place, 0) + max(0, one.available)
    near = [StoreId(name.strip()) for name in setting(db, "stores.near").split(",")]
    ranked = sorted(has, key=lambda place: (near.index(place) if place in near else len(near), -has[place], place))
    return ranked[0] if ranked else None


def _count(db: sqlite3.Connection, told: Told | None, now: datetime, where: str) -> Json:
    if told is None:
        return {"count": None, "few": False, "as_of": None, "where": where}
    age = (now - moment(told.as_of)).total_seconds()
    known = age <= 60 * minutes(db, "stock.known_minutes", KNOWN_MINUTES)
    few = age > 60 * minutes(db, "stock.exact_minutes", EXACT_MINUTES)
    count = max(0, told.available) if known else None
    return {"count": count, "few": few and known, "as_of": told.as_of, "where": where}
