"""A buyer's number is checked by its country's own rule, and a person's is never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.buyer import declined, mask, must_ask, read_buyer
from edge.countries.profile import load_profile
from edge.errors import Refused
from edge.units import Minor


@pytest.mark.parametrize(
    ("country", "text", "number"),
    [
        ("pl", "526-025-02-74", "5260250274"),
        ("ro", "ro 14399840", "RO14399840"),
        ("ro", "14399840", "14399840"),
        ("rs", "100002887", "100002887"),
        ("kr", "124-81-00998", "1248100998"),
    ],
)
def test_real_numbers_of_known_firms_are_taken_and_shown(country: str, text: str, number: str) -> None:
    buyer = read_buyer(load_profile(country), text)
    assert (buyer.number, buyer.shown, buyer.personal) == (number, number, False)


@pytest.mark.parametrize(
    ("country", "number"), [("pl", "5260250274"), ("ro", "1590082"), ("rs", "100002887"), ("kr", "1248100998")]
)
@pytest.mark.parametrize("place", range(7))
def test_one_wrong_digit_is_noticed(country: str, number: str, place: int) -> None:
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    with pytest.raises(Refused) as refused:
        read_buyer(load_profile(country), wrong)
    assert refused.value.code == "bad-buyer"
    assert "for example" in refused.value.hint


def test_a_phone_number_is_masked_everywhere_but_on_its_way_out() -> None:
    buyer = read_buyer(load_profile("kr"), "010-1234-5678")
    assert (buyer.form, buyer.number, buyer.personal) == ("phone", "01012345678", True)
    assert buyer.shown == "010******78"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_anything_typed_is_a_number_or_refused(text: str) -> None:
    for country in ("pl", "ro", "rs", "kr"):
        try:
            buyer = read_buyer(load_profile(country), text)
        except Refused:
            continue
        assert buyer.number.isascii()
        assert buyer.number.isalnum()


@given(st.from_regex(r"[0-9]{1,14}", fullmatch=True))
def test_a_mask_keeps_the_length_and_at_most_five_signs(number: str) -> None:
    assert len(mask(number)) == len(number)
    assert sum(sign != "*" for sign in mask(number)) <= 5


def test_denmark_takes_no_number() -> None:
    with pytest.raises(Refused, match="take no"):
        read_buyer(load_profile("dk"), "12345678")
    assert declined(load_profile("dk")) is None


def test_korea_asks_from_a_hundred_thousand_won_in_cash() -> None:
    korea = load_profile("kr")
    assert must_ask(korea, Minor(100_000), Minor(100_000))
    assert must_ask(korea, Minor(120_000), Minor(20_000))
    assert not must_ask(korea, Minor(99_999), Minor(99_999))
    assert not must_ask(korea, Minor(120_000), Minor(0))
    assert not must_ask(load_profile("pl"), Minor(10**9), Minor(10**9))
    anonymous = declined(korea)
    assert anonymous is not None
    assert anonymous.number == "0100001234"
