"""What open baskets may be given, and how often each coupon was used here; part of the till's room."""

import sqlite3
from collections.abc import Mapping
from itertools import starmap

import msgspec

from edge.facts import CouponAdded, CouponRemoved, CouponUsed, Fact, Fit, PromotionsKept, Terms
from edge.journal.entry import Entry
from edge.journal.room import Project
from edge.pos.promotions.held import NO_OFFERS, Coupon, Offers
from edge.units import LineId, SaleId

SCHEMA = """
CREATE TABLE IF NOT EXISTS basket_terms (
    basket TEXT NOT NULL, key TEXT NOT NULL, terms BLOB NOT NULL, PRIMARY KEY (basket, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS basket_fits (
    basket TEXT NOT NULL, line INTEGER NOT NULL, key TEXT NOT NULL, part INTEGER NOT NULL,
    PRIMARY KEY (basket, line, key, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS basket_coupons (
    basket TEXT NOT NULL, code TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (basket, code)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS basket_coupons_code ON basket_coupons (code);
CREATE TABLE IF NOT EXISTS basket_groups (
    basket TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (basket, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS coupon_uses (code TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
"""
_TERMS = "INSERT OR REPLACE INTO basket_terms VALUES (?, ?, ?)"
_FIT = "INSERT OR IGNORE INTO basket_fits VALUES (?, ?, ?, ?)"
_UNFIT = "DELETE FROM basket_fits WHERE basket = ? AND line = ?"
_UNUSED = """DELETE FROM basket_terms WHERE basket = ?1
AND key NOT IN (SELECT key FROM basket_fits WHERE basket = ?1)"""
_COUPON = "INSERT INTO basket_coupons VALUES (?, ?, ?, ?)"
_NO_COUPON = "DELETE FROM basket_coupons WHERE basket = ? AND code = ?"
_USE = "INSERT INTO coupon_uses VALUES (?, 1) ON CONFLICT (code) DO UPDATE SET uses = uses + 1"
_USES = """SELECT coalesce((SELECT uses FROM coupon_uses WHERE code = ?1), 0) + (
SELECT count(*) FROM basket_coupons AS c JOIN baskets AS b ON b.basket = c.basket
WHERE c.code = ?1 AND b.state NOT IN ('paid', 'closed', 'voided'))"""
_OF = (
    "SELECT terms FROM basket_terms WHERE basket = ? ORDER BY key",
    "SELECT line, key, part FROM basket_fits WHERE basket = ? ORDER BY line, key, part",
    "SELECT code, key, name FROM basket_coupons WHERE basket = ? ORDER BY code",
    "SELECT name FROM basket_groups WHERE basket = ? ORDER BY name",
)
_FORGET = (
    "DELETE FROM basket_terms WHERE basket = ?",
    "DELETE FROM basket_fits WHERE basket = ?",
    "DELETE FROM basket_coupons WHERE basket = ?",
    "DELETE FROM basket_groups WHERE basket = ?",
)
_HOLDS = """SELECT EXISTS (SELECT 1 FROM basket_terms WHERE basket = ?1)
OR EXISTS (SELECT 1 FROM basket_coupons WHERE basket = ?1) OR EXISTS (SELECT 1 FROM basket_groups WHERE basket = ?1)
OR EXISTS (SELECT 1 FROM basket_fits WHERE basket = ?1)"""
"""Most baskets hold nothing here: one question then answers for all."""
_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Terms).decode


def offers_of(db: sqlite3.Connection, basket: SaleId) -> Offers:
    """What a basket may be given."""
    if not _holds(db, basket):
        return NO_OFFERS
    terms, fits, coupons, groups = (db.execute(sql, (basket,)).fetchall() for sql in _OF)
    return Offers(
        tuple(_decode(value) for (value,) in terms),
        tuple(starmap(Fit, fits)),
        tuple(Coupon(*row) for row in coupons),
        tuple(name for (name,) in groups),
    )


def coupon_uses(db: sqlite3.Connection, code: str) -> int:
    """How often a coupon was used at this store, baskets that hold it now included."""
    return int(db.execute(_USES, (code,)).fetchone()[0])


def drop_fits(db: sqlite3.Connection, basket: SaleId, line: LineId) -> None:
    """The line is gone."""
    db.execute(_UNFIT, (basket, line))
    db.execute(_UNUSED, (basket,))


def set_groups(db: sqlite3.Connection, basket: SaleId, groups: tuple[str, ...]) -> None:
    """The basket is a customer's who belongs to these groups."""
    db.execute("DELETE FROM basket_groups WHERE basket = ?", (basket,))
    db.executemany("INSERT OR IGNORE INTO basket_groups VALUES (?, ?)", [(basket, name) for name in groups])


def forget_offers(db: sqlite3.Connection, basket: SaleId) -> None:
    """The basket is gone."""
    for sql in _FORGET if _holds(db, basket) else ():
        db.execute(sql, (basket,))


def _holds(db: sqlite3.Connection, basket: SaleId) -> bool:
    return bool(db.execute(_HOLDS, (basket,)).fetchone()[0])


def _kept(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, PromotionsKept)
    db.executemany(_TERMS, [(fact.basket, each.key, _encode(each)) for each in fact.terms])
    db.executemany(_FIT, [(fact.basket, each.line, each.key, each.part) for each in fact.fits])


def _coupon_added(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, CouponAdded)
    db.execute(_COUPON, (fact.basket, fact.code, fact.key, fact.name))


def _coupon_removed(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, CouponRemoved)
    db.execute(_NO_COUPON, (fact.basket, fact.code))


def _coupon_used(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, CouponUsed)
    db.execute(_USE, (fact.code,))


PROJECT: Mapping[type[Fact], Project] = {
    PromotionsKept: _kept,
    CouponAdded: _coupon_added,
    CouponRemoved: _coupon_removed,
    CouponUsed: _coupon_used,
}
