"""Searching a large range, and what is like what."""

import sqlite3
from collections.abc import Iterator
from time import perf_counter
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.catalog.search import Found, search
from edge.catalog.similar import Portrait, portrait, similar
from edge.catalog.tables import FEED, SCHEMA
from edge.catalog.words import folded
from edge.feedwords import ArticleValue, Attribute, Value, VariantValue, key_of, kind_of, plain
from edge.journal.chain import canonical
from edge.units import ArticleId, Minor, Sku

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40).map(
    lambda text: normalize("NFC", text)
)
"""What a feed can carry (`edge.journal.chain.canonical`)."""


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


def apply(db: sqlite3.Connection, *values: Value) -> None:
    for value in values:
        FEED[kind_of(key_of(value))](db, key_of(value), canonical(plain(value)))


def test_every_word_must_stand_somewhere_in_the_article_or_its_variants(db: sqlite3.Connection) -> None:
    apply(
        db,
        ArticleValue("boot", {"da": "Støvle", "pl": "But z Łodzi"}),
        VariantValue("b-43", "boot", "brun", "43"),
        VariantValue("b-44", "boot", "sort", "44"),
    )
    assert search(db, "stovle", 9) == [Found(ArticleId("boot"), None)]
    assert search(db, "lodzi SORT", 9) == [Found(ArticleId("boot"), Sku("b-44"))]
    assert search(db, "brun 44", 9) == [Found(ArticleId("boot"), None)], "each word is there, but on no one variant"
    assert search(db, "støvle 45", 9) == []


def test_a_size_is_no_part_of_a_code_but_the_end_of_a_code_finds_it(db: sqlite3.Connection) -> None:
    apply(db, ArticleValue("hat", {"en": "Hat"}), VariantValue("hat", "hat", codes=("5701234567431",)))
    assert search(db, "hat 43", 9) == []
    assert search(db, "67431", 9) == [Found(ArticleId("hat"), Sku("hat"))]
    assert search(db, "05701234567431", 9) == [Found(ArticleId("hat"), Sku("hat"))]


def test_a_deleted_article_is_not_found(db: sqlite3.Connection) -> None:
    apply(db, ArticleValue("hat", {"en": "Hat"}), VariantValue("hat", "hat"))
    FEED["article"](db, "article/hat", None)
    assert search(db, "hat", 9) == []


@given(NAMES, st.text(max_size=40))
def test_nothing_typed_breaks_a_search_and_a_name_finds_itself(name: str, query: str) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        db.executescript(SCHEMA)
        apply(db, ArticleValue("x", {"en": name}), VariantValue("x", "x"))
        search(db, query, 9)
        if folded(name).split() and not any(char.isdigit() for char in folded(name)):
            assert search(db, " ".join(name.split()[:8]), 9) == [Found(ArticleId("x"), Sku("x"))]
    finally:
        db.close()


def test_twenty_thousand_articles_are_searched_in_the_blink_of_an_eye(db: sqlite3.Connection) -> None:
    rows: list[tuple[str, str, str | None, str]]
    rows = [(f"article/a{n}", f"a{n}", None, folded(f"Thing {n % 977} Brand{n % 31} a{n}")) for n in range(20_000)]
    sizes: list[tuple[str, str, str | None, str]] = [
        (f"variant/a{n}-{s}", f"a{n}", f"a{n}-{s}", f"a{n}-{s} brown {s}") for n in range(20_000) for s in (41, 42, 43)
    ]
    db.execute("BEGIN")
    db.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", rows + sizes)
    db.executemany("INSERT INTO articles VALUES (?, '', '', x'')", [(row[1],) for row in rows])
    db.executemany("INSERT INTO variants VALUES (?, ?, 'brown', '', 0, 0, 0)", [(row[2], row[1]) for row in sizes])
    db.execute("COMMIT")
    took = {}
    for query in ("thing brand7 43", "a19999-42", "thing", "nothing at all", "t h i n g b r a"):
        began = perf_counter()
        found = search(db, query, 40)
        took[query] = perf_counter() - began
        assert bool(found) == (query != "nothing at all"), query
    assert max(took.values()) < 1.0, took
    assert sorted(took.values())[2] < 0.25, took


def article(name: str, category: str, *materials: str, brand: str = "b") -> ArticleValue:
    attributes = tuple(Attribute({"en": "Material"}, {"en": each}) for each in materials)
    return ArticleValue(name, {"en": name}, category=category, brand=brand, attributes=attributes)


def test_alike_is_what_shares_attributes_category_and_price() -> None:
    boot = portrait(article("boot", "shoes", "nubuck", "wool"), Minor(99900))
    near = portrait(article("near", "shoes", "nubuck", "wool"), Minor(89900))
    far = portrait(article("far", "shoes", "rubber"), Minor(4900))
    other = portrait(article("other", "hats", "straw", brand="c"), Minor(100))
    assert similar(boot, [other, far, near, boot], 9) == ["near", "far"], "never itself, never what shares nothing"
    assert similar(boot, [other, far, near], 1) == ["near"]


def test_of_two_equally_alike_the_lesser_known_comes_first() -> None:
    boot = portrait(article("boot", "shoes", "nubuck"), Minor(99900))
    loved = portrait(article("a-loved", "shoes", "nubuck"), Minor(99900), 500)
    unknown = portrait(article("z-unknown", "shoes", "nubuck"), Minor(99900), 1)
    assert similar(boot, [loved, unknown], 2) == ["z-unknown", "a-loved"]


WORDS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5), max_size=6)


@given(WORDS, st.lists(WORDS, max_size=6), st.randoms())
def test_the_order_in_which_articles_are_compared_does_not_matter(
    one: dict[str, int], rest: list[dict[str, int]], chance: object
) -> None:
    to = Portrait(ArticleId("to"), one)
    others = [Portrait(ArticleId(f"a{n}"), words) for n, words in enumerate(rest)]
    mixed = sorted(others, key=lambda each: hash((str(chance), each.article)))
    assert similar(to, others, 4) == similar(to, mixed, 4)
