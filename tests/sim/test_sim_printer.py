"""The simulated printer behaves like one; drivers written by others print on it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from escpos.printer import Network
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edge.pos.printer.raster import Fonts
from edge.sim.escpos import Incomplete, take
from edge.sim.mechanism import Condition, Kind, Mechanism
from edge.sim.paper import Symbol, TextLine, png
from edge.sim.printer import SimPrinter
from tests.pos.rig import soon


@pytest.fixture
async def sim() -> AsyncIterator[SimPrinter]:
    printer = SimPrinter()
    await printer.start()
    yield printer
    await printer.stop()


async def _say(sim: SimPrinter, data: bytes, answer: int = 0) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    writer.write(data)
    said = await asyncio.wait_for(reader.readexactly(answer), 5)
    writer.close()
    await writer.wait_closed()
    return said


def _python_escpos(port: int) -> list[int]:
    """A till somebody else wrote."""
    printer = Network("127.0.0.1", port, timeout=5, profile="TM-T20II")
    try:
        printer.set(align="center", bold=True, double_height=True, double_width=True)
        printer.text("Butik Æbleø\n")
        printer.set_with_default()
        printer.textln("Støvle 43        1.234,00")
        printer.image(Image.new("1", (64, 40), 0), impl="bitImageRaster")
        printer.image(Image.new("1", (64, 40), 0), impl="graphics")
        printer.image(Image.new("1", (64, 40), 0), impl="bitImageColumn")
        printer.qr("https://example.org/1", native=True)
        printer.barcode("4006381333931", "EAN13", check=False)
        printer.cashdraw(2)
        printer.cut()
        return [printer.paper_status(), int(printer.is_online())]
    finally:
        printer.close()


async def test_python_escpos_prints_on_it(sim: SimPrinter) -> None:
    assert await asyncio.to_thread(_python_escpos, sim.port) == [2, 1]
    await soon(lambda: len(sim.papers) == 1)
    (paper,) = sim.papers
    assert "Butik Æbleø" in paper.text
    assert "Støvle 43        1.234,00" in paper.text
    assert paper.symbols == ["https://example.org/1", "4006381333931"]
    heights = sum(bitmap.height for bitmap in paper.rasters)
    assert heights >= 3 * 40
    assert sim.kicks == 1
    assert sim.machine.drawer_open
    first = next(item for item in paper.items if isinstance(item, TextLine))
    assert first.align == 1
    assert (first.pieces[0].style.wide, first.pieces[0].style.bold) == (2, True)


async def test_a_second_connection_is_turned_away(sim: SimPrinter) -> None:
    first, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    writer.write(b"\x10\x04\x01")
    assert await asyncio.wait_for(first.readexactly(1), 5) == b"\x12"
    second, other = await asyncio.open_connection("127.0.0.1", sim.port)
    assert await asyncio.wait_for(second.read(1), 5) == b""
    other.close()
    writer.write(b"\x10\x04\x04")
    assert await asyncio.wait_for(first.readexactly(1), 5) == b"\x12"
    writer.close()


async def test_it_answers_at_once_although_it_is_out_of_paper_and_prints_on_the_new_roll(sim: SimPrinter) -> None:
    sim.paper_out()
    said = await _say(sim, b"waits\n\x1dVA\x00" + b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", 4)
    assert said == bytes([0x1A, 0x32, 0x12, 0x7E])
    assert sim.papers == []
    sim.new_roll()
    await soon(lambda: len(sim.papers) == 1)
    assert sim.papers[0].text == "waits\n"


async def test_its_buffer_holds_so_much_and_the_sender_waits(sim: SimPrinter) -> None:
    sim.paper_out()
    line = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", sim.port), 5)
    line.setblocking(False)
    await asyncio.get_running_loop().sock_sendall(line, b"x" * 60_000 + b"\n\x1dVA\x00")
    await soon(lambda: len(sim.machine.buffer) == sim.machine.kind.buffer)
    sim.new_roll()
    await soon(lambda: len(sim.papers) == 1)
    assert len(sim.papers[0].text) == 60_001
    assert sim.machine.lost == 0
    line.close()


async def test_it_tells_every_change_by_itself_once_asked_to(sim: SimPrinter) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    writer.write(b"\x1da\x0f")
    assert await asyncio.wait_for(reader.readexactly(4), 5) == b"\x10\x00\x00\x0f"
    sim.cover(open=True)
    assert await asyncio.wait_for(reader.readexactly(4), 5) == b"\x38\x00\x00\x0f"
    sim.cover(open=False)
    assert await asyncio.wait_for(reader.readexactly(4), 5) == b"\x10\x00\x00\x0f"
    sim.drawer(open=True)
    assert await asyncio.wait_for(reader.readexactly(4), 5) == b"\x14\x00\x00\x0f"
    sim.near_end()
    assert await asyncio.wait_for(reader.readexactly(4), 5) == b"\x14\x00\x03\x0f"
    writer.close()


async def test_the_process_id_comes_back_only_when_everything_before_is_printed(sim: SimPrinter) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    sim.paper_out()
    writer.write(b"paper\n\x1dVA\x00\x1d(H\x06\x0000ab12" + b"\x10\x04\x04")
    assert await asyncio.wait_for(reader.readexactly(1), 5) == b"\x7e"
    sim.new_roll()
    assert await asyncio.wait_for(reader.readexactly(7), 5) == b"\x37\x22ab12\x00"
    assert len(sim.papers) == 1
    writer.close()


async def test_the_line_dies_with_the_byte_that_was_named(sim: SimPrinter) -> None:
    sim.faults.cut_after = 7
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.port)
    writer.write(b"1234567890\n")
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 5)
    sim.machine.tear()
    assert sim.papers[0].text == "1234567\n"
    writer.close()


async def test_the_same_port_after_a_replug(sim: SimPrinter) -> None:
    port = sim.port
    await sim.unplug()
    with pytest.raises(OSError, match=r"refused|Connect"):
        await asyncio.open_connection("127.0.0.1", port)
    await sim.plug()
    assert sim.port == port
    assert await _say(sim, b"\x10\x04\x01", 1) == b"\x12"


async def test_power_off_forgets_and_a_pulled_cable_does_not(sim: SimPrinter) -> None:
    sim.paper_out()
    await _say(sim, b"kept\n\x1dVA\x00\x10\x04\x01", 1)
    await sim.unplug()
    sim.new_roll()
    await soon(lambda: len(sim.papers) == 1)
    sim.paper_out()
    await sim.plug()
    await _say(sim, b"gone\n\x1dVA\x00\x10\x04\x01", 1)
    await sim.power_off()
    sim.new_roll()
    await sim.plug()
    await _say(sim, b"after\n\x1dVA\x00\x1dr\x01", 1)
    assert [paper.text for paper in sim.papers] == ["kept\n", "after\n"]


@given(st.lists(st.sampled_from([b"text", b"\n", b"\x1b@", b"\x1bE\x01", b"\x1dv0\x00\x01\x00\x02\x00\xff\x0f",
    b"\x1d(k\x03\x001C\x03", b"\x1bp\x00\x19\xfa", b"\x1dV\x00", b"\x1dVB\x00", b"\x1c&", b"\x1bD\x08\x10\x00",
    b"\x1dk\x04ABC\x00", b"\x1dkI\x03{AB"])), st.integers(1, 5))  # fmt: skip
def test_bytes_in_any_lumps_are_the_same_commands(commands: list[bytes], lump: int) -> None:
    data = b"".join(commands)
    whole, lumps = Mechanism(Kind()), Mechanism(Kind())
    whole.receive(data)
    whole.work()
    for place in range(0, len(data), lump):
        lumps.receive(data[place : place + lump])
        lumps.work()
    assert whole.kicks == lumps.kicks == data.count(b"\x1bp")
    assert [paper.text for paper in whole.papers] == [paper.text for paper in lumps.papers]
    assert len(whole.papers) == len(lumps.papers)


@given(st.binary(max_size=400))
def test_no_bytes_break_it(noise: bytes) -> None:
    machine = Mechanism(Kind())
    machine.receive(noise)
    machine.work()
    rest = bytes(machine.buffer)
    if rest:
        with pytest.raises(Incomplete):
            take(rest)


@given(st.binary(max_size=200))
def test_whatever_came_out_can_be_drawn(noise: bytes) -> None:
    machine = Mechanism(Kind())
    machine.receive(b"\x1bE\x01a\x1d!\x11b\x1d!\x00\n" + noise.replace(b"\x1b", b"").replace(b"\x1d", b"") + b"\n")
    machine.work()
    machine.tear()
    for paper in machine.papers:
        with Image.open(BytesIO(png(paper, FONTS))) as picture:
            assert picture.width > 576


FONTS = Fonts()


def test_a_jammed_cutter_and_an_open_cover_stop_it() -> None:
    for condition in (Condition(cutter_jammed=True), Condition(cover_open=True), Condition(broken=True)):
        machine = Mechanism(Kind())
        machine.change(condition)
        machine.receive(b"x\n\x1dVA\x00")
        assert machine.work() == 0
        machine.change(Condition())
        assert machine.work() > 0
        assert len(machine.papers) == 1


def test_a_qr_is_kept_as_what_it_says() -> None:
    machine = Mechanism(Kind())
    content = "ђ".encode()
    machine.receive(b"\x1d(k" + bytes([len(content) + 3, 0]) + b"1P0" + content + b"\x1d(k\x03\x001Q0")
    machine.work()
    machine.tear()
    (item,) = machine.papers[0].items
    assert isinstance(item, Symbol)
    assert item.data == "ђ"
