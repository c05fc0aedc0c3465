"""What headquarters knows, for pages and programs: read on a read-only connection, as plain data."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from edge.clock import moment
from edge.feedwords import ONLINE, ArticleValue, ReviewValue, SettingValue, StockValue, VariantValue, say, slug
from edge.letters import written
from hq import feed
from hq.config import HqConfig

_NODES = "SELECT * FROM nodes ORDER BY store, node"
_CURSORS = "SELECT epoch, seq, hash, moved_at FROM cursors WHERE identity = ? ORDER BY moved_at DESC, epoch"
_FLAGGED = "SELECT count(*) FROM entries WHERE identity = ? AND flagged = 1"
_LOST = "SELECT coalesce(sum(last - first + 1), 0) FROM lost WHERE identity = ?"
_ASIDE = "SELECT count(*) FROM quarantine WHERE identity = ?"
_SEAL = "SELECT seq, holds FROM seals WHERE identity = ? ORDER BY seq DESC LIMIT 1"
_DEVICES = "SELECT device, up, since, hint, heard_at FROM devices WHERE identity = ? ORDER BY up, device"
_POSITIONS = "SELECT feed, epoch, seq, at FROM feed_positions WHERE identity = ? ORDER BY feed"
_DAY = """SELECT currency, sum(sales) AS sales, sum(returns) AS returns, sum(line_count) AS lines,
sum(gross_sales) AS gross_sales, sum(gross_returns) AS gross_returns, sum(rounding) AS rounding
FROM takings_by_hour WHERE store = ? AND business_date = ? GROUP BY currency ORDER BY currency"""
_HOURS = """SELECT hour, currency, sum(sales) AS sales, sum(returns) AS returns, sum(gross_sales) AS gross_sales,
sum(gross_returns) AS gross_returns FROM takings_by_hour WHERE store = ? AND business_date = ?
GROUP BY hour, currency ORDER BY hour, currency"""
_TENDERS = """SELECT tender, currency, sum(amount) AS amount, sum(times) AS times FROM takings_by_tender
WHERE store = ? AND business_date = ? GROUP BY tender, currency ORDER BY tender"""
_TAXES = """SELECT label, rate, currency, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross FROM takings_by_tax
WHERE store = ? AND business_date = ? GROUP BY label, rate, currency ORDER BY label, rate"""
_Z = """SELECT store, till, shift, z_number, business_date, at, currency, sales, returns, line_count AS lines,
gross_sales, gross_returns, rounding, expected_cash, counted_cash, variance FROM z_reports WHERE store = ?
ORDER BY at DESC, z_number DESC LIMIT ?"""
_ENTRIES = "SELECT count(*) FROM entries WHERE identity = ?"
_SALES = """SELECT count(*) AS sales, coalesce(sum(line_count), 0) AS lines, coalesce(sum(gross), 0) AS gross_minor
FROM sales WHERE store = ? AND kind = ? AND training = 0"""
_TWICE = "SELECT count(*) FROM duplicate_sales WHERE store = ?"
_LAG = """SELECT n.identity, n.head_seq - coalesce(c.seq, 0) FROM nodes n
LEFT JOIN cursors c ON c.identity = n.identity AND c.epoch = n.epoch"""
_ALARMS = """SELECT alarm, at, identity, kind, text, hint FROM alarms WHERE settled_at IS NULL
ORDER BY alarm DESC LIMIT 50"""
_ON_SHELF = "SELECT sum(on_shelf) FROM shelves WHERE store = ? AND sku = ?"
_HAND = """SELECT store, sku, received - sold + returned + variance AS on_hand, held, damaged,
received - sold + returned + variance - damaged - held AS available, as_of, as_of_seq FROM stock WHERE sku = ?
ORDER BY store"""
MOST_ARTICLES = 100_000
"""So many are searched."""

Plain = Mapping[str, object]


def stores(db: sqlite3.Connection, config: HqConfig, now: datetime) -> list[dict[str, object]]:
    """Every store: named in the configuration, or heard of."""
    by_store: dict[str, list[Plain]] = {one.id: [] for one in config.store}
    for row in db.execute(_NODES).fetchall():
        by_store.setdefault(row["store"], []).append(_node(db, row, now))
    return [
        {
            "store": store,
            "name": config.called(store),
            "online": any(node["online"] for node in nodes),
            "last_seen": max((str(node["last_seen"]) for node in nodes), default=""),
            "nodes": nodes,
            "business_date": today(config, store, now),
            "today": _rows(db, _DAY, store, today(config, store, now)),
        }
        for store, nodes in sorted(by_store.items())
    ]


def today(config: HqConfig, store: str, now: datetime) -> str:
    """The day it is in a store."""
    return now.astimezone(config.zone(store)).date().isoformat()


def _node(db: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> dict[str, object]:
    identity = row["identity"]
    branches = [
        {"epoch": epoch, "seq": seq, "hash": bytes(digest).hex(), "moved_at": moved_at}
        for epoch, seq, digest, moved_at in db.execute(_CURSORS, (identity,))
    ]
    held = next((branch["seq"] for branch in branches if branch["epoch"] == row["epoch"]), 0)
    held = held or (branches[0]["seq"] if branches and not row["epoch"] else held)
    seal = db.execute(_SEAL, (identity,)).fetchone()
    return {
        "identity": identity,
        "online": bool(row["online"]),
        "last_seen": row["last_seen"],
        "silent_s": max(0, round((now - moment(row["last_seen"])).total_seconds())) if row["last_seen"] else None,
        "version": row["version"],
        "head": row["head_seq"],
        "held": held,
        "lag": max(0, row["head_seq"] - held) if isinstance(held, int) else 0,
        "skew_ms": row["skew_ms"],
        "fenced": row["fenced"],
        "branches": branches,
        "changed": _one(db, _FLAGGED, identity),
        "lost": _one(db, _LOST, identity),
        "set_aside": _one(db, _ASIDE, identity),
        "sealed": None if seal is None else {"seq": seal[0], "holds": bool(seal[1])},
        "devices": [dict(row) | {"up": bool(row["up"])} for row in db.execute(_DEVICES, (identity,))],
        "feeds": _rows(db, _POSITIONS, identity),
    }


def takings(db: sqlite3.Connection, store: str, day: str) -> dict[str, object]:
    """One store's day: in all, by hour (UTC), by tender, by tax."""
    return {
        "store": store,
        "business_date": day,
        "total": _rows(db, _DAY, store, day),
        "hours": _rows(db, _HOURS, store, day),
        "tenders": _rows(db, _TENDERS, store, day),
        "taxes": _rows(db, _TAXES, store, day),
    }


