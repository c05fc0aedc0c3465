"""People and roles by spreadsheet: to one shop's own feed, PINs only as argon2id, the same again changes nothing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.feedwords import RoleValue, StaffValue
from edge.pins import fits
from hq import feed
from hq.imports import run
from hq.report import Options, Report
from hq.store import connect
from tests.hq.test_imports import AUTHOR, OPTIONS

PEOPLE = """store,user,name,role,pin,one_time_pin
harbour,anna,Anna Lund,cashier,1234,
harbour,bo,Bo,manager,,998877
hill,anna,Anna Lund,manager,4321,
"""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "hq.db")
    yield connection
    connection.close()


def take(db: sqlite3.Connection, text: str, options: Options = OPTIONS) -> Report:
    return run(db, text.encode(), options, AUTHOR)


def person(db: sqlite3.Connection, store: str, user: str) -> StaffValue | None:
    found = feed.value(db, f"staff/{user}", store)
    assert found is None or isinstance(found, StaffValue)
    return found


def test_people_go_to_the_feed_of_their_shop_alone(db: sqlite3.Connection) -> None:
    report = take(db, PEOPLE)
    assert (report.refused, report.changed) == ([], {"people": 3})
    anna, bo = person(db, "harbour", "anna"), person(db, "harbour", "bo")
    assert anna is not None
    assert bo is not None
    assert (anna.name, anna.role, anna.one_time, fits(anna.pin_hash, "1234")) == ("Anna Lund", "cashier", False, True)
    assert (bo.one_time, fits(bo.pin_hash, "998877")) == (True, True)
    assert (person(db, "hill", "anna") or anna).role == "manager"
    assert feed.value(db, "staff/anna") is None, "not on the feed of every shop"
    assert all(b"1234" not in bytes(value) for (value,) in db.execute("SELECT value FROM feed WHERE value NOT NULL"))


def test_the_same_spreadsheet_again_changes_nothing_though_every_hash_has_its_own_salt(db: sqlite3.Connection) -> None:
    take(db, PEOPLE)
    before = feed.stand(db, "harbour")
    report = take(db, PEOPLE)
    assert (report.changed, report.unchanged) == ({}, 3)
    assert feed.stand(db, "harbour") == before


def test_a_new_role_keeps_the_pin_a_new_pin_replaces_it_and_who_leaves_is_a_tombstone(db: sqlite3.Connection) -> None:
    take(db, PEOPLE)
    before = person(db, "harbour", "anna")
    take(db, "store,user,role\nharbour,anna,manager\n")
    after = person(db, "harbour", "anna")
    assert before is not None
    assert after is not None
    assert (after.role, after.name, after.pin_hash) == ("manager", "Anna Lund", before.pin_hash)
    take(db, "store,user,role,one_time_pin\nharbour,anna,manager,5555\n")
    given = person(db, "harbour", "anna")
    assert given is not None
    assert (given.one_time, fits(given.pin_hash, "5555")) == (True, True)
    assert take(db, "store,user,role,leaves\nharbour,anna,manager,yes\n").changed == {"people": 1}
    assert person(db, "harbour", "anna") is None
    assert take(db, "store,user,role,leaves\nharbour,anna,manager,yes\n").changed == {}


def test_roles_are_of_every_shop_and_only_of_rights_there_are(db: sqlite3.Connection) -> None:
    sheet = "role,rights,ceilings\nkeyholder,sell void | cash-up,discount_line=2000; discount_basket=500\n"
    assert take(db, sheet).changed == {"roles": 1}
    assert feed.value(db, "role/keyholder") == RoleValue(
        "keyholder", ("cash-up", "sell", "void"), {"discount_line": 2000, "discount_basket": 500}
    )
    refused = take(db, "role,rights,ceilings\na,sell fly,\nb,sell,height=3\nc,sell,discount_line\n,sell,\n").refused
    assert [row for row, _ in refused] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("harbour,dan,Dan,cashier,,", "needs a pin"),
        ("harbour,dan,Dan,cashier,12,", "four to twelve digits"),
        ("harbour,dan,Dan,cashier,1234,4321", "not both"),
        ("harbour,dan,Dan,pilot,1234,", "no role 'pilot'"),
        ("harbour/x,dan,Dan,cashier,1234,", "no store's id"),
        ("harbour,d an,Dan,cashier,1234,", "out of bounds"),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_words(db: sqlite3.Connection, row: str, why: str) -> None:
    ((_, said),) = take(db, "store,user,name,role,pin,one_time_pin\n" + row + "\n").refused
    assert why in said
