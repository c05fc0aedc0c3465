"""Products and search, as the doors answer them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from edge.feedwords import ArticleValue, SettingValue, StockValue, VariantValue
from edge.stock.handlers import Damage, Hold, Receive
from edge.units import LineId, OrderId, Sku
from tests.web.floor_world import Shopfloor, shopfloor
from tests.web.range_of_goods import (
    BOOT_CODE,
    BROWN_43,
    BROWN_43_CODE,
    BROWN_44,
    OTHER_PICTURE,
    PICTURE,
    goods,
    material,
    price,
    review,
)

Json = dict[str, Any]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(Receive(((BROWN_43, 5),), "opening stock"))
        yield shop


async def product(shop: Shopfloor, article: str = "boot", language: str = "en") -> Json:
    answer = await shop.public.get(f"/api/v1/catalog/articles/{article}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def cell(of: Json, sku: str) -> Json:
    return next(cell for cell in of["cells"] if cell["sku"] == sku)


async def found(shop: Shopfloor, query: str) -> list[tuple[str, str | None]]:
    answer = await shop.staff.get("/api/v1/catalog/search", params={"q": query})
    return [(hit["article"], hit["sku"]) for hit in answer.json()["hits"]]


async def test_a_product_shows_what_it_is_in_the_readers_language(shop: Shopfloor) -> None:
    boot = await product(shop, language="da")
    assert (boot["name"], boot["text"]) == ("Støvle Łódź", "For hills."), "what nobody translated is said in English"
    assert boot["specifications"] == [{"name": "Overdel", "value": "nubuck (dansk)"}]
    assert boot["pictures"] == [f"/media/{PICTURE}", f"/media/{OTHER_PICTURE}"]
    assert boot["colours"] == [
        {"code": "brown", "name": "brun", "swatch": "#7a4a21", "picture": f"/media/{PICTURE}"},
        {"code": "black", "name": "black", "swatch": "", "picture": f"/media/{OTHER_PICTURE}"},
    ]
    assert boot["sizes"] == ["43", "44"]
    assert (await product(shop, language="sr-Latn"))["name"] == "Fjeld Boot"


async def test_a_price_is_the_lowest_of_the_sizes_and_a_reduced_one_shows_the_lowest_of_thirty_days(
    shop: Shopfloor,
) -> None:
    boot = await product(shop)
    assert (boot["price_minor"], boot["one_price"], boot["lowest_30_days_minor"]) == (89900, False, 84900)
    sock = await product(shop, "sock")
    assert (sock["price_minor"], sock["one_price"], sock["lowest_30_days_minor"]) == (4925, True, None)
    assert (sock["colours"], sock["sizes"]) == ([], []), "there is nothing to choose"


async def test_a_price_holds_from_its_moment_on(shop: Shopfloor) -> None:
    await shop.feed(price("sock", 3900, "2026-06-06T09:30:00.000Z"), price("sock", 1, "2026-06-07T00:00:00.000Z"))
    assert (await product(shop, "sock"))["price_minor"] == 4925
    shop.time.pass_(minutes=30)
    assert (await product(shop, "sock"))["price_minor"] == 3900


async def test_here_is_what_can_be_had_not_what_is_held_or_damaged(shop: Shopfloor) -> None:
    await shop.do(Hold(OrderId("o1"), LineId(1), 1, BROWN_43, 2))
    await shop.do(Damage(BROWN_43, 1, "torn"))
    here = cell(await product(shop), BROWN_43)["here"]
    assert here == {"count": 2, "few": False, "as_of": "2026-06-06T09:00:00.000Z", "where": ""}


async def test_a_size_that_never_came_is_none_but_an_article_that_never_came_is_not_known(shop: Shopfloor) -> None:
    assert cell(await product(shop), BROWN_44)["here"]["count"] == 0
    assert cell(await product(shop, "hat"), "hat")["here"]["count"] is None


async def test_more_held_than_there_is_shows_none_and_a_record_known_to_be_wrong_shows_nothing(shop: Shopfloor) -> None:
    await shop.do(Hold(OrderId("o1"), LineId(1), 1, BROWN_43, 9))
    assert cell(await product(shop), BROWN_43)["here"]["count"] == 0
    await shop.do(Damage(BROWN_43, 6, "flood"))
    assert cell(await product(shop), BROWN_43)["here"]["count"] is None


async def test_one_other_shop_fills_the_column_and_all_are_named(shop: Shopfloor) -> None:
    boot = await product(shop)
    assert boot["others"] == [{"store": "aar", "name": "Fjeld Aarhus"}, {"store": "ode", "name": "ode"}]
    assert cell(boot, BROWN_43)["other"]["count"] == 4
    assert {each["other"]["where"] for each in boot["cells"]} == {"Fjeld Aarhus"}
    assert cell(boot, BROWN_44)["other"]["count"] is None, "nobody said: not known is not none"
    await shop.feed(SettingValue("stores.near", "ode, aar"))
    assert cell(await product(shop), BROWN_43)["other"] == {
        "count": 1, "few": False, "as_of": "2026-06-06T08:00:00.000Z", "where": "ode",
    }  # fmt: skip


async def test_our_own_number_never_comes_from_headquarters(shop: Shopfloor) -> None:
    await shop.feed(StockValue("cph", "boot-brown-43", 99, "2026-06-06T09:00:00.000Z"))
    boot = await product(shop)
    assert [other["store"] for other in boot["others"]] == ["aar", "ode"]
    assert cell(boot, BROWN_43)["here"]["count"] == 5


async def test_what_was_told_of_others_ages_first_to_few_then_to_nothing(shop: Shopfloor) -> None:
    await shop.feed(SettingValue("stock.exact_minutes", "30"), SettingValue("stock.known_minutes", "90"))
    told = {"count": 17, "as_of": "2026-06-06T08:50:00.000Z", "where": ""}
    assert cell(await product(shop), BROWN_43)["online"] == {**told, "few": False}
    shop.time.pass_(minutes=21)
    assert cell(await product(shop), BROWN_43)["online"] == {**told, "few": True}
    shop.time.pass_(minutes=60)
    assert cell(await product(shop), BROWN_43)["online"] == {**told, "count": None, "few": False}
    assert cell(await product(shop), BROWN_43)["here"]["few"] is False, "our own record does not age"


async def test_no_average_below_five_reviews(shop: Shopfloor) -> None:
    await shop.feed(*(review(f"r{n}", 5) for n in range(4)))
    assert (await product(shop))["rating"] == {"count": 4, "tenths": None}
    await shop.feed(review("r4", 2))
    assert (await product(shop))["rating"] == {"count": 5, "tenths": 44}
    await shop.feed(gone=["review/web/r4"])
    boot = await product(shop)
    assert boot["rating"] == {"count": 4, "tenths": None}, "a deleted review disappears"
    assert "web/r4" not in [each["id"] for each in boot["reviews"]]


async def test_a_flood_of_praise_does_not_hide_the_bad_reviews(shop: Shopfloor) -> None:
    await shop.feed(review("bad", 1, 1), *(review(f"r{n:03}", 5, 2 + n % 20) for n in range(150)))
    shown = (await product(shop))["reviews"]
    assert len(shown) <= 100
    assert shown[-1]["id"] == "web/bad"
    assert [each["at"] for each in shown] == sorted((each["at"] for each in shown), reverse=True), "newest first"
    assert set(shown[0]) == {"id", "stars", "title", "text", "author", "at", "verified"}


async def test_how_reviews_are_checked_is_said(shop: Shopfloor) -> None:
    assert (await product(shop))["reviews_checked"] == "Only buyers may write."
    await shop.feed(SettingValue("reviews.checked.da", "Kun købere."))
    assert (await product(shop, language="da"))["reviews_checked"] == "Kun købere."
    await shop.feed(gone=["setting/reviews.checked", "setting/reviews.checked.da"])
    assert (await product(shop))["reviews_checked"] == ""


async def test_similar_products_are_of_the_same_category_the_most_alike_first(shop: Shopfloor) -> None:
    assert [each["id"] for each in (await product(shop))["similar"]] == ["sandal", "sock"]
    await shop.feed(
        ArticleValue("clog", {"en": "Clog"}, {}, "shoes", "Fjeld", (material("nubuck"), material("cork"))),
        VariantValue("clog", "clog"), price("clog", 89900), gone=["price/main/sock/2026-01-01T00:00:00.000Z"],
    )  # fmt: skip
    similar = [each["id"] for each in (await product(shop))["similar"]]
    assert similar == ["sandal", "clog"], "what has no price is not shown; a new one is at once"


async def test_what_has_no_price_or_does_not_exist_is_not_sold(shop: Shopfloor) -> None:
    await shop.feed(gone=["price/main/hat/2026-01-01T00:00:00.000Z"])
    for article in ("hat", "nothing", "%00", "'; DROP TABLE articles; --"):
        answer = await shop.public.get(f"/api/v1/catalog/articles/{article}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-article")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("støvle", ("boot", None)),
        ("STOVLE lodz", ("boot", None)),
        ("Łódź 44", ("boot", BROWN_44)),
        ("brown 43 fjeld", ("boot", BROWN_43)),
        (BROWN_43_CODE, ("boot", BROWN_43)),
        ("0" + BROWN_43_CODE, ("boot", BROWN_43)),
        ("boot-brown-4", ("boot", None)),
        (BOOT_CODE, ("boot", None)),
        ("wool", ("sock", Sku("sock"))),
    ],
)
async def test_a_search_finds_the_article_and_names_the_variant_when_only_one_is_meant(
    shop: Shopfloor, query: str, expected: tuple[str, str | None]
) -> None:
    assert expected in await found(shop, query)


@pytest.mark.parametrize("query", ["", "   ", "boot sock", "brown 45", "%", "_", "'", "x" * 5000, "\x00"])
async def test_a_search_finds_nothing_where_a_word_is_nowhere(shop: Shopfloor, query: str) -> None:
    assert await found(shop, query) == []


async def test_names_that_begin_with_the_word_come_first_and_no_more_than_asked(shop: Shopfloor) -> None:
    await shop.feed(ArticleValue("a", {"en": "A Sock Shoe"}), VariantValue("a", "a"), price("a", 1))
    await shop.feed(ArticleValue("z", {"en": "Sock Z"}), VariantValue("z", "z"), price("z", 1))
    assert [article for article, _ in await found(shop, "sock")] == ["z", "a", "sock"]
    answer = await shop.staff.get("/api/v1/catalog/search", params={"q": "sock", "limit": 1})
    assert [hit["article"] for hit in answer.json()["hits"]] == ["z"]


async def test_a_hit_carries_what_the_till_shows(shop: Shopfloor) -> None:
    answer = await shop.staff.get("/api/v1/catalog/search", params={"q": "brown 43", "limit": "many"})
    assert answer.json()["hits"] == [
        {
            "article": "boot",
            "sku": BROWN_43,
            "name": "Fjeld Boot",
            "variant": "brown · 43",
            "price_minor": 99900,
            "picture": f"/media/{PICTURE}",
            "code": BROWN_43_CODE,
        }
    ]


async def test_a_settings_name_of_an_attribute_is_shown_where_the_article_has_none(shop: Shopfloor) -> None:
    await shop.feed(
        SettingValue("attribute.upper.pl", "Cholewka"),
        SettingValue("attribute.upper.sr", "Горњиште"),
        SettingValue("attribute.upper.da", "not this one"),
    )
    names = {
        tongue: (await product(shop, language=tongue))["specifications"][0]["name"] for tongue in ("pl", "da", "ko")
    }
    assert names == {"pl": "Cholewka", "da": "Overdel", "ko": "Upper"}
    assert (await product(shop, language="sr-Latn"))["specifications"][0]["name"] == "Gornjište"