def z_reports(db: sqlite3.Connection, store: str, limit: int = 50) -> list[dict[str, object]]:
    """The newest Z reports of a store."""
    return _rows(db, _Z, store, limit)


def counts(db: sqlite3.Connection, store: str) -> dict[str, object]:
    """What "store = headquarters" is measured by."""
    nodes = [row["identity"] for row in db.execute(_NODES) if row["store"] == store]
    heads = [branch for identity in nodes for branch in db.execute(_CURSORS, (identity,)).fetchall()]
    newest = max(heads, key=lambda head: str(head["moved_at"]), default=None)
    sold = _rows(db, _SALES, store, "sale")[0]
    back = _rows(db, _SALES, store, "return")[0]
    return {
        "store": store,
        "entries": sum(_one(db, _ENTRIES, identity) for identity in nodes),
        "epoch": newest["epoch"] if newest else "",
        "seq": newest["seq"] if newest else 0,
        "head": bytes(newest["hash"]).hex() if newest else "",
        **sold,
        "returns": back["sales"],
        "returned_minor": back["gross_minor"],
        "duplicates": _one(db, _TWICE, store),
        "lost": sum(_one(db, _LOST, identity) for identity in nodes),
        "changed": sum(_one(db, _FLAGGED, identity) for identity in nodes),
        "set_aside": sum(_one(db, _ASIDE, identity) for identity in nodes),
    }


def lags(db: sqlite3.Connection) -> dict[str, int]:
    """How many entries each box last told of that headquarters does not hold."""
    return {identity: max(0, behind) for identity, behind in db.execute(_LAG).fetchall()}


