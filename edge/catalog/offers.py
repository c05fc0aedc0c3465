"""Promotions, coupons and groups of customers, as headquarters' feed says them; found by what a line sells."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from edge.clock import moment, stamp
from edge.feedoffers import CouponValue, MemberValue, Part, PromotionValue
from edge.units import ArticleId, Sku

SCHEMA = """
CREATE TABLE IF NOT EXISTS promotions (
    promotion TEXT PRIMARY KEY, valid_from TEXT NOT NULL, valid_until TEXT NOT NULL, currency TEXT NOT NULL,
    priority INTEGER NOT NULL, opened INTEGER NOT NULL,    -- 0: by a coupon or a group only
    revision TEXT NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS promotion_parts (
    kind TEXT NOT NULL, name TEXT NOT NULL, promotion TEXT NOT NULL, part INTEGER NOT NULL,
    PRIMARY KEY (kind, name, promotion, part)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS promotion_parts_of ON promotion_parts (promotion);
CREATE TABLE IF NOT EXISTS coupons (
    code TEXT PRIMARY KEY, promotion TEXT NOT NULL, valid_from TEXT NOT NULL, valid_until TEXT NOT NULL,
    uses INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (
    customer TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (customer, name)
) WITHOUT ROWID;
"""
MOST_PER_LINE = 100
"""Promotions one line may be offered; those of best priority. Nobody's shop has so many on one shelf."""
MOST_LETTERS = 64
_FOREVER = ""
_PROMOTION = "INSERT OR REPLACE INTO promotions VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PART = "INSERT OR IGNORE INTO promotion_parts VALUES (?, ?, ?, ?)"
_COUPON = "INSERT OR REPLACE INTO coupons VALUES (?, ?, ?, ?, ?)"
_CATEGORY = "SELECT category FROM articles WHERE article = ?"
FITTING = """SELECT DISTINCT p.promotion, p.revision, s.part, p.value
FROM (SELECT promotion, part FROM promotion_parts WHERE kind = 'sku' AND name = ?1
UNION ALL SELECT promotion, part FROM promotion_parts WHERE kind = 'article' AND name = ?2
UNION ALL SELECT promotion, part FROM promotion_parts WHERE kind = 'category' AND name = ?3
UNION ALL SELECT promotion, part FROM promotion_parts WHERE kind = 'all' AND name = '') AS s
CROSS JOIN promotions AS p
WHERE p.promotion = s.promotion AND p.currency = ?6
AND p.valid_from <= ?4 AND (p.valid_until = '' OR p.valid_until > ?4)
AND (p.opened = 1 OR p.promotion IN (SELECT value FROM json_each(?5)))
ORDER BY p.priority DESC, p.promotion, s.part"""
_GROUPED = "SELECT promotion, value FROM promotions WHERE opened = 0 ORDER BY promotion"
_ONE = """SELECT value, revision FROM promotions WHERE promotion = ?1
AND currency = ?3 AND valid_from <= ?2 AND (valid_until = '' OR valid_until > ?2)"""
_decode = msgspec.json.Decoder(PromotionValue).decode


@dataclass(frozen=True, slots=True)
class Goods:
    """What is rung up."""

    sku: Sku
    article: ArticleId


@dataclass(frozen=True, slots=True)
class Opened:
    """When a basket was opened: RFC 3339 in UTC, the same in the store's own zone; and its currency."""

    utc: str
    local: datetime
    currency: str


@dataclass(frozen=True, slots=True)
class Fitting:
    """A promotion that was in force, and as which part of it the goods serve."""

    key: str
    value: PromotionValue
    part: int


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon's row; `valid_until` is empty when it never ends."""

    code: str
    promotion: str
    valid_from: str
    valid_until: str
    uses: int


def fitting(db: sqlite3.Connection, goods: Goods, opened: Opened, also: Iterable[str] = ()) -> Sequence[Fitting]:
    """The promotions in force for a basket `opened` then that take `goods`, of best priority first.

    Those that only a coupon or a group opens are among them when their ids are in `also`.
    """
    row = db.execute(_CATEGORY, (goods.article,)).fetchone()
    known = msgspec.json.encode(sorted(also)).decode()
    asked = (goods.sku, goods.article, row[0] if row else "", opened.utc, known, opened.currency)
    found: list[Fitting] = []
    for name, revision, part, value in db.execute(FITTING, asked).fetchall():
        read = _decode(value)
        if on_time(read, opened.local):
            found.append(Fitting(f"{name}@{revision}", read, part))
    return found[:MOST_PER_LINE]


def for_groups(db: sqlite3.Connection, groups: frozenset[str]) -> frozenset[str]:
    """Ids of the promotions that one of these groups opens, no coupon needed."""
    found = ((promotion, _decode(value)) for promotion, value in db.execute(_GROUPED)) if groups else ()
    return frozenset(promotion for promotion, value in found if not value.coupon and groups.intersection(value.groups))


def promotion(db: sqlite3.Connection, name: str, opened: Opened) -> Fitting | None:
    """A promotion by its id; None when it was not in force then."""
    row = db.execute(_ONE, (name, opened.utc, opened.currency)).fetchone()
    found = None if row is None else Fitting(f"{name}@{row[1]}", _decode(row[0]), 0)
    return found if found is not None and on_time(found.value, opened.local) else None


def coupon(db: sqlite3.Connection, code: str) -> Coupon | None:
    """The coupon with this code; any text may be asked."""
    if not code.isascii() or len(code) > MOST_LETTERS:
        return None
    row = db.execute("SELECT * FROM coupons WHERE code = ?", (code,)).fetchone()
    return None if row is None else Coupon(*row)


def groups_of(db: sqlite3.Connection, customer: str) -> tuple[str, ...]:
    """The groups a customer belongs to."""
    return tuple(
        name for (name,) in db.execute("SELECT name FROM members WHERE customer = ? ORDER BY name", (customer,))
    )


def on_time(value: PromotionValue, opened: datetime) -> bool:
    """Whether the day of the week and the hour are right; `opened` is in the store's own zone."""
    clock = f"{opened:%H:%M}"
    early = bool(value.begins) and value.ends <= value.begins and clock < value.ends
    day = (opened - timedelta(days=1) if early else opened).isoweekday()
    within = not value.begins or (value.begins <= clock < value.ends if value.begins < value.ends
                                  else clock >= value.begins or clock < value.ends)  # fmt: skip
    return within and (not value.days or day in value.days)


def _promotion(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    name = key.partition("/")[2]
    db.execute("DELETE FROM promotion_parts WHERE promotion = ?", (name,))
    if data is None:
        db.execute("DELETE FROM promotions WHERE promotion = ?", (name,))
        return
    value = _decode(data)
    when = _utc(value.valid_from), _utc(value.valid_until)
    opened = not value.coupon and not value.groups
    revision = sha256(data).hexdigest()[:8]
    db.execute(_PROMOTION, (value.id, *when, value.currency, value.priority, opened, revision, data))
    db.executemany(_PART, [(*named, value.id, at) for at, part in enumerate(value.parts) for named in _names(part)])


def _names(part: Part) -> Sequence[tuple[str, str]]:
    if part.everything:
        return [("all", "")]
    named = (("sku", part.skus), ("article", part.articles), ("category", part.categories))
    return [(kind, name) for kind, names in named for name in names]


def _coupon(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    if data is None:
        db.execute("DELETE FROM coupons WHERE code = ?", (key.partition("/")[2],))
        return
    value = msgspec.json.decode(data, type=CouponValue)
    row = (value.code, value.promotion, _utc(value.valid_from), _utc(value.valid_until), value.uses)
    db.execute(_COUPON, row)


def _member(db: sqlite3.Connection, key: str, data: bytes | None) -> None:
    db.execute("DELETE FROM members WHERE customer = ?", (key.partition("/")[2],))
    if data is not None:
        value = msgspec.json.decode(data, type=MemberValue)
        db.executemany("INSERT OR IGNORE INTO members VALUES (?, ?)", [(value.customer, name) for name in value.groups])


def _utc(at: str | None) -> str:
    """As every other time is written, so that texts compare as times do."""
    return _FOREVER if at is None else stamp(moment(at))


FEED: Mapping[str, Callable[[sqlite3.Connection, str, bytes | None], None]] = {
    "promotion": _promotion,
    "coupon": _coupon,
    "member": _member,
}
