"""The serial line over bad wires."""

import binascii
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.shelf.frame import (
    BUFFER_CAP,
    RAW_MAX,
    RAW_MIN,
    Arrival,
    BadFrame,
    Echo,
    Flag,
    Frame,
    Order,
    Reading,
    Splitter,
    encode,
    encode_command,
    parse,
)

NODES = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)
BOOTS = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
U32 = st.integers(0, 2**32 - 1)
READINGS = st.builds(
    Reading, NODES, BOOTS, U32, U32, st.integers(0, 99), st.integers(RAW_MIN, RAW_MAX), st.sampled_from(list(Flag))
)
ECHOES = st.builds(
    Echo,
    NODES,
    BOOTS,
    U32,
    st.sampled_from(["?V", "?S", "!Z", "!G"]),
    st.from_regex(r"[A-Za-z0-9._:;=-]{0,40}", fullmatch=True),
)

Wire = Callable[[bytes, Random], Sequence[bytes]]


def whole(sent: bytes, chance: Random) -> Sequence[bytes]:
    return [sent]


def one_byte_at_a_time(sent: bytes, chance: Random) -> Sequence[bytes]:
    return [sent[place : place + 1] for place in range(len(sent))]


def late(sent: bytes, chance: Random) -> Sequence[bytes]:
    """Nothing for long, then everything in a few lumps cut anywhere."""
    cuts = sorted(chance.randrange(len(sent) + 1) for _ in range(3))
    return [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]


def loses_a_fifth(sent: bytes, chance: Random) -> Sequence[bytes]:
    """Every fifth line loses a byte somewhere."""
    lines = sent.splitlines(keepends=True)
    for number in range(0, len(lines), 5):
        place = chance.randrange(len(lines[number]))
        lines[number] = lines[number][:place] + lines[number][place + 1 :]
    return lines


def goes_away(sent: bytes, chance: Random) -> Sequence[bytes]:
    """The cable is pulled at some byte."""
    return [sent[: chance.randrange(len(sent))]]


def readings(count: int) -> list[Frame]:
    return [Reading("n1", "0badcafe", number, number * 100, number % 4, 84_000 + number) for number in range(count)]


def through(wire: Wire, frames: Sequence[Frame], seed: int) -> tuple[list[Frame], Splitter]:
    splitter, got = Splitter(), []
    for chunk in wire(b"".join(map(encode, frames)), Random(seed)):
        got += splitter.feed(chunk)
        assert splitter.held <= BUFFER_CAP
    return got, splitter


@pytest.mark.parametrize("wire", [whole, one_byte_at_a_time, late])
@pytest.mark.parametrize("seed", range(5))
def test_every_reading_arrives_once_and_in_order(wire: Wire, seed: int) -> None:
    sent = readings(200)
    got, splitter = through(wire, sent, seed)
    assert got == sent
    assert splitter.bad == 0


@pytest.mark.parametrize("seed", range(20))
def test_a_wire_that_loses_bytes_loses_those_lines_only_and_the_numbers_say_so(seed: int) -> None:
    sent = readings(200)
    got, splitter = through(loses_a_fifth, sent, seed)
    spoiled = range(0, 200, 5)
    assert [frame for frame in got if frame.seq not in spoiled] == [frame for frame in sent if frame.seq not in spoiled]
    assert all(frame == sent[frame.seq] for frame in got)
    order = Order()
    lost = sum(order.see(frame).lost for frame in got)
    assert lost + len(got) + got[0].seq == sent[got[-1].seq].seq + 1
    assert splitter.bad >= 30


@pytest.mark.parametrize("seed", range(20))
def test_a_wire_that_goes_away_gives_what_came_and_nothing_else(seed: int) -> None:
    sent = readings(50)
    got, splitter = through(goes_away, sent, seed)
    assert got == sent[: len(got)]
    assert splitter.feed(encode(sent[0])) == [sent[0]]


@given(st.one_of(READINGS, ECHOES))
def test_what_is_written_is_read_back_and_there_is_one_way_to_write_it(frame: Frame) -> None:
    line = encode(frame)
    assert parse(line) == frame
    assert len(line) <= 128
    assert int(line[-6:-2], 16) == binascii.crc_hqx(line[1:-7], 0xFFFF)


