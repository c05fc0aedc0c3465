"""A receipt holds what the sale holds, in every rendering, and never a byte that anybody else chose."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.errors import Refused
from edge.facts import (
    CashFound,
    CashMoved,
    CashReceived,
    CashSent,
    CashTakenBack,
    Evidence,
    Figures,
    MoveSum,
    NoSale,
    OpenItem,
    ShiftClosed,
    ShiftRead,
    TaxSum,
    TenderSum,
)
from edge.pos.cash.moves import BY_HAND
from edge.pos.printer.glyphs import clean, width
from edge.pos.printer.model import MODELS
from edge.pos.printer.raster import HINT, NORMAL, SMALL, Fonts, draw_line
from edge.pos.receipt.cash import Movement, slip
from edge.pos.receipt.document import Document, DocumentKind, Words
from edge.pos.receipt.escpos import Press, escpos, undangerous
from edge.pos.receipt.html import html, svg
from edge.pos.receipt.json import as_json
from edge.pos.receipt.layout import NARROW, WIDE, Line, Paper, Size, lay_out
from edge.pos.receipt.qr import modules, side
from edge.pos.receipt.reference import read_reference, reference
from edge.pos.receipt.sale import receipt
from edge.pos.receipt.shift import x_report, z_report
from edge.pos.receipt.shop import LOCALE, money, receipt_words
from edge.pos.receipt.text import plain_text
from edge.sim.mechanism import Kind, Mechanism
from edge.sim.paper import Paper as Printed
from edge.sim.paper import Symbol
from edge.units import (
    BasisPoints,
    Minor,
    MoveId,
    MoveKind,
    ShiftId,
    TenderKind,
    TillId,
    UserId,
)
from tests.pos.sold import CHAIN, FONTS, SHOP, sale


def printed(document: Document, name: str = "tm-t20", marks: tuple[str, ...] = ()) -> Printed:
    """What a printer of that model makes of it."""
    model = MODELS[name]
    machine = Mechanism(Kind(model.dots, kanji=model.kanji, buffer=1 << 20, cutter=model.cutter))
    machine.receive(escpos(document, Press(model, FONTS), marks=marks))
    machine.work()
    assert machine.kicks == 0
    (paper,) = machine.papers
    assert paper.cut
    assert not machine.buffer
    return paper


def test_the_paper_holds_everything_the_law_and_the_customer_want() -> None:
    fact = sale(rounding=Minor(-50), payable=Minor(123400), buyer="DK87654321")
    text = plain_text(receipt(fact, CHAIN, SHOP))
    for wanted in (
        "Nordlys Udeliv", "Nygade 12", "5000 Odense C", "DK12345678", "S1-T1A-000042", "Vandrestøvle brun 43",
        "1.234,50 A", "A 25%", "987,60", "246,90", "Cash", "1.300,00", "65,50", "-0,50", "1.234,00", "anna", "till1",
        "DK87654321", "0001 0203 0405 0607", "Byttes inden 30 dage", "Telefon",
    ):  # fmt: skip
        assert wanted in text, wanted


def test_the_hour_that_comes_twice_prints_its_offset() -> None:
    text = plain_text(receipt(sale(), CHAIN, SHOP))
    assert "02:58:00 +02:00" in text
    assert "02:02:03 +01:00" in text


@pytest.mark.parametrize(
    ("amount", "decimals", "locale", "said"),
    [
        (123450, 2, "da", "1.234,50"),
        (123450, 2, "pl", "1 234,50"),
        (1234567, 2, "pl", "12 345,67"),
        (120000, 0, "ko", "120,000"),
        (-50, 2, "en", "-0.50"),
        (1234567, 3, "en", "1,234.567"),
        (10**15, 2, "sr", "10.000.000.000.000,00"),
    ],
)
def test_amounts_are_written_as_the_country_writes_them(amount: int, decimals: int, locale: str, said: str) -> None:
    assert money(Minor(amount), decimals, Locale(locale)) == said


@given(
    st.integers(-(10**15), 10**15), st.sampled_from([0, 2, 3]), st.sampled_from(["en", "da", "ro", "sr", "pl", "ko"])
)
def test_an_amount_loses_no_digit_and_keeps_plain_spaces(amount: int, decimals: int, locale: str) -> None:
    said = money(Minor(amount), decimals, Locale(locale))
    digits = re.sub(r"\D", "", said)
    assert int(digits) == abs(amount)
    assert not set(said) & {"\u202f", "\u00a0"}


def test_paper_text_and_what_the_printer_printed_agree() -> None:
    document = receipt(sale("Vandrestøvle brun 43", "Sokker øæå ÆØÅ ½ €"), CHAIN, SHOP)
    paper = printed(document)
    assert paper.rasters == []
    assert [line.rstrip() for line in paper.text.splitlines()] == plain_text(document).splitlines()


@pytest.mark.parametrize(("paper", "model"), [(WIDE, "tm-t20"), (NARROW, "tm-t20-58"), (NARROW, "generic-58")])
@given(names=st.lists(st.text(max_size=90), min_size=1, max_size=4))
@settings(deadline=None, max_examples=25)
def test_no_line_is_wider_than_the_paper(paper: object, model: str, names: list[str]) -> None:
    assert paper in (WIDE, NARROW)
    document = receipt(sale(*names), CHAIN, SHOP)
    layout = Press(MODELS[model], FONTS).paper
    for line in lay_out(document, layout):
        if isinstance(line, Line):
            assert width(line.text) <= layout.fitting(line.size)


@pytest.mark.parametrize("model", ["tm-t20", "tm-t20-korea", "generic-80", "tm-t88", "tm-t20-58"])
@given(name=st.text(max_size=40))
@example(name="죢")
@settings(deadline=None, max_examples=60)
def test_no_glyph_is_lost_and_no_control_byte_escapes(model: str, name: str) -> None:
    """Each line is on the paper as text, or as the picture of exactly that line; the drawer stays shut."""
    document = Document(DocumentKind.SALE, "s", "1", "en", "t", (Words("item", name), Words("end", "end of paper")))
    lines = [line for line in lay_out(document, Press(MODELS[model], FONTS).paper) if isinstance(line, Line)]
    paper = printed(document, model)
    said, pictures = iter(paper.text.splitlines()), iter(paper.rasters)
    for line in lines:
        bare = line.text.rstrip(" ")
        if bare and _is_picture(bare, model):
            drawn = draw_line(bare, FONTS, cell=SMALL if line.size is Size.SMALL else NORMAL)
            assert next(pictures).rows == undangerous(drawn.rows)
        else:
            assert next(said).rstrip(" ") == bare
    assert next(said, None) is None
    assert next(pictures, None) is None


def _is_picture(text: str, model: str) -> bool:
    """By the maker's tables, not by our own code."""
    tables = [*MODELS[model].pages.values(), "ascii"]
    kanji = MODELS[model].kanji

    def one(char: str) -> bool:
        if char.isascii():
            return kanji is None or char not in "\\~"
        if kanji is not None:
            return width(char) == 2 and _encodes(char, kanji, 2)
        return width(char) == 1 and any(_encodes(char, table, 1) for table in tables)

    return not all(one(char) for char in text)


