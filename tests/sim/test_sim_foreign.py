"""Bytes of drivers others wrote, as npm's `@point-of-sale/receipt-printer-encoder` 3 and `receiptline` 3 sent them."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from edge.pos.printer.raster import Fonts
from edge.sim.bars import bars, spoken
from edge.sim.escpos import take
from edge.sim.mechanism import Kind, Mechanism
from edge.sim.paper import Paper, Symbol, png

RECORDED = Path(__file__).with_name("recorded")
CUT = b"\n\x1dV\x00"


def printed(data: bytes, kind: Kind | None = None) -> tuple[Mechanism, Paper]:
    """The mechanism after these bytes, and the first paper."""
    machine = Mechanism(kind or Kind(buffer=1 << 16))
    machine.receive(data)
    machine.work()
    assert not machine.buffer
    return machine, machine.papers[0]


def dark(paper: Paper) -> Image.Image:
    return Image.open(BytesIO(png(paper, Fonts()))).point(lambda dot: 255 * (dot < 128)).convert("1")


def test_a_receipt_of_receipt_printer_encoder_is_drawn_as_it_was_meant() -> None:
    machine, paper = printed((RECORDED / "receipt-printer-encoder.bin").read_bytes())
    lines = [line.strip() for line in paper.text.splitlines() if line.strip()]
    assert lines[:4] == ["Butik Æbleø column", "STOR", "understreget", "omvendt"]
    assert "Støvle 43                       1.234,00" in lines
    assert "│i en kasse                  │" in lines
    kinds = [item.kind for item in paper.items if isinstance(item, Symbol)]
    assert kinds == ["qr", *(f"barcode-{kind}" for kind in (2, 73, 73, 3, 4, 5, 6)), "pdf417"]
    assert paper.symbols[0] == "https://example.org/enc"
    assert [(each.width, each.height) for each in paper.rasters] == [(64, 48)], "bands of one picture touch"
    assert (machine.kicks, machine.passed_over) == (1, [])


def test_a_receipt_of_receiptline_stands_where_it_was_put() -> None:
    machine, paper = printed((RECORDED / "receiptline.bin").read_bytes())
    lines = paper.text.splitlines()
    box = [line for line in lines if line[:1] in "╭│╰"]
    assert box == ["╭" + "─" * 30 + "╮", "│BEER" + " " * 22 + "│", "│underline" + " " * 21 + "│", "╰" + "─" * 30 + "╯"]
    assert lines[-1] == "Żółć Здраво ??"
    assert len(machine.papers) == 2
    ink = dark(paper).getbbox()
    assert ink is not None
    assert ink[2] - ink[0] > 450, "the rule spans the paper"


@pytest.mark.parametrize(
    "command",
    [
        b"\x1b&\x02AB\x01ab\x02cdef",
        b"\x1dC0\x00\x01",
        b"\x1dC;1;2;3;4;5;",
        b"\x1dg2\x00\x14\x00",
        b"\x1dQ0\x00\x02\x00\x01\x00ab",
        b"\x1cq\x01\x01\x00\x01\x00abcdefgh",
        b"\x1cg2\x00abcd\x02\x00",
        b"\x1c2ab" + b"d" * 72,
        b"\x1bf\x01\x02",
        b"\x1b%\x01",
        b"\x1d#\x01",
        b"\x1dE\x01",
        b"\x1dz0\x01\x02",
        b"\x1d(A\x02\x00\x00\x02",
        b"\x1d(N\x02\x0000",
        b"\x1c(A\x02\x0000",
        b"\x1b{\x01",
        b"\x1bc4\x01",
    ],
    ids=lambda command: command[:3].hex(),
)
def test_what_it_does_not_do_is_taken_whole_noted_and_never_printed(command: bytes) -> None:
    assert take(command + b"x")[1] == len(command)
    machine, paper = printed(command + b"after" + CUT)
    assert paper.text == "after\n"
    (noted,) = machine.passed_over
    assert command.hex().startswith(noted)


@pytest.mark.parametrize(
    ("kind", "data", "modules"),
    [
        (2, "571234500105", 95),
        (67, "5712345001059", 95),
        (68, "1234567", 67),
        (0, "03600029145", 95),
        (1, "04252614", 51),
        (69, "ABC-123", 143),
        (70, "1234567890", 99),
        (71, "A123B", 63),
        (73, "{BABC-123", 112),
        (73, "{C\x0c\x22", 57),
    ],
)
def test_a_barcode_is_drawn_bar_by_bar(kind: int, data: str, modules: int) -> None:
    drawn = bars(kind, data)
    assert drawn is not None
    assert (len(drawn), set(drawn), drawn[0], drawn[-1]) == (modules, {"0", "1"}, "1", "1")


@pytest.mark.parametrize(
    ("kind", "data"), [(2, "5712345001050x"), (2, "12"), (70, "123"), (71, "A?B"), (73, "ABC"), (99, "")]
)
def test_content_a_barcode_cannot_carry_prints_no_bars(kind: int, data: str) -> None:
    assert bars(kind, data) is None
    _, paper = printed(b"x\n\x1dk" + bytes([67, 2]) + b"12" + CUT)
    assert dark(paper).getbbox() is not None


def test_ean_13_is_the_one_scanners_know() -> None:
    left = "0001011 0100111 0110011 0010011 0111101 0011101"
    right = "1100110 1101100 1000010 1011100 1001110 1000100"
    assert bars(67, "5901234123457") == f"101{left}01010{right}101".replace(" ", "")


def test_what_stands_below_a_barcode_leaves_the_code_sets_out() -> None:
    assert spoken(73, "{BNo.{C\x0c\x22") == "No.1234"
    assert spoken(67, "5712345001059") == "5712345001059"


def test_it_says_in_turn_how_paper_and_drawer_are() -> None:
    machine = Mechanism(Kind())
    machine.receive(b"\x1bv\x1bu\x00\x1dr\x01\x1dI\x41")
    machine.work()
    assert bytes(machine.answers) == b"\x00\x00\x00_1.00\x00"
