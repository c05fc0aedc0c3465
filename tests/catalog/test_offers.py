"""Promotions as the catalogue finds them: by what is rung up, when the basket was opened."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from edge.catalog import offers
from edge.catalog.tables import FEED, ROOM
from edge.clock import stamp
from edge.feedoffers import Part, PromotionKind, PromotionValue
from edge.feedwords import ArticleValue, Value, key_of, kind_of, plain
from edge.journal.chain import canonical
from edge.units import ArticleId, Sku

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
SATURDAY = datetime(2026, 6, 6, 9, 0, tzinfo=UTC)
BOOT = offers.Goods(Sku("boot-43"), ArticleId("boot"))


def promotion(name: str, part: Part, **more: object) -> PromotionValue:
    value = PromotionValue(name, {"en": name}, PromotionKind.PERCENT, (part,), "2026-06-01T00:00:00Z", "DKK", rate=1000)
    return replace(value, **more)  # type: ignore[arg-type]


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(ROOM.schema)
    tell(connection, ArticleValue("boot", {"en": "Boot"}, category="shoes"))
    yield connection
    connection.close()


def tell(db: sqlite3.Connection, *values: Value) -> None:
    for value in values:
        FEED[kind_of(key_of(value))](db, key_of(value), canonical(plain(value)))


def found(db: sqlite3.Connection, at: datetime = SATURDAY, also: tuple[str, ...] = ()) -> list[str]:
    opened = offers.Opened(stamp(at), at.astimezone(COPENHAGEN), "DKK")
    return [each.value.id for each in offers.fitting(db, BOOT, opened, also)]


def test_goods_are_found_by_sku_article_category_and_everything(db: sqlite3.Connection) -> None:
    tell(
        db,
        promotion("sku", Part(skus=("boot-43", "x"))),
        promotion("article", Part(articles=("boot",))),
        promotion("category", Part(categories=("shoes",))),
        promotion("all", Part(everything=True), priority=5),
        promotion("other", Part(skus=("boot-44",), articles=("sock",), categories=("socks",))),
    )
    assert found(db) == ["all", "article", "category", "sku"]


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-05-31T23:59:59.999Z", False),
        ("2026-06-01T00:00:00.000Z", True),
        ("2026-06-06T23:59:59.999Z", True),
        ("2026-06-07T00:00:00.000Z", False),
    ],
)
def test_it_holds_from_its_first_moment_until_before_its_last(db: sqlite3.Connection, at: str, there: bool) -> None:
    tell(db, promotion("p", Part(everything=True), valid_until="2026-06-07T00:00:00Z"))
    assert bool(found(db, datetime.fromisoformat(at))) is there


@pytest.mark.parametrize(
    ("at", "days", "begins", "ends", "there"),
    [
        (datetime(2026, 6, 6, 9, 0, tzinfo=UTC), (6,), "", "", True),
        (datetime(2026, 6, 6, 9, 0, tzinfo=UTC), (5, 7), "", "", False),
        (datetime(2026, 6, 6, 22, 30, tzinfo=UTC), (7,), "", "", True),  # half past midnight here
        (datetime(2026, 6, 6, 13, 59, tzinfo=UTC), (), "16:00", "18:00", False),
        (datetime(2026, 6, 6, 14, 0, tzinfo=UTC), (), "16:00", "18:00", True),
        (datetime(2026, 6, 6, 16, 0, tzinfo=UTC), (), "16:00", "18:00", False),
        (datetime(2026, 6, 6, 21, 0, tzinfo=UTC), (6,), "22:00", "02:00", True),
        (datetime(2026, 6, 6, 23, 0, tzinfo=UTC), (6,), "22:00", "02:00", True),  # Sunday one o'clock: still Saturday's
        (datetime(2026, 6, 7, 21, 0, tzinfo=UTC), (6,), "22:00", "02:00", False),
        (datetime(2026, 6, 7, 1, 0, tzinfo=UTC), (6,), "22:00", "02:00", False),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), (), "02:00", "03:00", True),  # the hour that comes twice
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), (), "02:00", "03:00", True),
    ],
)
def test_days_and_hours_are_the_stores_own(
    db: sqlite3.Connection, at: datetime, days: tuple[int, ...], begins: str, ends: str, there: bool
) -> None:
    tell(db, promotion("p", Part(everything=True), days=days, begins=begins, ends=ends))
    assert bool(found(db, at)) is there


def test_what_needs_a_coupon_or_a_group_is_found_only_by_name(db: sqlite3.Connection) -> None:
    tell(
        db, promotion("c", Part(everything=True), coupon=True), promotion("g", Part(everything=True), groups=("club",))
    )
    assert found(db) == []
    assert found(db, also=("c",)) == ["c"]
    assert offers.for_groups(db, frozenset({"club", "x"})) == {"g"}
    assert offers.for_groups(db, frozenset()) == frozenset()


def test_another_value_is_another_revision_and_a_deleted_one_is_gone(db: sqlite3.Connection) -> None:
    opened = offers.Opened(stamp(SATURDAY), SATURDAY.astimezone(COPENHAGEN), "DKK")
    tell(db, promotion("p", Part(everything=True)))
    (first,) = offers.fitting(db, BOOT, opened)
    tell(db, promotion("p", Part(skus=("boot-43",))))
    (second,) = offers.fitting(db, BOOT, opened)
    assert first.key != second.key
    assert first.key.partition("@")[0] == second.key.partition("@")[0] == "p"
    FEED["promotion"](db, "promotion/p", None)
    assert found(db) == []
    assert db.execute("SELECT count(*) FROM promotion_parts").fetchone() == (0,)


def test_every_table_is_asked_by_its_key_however_many_promotions_there_are(db: sqlite3.Connection) -> None:
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {offers.FITTING}", ("s", "a", "c", "t", "[]", "DKK"))]
    searches = [words for words in plan if words.startswith("SEARCH")]
    assert len(searches) == 5, plan
    assert not [words for words in plan if words.startswith("SCAN") and "promotion" in words], plan


def test_one_line_is_offered_so_many_and_the_best_of_them(db: sqlite3.Connection) -> None:
    tell(db, *(promotion(f"p{n:03}", Part(everything=True), priority=n % 7) for n in range(offers.MOST_PER_LINE + 50)))
    names = found(db)
    assert len(names) == offers.MOST_PER_LINE
    assert int(names[0][1:]) % 7 == 6
