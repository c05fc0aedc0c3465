"""Nodes that speak MQTT: absolute states are readings, everything else is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.shelf.frame import RAW_MAX, RAW_MIN, Flag, Reading
from edge.shelf.state import Numbering, State, Status, parse_message

P = "shop/shelf"


@given(
    st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True), st.integers(0, 99), st.integers(RAW_MIN, RAW_MAX), st.booleans()
)
def test_an_absolute_count_is_read(node: str, channel: int, raw: int, retained: bool) -> None:
    topic = f"{P}/{node}/sensor/plate_{channel}/state"
    for payload in (b"%d" % raw, b"%d.00000" % raw):
        assert parse_message(P, topic, payload, retained=retained) == State(node, channel, raw, retained)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (f"{P}/n1/sensor/plate_0/event", b"1"),
        (f"{P}/n1/event/plate_0", b"1"),
        (f"{P}/n1/sensor/plate_100/state", b"1"),
        (f"{P}/n1/sensor/plate_01/state", b"1"),
        (f"{P}/N1/sensor/plate_1/state", b"1"),
        (f"{P}x/n1/sensor/plate_1/state", b"1"),
        (f"{P}/n1/sensor/plate_1/state", b"8388608"),
        (f"{P}/n1/sensor/plate_1/state", b""),
        (f"{P}/n1/sensor/plate_1/state", b"1e5"),
        (f"{P}/n1/sensor/plate_1/state", b"1" * 33),
        (f"{P}/n1/sensor/plate_1/state", "٣".encode()),
        (f"{P}/n1/status", b"maybe"),
    ],
)
def test_what_is_no_state_is_nothing(topic: str, payload: bytes) -> None:
    assert parse_message(P, topic, payload, retained=False) is None


@given(st.text(max_size=60), st.binary(max_size=60))
def test_no_message_breaks_the_parser(topic: str, payload: bytes) -> None:
    parse_message("", topic, payload, retained=False)
    parse_message(P, f"{P}/{topic}", payload, retained=True)


def test_fresh_states_are_numbered_and_a_node_that_comes_online_has_booted() -> None:
    numbering = Numbering("ffffffff")
    state = State("n1", 2, 84_000, False)
    assert numbering.number(State("n1", 2, 1, True)) is None
    assert numbering.number(state) == Reading("n1", "ffffffff", 0, 0, 2, 84_000)
    assert numbering.number(State("n1", 2, None, False)) == Reading("n1", "ffffffff", 1, 0, 2, 0, Flag.NOT_READY)
    assert numbering.number(Status("n1", online=False)) is None
    assert numbering.number(Status("n1", online=True)) is None
    assert numbering.number(state) == Reading("n1", "00000000", 0, 0, 2, 84_000)


def test_a_nan_is_a_sample_that_is_not_ready() -> None:
    assert parse_message(P, f"{P}/n1/sensor/plate_3/state", b"nan", retained=False) == State("n1", 3, None, False)
    assert parse_message(P, f"{P}/n1/status", b"online", retained=True) == Status("n1", online=True)