def _encodes(char: str, codec: str, cells: int) -> bool:
    """A syllable KS X 1001 lacks has eight bytes in Python's codec: it spells the letters, which no printer joins."""
    try:
        return len(char.encode(codec)) == cells
    except UnicodeEncodeError:
        return False


def test_a_name_that_says_open_the_drawer_opens_nothing() -> None:
    wicked = "Sko\x1bp\x00\x19\xfa \x10\x14\x01\x00\x05\x1b@\x1d\x56\x00 \u202esko\u2066\r\n\x9b\x00"
    paper = printed(receipt(sale(wicked), CHAIN, SHOP))
    assert "Skop" in paper.text.replace(" ", "")
    assert "\u202e" not in clean(wicked)


def test_no_picture_contains_a_command_a_printer_obeys_at_once() -> None:
    rows = bytes([0x10, 0x14, 1, 0, 5, 0x10, 0x04, 1, 0x10, 0x05, 1])
    assert not re.search(rb"\x10[\x04\x05\x14]", undangerous(rows))
    assert len(undangerous(rows)) == len(rows)


def test_a_line_no_code_page_can_print_is_drawn_and_only_that_line() -> None:
    document = receipt(sale("Ghete munte ș ț", "Støvle"), CHAIN, SHOP)
    paper = printed(document)
    assert len(paper.rasters) == 1
    assert "Støvle" in paper.text
    assert "Ghete" not in paper.text
    assert len(escpos(document, Press(MODELS["tm-t20"], FONTS))) < 5000


