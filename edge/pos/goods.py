"""What the till asks of the catalogue and the stock, answered from their tables."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from edge.catalog import offers as promoted
from edge.catalog.lookup import Named, Offer, lowest, named, offer
from edge.catalog.recalls import recalled, withdrawn
from edge.facts import Terms
from edge.feedwords import say
from edge.pos.shop import Moment
from edge.stock.tables import Stock, stock_of
from edge.units import ArticleId, BasisPoints, CustomerId, Gtin, Minor, Sku


@dataclass(frozen=True, slots=True)
class Promoted:
    """A promotion, and as which of its parts goods serve."""

    terms: Terms
    part: int


class CatalogGoods:
    """Satisfies `GoodsPort`; receipts are in the store's language, prices from the store's list."""

    def __init__(self, price_list: str, language: str) -> None:
        self._list, self._language = price_list, language

    def named(self, db: sqlite3.Connection, code: str) -> Named | None:
        return named(db, code)

    def offer(self, db: sqlite3.Connection, sku: Sku, at: str) -> Offer:
        return offer(db, sku, self._list, at, self._language)

    def lowest(self, db: sqlite3.Connection, sku: Sku, since: str, at: str) -> Minor | None:
        return lowest(db, sku, self._list, since, at)

    def stock(self, db: sqlite3.Connection, sku: Sku) -> Stock | None:
        return stock_of(db, sku)

    def offers(
        self, db: sqlite3.Connection, sku: Sku, article: ArticleId, at: Moment, also: frozenset[str]
    ) -> Sequence[Promoted]:
        found = promoted.fitting(db, promoted.Goods(sku, article), promoted.Opened(at.utc, at.local, at.currency), also)
        return [Promoted(self._terms(each), each.part) for each in found]

    def promotion(self, db: sqlite3.Connection, name: str, at: Moment) -> Terms | None:
        found = promoted.promotion(db, name, promoted.Opened(at.utc, at.local, at.currency))
        return None if found is None else self._terms(found)

    def coupon(self, db: sqlite3.Connection, code: str) -> promoted.Coupon | None:
        return promoted.coupon(db, code)

    def recall(self, db: sqlite3.Connection, gtin: Gtin, lot: str | None) -> str | None:
        found = recalled(db, gtin, lot)
        return None if found is None else say(found.reason, self._language)

    def withdrawn(self, db: sqlite3.Connection, sku: Sku) -> Gtin | None:
        found = withdrawn(db, sku)
        return None if found is None else Gtin(found)

    def groups(self, db: sqlite3.Connection, customer: CustomerId) -> tuple[str, ...]:
        return promoted.groups_of(db, customer)

    def opened_to(self, db: sqlite3.Connection, groups: frozenset[str]) -> frozenset[str]:
        return promoted.for_groups(db, groups)

    def _terms(self, found: promoted.Fitting) -> Terms:
        value = found.value
        return Terms(
            key=found.key,
            name=say(value.name, self._language)[:80],
            kind=value.kind,
            exclusion=value.exclusion,
            priority=value.priority,
            rate=BasisPoints(value.rate),
            amount=Minor(value.amount),
            price=None if value.price is None else Minor(value.price),
            needs=value.needs,
            floor=Minor(value.floor),
            times=value.times,
            coupon=value.coupon,
            groups=value.groups,
        )