def alarms(db: sqlite3.Connection) -> list[dict[str, object]]:
    """What nobody has settled yet, newest first."""
    return _rows(db, _ALARMS)


def articles(
    db: sqlite3.Connection, language: str, search: str = "", first: int = 0, limit: int = 200
) -> list[dict[str, object]]:
    """At most `limit` articles from number `first` on, by id; with `search`, those that have it in name or id."""
    if not search:
        return [_named(one, language) for one in _articles(db, limit, first)]
    wanted = search.casefold()
    named = (_named(one, language) for one in _articles(db, MOST_ARTICLES, 0))
    fits = [one for one in named if wanted in f"{one['name']} {one['article']}".casefold()]
    return fits[first : first + limit]


def _articles(db: sqlite3.Connection, limit: int, first: int) -> list[ArticleValue]:
    found = feed.some(db, "article", limit, first)
    return [one for one in found if isinstance(one, ArticleValue)]


def _named(one: ArticleValue, language: str) -> dict[str, object]:
    return {"article": one.id, "name": one.title(language), "pictures": list(one.pictures)}


def stock(db: sqlite3.Connection, article: str, language: str) -> dict[str, object] | None:
    """Where an article lies: each variant in each store and online; None when there is no such article."""
    value = feed.value(db, f"article/{article}")
    if not isinstance(value, ArticleValue):
        return None
    variants = [one for one in feed.below(db, "variant", article) if isinstance(one, VariantValue)]
    return {
        "article": article,
        "name": value.title(language),
        "variants": [
            {
                "sku": one.sku,
                "colour": colour(db, one.colour, language),
                "size": one.size,
                "stores": [
                    row | {"on_shelf": db.execute(_ON_SHELF, (row["store"], one.sku)).fetchone()[0]}
                    for row in _rows(db, _HAND, one.sku)
                ],
            }
            for one in sorted(variants, key=lambda one: (one.colour, one.position, one.size))
        ],
    }


def colour(db: sqlite3.Connection, code: str, language: str) -> str:
    """How a colour is called: setting `colour.{code}.{language}`, else its code."""
    return _told(db, f"colour.{code}", language) or code


def attribute(db: sqlite3.Connection, name: Mapping[str, str], language: str) -> str:
    """How an attribute is called: its own words, else setting `attribute.{english}.{language}`, else in English."""
    own = name.get(language.partition("@")[0])
    return (
        say(name, language)
        if own
        else _told(db, f"attribute.{slug(name.get('en', ''))}", language) or say(name, language)
    )


def _told(db: sqlite3.Connection, name: str, language: str) -> str:
    """What setting `{name}.{language}` says, as its readers write it; else empty."""
    held = feed.value(db, f"setting/{name}.{language.partition('@')[0]}")
    return written(held.value, language) if isinstance(held, SettingValue) else ""


def reviews(db: sqlite3.Connection, article: str) -> list[ReviewValue]:
    """An article's reviews, newest first; the bad ones too."""
    found = [value for value in feed.below(db, "review", article) if isinstance(value, ReviewValue)]
    return sorted(found, key=lambda review: (review.created_at, review.id), reverse=True)


def available(db: sqlite3.Connection, sku: str) -> dict[str, StockValue]:
    """What every store and `online` could hand over of a variant, by store."""
    found = [value for value in feed.below(db, "stock", sku) if isinstance(value, StockValue)]
    return {value.store: value for value in found}


def store_ids(stocked: Sequence[dict[str, StockValue]], config: HqConfig) -> list[str]:
    """The stores of a stock table, as configured, then others, the online shop last."""
    named = [store.id for store in config.store]
    others = sorted({store for row in stocked for store in row} - {*named, ONLINE})
    return [*named, *others, ONLINE]


def _rows(db: sqlite3.Connection, sql: str, *parameters: object) -> list[dict[str, object]]:
    return [dict(row) for row in db.execute(sql, parameters)]


def _one(db: sqlite3.Connection, sql: str, identity: str) -> int:
    return int(db.execute(sql, (identity,)).fetchone()[0])
