"""What a tag says, strictly."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.nfc.tag import (
    GoodsTag,
    Link,
    NotOurs,
    SlotTag,
    Sun,
    Why,
    check_digit,
    is_gln,
    is_gtin,
    read_message,
    read_uri,
    uri_of,
    write_message,
)
from edge.units import Gtin, StoreId

HOST = "id.shop.example"
HOSTS = frozenset({HOST})
CSET82 = "!\"%&'()*+,-./:;<=>?_" + string.digits + string.ascii_letters
BOOT = "https://id.shop.example/01/05712345678909"


def keys(digits: int) -> st.SearchStrategy[str]:
    bodies = st.text("0123456789", min_size=digits - 1, max_size=digits - 1).filter(lambda body: int(body) > 0)
    return bodies.map(lambda body: body + check_digit(body))


values = st.text(CSET82, min_size=1, max_size=20).filter(lambda value: value not in {".", ".."})
stores = st.none() | st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=12).map(StoreId)
suns = st.none() | st.builds(Sun, st.text("0123456789ABCDEF", min_size=32, max_size=32), st.just("94EED9EE65337086"))
goods = st.builds(GoodsTag, st.just(HOST), keys(14).map(Gtin), st.none() | values, st.none() | values, stores, suns)
slots = st.builds(SlotTag, st.just(HOST), keys(13), values, stores)


@given(goods | slots)
def test_what_we_write_we_read_again(tag: GoodsTag | SlotTag) -> None:
    assert read_uri(uri_of(tag), HOSTS) == tag
    assert read_message(write_message(uri_of(tag))) == Link(uri_of(tag), checked=True)
    assert read_message(write_message(uri_of(tag), checked=False)) == Link(uri_of(tag), checked=False)


@given(keys(14), st.integers(0, 13), st.integers(1, 9))
def test_no_wrong_digit_is_read_as_goods(gtin: str, place: int, shift: int) -> None:
    wrong = gtin[:place] + str((int(gtin[place]) + shift) % 10) + gtin[place + 1 :]
    assert not is_gtin(wrong)
    assert read_uri(f"https://{HOST}/01/{wrong}", HOSTS) == NotOurs(Why.CHECK_DIGIT, f"https://{HOST}/01/{wrong}")


@given(goods, st.data())
def test_no_single_changed_byte_of_a_message_goes_unnoticed(tag: GoodsTag, data: st.DataObject) -> None:
    octets = bytearray(write_message(uri_of(tag)))
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= data.draw(st.integers(1, 255))
    read = read_message(bytes(octets))
    if isinstance(read, Link):  # only what a 424 changes at every tap may differ; its MAC guards that
        assert tag.sun is not None
        heard = read_uri(read.uri, HOSTS)
        assert isinstance(heard, NotOurs) or (heard.gtin, heard.serial) == (tag.gtin, tag.serial)  # type: ignore[union-attr]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_failing(octets: bytes) -> None:
    read_message(octets)


@given(st.text(max_size=200) | st.text(max_size=60).map(lambda rest: f"https://{HOST}/{rest}"))
def test_any_text_is_ours_only_in_our_own_form(text: str) -> None:
    tag = read_uri(text, HOSTS)
    if not isinstance(tag, NotOurs):
        assert read_uri(uri_of(tag), HOSTS) == tag


def test_a_plain_tag_is_goods() -> None:
    assert read_uri(BOOT, HOSTS) == GoodsTag(HOST, Gtin("05712345678909"))
    assert read_uri(BOOT + "/10/L%2F1/21/S-7?s=north", HOSTS) == GoodsTag(
        HOST, Gtin("05712345678909"), "L/1", "S-7", StoreId("north")
    )


def test_a_slot_tag_is_a_place_and_not_goods() -> None:
    assert read_uri("https://id.shop.example/414/5712345000007/254/W1-4", HOSTS) == SlotTag(
        HOST, "5712345000007", "W1-4"
    )


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("", Why.NOT_A_LINK),
        ("hello", Why.NOT_A_LINK),
        ("tel:+4512345678", Why.NOT_A_LINK),
        ("javascript:alert(1)", Why.NOT_A_LINK),
        ("http://id.shop.example/01/05712345678909", Why.NOT_A_LINK),
        (BOOT + "#x", Why.NOT_A_LINK),
        (BOOT + "\n", Why.NOT_A_LINK),
        (BOOT + " ", Why.NOT_A_LINK),
        ("https://id.shop.exämple/01/05712345678909", Why.NOT_A_LINK),
        (BOOT + "/21/" + "1" * 600, Why.NOT_A_LINK),
        ("https://evil.example/01/05712345678909", Why.FOREIGN_HOST),
        ("https://id.shop.example@evil.example/01/05712345678909", Why.FOREIGN_HOST),
        ("https://id.shop.example.evil.example/01/05712345678909", Why.FOREIGN_HOST),
        ("https://id.shop.example:8443/01/05712345678909", Why.FOREIGN_HOST),
        ("https://id.shop.example./01/05712345678909", Why.FOREIGN_HOST),
        ("https://id.shop.example\\@evil/01/05712345678909", Why.FOREIGN_HOST),
        ("https://id.shop.example/", Why.MALFORMED),
        ("https://id.shop.example//01/05712345678909", Why.MALFORMED),
        (BOOT + "/", Why.MALFORMED),
        ("https://id.shop.example/x/01/05712345678909", Why.MALFORMED),
        ("https://id.shop.example/gtin/05712345678909", Why.MALFORMED),
        ("https://id.shop.example/01/5712345678903", Why.MALFORMED),
        ("https://id.shop.example/01/0571234567890३", Why.NOT_A_LINK),
        ("https://id.shop.example/01/0571234567890X", Why.MALFORMED),
        ("https://id.shop.example/01/00000000000000", Why.MALFORMED),
        ("https://id.shop.example/01/05712345678901", Why.CHECK_DIGIT),
        (BOOT + "/21/S/10/L", Why.MALFORMED),
        (BOOT + "/21/S/21/T", Why.MALFORMED),
        (BOOT + "/22/A", Why.MALFORMED),
        (BOOT + "/17/261231", Why.MALFORMED),
        (BOOT + "/10", Why.MALFORMED),
        (BOOT + "/10/", Why.MALFORMED),
        (BOOT + "/21/..", Why.MALFORMED),
        (BOOT + "/21/%2E%2e", Why.MALFORMED),
        (BOOT + "/21/" + "1" * 21, Why.MALFORMED),
        (BOOT + "/21/a~b", Why.MALFORMED),
        (BOOT + "/21/a%00b", Why.MALFORMED),
        (BOOT + "/21/a%C3%A6b", Why.MALFORMED),
        (BOOT + "/21/a%2", Why.MALFORMED),
        (BOOT + "?", Why.MALFORMED),
        (BOOT + "?s=", Why.MALFORMED),
        (BOOT + "?s=a&s=b", Why.MALFORMED),
        (BOOT + "?s=../x", Why.MALFORMED),
        (BOOT + "?linkType=all", Why.MALFORMED),
        (BOOT + "?e=" + "0" * 32, Why.MALFORMED),
        (BOOT + "?c=" + "0" * 16, Why.MALFORMED),
        (BOOT + "?e=" + "0" * 31 + "&c=" + "0" * 16, Why.MALFORMED),
        (BOOT + "?e=" + "0" * 32 + "&c=" + "0" * 15 + "%30", Why.MALFORMED),
        ("https://id.shop.example/414/5712345000001/254/W1", Why.CHECK_DIGIT),
        ("https://id.shop.example/414/5712345000007", Why.MALFORMED),
        ("https://id.shop.example/414/5712345000007/254/W?e=" + "0" * 32 + "&c=" + "0" * 16, Why.MALFORMED),
    ],
)
def test_anything_else_is_not_ours_and_says_why(uri: str, why: Why) -> None:
    read = read_uri(uri, HOSTS)
    assert isinstance(read, NotOurs)
    assert read.why == why
    assert read.said.isprintable()
    assert len(read.said) <= 80


def test_a_host_is_compared_without_regard_to_case_and_its_port_belongs_to_it() -> None:
    assert isinstance(read_uri("https://ID.Shop.Example/01/05712345678909", HOSTS), GoodsTag)
    assert isinstance(read_uri("https://box:8443/01/05712345678909", frozenset({"box:8443"})), GoodsTag)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", Why.EMPTY),
        (b"\xd0\x00\x00", Why.EMPTY),
        (b"\xd1\x01\x03T\x02en", Why.NOT_A_LINK),
        (b"\xd1\x01\x05U\x05+451", Why.NOT_A_LINK),
        (b"\xd1\x01\x03U\x04\xc3\xa6", Why.NOT_A_LINK),
        (b"\xd1\x01\x09U\x04abc", Why.DAMAGED),
        (b"\xd1\x01\x04U\x04abcd", Why.DAMAGED),
        (b"\x91\x01\x04U\x04abc", Why.DAMAGED),
        (b"\x51\x01\x04U\x04abc", Why.DAMAGED),
        (b"\xf1\x01\x04U\x04abc", Why.DAMAGED),
        (b"\x91\x01\x04U\x04abc\x51\x01\x04U\x04abc", Why.MALFORMED),
    ],
)
def test_a_message_that_is_not_one_of_ours_says_why(octets: bytes, why: Why) -> None:
    read = read_message(octets)
    assert isinstance(read, NotOurs)
    assert read.why == why


def test_the_message_is_what_the_ndef_records_prescribe() -> None:
    assert write_message("https://a.b/01/1", checked=False) == b"\xd1\x01\x09U\x04a.b/01/1"


def test_the_checksum_covers_everything_but_what_a_tag_changes_at_every_tap() -> None:
    uri = BOOT + "?e=" + "0" * 32 + "&c=" + "0" * 16
    octets = write_message(uri)
    tapped = octets.replace(b"0" * 32, b"A1" * 16).replace(b"&c=" + b"0" * 16, b"&c=" + b"B2" * 8)
    assert isinstance(read_message(tapped), Link)
    assert isinstance(read_message(octets.replace(b"/01/", b"/21/")), NotOurs)


@pytest.mark.parametrize("gln", ["5712345000007"])
def test_a_gln_has_thirteen_digits(gln: str) -> None:
    assert is_gln(gln)
    assert not is_gln(gln[:-1])
    assert not is_gln("0" * 13)


def test_a_tag_that_could_not_be_read_again_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="GTIN"):
        GoodsTag(HOST, Gtin("05712345678901"))
    with pytest.raises(ValueError, match="set 82"):
        GoodsTag(HOST, Gtin("05712345678909"), serial="..")
    with pytest.raises(ValueError, match="GLN"):
        SlotTag(HOST, "1", "W")
    with pytest.raises(ValueError, match="SUN"):
        Sun("1", "2")
    with pytest.raises(ValueError, match="store"):
        GoodsTag(HOST, Gtin("05712345678909"), store=StoreId("a b"))
    with pytest.raises(ValueError, match="link"):
        write_message("http://id.shop.example/")
