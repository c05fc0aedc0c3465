"""Goods by weight, end to end: the scale's label, the catalogue's price, the line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Refused
from edge.facts import BasketOpened, LineAdded
from edge.feedwords import ArticleValue, PriceValue, VariantValue
from edge.pos.codes import Scanned, classify, reading
from edge.pos.load import open_basket
from edge.pos.measuring import Measured, Ware, measured
from edge.pos.verbs import Add, Scan
from edge.units import Gtin, Minor, Sku
from tests.pos.test_codes import with_check
from tests.pos.test_till import one
from tests.pos.till_world import TILL, TillWorld, till_world

OLD = "2026-01-01T00:00:00.000Z"
CHEESE = Sku("cheese")
DK_WEIGHT_LABEL, DK_PRICE = with_check("261234000854"), with_check("211234004995")
DK_NOTHING = with_check("261234000000")


@pytest.mark.parametrize(
    ("region", "code", "weight", "price", "count"),
    [
        ("DK", "2302148210869", None, 821_086, None),
        ("DK", "2712345012348", 1234, None, None),
        ("NO", "2302148210869", 1086, None, None),
        ("NO", "2088060112343", None, 1234, None),
        ("SE", "2088060112343", None, 1234, None),
        ("SE", "2388060112344", 1234, None, None),
        ("FI", "2388060112344", 1234, None, None),
        ("FI", "2088060112343", None, None, None),
        ("GB", "2011122912346", None, 1234, None),
        ("EE", "2388060112344", 1234, None, None),
        ("LV", "2488060112341", 12340, None, None),
        ("LT", "2588060112348", 123_400, None, None),
        ("PL", "2302148210869", None, None, None),
    ],
)
def test_a_region_reads_its_own_labels(
    region: str, code: str, weight: int | None, price: int | None, count: int | None
) -> None:
    found = classify(with_check(code[:12]), reading(region, 2))
    assert (found.weight, found.price, found.count) == (weight, price, count)


@pytest.mark.parametrize(("prefix", "says"), [("28", "weight"), ("22", "price"), ("25", "count")])
def test_a_german_label_has_a_check_digit_of_its_own(prefix: str, says: str) -> None:
    read = []
    for check in range(10):
        try:
            found = classify(with_check(f"{prefix}1234{check}01086"), reading("DE", 2))
        except Refused:
            continue
        read.append(getattr(found, says))
    assert read == [1086]


@given(st.sampled_from(["DK", "NO", "SE", "FI", "DE", "GB", "EE", "LV", "LT"]), st.integers(0, 10**11 - 1))
def test_in_every_region_a_label_is_one_measure_of_goods_that_stay_the_same(region: str, number: int) -> None:
    try:
        found = classify(with_check(f"2{number:011}"), reading(region, 2))
    except Refused:
        assert region in ("DE", "GB")
        return
    assert sum(each is not None for each in (found.weight, found.price, found.count)) <= 1
    assert found.gtin is not None
    assert found.gtin.startswith("02")
    assert classify(found.gtin, reading(region, 2)).gtin == found.gtin


async def _stocked(world: TillWorld, *, by_weight: bool) -> None:
    codes = tuple(str(classify(code, reading("DK", 2)).gtin) for code in (DK_WEIGHT_LABEL, DK_PRICE))
    await world.feed(
        ArticleValue("cheese", {"en": "Cheese"}),
        VariantValue(CHEESE, "cheese", codes=codes, by_weight=by_weight),
        PriceValue("main", CHEESE, 12_995, "DKK", "standard", OLD),
    )


async def _refused(world: TillWorld, command: Add | Scan) -> str:
    with pytest.raises(Refused) as refusal:
        await world.do(command)
    assert await world.journal.read(lambda db: open_basket(db, TILL)) is None
    return refusal.value.code


async def test_a_weighed_piece_costs_its_weight_and_a_priced_one_what_is_printed(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await _stocked(world, by_weight=True)
        weighed = one(await world.do(Scan(TILL, DK_WEIGHT_LABEL)), LineAdded)
        assert (weighed.weight, weighed.unit_price, weighed.quantity) == (854, 11_098, 1)
        printed = one(await world.do(Scan(TILL, DK_PRICE)), LineAdded)
        assert (printed.weight, printed.unit_price) == (None, 4995)


async def test_goods_by_weight_are_never_sold_without_one(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await _stocked(world, by_weight=True)
        assert await _refused(world, Add(TILL, CHEESE)) == "weigh-first"
        with pytest.raises(Refused, match="weighed"):
            await world.do(Scan(TILL, DK_NOTHING))


async def test_a_label_with_a_weight_on_goods_by_the_piece_is_refused(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await _stocked(world, by_weight=False)
        assert await _refused(world, Scan(TILL, DK_WEIGHT_LABEL)) == "no-price"
        one(await world.do(Add(TILL, CHEESE)), BasketOpened)


def test_a_net_weight_on_an_ordinary_piece_changes_nothing_and_a_count_counts() -> None:
    jam, found = Ware("Jam", Minor(3000), by_weight=False), classify("(01)07032069804988(3103)000400", reading("DK", 2))
    assert measured(jam, 2, found) == Measured(Minor(3000), 2)
    assert measured(jam, 2, Scanned("x", ("x",), Gtin("x"), count=6)) == Measured(Minor(3000), 12)
