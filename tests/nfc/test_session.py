"""From sightings to taps."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from edge.nfc.session import DailyKey, Session, agreed, track
from edge.nfc.tag import Link, NotOurs, Why

SAID = Link("https://id.shop.example/01/05712345678909", checked=True)
LOST = NotOurs(Why.UNREADABLE)


def tap(session: Session, tag: str, at: float) -> bool:
    """A look that finds `tag`: is it told as a new tap?"""
    session.sighted(tag, at)
    return session.wanted and session.tried(SAID, at)


def test_a_tag_that_lies_there_is_one_tap() -> None:
    session = Session()
    assert [tap(session, "04A1", at / 10) for at in range(100)] == [True] + [False] * 99


def test_a_tag_is_gone_after_two_missed_looks_and_not_after_one() -> None:
    session = Session()
    tap(session, "04A1", 0)
    assert session.missed() is None
    assert not tap(session, "04A1", 0.2)
    assert (session.missed(), session.missed(), session.missed()) == (None, "04A1", None)


def test_the_same_tag_again_within_two_seconds_is_the_same_tap() -> None:
    session = Session()
    tap(session, "04A1", 0)
    session.missed(), session.missed()
    assert not tap(session, "04A1", 1.9)
    assert (session.missed(), session.missed()) == (None, None), "its going was told already"
    assert not tap(session, "04A1", 3.8), "last seen at 1.9"
    session.missed(), session.missed()
    assert tap(session, "04A1", 5.9)


def test_another_tag_is_another_tap_at_once() -> None:
    session = Session()
    tap(session, "04A1", 0)
    assert session.sighted("04B2", 0.1) == "04A1"
    assert session.wanted


def test_an_unreadable_tag_is_tried_three_times_before_it_is_told() -> None:
    session = Session()
    session.sighted("04A1", 0)
    assert [session.tried(LOST, 0), session.tried(LOST, 0.1), session.tried(LOST, 0.2)] == [False, False, True]
    assert not session.wanted


def test_a_tag_pulled_away_unread_leaves_no_trace() -> None:
    session = Session()
    session.sighted("04A1", 0)
    session.tried(LOST, 0)
    assert (session.missed(), session.missed()) == (None, None)
    assert tap(session, "04A1", 0.5), "it was never told, so it is a new tap"


@given(st.lists(st.sampled_from(["04A1", "04B2", ""]) | st.none(), max_size=60))
def test_whatever_lies_there_each_going_follows_a_tap_of_the_same_tag(looks: list[str | None]) -> None:
    session, open_tap = Session(), None
    for step, tag in enumerate(looks):
        gone = session.missed() if tag is None else session.sighted(tag, step / 10)
        if gone is not None:
            assert gone == open_tap
            open_tap = None
        if tag is not None and session.wanted and session.tried(SAID, step / 10):
            assert open_tap is None
            open_tap = tag


def test_numbers_a_phone_invents_are_not_followed() -> None:
    assert track(bytes.fromhex("08A1B2C3")) == track(bytes.fromhex("08000000")) == track(b"") == ""
    assert track(bytes.fromhex("04de5f1eacc040")) == "04DE5F1EACC040"


def test_two_readings_count_only_when_they_agree() -> None:
    plain = Link("https://a.b/01/1?e=11&c=22", checked=False)
    assert agreed(plain, plain) == plain
    assert agreed(plain, Link("https://a.b/01/1?e=33&c=44", checked=False)) != LOST, "a 424 changes these itself"
    assert agreed(plain, Link("https://a.b/01/2?e=11&c=22", checked=False)) == LOST
    assert agreed(plain, NotOurs(Why.EMPTY)) == LOST


def test_a_pseudonym_holds_for_a_day_and_says_nothing_the_next() -> None:
    secrets = iter(["one", "two"])
    daily = DailyKey(lambda: next(secrets))
    today, tomorrow = date(2026, 3, 1), date(2026, 3, 2)
    first = daily.pseudonym("04A1", today)
    assert first == daily.pseudonym("04A1", today) != daily.pseudonym("04B2", today)
    assert first != daily.pseudonym("04A1", tomorrow)
    assert "04A1" not in first
    assert daily.pseudonym("", today) == ""
