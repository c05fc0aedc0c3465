"""What a wall shows, and the list a customer fills there."""

import pytest

from edge.errors import Refused
from edge.facts import ListAdded, ListRemoved, ListSentToTill, WallTapped
from edge.nfc.wall import IDLE, MAX_ITEMS, NOTICE, Choice, Chosen, Kind, Screen, add, due, refused, remove, rested, send
from edge.nfc.wall import tapped as tap_on
from edge.nfc.wall import touched as touch
from edge.units import ArticleId, ListId, SaleId, Sku, TillId, WallId

WALL = WallId("w1")
BOOT = WallTapped(WALL, "r1", ArticleId("boot"), None, "tag")
BROWN = Choice(ArticleId("boot"), Sku("boot-brown-43"))
EMPTY = Chosen(ListId("l1"), WALL)
FULL = Chosen(ListId("l1"), WALL, tuple(Choice(ArticleId(f"a{n}"), None) for n in range(MAX_ITEMS)))


def test_a_tap_shows_its_product_until_nobody_has_touched_the_screen_for_a_while() -> None:
    screen = tap_on(Screen(WALL), BOOT, 7, at=100.0)
    assert (screen.kind, screen.article, screen.tap) == (Kind.OURS, "boot", 7)
    assert rested(screen, 100 + IDLE - 1) == screen
    screen = touch(screen, 130.0)
    assert due(screen, 130.0) == IDLE
    rest = rested(screen, 130 + IDLE)
    assert (rest.kind, rest.article, rest.tap, due(rest, 999)) == (Kind.ATTRACT, None, 7, None)


def test_the_same_product_tapped_again_is_new_to_the_page() -> None:
    once = tap_on(Screen(WALL), BOOT, 7, at=0)
    assert tap_on(once, BOOT, 7, at=1).tap == 8


def test_a_tag_that_is_not_ours_is_said_so_in_words_and_not_for_long() -> None:
    screen = refused(Screen(WALL), Refused("not ours", hint="Try a product.", code="not-ours"), 3, at=10.0)
    assert (screen.kind, screen.words, screen.hint, screen.article) == (
        Kind.NOT_OURS,
        "not ours",
        "Try a product.",
        None,
    )
    assert rested(screen, 10 + NOTICE).kind is Kind.ATTRACT
    assert refused(screen, Refused("?", code="unreadable"), 3, at=11.0).kind is Kind.UNREADABLE


def test_a_list_holds_a_thing_once_and_an_article_beside_its_variants() -> None:
    assert add(EMPTY, BROWN) == [ListAdded(ListId("l1"), ArticleId("boot"), Sku("boot-brown-43"))]
    held = Chosen(ListId("l1"), WALL, (BROWN,))
    assert add(held, BROWN) == []
    assert add(held, Choice(ArticleId("boot"), None)) == [ListAdded(ListId("l1"), ArticleId("boot"), None)]


def test_a_list_is_sent_to_one_till_at_a_time_and_may_be_filled_on() -> None:
    held = Chosen(ListId("l1"), WALL, (BROWN,))
    assert send(held, TillId("1")) == [ListSentToTill(ListId("l1"), TillId("1"))]
    sent = Chosen(ListId("l1"), WALL, (BROWN,), TillId("1"))
    assert send(sent, TillId("1")) == []
    assert send(sent, TillId("2")) == [ListSentToTill(ListId("l1"), TillId("2"))]
    assert remove(sent, BROWN) == [ListRemoved(ListId("l1"), ArticleId("boot"), Sku("boot-brown-43"))]


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("list-full", lambda: add(FULL, BROWN)),
        ("not-on-list", lambda: remove(EMPTY, BROWN)),
        ("list-empty", lambda: send(EMPTY, TillId("1"))),
        ("list-taken", lambda: add(Chosen(ListId("l1"), WALL, (BROWN,), TillId("1"), SaleId("s1")), BROWN)),
        ("list-taken", lambda: send(Chosen(ListId("l1"), WALL, (BROWN,), TillId("1"), SaleId("s1")), TillId("2"))),
    ],
)
def test_what_a_list_cannot_do_it_refuses_with_a_hint(code: str, act: object) -> None:
    assert callable(act)
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code == code
    assert refusal.value.hint
