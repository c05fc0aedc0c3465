"""A scan is understood or refused: never a wrong article from a damaged code."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Halt, Refused
from edge.pos.codes import Scanned, classify, forms, fresh, normal, reading
from edge.units import Grams, Gtin, Minor

DK, NO, PL = reading("DK", 2), reading("NO", 2), reading("PL", 2)
GS = "\x1d"


def with_check(payload: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return payload + str(-total % 10)


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("7032069804988", "07032069804988"),
        ("]E07032069804988", "07032069804988"),
        (" 7032069804988\r\n", "07032069804988"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        ("]E496385074", "00000096385074"),
        ("]I117032069804985", "17032069804985"),
        ("17032069804985", "17032069804985"),
        ("]C10107032069804988", "07032069804988"),
        ("0107032069804988", "07032069804988"),
        ("(01)07032069804988", "07032069804988"),
        ("https://id.gs1.org/01/07032069804988", "07032069804988"),
        ("https://brand.example/shop/01/7032069804988?utm=x", "07032069804988"),
        ("HTTPS://ID.GS1.ORG/01/07032069804988".replace("HTTPS", "https"), "07032069804988"),
    ],
)
def test_every_form_of_a_number_names_the_same_goods(text: str, gtin: str) -> None:
    scanned = classify(text, DK)
    assert (scanned.gtin, scanned.keys[0]) == (gtin, gtin)


def test_a_number_of_the_house_is_taken_as_it_is() -> None:
    assert classify("BOOT-43/brown", DK) == Scanned("BOOT-43/brown", ("BOOT-43/brown",))
    assert classify("123456", DK).keys == ("123456",)
    assert classify("]C07032069804980", DK).keys == ("7032069804980",)
    assert classify("]C07032069804988", DK).gtin == "07032069804988"


def test_eight_digits_that_are_two_things_are_looked_up_as_both() -> None:
    assert classify("04252614", DK).keys == ("00042100005264", "0042100005264", "042100005264")
    eights = (with_check(f"0{number:06}") for number in range(999_999))
    both = next(text for text in eights if len(classify(text, DK).keys) == 7)
    assert classify(both, DK).gtin == both.zfill(14)


def test_a_number_is_found_however_the_catalogue_has_it_written() -> None:
    assert classify("7032069804988", DK).keys == ("07032069804988", "7032069804988")
    assert classify("(01)00000096385074", DK).keys == ("00000096385074", "0000096385074", "000096385074", "96385074")
    assert forms("17032069804985") == ("17032069804985",)


def test_a_region_decides_what_a_restricted_number_means() -> None:
    norway, denmark = classify("2302148210869", NO), classify("2302148210869", DK)
    assert (norway.weight, norway.price) == (Grams(1086), None)
    assert (denmark.weight, denmark.price) == (None, Minor(821_086))
    assert norway.gtin != denmark.gtin
    poland = classify("2302148210869", PL)
    assert (poland.weight, poland.price, poland.gtin) == (None, None, "02302148210869")


def test_two_weighings_of_the_same_cheese_are_the_same_goods() -> None:
    one, two = classify("2302148210869", NO), classify(with_check("230214820542"), NO)
    assert one.gtin == two.gtin
    assert (one.weight, two.weight) == (1086, 542)


@pytest.mark.parametrize("region", ["", "  ", "Denmark", "d"])
def test_without_a_region_nothing_starts(region: str) -> None:
    with pytest.raises(Halt) as halt:
        reading(region, 2)
    assert "region" in halt.value.hint


def test_lot_serial_and_dates_are_read_in_any_carrier() -> None:
    for text in (
        f"]C1010703206980498817270131{'10'}L-7{GS}21S1",
        f"{GS}0107032069804988{'17'}27013110L-7{GS}21S1",
        "(01)07032069804988(17)270131(10)L-7(21)S1",
        "https://id.gs1.org/01/07032069804988/10/L-7/21/S1?17=270131",
    ):
        scanned = classify(text, DK)
        assert (scanned.lot, scanned.serial, scanned.expires) == ("L-7", "S1", date(2027, 1, 31)), text
        assert scanned.gtin == "07032069804988"


def test_weight_and_count_of_an_element_string_are_whole() -> None:
    assert classify("]C101970320698049813103001086", DK).weight == 1086
    assert classify("(01)07032069804988(30)12", DK).count == 12
    with pytest.raises(Refused, match="finer"):
        classify("(01)97032069804981(3105)001086", DK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "]",
        "]E0",
        "]zz5",
        "7032069804989",
        "]E07032069804989",
        "96385075",
        "17032069804986",
        "0107032069804989",
        "(01)07032069804989",
        "]C110LOT7",
        "(10)LOT7",
        "(01)07032069804988(01)96385074",
        f"0107032069804988{GS}10A{GS}10B",
        "(01)07032069804988(17)271399",
        "https://id.gs1.org/01/07032069804989",
        "https://id.gs1.org/01/7032069804",
        "https://id.gs1.org/01/07032069804988/21/S/10/L",
        "https://id.gs1.org/01/07032069804988/10/L/10/M",
        "https://id.gs1.org/01/07032069804988/99/L",
        "https://id.gs1.org/01/07032069804988/10/%1bp",
        "https://id.gs1.org/414/5790000000005",
        "https://evil.example/",
        "javascript:alert(1)",
        "\x1bp\x00\x19\xfa",
        "boot 43",
        "støvle",
        "x" * 65,
        "1" * 600,
        "１２３４５６７８",
    ],
)
def test_what_cannot_be_right_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(Refused) as refused:
        classify(text, DK)
    assert (refused.value.code, refused.value.status) == ("bad-code", 422)
    assert refused.value.hint


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_a_single_wrong_digit_is_always_noticed(number: int, place: int, by: int) -> None:
    right = with_check(f"{number:012}")
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    classify_or_none(right)
    with pytest.raises(Refused):
        classify(wrong, PL)


def classify_or_none(text: str) -> Scanned | None:
    try:
        return classify(text, PL)
    except Refused:
        return None


@given(st.one_of(st.text(max_size=80), st.from_regex(r"\]?[A-Za-z]?[0-9(){}/\x1d-]{0,60}", fullmatch=True)))
def test_whatever_is_scanned_is_understood_or_refused(text: str) -> None:
    scanned = classify_or_none(text)
    if scanned is None:
        return
    assert scanned.keys
    assert all(key.isascii() and key.isprintable() and 0 < len(key) <= 64 for key in scanned.keys)
    assert scanned.gtin is None or (len(scanned.gtin) == 14 and normal(scanned.gtin) == scanned.gtin)


@given(st.integers(1, 10**7 - 1))
def test_the_catalogue_and_the_scan_agree_on_how_a_number_is_kept(number: int) -> None:
    for text in (with_check(f"579{number:09}"), with_check(f"{number:07}"), with_check(f"7{number:010}")):
        scanned = classify_or_none(text)
        if scanned is not None and scanned.price is None and scanned.weight is None:
            assert normal(text) in scanned.keys
    assert normal("BOOT-43") == "BOOT-43"
    assert normal("7032069804989") == "7032069804989"


def test_an_expired_piece_is_refused_and_a_fresh_one_is_not() -> None:
    scanned = classify("(01)07032069804988(17)270131", DK)
    assert fresh(scanned, date(2027, 1, 31)) is scanned
    with pytest.raises(Refused) as refused:
        fresh(scanned, date(2027, 2, 1))
    assert refused.value.code == "expired"
    assert fresh(Scanned("x", ("x",), Gtin("x")), date(2100, 1, 1)).raw == "x"
