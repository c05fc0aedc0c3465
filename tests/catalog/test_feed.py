"""What headquarters says becomes the catalogue's tables, and what it takes back leaves them."""

import sqlite3
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.catalog.lookup import Named, named, offer
from edge.catalog.tables import FEED, SCHEMA
from edge.catalog.words import MIN_REVIEWS, average_tenths, folded, terms
from edge.errors import Refused
from edge.feedwords import (
    ArticleValue,
    PriceValue,
    ReviewValue,
    SettingValue,
    StockValue,
    Value,
    VariantValue,
    key_of,
    kind_of,
    plain,
)
from edge.journal.chain import canonical
from edge.units import ArticleId, Minor, Sku

TABLES = ("articles", "variants", "codes", "prices", "reviews", "settings", "elsewhere", "words")
BOOT = ArticleValue("boot", {"en": "Boot", "da": "Støvle"}, category="shoes", codes=("111",))
BROWN = VariantValue("boot-43", "boot", "brown", "43", codes=("222", "333"), position=1)
JANUARY, JUNE = "2026-01-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


def apply(db: sqlite3.Connection, *values: Value) -> None:
    for value in values:
        FEED[kind_of(key_of(value))](db, key_of(value), canonical(plain(value)))


def remove(db: sqlite3.Connection, value: Value) -> None:
    FEED[kind_of(key_of(value))](db, key_of(value), None)


def dump(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES}


def price(sku: str, amount: int, since: str, price_list: str = "main") -> PriceValue:
    return PriceValue(price_list, sku, amount, "DKK", "standard", since)


EVERYTHING: list[Value] = [
    BOOT,
    BROWN,
    price("boot-43", 100, JANUARY),
    ReviewValue("web", "r1", "boot", 5, "Good", "Warm.", "Ida", JANUARY),
    SettingValue("reviews.checked", "Yes."),
    StockValue("aar", "boot-43", 3, JANUARY),
]


def test_every_kind_of_value_comes_and_goes_without_a_trace(db: sqlite3.Connection) -> None:
    empty = dump(db)
    apply(db, *EVERYTHING)
    full = dump(db)
    assert all(full[name] for name in TABLES)
    apply(db, *EVERYTHING)
    assert dump(db) == full, "the same again changes nothing"
    for value in EVERYTHING:
        remove(db, value)
    assert dump(db) == empty
    for value in EVERYTHING:
        remove(db, value)
    assert dump(db) == empty, "a deletion of what is not here changes nothing"


@given(st.permutations(EVERYTHING))
def test_the_order_in_which_values_come_does_not_matter(values: list[Value]) -> None:
    one, other = sqlite3.connect(":memory:", isolation_level=None), sqlite3.connect(":memory:", isolation_level=None)
    try:
        for each, told in ((one, EVERYTHING), (other, values)):
            each.executescript(SCHEMA)
            apply(each, *told)
        assert dump(one) == dump(other)
    finally:
        one.close()
        other.close()


def test_a_value_is_replaced_whole(db: sqlite3.Connection) -> None:
    apply(db, BROWN)
    apply(db, VariantValue("boot-43", "boot", "brown", "43", codes=("444",)))
    assert [code for (code,) in db.execute("SELECT code FROM codes")] == ["444"]
    assert named(db, "222") is None


def test_what_does_not_fit_is_refused_before_anything_changes(db: sqlite3.Connection) -> None:
    before = dump(db)
    bad = canonical({**plain(price("boot-43", 1, JANUARY)), "amount": -1})
    with pytest.raises(msgspec.ValidationError):
        FEED["price"](db, "price/main/boot-43/x", bad)
    assert dump(db) == before


def test_a_code_names_an_article_or_a_variant(db: sqlite3.Connection) -> None:
    apply(db, BOOT, BROWN, VariantValue("boot-44", "boot", "brown", "44", codes=("444",)))
    assert named(db, "111") == Named(ArticleId("boot"), None), "the display shoe: the size is still to be chosen"
    assert named(db, "222") == Named(ArticleId("boot"), Sku("boot-43"))
    assert named(db, "999") is None
    remove(db, VariantValue("boot-44", "boot"))
    assert named(db, "111") == Named(ArticleId("boot"), Sku("boot-43")), "only one is left to be meant"


def test_a_code_that_names_two_articles_sells_neither(db: sqlite3.Connection) -> None:
    apply(db, BROWN, VariantValue("sock", "sock", codes=("222",)))
    with pytest.raises(Refused) as refused:
        named(db, "222")
    assert (refused.value.code, refused.value.status) == ("bad-code", 422)
    assert refused.value.hint
    remove(db, VariantValue("sock", "sock"))
    assert named(db, "222") == Named(ArticleId("boot"), Sku("boot-43")), "one of the two gave it up"


def test_a_code_said_twice_of_the_same_thing_is_no_quarrel(db: sqlite3.Connection) -> None:
    apply(db, ArticleValue("hat", {"en": "Hat"}, codes=("555",)), VariantValue("hat", "hat", codes=("555",)))
    with pytest.raises(Refused):
        named(db, "555")


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 9)), min_size=1, max_size=8, unique_by=lambda item: item[1]),
    st.integers(0, 10),
)
def test_the_price_is_the_latest_that_has_begun(prices: list[tuple[int, int]], day: int) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        db.executescript(SCHEMA)
        apply(
            db,
            BOOT,
            BROWN,
            *(price("boot-43", amount, f"2026-01-{since:02}T00:00:00.000Z") for amount, since in prices),
        )
        apply(db, price("boot-43", 777, JANUARY, "elsewhere"))
        at = f"2026-01-{day:02}T00:00:00.000Z"
        begun = [(since, amount) for amount, since in prices if since <= day]
        if begun:
            found = offer(db, Sku("boot-43"), "main", at, "en")
            assert (found.price, found.name) == (Minor(max(begun)[1]), "Boot, brown, 43")
        else:
            with pytest.raises(Refused) as refused:
                offer(db, Sku("boot-43"), "main", at, "en")
            assert refused.value.code == "no-price"
    finally:
        db.close()


def test_a_variant_whose_article_is_gone_cannot_be_sold(db: sqlite3.Connection) -> None:
    apply(db, BOOT, BROWN, price("boot-43", 100, JANUARY))
    remove(db, BOOT)
    with pytest.raises(Refused) as refused:
        offer(db, Sku("boot-43"), "main", JUNE, "en")
    assert refused.value.code == "unknown-code"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Łódź", "lodz"),
        ("Støvle", "stovle"),
        ("STRASSE Straße", "strasse strasse"),
        ("Încălțăminte", "incaltaminte"),
        ("Čizma Đorđe", "cizma dorde"),
        ("İstanbul", "istanbul"),
        ("Ærø", "aero"),
        ("신발", folded("신발")),
    ],
)
def test_a_name_is_found_without_its_accents(text: str, found: str) -> None:
    assert folded(text) == found


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert len(terms(text)) <= 8


@given(st.lists(st.integers(1, 5), max_size=40))
def test_an_average_is_shown_from_five_reviews_on_and_lies_between_its_stars(stars: list[int]) -> None:
    shown = average_tenths(len(stars), sum(stars))
    if len(stars) < MIN_REVIEWS:
        assert shown is None
    else:
        assert shown is not None
        assert min(stars) * 10 <= shown <= max(stars) * 10
        assert abs(shown * len(stars) - 10 * sum(stars)) * 2 <= len(stars)
