"""One paper for one job, whatever happens on the line; the cashier is asked when nobody can know."""

import asyncio
import os
import pty
import random
import tty
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock import Clock, system_clock
from edge.effects.tables import settle
from edge.errors import Refused
from edge.journal.tx import Tx
from edge.pos.printer.model import MODELS, Fence
from edge.pos.printer.pace import pieces
from edge.pos.printer.port import Port, SerialPort, UsbPort, port_at
from edge.pos.printer.status import ASK, HINTS, Decoder, Status
from edge.pos.receipt.escpos import BEGIN, CUT
from edge.sim.mechanism import Kind, Mechanism
from edge.sim.printer import SimPrinter
from edge.units import EffectId, Key
from tests.pos.rig import rig, soon, with_fence


async def test_a_paper_comes_out_once_and_is_proven(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        shop.go()
        await shop.owe("p1", "hello")
        await shop.becomes("p1", "done")
        assert await shop.state("p1") == ("done", 1)
        assert shop.said() == ["hello"]


async def test_out_of_paper_three_customers_new_roll_three_papers_no_more(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        shop.go()
        await shop.owe("p0")
        await shop.becomes("p0", "done")
        shop.sim.paper_out()
        await soon(lambda: shop.printer.status.cause == "paper-end")
        for effect in ("p1", "p2", "p3"):
            await shop.owe(effect)
        await asyncio.sleep(0.2)
        assert shop.said() == ["paper of p0"]
        assert [await shop.state(effect) for effect in ("p1", "p2", "p3")] == [("intended", 0)] * 3
        assert shop.printer.status.hint == HINTS["paper-end"]
        shop.sim.new_roll()
        await shop.becomes("p3", "done")
        assert shop.said() == [f"paper of p{number}" for number in range(4)]
        assert len(shop.sim.papers) == 4


@pytest.mark.parametrize("stop", ["paper", "cover", "cutter"])
async def test_what_stops_in_the_middle_goes_on_by_itself_and_nothing_is_sent_again(tmp_path: Path, stop: str) -> None:
    long = "".join(f"line {number}\n" for number in range(60))
    async with rig(tmp_path) as shop:
        shop.go()
        await shop.owe("p0")
        await shop.becomes("p0", "done")
        if stop == "paper":
            shop.sim.roll_ends_after(900)
        elif stop == "cover":
            shop.sim.cover(open=True)
        else:
            shop.sim.cutter(jammed=True)
        await shop.owe("p1", long)
        cause = {"paper": "paper-end"}.get(stop, stop)
        await soon(lambda: shop.printer.status.cause == cause)
        await asyncio.sleep(0.6)  # longer than the fence may take while it could print
        assert (await shop.state("p1"))[0] in ("sent", "fenced", "intended")
        shop.sim.cutter(jammed=False)
        shop.sim.new_roll()
        await shop.becomes("p1", "done")
        assert shop.said() == ["paper of p0", long.strip()]


async def test_the_drawer_opens_for_the_next_customer_although_the_paper_is_out(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        shop.go()
        shop.sim.paper_out()
        await shop.owe("p1")
        await shop.owe_kick("d1")
        await shop.becomes("d1", "done")
        assert await shop.state("d1") == ("done", 1)
        assert shop.sim.kicks == 1
        assert shop.said() == []


@pytest.mark.parametrize("after", [1, 13, 40, 90, 180])
async def test_a_connection_lost_at_any_byte_asks_and_never_reprints(tmp_path: Path, after: int) -> None:
    async with rig(tmp_path) as shop:
        shop.go()
        await soon(lambda: shop.printer.status.ready)
        shop.sim.faults.cut_after = after
        await shop.owe("p1", "once " * 30)
        await soon(lambda: shop.sim.faults.cut_after is None)
        await shop.owe("p2", "the next")
        end = await shop.becomes("p1", "done", "unknown")
        await shop.becomes("p2", "done")
        assert shop.said().count("the next") == 1
        whole = [text for text in shop.said() if text == ("once " * 30).strip()]
        assert len(whole) <= 1
        if end == "done":
            assert len(whole) == 1


PICTURE = BEGIN + b"drawn\n" + b"\x1dv0\x00\x02\x00\x10\x00" + b"\xaa" * 32 + b"tail\n" + CUT


async def _cut_inside_a_paper(tmp_path: Path, after: int) -> None:
    """The driver is warm, so the bytes counted are the paper's (or of a question just before it)."""
    async with rig(tmp_path) as shop:
        shop.go()
        await shop.owe("p0", "warm")
        await shop.becomes("p0", "done")
        shop.sim.faults.cut_after = after
        await shop.owe("p1", payload=PICTURE)
        await shop.becomes("p1", "unknown", "done")
        await shop.owe("p2", "the next")
        await shop.becomes("p2", "done")
        assert shop.said()[-1] == "the next"
        assert sum("tail" in text for text in shop.said()) <= 1


async def test_bytes_cut_inside_a_paper_make_it_unknown_and_keep_the_next_paper_clean(tmp_path: Path) -> None:
    for after in random.sample(range(1, 100), 5):
        path = tmp_path / str(after)
        path.mkdir()
        await _cut_inside_a_paper(path, after)


@pytest.mark.long
@pytest.mark.seconds(180)
async def test_a_cut_at_every_byte_of_a_paper_keeps_the_next_one_clean(tmp_path: Path) -> None:
    for after in range(1, 100):
        path = tmp_path / str(after)
        path.mkdir()
        await _cut_inside_a_paper(path, after)


async def test_a_mute_printer_makes_the_paper_unknown_and_a_person_settles_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        shop.go()
        await shop.owe("p0")
        await shop.becomes("p0", "done")
        shop.sim.faults.hung = True
        await shop.owe("p1")
        await asyncio.sleep(0.5)
        assert (await shop.state("p1"))[0] in ("unknown", "intended")
        assert not shop.printer.status.ready
        shop.sim.faults.hung = False
        if (await shop.state("p1"))[0] == "intended":
            await shop.becomes("p1", "done")
            assert shop.said() == ["paper of p0", "paper of p1"]
            return

        def no(tx: Tx) -> None:
            tx.record(settle(tx, EffectId("p1"), happened=False, by="anna"))

        await shop.journal.transact(no, cause=Key("asked"))
        assert shop.said().count("paper of p1") <= 1


async def test_an_unanswered_fence_is_unknown_not_done(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        shop.go()
        await shop.owe("p0")
        await shop.becomes("p0", "done")
        shop.sim.machine.kind = Kind(process_id=False, status_in_turn=False)
        await shop.owe("p1")
        await shop.becomes("p1", "unknown")
        assert shop.said().count("paper of p1") == 1


async def test_silence_is_not_ready(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        shop.sim.faults.mute = True
        shop.go()
        await shop.owe("p1")
        await asyncio.sleep(0.6)
        assert not shop.printer.status.ready
        assert await shop.state("p1") == ("intended", 0)
        shop.sim.faults.mute = False
        await shop.becomes("p1", "done")
        assert shop.said() == ["paper of p1"]


@pytest.mark.parametrize(
    ("kind", "proven"),
    [
        (Kind(process_id=False), 1),
        (Kind(process_id=False, status_in_turn=False), 0),
        (Kind(status_back=False), 1),
    ],
)
async def test_a_model_proves_what_it_can(tmp_path: Path, kind: Kind, proven: int) -> None:
    async with rig(tmp_path, kind=kind) as shop:
        shop.go()
        for effect in ("p1", "p2"):
            await shop.owe(effect)
            await shop.becomes(effect, "done")
            assert await shop.state(effect) == ("done", proven)
        assert shop.said() == ["paper of p1", "paper of p2"]


async def test_what_was_owed_before_the_printer_was_there_is_printed_when_it_comes(tmp_path: Path) -> None:
    async with rig(tmp_path) as shop:
        await shop.sim.unplug()
        shop.go()
        for effect in ("p1", "p2"):
            await shop.owe(effect)
        await asyncio.sleep(0.1)
        await shop.sim.plug()
        await shop.becomes("p2", "done")
        assert shop.said() == ["paper of p1", "paper of p2"]


class Late:
    """The machine's clock, later by as many seconds as one says."""

    def __init__(self) -> None:
        self.by, real = 0.0, system_clock()
        self.clock = Clock(lambda: real.now() + timedelta(seconds=self.by), lambda: real.monotonic() + self.by)


async def test_a_kick_is_sent_within_two_seconds_or_dropped_and_both_are_facts(tmp_path: Path) -> None:
    late = Late()
    async with rig(tmp_path, clock=late.clock) as shop:
        await shop.owe_kick("d1")
        late.by = 2.0
        shop.go()
        await shop.becomes("d1", "dropped")
        await shop.owe_kick("d2")
        await shop.becomes("d2", "done")
        assert shop.sim.kicks == 1
        shop.sim.drawer(open=False)
        await asyncio.sleep(0.2)
        shop.sim.drawer(open=True)
        await asyncio.sleep(0.2)
        assert await shop.movements() == ["dropped", "kicked open", "closed", "kicked open"]


async def test_a_drawer_opened_long_after_a_kick_was_not_kicked(tmp_path: Path) -> None:
    late = Late()
    async with rig(tmp_path, clock=late.clock) as shop:
        shop.go()
        await shop.owe_kick("d1")
        await shop.becomes("d1", "done")
        shop.sim.drawer(open=False)
        await asyncio.sleep(0.2)
        late.by = 60
        shop.sim.drawer(open=True)
        await asyncio.sleep(0.2)
        assert await shop.movements() == ["kicked open", "closed", "opened"]


async def test_a_stale_kick_is_dropped_while_the_printer_is_away(tmp_path: Path) -> None:
    late = Late()
    async with rig(tmp_path, clock=late.clock) as shop:
        await shop.sim.unplug()
        await shop.owe_kick("d1")
        late.by = 2.0
        shop.go()
        await shop.becomes("d1", "dropped")
        assert shop.sim.kicks == 0


async def test_a_kick_without_an_opening_is_done_but_not_proven(tmp_path: Path) -> None:
    async with rig(tmp_path, kind=Kind(pin=1)) as shop:
        shop.go()
        await shop.owe_kick("d1")
        await shop.becomes("d1", "done")
        assert await shop.state("d1") == ("done", 0)


class _Windowed:
    """A line without flow control: the port asks to be paced."""

    def __init__(self, port: Port, window: int | None) -> None:
        self._port, self.window = port, window
        self.open, self.step, self.close = port.open, port.step, port.close


@pytest.mark.parametrize("window", [1024, None])
async def test_a_long_receipt_is_paced_where_nothing_else_holds_it_back(tmp_path: Path, window: int | None) -> None:
    """Without flow control and pacing a long receipt turns to garbage; with pacing not a byte is lost."""
    text = "".join(f"line {number} of a long receipt\n" for number in range(300))
    sim = SimPrinter(Kind(buffer=4096), speed=100_000, flow_control=False)
    async with rig(tmp_path, sim=sim, port=lambda sim: _Windowed(port_at(sim.url), window)) as shop:
        shop.go()
        await shop.owe("p1", text)
        await shop.becomes("p1", "done", "unknown")
        if window:
            assert shop.said() == [text.strip()]
            assert shop.sim.machine.lost == 0
        else:
            assert shop.sim.machine.lost > 0


@given(st.binary(max_size=300), st.integers(1, 64))
def test_pieces_are_the_payload(payload: bytes, window: int) -> None:
    assert b"".join(pieces(payload, window)) == payload


def test_no_piece_ends_inside_a_command() -> None:
    command = b"\x1dv0\x00\x02\x00\x18\x00" + bytes(48)
    payload = BEGIN + (b"\x1bt\x13text\n" + command + b"\x1d(k\x04\x001A2\x00") * 20 + CUT
    for piece in pieces(payload, 70):
        machine = Mechanism(Kind())
        machine.receive(piece)
        machine.work()
        assert not machine.buffer


class _Pipe:
    """USB's two endpoints, on a simulated mechanism."""

    def __init__(self, machine: Mechanism) -> None:
        self.machine = machine
        self.closed = False

    def write(self, data: bytes, timeout: int) -> int:
        for place in range(len(data)):
            if data[place : place + 2] == b"\x10\x04":
                self.machine.answers += self.machine.real_time_status(data[place + 2])
        self.machine.receive(data)
        self.machine.work()
        return len(data)

    def read(self, timeout: int) -> bytes:
        answers, self.machine.answers = bytes(self.machine.answers), bytearray()
        if not answers:
            raise TimeoutError
        return answers

    def close(self) -> None:
        self.closed = True


async def test_usb_prints_through_its_two_endpoints(tmp_path: Path) -> None:
    machine = Mechanism(Kind())
    async with rig(tmp_path, port=lambda sim: UsbPort(lambda: _Pipe(machine))) as shop:
        shop.go()
        await shop.owe("p1", "by usb")
        await shop.becomes("p1", "done")
        (paper,) = machine.papers
        assert paper.text.strip() == "by usb"


async def test_serial_prints_and_notices_the_unplugged_cable(tmp_path: Path) -> None:
    main, other = pty.openpty()
    tty.setraw(main)
    tty.setraw(other)
    machine = Mechanism(Kind())
    loop = asyncio.get_running_loop()

    def arrived() -> None:
        _Pipe(machine).write(os.read(main, 4096), 0)
        answers, machine.answers = bytes(machine.answers), bytearray()
        os.write(main, answers)

    loop.add_reader(main, arrived)
    try:
        async with rig(tmp_path, port=lambda sim: SerialPort(os.ttyname(other), 19200)) as shop:
            os.set_blocking(main, False)
            shop.go()
            await shop.owe("p1", "by serial " * 200)
            await shop.becomes("p1", "done")
            (paper,) = machine.papers
            assert paper.text.strip() == ("by serial " * 200).strip()
            assert await shop.state("p1") == ("done", 1)
            loop.remove_reader(main)
            os.close(other)
            os.close(main)
            await soon(lambda: not shop.printer.status.ready)
    finally:
        loop.remove_reader(main)


@given(
    st.lists(st.sampled_from(["asb", "asked", "turn", "echo", "name"]), max_size=12),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_answers_in_any_order_and_any_pieces_are_told_apart(
    kinds: list[str], out: bool, cover: bool, drawer: bool
) -> None:
    machine, decoder = Mechanism(Kind()), Decoder()
    from edge.sim.mechanism import Condition

    machine.change(Condition(paper="out" if out else "ok", cover_open=cover))
    machine.drawer_open = drawer
    said = {
        "asb": machine.status_bytes(),
        "asked": b"".join(machine.real_time_status(what) for what in (1, 2, 3, 4)),
        "turn": bytes([0x0F if out else 0]),
        "echo": b"\x37\x22ab12\x00",
        "name": b"_SIMULATED\x00",
    }
    for kind in kinds:
        if kind == "asked":
            decoder.ask()
        for byte in said[kind]:
            decoder.feed(bytes([byte]))
    assert decoder.turns == kinds.count("turn")
    assert (b"ab12" in decoder.echoes) == ("echo" in kinds)
    assert decoder.status.heard == bool({"asb", "asked", "turn"} & set(kinds))
    if "asb" in kinds or "asked" in kinds:
        assert decoder.status.pin3 is drawer
        assert decoder.status.cover_open is cover
        assert decoder.status.paper_end is out
    assert len(ASK) == 4


@given(st.binary(max_size=200))
def test_no_noise_breaks_the_decoder(noise: bytes) -> None:
    decoder = Decoder()
    decoder.feed(noise)
    decoder.ask()
    decoder.feed(b"\x00" * 90 + bytes([0x12] * 8))
    assert not decoder.unasked


def test_every_cause_has_a_hint_and_a_level() -> None:
    assert Status().cause == "silent"
    assert Status(heard=True).level == "up"
    assert Status(heard=True, paper_near_end=True).level == "warn"
    for cause in ("fatal_error", "cutter_error", "cover_open", "paper_end", "offline"):
        status = Status(**{"heard": True, cause: True})
        assert status.level == "down"
        assert status.hint


@pytest.mark.parametrize("address", ["", "printer", "tcp://", "usb:printer", "serial://", "http://x:1", "tcp://a:b"])
def test_a_wrong_address_is_refused_with_examples(address: str) -> None:
    with pytest.raises(Refused) as refused:
        port_at(address)
    assert "tcp://" in refused.value.hint


async def test_printers_know_only_what_their_model_has(tmp_path: Path) -> None:
    generic = with_fence("generic-80", fence=Fence.NONE)
    async with rig(tmp_path, model=generic) as shop:
        shop.go()
        await shop.owe("p1")
        await shop.becomes("p1", "done")
        assert await shop.state("p1") == ("done", 0)
    assert MODELS["generic-80"].pages == {}
