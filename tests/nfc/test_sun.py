"""Secure unique NFC."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Halt
from edge.nfc.sun import (
    Fraud,
    Genuine,
    SunKeys,
    diversify,
    fresh,
    load_keys,
    mirror,
    open_picc,
    verify,
    verify_with,
)
from edge.nfc.tag import Sun

KEYS = SunKeys(meta=bytes(range(16)), master=bytes(range(16, 32)))
uids = st.binary(min_size=6, max_size=6).map(lambda rest: b"\x04" + rest)


def test_the_example_of_nxp_an12196_is_genuine() -> None:
    sun = Sun("EF963FF7828658A599F3041510671E88", "94EED9EE65337086")
    assert verify_with(sun, bytes(16), bytes(16)) == Genuine(bytes.fromhex("04DE5F1EACC040"), 61)


def test_the_example_of_nxp_an10922_gives_its_key() -> None:
    text = bytes.fromhex("04782E21801D803042F54E585020416275")
    key = diversify(bytes.fromhex("00112233445566778899AABBCCDDEEFF"), text)
    assert key == bytes.fromhex("A8DD63A3B89D54B37CA802473FDA9175")


@given(uids, st.integers(0, 0xFFFFFF), st.binary(min_size=5, max_size=5))
def test_what_a_tag_with_its_own_key_says_is_believed(uid: bytes, counter: int, padding: bytes) -> None:
    tap = Genuine(uid, counter)
    assert verify(mirror(KEYS.meta, KEYS.file_key(uid), tap, padding), KEYS) == tap


@given(uids, st.integers(0, 127), st.booleans())
def test_no_changed_bit_is_believed(uid: bytes, bit: int, in_mac: bool) -> None:
    sun = mirror(KEYS.meta, KEYS.file_key(uid), Genuine(uid, 7), bytes(5))
    if in_mac:
        sun = replace(sun, c=f"{int(sun.c, 16) ^ 1 << bit % 64:016X}")
    else:
        sun = replace(sun, e=f"{int(sun.e, 16) ^ 1 << bit:032X}")
    assert verify(sun, KEYS) == Fraud.FORGED


@given(uids, uids)
def test_one_tags_key_does_not_sign_for_another(uid: bytes, other: bytes) -> None:
    if uid != other:
        assert KEYS.file_key(uid) != KEYS.file_key(other)
        assert verify(mirror(KEYS.meta, KEYS.file_key(other), Genuine(uid, 1), bytes(5)), KEYS) == Fraud.FORGED


def test_a_counter_not_above_the_last_is_a_replay() -> None:
    tap = Genuine(b"\x04" * 7, 5)
    assert fresh(tap, None) == tap
    assert fresh(tap, 4) == tap
    assert fresh(tap, 5) == Fraud.REPLAYED
    assert fresh(tap, 6) == Fraud.REPLAYED


def test_keys_are_not_shown_and_have_sixteen_bytes() -> None:
    assert KEYS.meta.hex() not in repr(KEYS)
    assert str(KEYS.master) not in repr(KEYS)
    with pytest.raises(ValueError, match="sixteen"):
        SunKeys(b"", b"")


def test_a_text_that_an10922_pads_differently_is_refused() -> None:
    with pytest.raises(ValueError, match="AN10922"):
        diversify(bytes(16), b"short")


def test_picc_data_of_another_shop_is_not_opened() -> None:
    sun = mirror(bytes(16), bytes(16), Genuine(b"\x04" * 7, 1), bytes(5))
    assert open_picc(b"\x01" * 16, bytes.fromhex(sun.e)) is None


def test_keys_are_read_from_two_lines_and_a_wrong_file_shows_none_of_them(tmp_path: Path) -> None:
    text, file = f"meta {KEYS.meta.hex()}\nmaster {KEYS.master.hex()}\n", tmp_path / "keys"
    with pytest.raises(Halt, match="cannot be read"):
        load_keys(file)
    file.write_text(text)
    assert load_keys(file) == KEYS
    for wrong in ("", "ø", text.replace("master", "mister"), text.replace("10", "1"), f"meta {KEYS.meta.hex()}"):
        file.write_text(wrong)
        with pytest.raises(Halt, match="two lines") as error:
            load_keys(file)
        assert KEYS.meta.hex() not in str(error.value)
