"""Promotions, coupons and customers' groups from a spreadsheet into the feed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.feedoffers import CouponValue, MemberValue, Part, PromotionKind, PromotionValue
from hq import feed
from hq.feed import Author
from hq.imports import run
from hq.report import Options, Report
from hq.store import connect
from tests.hq.boxes import NOON

AUTHOR = Author("ida", "import", NOON, "00000000000000f1")
COLUMNS = (
    "promotion;gives;name;name_da;percent;off;set_price;buy;get;floor;skus;articles;categories;everything;"
    "articles_2;quantity_2;from;until;days;begins;ends;needs_coupon;times"
)
SHEET = f"""{COLUMNS}
three;buy-get;3 for 2;3 for 2;100;;;2;1;;;sock|cap;;;;;2026-06-01;2026-07-01;;;;;
set;bundle;Boots and socks;;;;1399;;;;;;Boots, men|Boots;;sock;2;;;5 6;16:00;20:00;;
over;threshold;100 off;Spar 100;;100;;;;1000;;;;yes;;;;;;;;;
ten;percent;Ten;;12.5;;;;;;RB-42;;;;;;;;;;;yes;1
"""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "hq.db")
    yield connection
    connection.close()


def take(db: sqlite3.Connection, text: str) -> Report:
    return run(db, text.encode(), Options("main", "DKK"), AUTHOR)


def test_a_row_is_a_whole_promotion(db: sqlite3.Connection) -> None:
    report = take(db, SHEET)
    assert (report.refused, report.changed) == ([], {"promotions": 4})
    assert feed.value(db, "promotion/three") == PromotionValue(
        "three", {"en": "3 for 2", "da": "3 for 2"}, PromotionKind.BUY_GET, (Part(articles=("sock", "cap")),),
        "2026-06-01T00:00:00.000Z", "DKK", rate=10_000, buy=2, get=1, valid_until="2026-07-01T00:00:00.000Z",
    )  # fmt: skip
    assert feed.value(db, "promotion/set") == PromotionValue(
        "set", {"en": "Boots and socks"}, PromotionKind.BUNDLE,
        (Part(categories=("Boots, men", "Boots")), Part(articles=("sock",), quantity=2)),
        NOON, "DKK", price=139_900, days=(5, 6), begins="16:00", ends="20:00",
    )  # fmt: skip
    over, ten = feed.value(db, "promotion/over"), feed.value(db, "promotion/ten")
    assert isinstance(over, PromotionValue)
    assert isinstance(ten, PromotionValue)
    assert (over.amount, over.floor, over.exclusion) == (10_000, 100_000, "basket")
    assert (ten.rate, ten.coupon, ten.times) == (1_250, True, 1)
    assert take(db, SHEET).changed == {}


def test_coupons_and_groups(db: sqlite3.Connection) -> None:
    take(db, SHEET)
    report = take(db, "coupon,promotion,until,uses\nSUMMER,ten,2026-09-01,\nSTAFF,ten,,0\nLOST,nothing,,\n")
    assert report.changed == {"coupons": 2}
    assert report.refused == [(4, "there is no promotion 'nothing'; import it first")]
    assert feed.value(db, "coupon/SUMMER") == CouponValue("SUMMER", "ten", NOON, "2026-09-01T00:00:00.000Z")
    assert feed.value(db, "coupon/STAFF") == CouponValue("STAFF", "ten", NOON, uses=0)
    assert take(db, "customer,groups\nc7,club|staff\nc8,\n").changed == {"customers' groups": 2}
    assert feed.value(db, "member/c7") == MemberValue("c7", ("club", "staff"))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("p;lottery;N;10;;RB-42", "no kind of promotion"),
        ("p;percent;;10;;RB-42", "has no name"),
        ("p;percent;N;;;RB-42", "exactly one of rate, amount and price"),
        ("p;percent;N;10;5;RB-42", "exactly one of rate, amount and price"),
        ("p;percent;N;ten;;RB-42", "no price"),
        ("p;percent;N;101;;RB-42", "10000"),
        ("p;percent;N;10;;", "length"),
        ("two words;percent;N;10;;RB-42", "regex"),
    ],
)
def test_a_row_that_is_no_promotion_is_refused_in_words(db: sqlite3.Connection, row: str, why: str) -> None:
    report = take(db, f"promotion;gives;name;percent;off;skus\n{row}\n")
    assert report.changed == {}
    ((number, words),) = report.refused
    assert number == 2
    assert why in words
