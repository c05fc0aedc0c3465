"""Recalled lots from a spreadsheet into the feed, and out of it again."""

import sqlite3

from edge.feedrecalls import EVERY_LOT, RecallValue
from hq import feed
from tests.hq.test_offers_in import db, take

__all__ = ["db"]


def test_a_lot_is_called_back_and_let_go_again(db: sqlite3.Connection) -> None:
    report = take(db, "recall,lot,reason,reason_da,lifted\n7032069804988,L-7,Glass in it.,Der er glas i.,\n")
    assert (report.refused, report.changed) == ([], {"recalled lots": 1})
    glass = RecallValue("07032069804988", "L-7", {"en": "Glass in it.", "da": "Der er glas i."})
    assert feed.value(db, "recall/07032069804988/L-7") == glass
    report = take(db, "recall,lot,lifted\n7032069804988,L-7,yes\n7032069804988,L-8,yes\n")
    assert (report.refused, report.changed, report.unchanged) == ([], {"recalled lots": 1}, 1)
    assert feed.value(db, "recall/07032069804988/L-7") is None


def test_without_a_lot_every_piece_is_called_back(db: sqlite3.Connection) -> None:
    take(db, "recall,lot\n96385074,\n")
    assert feed.value(db, "recall/00000096385074/*") == RecallValue("00000096385074", EVERY_LOT, {})


def test_a_mistyped_number_is_refused(db: sqlite3.Connection) -> None:
    report = take(db, "recall,lot\n7032069804989,L-7\n7032069,L-7\n7032069804988,two words\n")
    assert report.changed == {}
    assert [row for row, _ in report.refused] == [2, 3, 4]