def test_korean_goes_out_in_two_byte_mode_where_the_model_has_it() -> None:
    paper = printed(receipt(sale("등산화 갈색"), CHAIN, replace(SHOP, decimals=0, locale=Locale("ko"))), "tm-t20-korea")
    assert "등산화 갈색" in paper.text
    assert "123,450" in paper.text


def test_a_copy_is_the_same_paper_with_its_mark_before_it() -> None:
    document = receipt(sale(), CHAIN, SHOP)
    press = Press(MODELS["tm-t20"], FONTS)
    original, copy = escpos(document, press), escpos(document, press, marks=("COPY 1",))
    assert len(copy) > len(original)
    begin = next(i for i in range(len(original)) if original[i] != copy[i])
    assert copy.endswith(original[begin:])
    assert "COPY 1" in plain_text(document, marks=("COPY 1",)).splitlines()[0]


def test_the_services_words_and_qr_are_printed_unchanged() -> None:
    text = (
        "============ FISKALNI RAČUN ============",
        "Касир:                          Марко",
        "   <b>&</b>  12,00  Ђ",
    )
    qr = "https://suf.example.rs/v/?vl=A1B2%2BC3==&x=ђ"
    fact = sale(evidence=Evidence("service", number="ABC-123", text=text, qr=qr))
    for model in ("tm-t20", "tm-t20-58"):
        paper = printed(receipt(fact, CHAIN, SHOP), model)
        assert qr in paper.symbols
        if model == "tm-t20":
            assert "\n".join(text) in paper.text
    words = "".join(line.strip() for line in printed(receipt(fact, CHAIN, SHOP), "tm-t20-58").text.splitlines())
    assert "FISKALNI RAČUN" in words


@pytest.mark.parametrize(("model", "least"), [("tm-t20", 40), ("tm-t20-58", 40), ("tm-t88", 40)])
def test_the_fiscal_qr_is_as_wide_as_the_strictest_country_wants(model: str, least: int) -> None:
    qr = "https://suf.example.rs/v/?vl=" + "A1B2" * 60
    paper = printed(receipt(sale(evidence=Evidence("service", text=("x",), qr=qr)), CHAIN, SHOP), model)
    (symbol,) = [item for item in paper.items if isinstance(item, Symbol)]
    dots = symbol.scale * len(modules(qr))
    assert least * MODELS[model].dots_per_inch / 25.4 <= dots <= MODELS[model].dots


@pytest.mark.parametrize("size", [0, 1, 14, 15, 213, 214, 450, 451, 1370, 1371, 2331])
def test_the_side_of_a_qr_is_known_without_computing_it(size: int) -> None:
    assert side("x" * size) == len(modules("x" * size))


def test_what_no_qr_can_say_is_printed_in_words() -> None:
    long = "A1B2" * 700
    document = receipt(sale(evidence=Evidence("service", text=("x",), qr=long)), CHAIN, SHOP)
    assert long in html(document)
    assert long in "".join(printed(document).text.split())


def test_a_printer_without_qr_draws_it() -> None:
    fact = sale(evidence=Evidence("service", text=("x",), qr="https://example.org/1"))
    paper = printed(receipt(fact, CHAIN, SHOP), "generic-80")
    assert any(bitmap.height > 100 for bitmap in paper.rasters)


def test_training_says_so_and_a_gift_receipt_shows_no_amount() -> None:
    assert plain_text(receipt(sale(training=True), CHAIN, SHOP)).count("TRAINING") == 2
    gift = plain_text(receipt(sale(), CHAIN, SHOP, gift=True))
    assert "Vandrestøvle" in gift
    assert "1.234" not in gift


def test_words_come_from_the_catalogue() -> None:
    text = plain_text(receipt(sale(), CHAIN, replace(SHOP, translate=receipt_words("da"))))
    assert "I alt DKK" in text
    assert "Byttepenge" in text
    latin, cyrillic = receipt_words("sr@latin"), receipt_words("sr")
    assert cyrillic("TRAINING - NOT A RECEIPT") == "ОБУКА - НИЈЕ РАЧУН"
    assert latin("TRAINING - NOT A RECEIPT") == "OBUKA - NIJE RAČUN"
    assert receipt_words("en")("Total") == receipt_words("xx")("Total") == "Total"


