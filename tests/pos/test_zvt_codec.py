"""ZVT's bytes: every message there and back, however the stream is chopped, and whatever comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import countries, load_profile
from edge.pos.payment.zvt import fields
from edge.pos.payment.zvt.apdu import Apdu, Garbled, Reader, write
from edge.pos.payment.zvt.codes import CURRENCIES, RESULTS, doing, why
from edge.pos.payment.zvt.messages import (
    ORDERS,
    Aborted,
    Ack,
    Completion,
    Intermediate,
    Nack,
    Order,
    Other,
    StatusInformation,
    heard,
    order,
    said,
    understood,
)
from edge.units import Minor


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


BYTE = st.integers(0, 255)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)
AMOUNT = st.integers(0, 10**12 - 1).map(Minor)
APDUS = st.builds(Apdu, st.integers(0, 0xFFFF), st.binary(max_size=700))
STATUS = st.builds(
    StatusInformation,
    BYTE, AMOUNT, digits(4), digits(6), digits(6), digits(4), digits(6), digits(4), digits(8), WORDS, WORDS,
)  # fmt: skip
SAID = st.one_of(
    st.just(Ack()), st.builds(Nack, st.integers(1, 255)), st.builds(Intermediate, BYTE), st.builds(Completion, BYTE),
    st.builds(Aborted, BYTE), STATUS,
)  # fmt: skip
ASKED = st.one_of(
    st.builds(Order, st.just("register"), digits(6), BYTE, st.integers(1, 9999)),
    st.builds(Order, st.just("authorise"), amount=AMOUNT, currency=st.integers(0, 9999)),
    st.builds(Order, st.just("repeat"), digits(6), service=BYTE),
    st.builds(Order, st.just("reverse"), digits(6), receipt=digits(4)),
    st.builds(Order, st.sampled_from(["refund", "end-of-day"]), digits(6)),
    st.builds(Order, st.sampled_from(["log-off", "stop", "diagnose", "enquire"])),
)


@given(st.lists(APDUS, max_size=5), st.data())
def test_a_stream_is_cut_into_the_same_messages_however_it_is_chopped(apdus: list[Apdu], data: st.DataObject) -> None:
    stream, reader, found = b"".join(map(write, apdus)), Reader(), list[Apdu]()
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:size])
        stream = stream[size:]
    assert found == apdus
    assert reader.empty


@pytest.mark.parametrize(("size", "length"), [(0, "00"), (254, "fe"), (255, "ffff00"), (861, "ff5d03")])
def test_a_long_message_writes_its_length_the_lower_byte_first(size: int, length: str) -> None:
    assert write(Apdu(0x06D3, bytes(size))).hex()[4 : 4 + len(length)] == length


@given(SAID)
def test_what_a_terminal_says_is_understood(message: Ack | Nack | Completion | StatusInformation) -> None:
    assert understood(said(message)) == message


@given(ASKED)
def test_what_a_till_asks_is_heard(asked: Order) -> None:
    assert heard(order(asked)) == asked


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_understood_or_garbled(data: bytes) -> None:
    for apdu in Reader().feed(data):
        for read in (understood, heard):
            try:
                read(apdu)
            except Garbled:
                continue


@given(STATUS, st.integers(0, 200), BYTE)
def test_a_damaged_status_is_garbled_or_still_bounded(message: StatusInformation, at: int, byte: int) -> None:
    data = bytearray(said(message).data)
    if at < len(data):
        data[at] = byte
    try:
        read = understood(Apdu(0x040F, bytes(data)))
    except Garbled:
        return
    assert isinstance(read, StatusInformation)
    assert all(len(text) <= 999 and text.isprintable() for text in (read.card, read.words, read.trace))
    assert 0 <= read.amount < 10**12


@given(st.dictionaries(st.sampled_from([0x07, 0x1F10, 0x1F8201, 0x60]), st.binary(max_size=300)))
def test_a_tlv_container_is_read_as_it_was_written(objects: dict[int, bytes]) -> None:
    assert fields.tlv_read(fields.tlv_write(objects)) == objects


@given(st.integers(0, 10**12 - 1))
def test_an_amount_is_twelve_digits(amount: int) -> None:
    assert int(fields.digits(fields.bcd(amount, 6))) == amount
    assert len(fields.bcd(amount, 6)) == 6


@pytest.mark.parametrize("amount", [-1, 10**12])
def test_an_amount_that_does_not_fit_is_never_sent(amount: int) -> None:
    with pytest.raises(Garbled):
        order(Order("authorise", amount=Minor(amount)))


def test_orders_are_the_bytes_the_association_writes() -> None:
    """From PA00P015: 12.50 EUR; reversal of receipt 42; the config byte before the currency."""
    assert write(order(Order("authorise", amount=Minor(1250), currency=978))).hex() == "06010a04000000001250490978"
    assert write(order(Order("reverse", "000000", receipt="0042"))).hex() == "063006000000870042"
    assert write(order(Order("register", "123456", 0x18, 978))).hex() == "060006123456180978"
    assert write(order(Order("repeat", "000000", service=3))).hex() == "0620050000000303"
    assert write(order(Ack())).hex() == "800000"
    assert write(order(Order("stop"))).hex() == "06b000"
    assert {f"{control:04x}" for control in ORDERS.values()} >= {"0600", "0601", "0602", "0620", "0630", "0650", "0670"}


def test_a_status_of_a_real_terminal_is_read() -> None:
    """A card terminal's own bytes (published, the card's digits masked by it): paid, refused, broken off, with TLV."""
    paid = _status(
        "27 00 04 000000002040 0b 000470 0c 223953 0d 1006 0e 2512 17 0001 19 70 22 f0f8 eeeeeeeeeeee4771 29 28004869"
        " 2a 313030343631373633202020202020 3b 3631313830340000 3c f0f1f4 47454e2e4e522e3a363131383034 49 0978 87 0470"
        " 88 000470 8a 2e 8b f1f7 4465626974204d61737465726361726400"
    )
    assert (paid.result, paid.amount, paid.trace, paid.receipt) == (0, 2040, "000470", "0470")
    assert (paid.time, paid.date, paid.terminal, paid.card) == ("223953", "1006", "28004869", "Debit Mastercard")
    stopped = _status("27 6c 29 28004869 3c f0f1f9 41626272756368206475726368204b756e6465")
    assert (stopped.result, stopped.words, stopped.has_amount) == (0x6C, "Abbruch durch Kunde", False)
    tlv = _status(
        "27 00 04 000000002040 0c 210916 0d 1101 0e 9999 22 f0f8 eeeeeeeeeeee4771 a0 01 29 00000006 87 0005 0b 000000"
        " 8a 06 8b f1f1 4d41535445524341524400 06 2e 2f08 1f12 01 01 1f10 01 03 601b4307a0000000041010441044656269742"
        "04d6173746572636172641f2b0410016005"
    )
    assert (tlv.result, tlv.amount, tlv.receipt, tlv.trace, tlv.card) == (0, 2040, "0005", "000000", "MASTERCARD")


def _status(text: str) -> StatusInformation:
    data = bytes.fromhex(text.replace(" ", ""))
    read = understood(Reader().feed(write(Apdu(0x040F, data)))[0])
    assert isinstance(read, StatusInformation)
    return read


def test_every_result_and_every_wait_has_words() -> None:
    assert why(0x6C, "Abbruch durch Kunde") == "Abbruch durch Kunde"
    assert why(0x05) == "declined by the bank (5)"
    assert why(0x6B) == RESULTS[0x6B]
    assert why(0xFE) == "the terminal said 254"
    assert {doing(code) for code in range(256)} == {"", "card", "pin", "host", "remove-card", "customer"}
    assert understood(Apdu(0x06D1, b"a line")) == Other(0x06D1)


@pytest.mark.parametrize("country", countries())
def test_every_country_s_money_has_its_number(country: str) -> None:
    assert load_profile(country).currency in CURRENCIES