@given(st.binary(max_size=120))
def test_whatever_parses_is_exactly_what_we_would_have_written(body: bytes) -> None:
    line = b"$%b*%04X\r\n" % (body, binascii.crc_hqx(body, 0xFFFF))
    try:
        frame = parse(line)
    except BadFrame:
        return
    assert encode(frame) == line


@given(READINGS, st.data())
def test_no_single_wrong_bit_passes(frame: Reading, data: st.DataObject) -> None:
    line = encode(frame)
    place, bit = data.draw(st.integers(0, len(line) - 1)), data.draw(st.integers(0, 7))
    broken = line[:place] + bytes([line[place] ^ 1 << bit]) + line[place + 1 :]
    with pytest.raises(BadFrame):
        parse(broken)


@given(st.lists(st.one_of(st.binary(max_size=300), st.just(b"$" * 50), st.just(b"\r\n")), max_size=40), READINGS)
def test_after_any_noise_the_next_whole_line_is_read_and_the_buffer_is_bounded(
    noise: list[bytes], last: Reading
) -> None:
    splitter = Splitter()
    for chunk in noise:
        splitter.feed(chunk)
        assert splitter.held <= 128
    assert splitter.feed(encode(last))[-1:] == [last]


def test_a_flood_without_an_end_is_thrown_away() -> None:
    splitter = Splitter()
    assert splitter.feed(b"x" * 1_000_000) == []
    assert splitter.held <= 128
    assert splitter.feed(encode(readings(1)[0])) == readings(1)


@pytest.mark.parametrize(
    "body",
    [
        b"W,2,n1,0badcafe,0,0,0,1,0",
        b"W,1,N1,0badcafe,0,0,0,1,0",
        b"W,1,n1,0BADCAFE,0,0,0,1,0",
        b"W,1,n1,0badcafe,00,0,0,1,0",
        b"W,1,n1,0badcafe,4294967296,0,0,1,0",
        b"W,1,n1,0badcafe,0,4294967296,0,1,0",
        b"W,1,n1,0badcafe,0,0,100,1,0",
        b"W,1,n1,0badcafe,0,0,0,8388608,0",
        b"W,1,n1,0badcafe,0,0,0,-8388609,0",
        b"W,1,n1,0badcafe,0,0,0,-0,0",
        b"W,1,n1,0badcafe,0,0,0,1,g",
        b"W,1,n1,0badcafe,0,0,0,1",
        b"W,1,n1,0badcafe,0,0,0,1,0,0",
        b"E,1,n1,0badcafe,0,?v,1",
        b"E,1,n1,0badcafe,0,?V,a b",
        "W,1,n1,0badcafe,٣,0,0,1,0".encode(),
    ],
)
def test_a_line_with_a_good_checksum_and_a_bad_field_is_refused(body: bytes) -> None:
    with pytest.raises(BadFrame):
        parse(b"$%b*%04X\r\n" % (body, binascii.crc_hqx(body, 0xFFFF)))


def test_the_example_of_the_documentation_is_read() -> None:
    body = b"W,1,n1,5f3a01c2,4711,86400123,3,-84213,0"
    assert encode(Reading("n1", "5f3a01c2", 4711, 86400123, 3, -84213)) == b"$%b*%04X\r\n" % (
        body,
        binascii.crc_hqx(body, 0xFFFF),
    )


def test_numbers_tell_loss_restart_and_repetition() -> None:
    order = Order()
    frames = readings(10)
    assert order.see(frames[2]) == Arrival()
    assert order.see(frames[3]) == Arrival()
    assert order.see(frames[3]) == Arrival(old=True)
    assert order.see(frames[7]) == Arrival(lost=3)
    assert order.see(frames[5]) == Arrival(old=True)
    assert order.see(Reading("n1", "00000001", 2, 0, 0, 0)) == Arrival(lost=2, restarted=True)


def test_only_known_commands_are_sent() -> None:
    assert encode_command("?V") == b"?V\r\n"
    with pytest.raises(ValueError, match="a shelf node knows"):
        encode_command("!X")