def _sentences() -> set[str]:
    """Everything the papers say, from their sources."""
    found = set()
    for path in (*Path("edge/pos/receipt").glob("*.py"), Path("edge/pos/printer/spool.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("_", "translate"):
                    found.add(str(node.args[0].value))
    return found


@pytest.mark.parametrize("language", ["da", "pl", "ro", "sr", "ko"])
def test_every_language_has_every_word_of_a_paper_and_no_other(language: str) -> None:
    with (LOCALE / f"{language}.po").open("rb") as file:
        said = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    assert said.keys() == _sentences()
    assert all(said.values())


@pytest.mark.parametrize("language", ["da", "pl", "ro", "sr", "sr@latin", "ko"])
@pytest.mark.parametrize("paper", [WIDE, NARROW])
def test_a_paper_in_every_language_fits_its_roll(language: str, paper: Paper) -> None:
    locale = Locale.parse(language.replace("@latin", "_Latn"))
    shop = replace(SHOP, translate=receipt_words(language), locale=locale)
    for document in (receipt(sale(), CHAIN, shop), z_report(_shift(), CHAIN, shop)):
        lines = plain_text(document, paper).splitlines()
        assert all(width(line) <= paper.columns for line in lines if not line.startswith("<"))


def test_html_and_svg_obey_no_name_and_json_can_be_read() -> None:
    document = receipt(sale("<script>alert(1)</script>&\x1b"), CHAIN, SHOP)
    for page in (html(document), svg(document)):
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert "style=" not in page
    read = json.loads(as_json(document, marks=("COPY 1",)))
    assert read["number"] == "S1-T1A-000042"
    assert read["marks"] == ["COPY 1"]
    (item,) = [block for block in read["blocks"] if block["role"] == "item"]
    assert item["block"] == "pair"
    assert item["right"] == "1.234,50 A"


def test_the_same_fact_gives_the_same_bytes() -> None:
    press = Press(MODELS["tm-t20"], Fonts())
    assert escpos(receipt(sale(), CHAIN, SHOP), press) == escpos(receipt(sale(), CHAIN, SHOP), press)


def test_a_reference_is_believed_only_with_the_boxs_signature() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()

    def genuine(message: bytes, signature: bytes) -> bool:
        try:
            key.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    text = reference(sale(), CHAIN, base="https://shop.example/r/", sign=key.sign)
    claim = read_reference(text, genuine)
    assert (claim.number, claim.total, claim.chain) == ("S1-T1A-000042", 123450, CHAIN[:8].hex())
    assert read_reference(text.rpartition("/")[2], genuine) == claim
    with pytest.raises(Refused):
        read_reference(reference(sale(), CHAIN, base="", sign=other.sign), genuine)
    shop = replace(SHOP, reference=lambda fact, chain: reference(fact, chain, base="https://s/r/", sign=key.sign))
    (said,) = printed(receipt(sale(), CHAIN, shop)).symbols
    assert read_reference(said, genuine) == claim


@given(st.text(max_size=300))
def test_no_scanned_text_is_a_reference_by_chance(text: str) -> None:
    with pytest.raises(Refused):
        read_reference(text, lambda message, signature: True)


def _shift() -> ShiftClosed:
    return ShiftClosed(
        ShiftId("sh1"), TillId("till1"), UserId("anna"), 7, "2026-11-22", "DKK", 3, 1, 5, Minor(300000), Minor(10000),
        (TaxSum("A", BasisPoints(2500), Minor(240000), Minor(60000), Minor(300000)),),
        (TenderSum(TenderKind.CASH, Minor(290000), 4),),
        Minor(-25), Minor(50000), Minor(340000), Minor(335000), Minor(-5000), "recounted", 2, 1, 4, 0, 1, Minor(990000),
    )  # fmt: skip


def test_the_z_shows_its_figures_and_the_x_keeps_the_count_blind() -> None:
    z = plain_text(z_report(_shift(), CHAIN, SHOP))
    for wanted in ("Z report 7", "3.000,00", "-50,00", "3.400,00", "recounted", "9.900,00", "Cash", "A 25%"):
        assert wanted in z, wanted


def test_an_x_has_no_amount_until_a_manager_saw_to_it() -> None:
    z = _shift()
    blind = ShiftRead(
        MoveId("x1"), z.shift, z.till, z.user, z.business_date, z.currency, z.sales, z.returns, z.lines, 1, 0, 3, 2,
        0, 0, 0, 1,
    )  # fmt: skip
    x = plain_text(x_report(blind, "2026-10-25T00:30:00.000Z", SHOP))
    assert "X report" in x
    assert "02:30:00 +02:00" in x
    assert "3.400,00" not in x
    assert "9.900,00" not in x
    figures = Figures(z.gross_sales, z.gross_returns, z.taxes, z.tenders, z.moves, z.rounding, z.float_amount,
                      z.expected_cash, z.grand_total)  # fmt: skip
    seen = plain_text(x_report(replace(blind, figures=figures), "2026-10-25T01:30:00.000Z", SHOP))
    assert "02:30:00 +01:00" in seen
    assert "9.900,00" in seen


def test_the_z_prints_its_times_with_the_offset_its_movements_and_what_is_open() -> None:
    z = replace(
        _shift(),
        opened_at="2026-10-25T00:30:00.000Z",
        closed_at="2026-10-25T01:30:00.000Z",
        moves=(MoveSum(MoveKind.PAY_OUT, Minor(5000), 2), MoveSum(MoveKind.SENT, Minor(20000), 1)),
        no_sales=3,
        open_items=(
            OpenItem("basket", "empty"),
            OpenItem("basket", "b-000042", 3),
            OpenItem("transfer-out", "m1", amount=Minor(20000), what="till1"),
            OpenItem("unknown-effect", "e1", what="paper", of="s-000077"),
            OpenItem("effect", "e2", what="paper", of="s-000078"),
        ),
    )
    paper = plain_text(z_report(z, CHAIN, SHOP))
    for wanted in ("02:30:00 +02:00", "02:30:00 +01:00", "Pay-out (2)", "50,00", "Still open", "3 × …000042",
                   "Cash sent to till1", "200,00", "Paper", "…000077"):  # fmt: skip
        assert wanted in paper, wanted
    assert "000078" not in paper
    assert "empty" not in paper


@pytest.mark.parametrize("paper", [NARROW, WIDE])
@pytest.mark.parametrize("language", ["en", "da", "pl", "ro", "sr", "sr@latin", "ko"])
def test_a_slip_says_what_moved_why_and_when_in_every_language(language: str, paper: Paper) -> None:
    locale = Locale.parse(language.replace("@latin", "_Latn"))
    shop = replace(SHOP, translate=receipt_words(language), locale=locale)
    move, till, shift, anna = MoveId("m1"), TillId("till1"), ShiftId("sh1"), UserId("anna")
    amount, at = Minor(20000), "2026-10-25T01:30:00.000Z"
    facts: list[Movement] = [
        *(CashMoved(move, till, shift, anna, kind, amount, "DKK", "reason", UserId("bo")) for kind in BY_HAND),
        CashSent(move, till, TillId("till2"), shift, anna, amount, "DKK", "reason"),
        CashReceived(move, till, TillId("till2"), shift, anna, amount, "DKK"),
        CashTakenBack(move, till, shift, anna, amount, "DKK"),
        CashFound(move, till, anna, 7, "A", amount, "DKK", "reason"),
        NoSale(move, till, shift, anna, "reason"),
    ]
    titles = set()
    for fact in facts:
        document = slip(fact, at, CHAIN, shop)
        titles.add(document.title)
        said = plain_text(document, paper)
        assert all(width(line) <= paper.columns for line in said.splitlines())
        assert "02:30:00 +01:00" in said
        assert ("reason" in said) == hasattr(fact, "reason")
        assert document.texts("amount") == ([] if isinstance(fact, NoSale) else [shop.money(20000)])
    assert len(titles) == len(facts)


def test_a_machine_without_fonts_names_the_command_that_helps() -> None:
    bare = Fonts(())
    assert bare.check() == HINT
    assert "한" in bare.missing("abc한")
    assert Fonts().missing("abcæøå") == ""


def test_our_code_pages_are_those_of_the_printer_database() -> None:
    from escpos.capabilities import BARCODE_B, get_profile

    assert BARCODE_B
    pages = {int(number): name.lower() for name, number in get_profile("TM-T20II").get_code_pages().items()}
    assert len(pages) > 20
    for number, codec in MODELS["tm-t20"].pages.items():
        assert pages[number] == codec
