"""SAF-T Cash Register is the Z told in XML: its sums, its codes, its order, whatever people typed."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.clock import moment
from edge.facts import BasketParked, Evidence, SaleLine, SaleReturned, ShiftOpened, TaxSum
from edge.pos.books.read import before
from edge.pos.books.saft import NORWAY, Shop, saft_file
from edge.pos.books.saft_codes import ALL, EVENTS, PAYMENTS
from edge.pos.books.shifts import KEPT, Book, Line
from edge.pos.books.xml import HEAD, ident, leaf
from edge.pos.cash.verbs import OpenDrawer, ReadShift
from edge.pos.parking.handlers import Park, VoidParked
from edge.pos.verbs import OpenShift, Scan, VoidBasket
from edge.units import (
    ArticleId,
    BasisPoints,
    LineId,
    Minor,
    Origin,
    SaleId,
    ShiftId,
    Sku,
    TenderKind,
    TillId,
    UserId,
)
from tests.pos.test_books import DAY, give_back, read, take_z
from tests.pos.test_cash import KINDS, one, sell_by_card, step
from tests.pos.till_world import SOCK_CODE, TILL, TillWorld, till_world

NS = f"{{{NORWAY.space}}}"
RECEIPT = (
    "nr", "transID", "transType", "transAmntIn", "transAmntEx", "amntTp", "empID", "periodNumber", "transDate",
    "transTime", "bookDate", "refID", "desc", "ctLine", "vat", "rounding", "payment", "signature", "keyVersion",
    "voidTransaction", "trainingID",
)  # fmt: skip
"""The schema's order, without what we never write."""


def shop(known: dict[TillId, tuple[int, int]] | None = None, name: str = "Sko & Støvler") -> Shop:
    made = datetime(2026, 6, 7, 8, 0, 0, tzinfo=UTC)
    return Shop(
        name, "Storgata 12B, 0184 Oslo", "NO 999 999 999 MVA", "NOK", 2, DAY, DAY, made, "0.1.0", moment,
        {TILL: "By the door"}, {"anna": "Anna Maria Berg"}, known or {},
    )  # fmt: skip


def tree(books: Sequence[Book], of: Shop) -> ET.Element:
    name, pieces = saft_file(books, of, NORWAY)
    assert name == "SAF-T Cash Register_999999999_20260607080000_1_1.xml"
    return ET.fromstring(b"".join(pieces))


def minor(of: ET.Element, path: str) -> int:
    text = of.findtext("/".join(f"{NS}{part}" for part in path.split("/"))) or ""
    assert re.fullmatch(r"-?\d+\.\d\d", text), (path, text)
    return int(text.replace(".", ""))


def agrees(books: Sequence[Book], found: ET.Element) -> None:
    """Every receipt adds up, and every Z's report is that Z."""
    for sale in found.iter(f"{NS}cashtransaction"):
        assert sum(minor(line, "lineAmntIn") for line in sale.iter(f"{NS}ctLine")) == minor(sale, "transAmntIn")
        assert sum(minor(line, "lineAmntEx") for line in sale.iter(f"{NS}ctLine")) == minor(sale, "transAmntEx")
        assert sum(minor(vat, "vatAmnt") for vat in sale.findall(f"{NS}vat")) == (
            minor(sale, "transAmntIn") - minor(sale, "transAmntEx")
        )
        paid = sum(minor(each, "paidAmnt") for each in sale.iter(f"{NS}payment"))
        assert paid == minor(sale, "transAmntIn") + minor(sale, "rounding/roundingAmnt")
        order = [RECEIPT.index(child.tag.removeprefix(NS)) for child in sale]
        assert order == sorted(order)
    zs = [each for each in found.iter(f"{NS}eventReport") if each.findtext(f"{NS}reportType") == "Z report"]
    closed = [book.z for book in books if book.z is not None]
    assert len(zs) == len(closed)
    back = 0
    for report, z in zip(zs, closed, strict=True):
        back += z.gross_returns
        assert minor(report, "reportTotalCashSales/totalCashSaleAmnt") == z.gross_sales
        assert minor(report, "reportReturnAmnt") == z.gross_returns
        assert report.findtext(f"{NS}reportTrainingNum") == str(z.training_sales)
        assert minor(report, "reportTrainingAmnt") == z.training_total
        assert minor(report, "reportGrandTotalSales") == z.grand_total
        assert minor(report, "reportGrandTotalReturn") == back
        assert minor(report, "reportOpeningChangeFloat") == z.float_amount
        rates = report.iter(f"{NS}reportCashSaleVat")
        taxes = {each.findtext(f"{NS}vatCode"): minor(each, "vatAmnt") for each in rates}
        assert taxes == ({each.label: int(each.tax) for each in z.taxes} or {"0": 0})
        paid = sum(minor(each, "paymentAmnt") for each in report.iter(f"{NS}reportPayment"))
        assert paid == sum(each.amount for each in z.tenders)
    known = {each.findtext(f"{NS}basicID") for each in found.iter(f"{NS}basic")}
    names = ("eventType", "lineType", "transType", "paymentType", "dscTp")
    used = {each.text for name in names for each in found.iter(NS + name)}
    assert used <= known
    for key, entry in (("empID", "employee"), ("artID", "article")):
        there = [each.findtext(NS + key) for each in found.iter(NS + entry)]
        assert len(there) == len(set(there))
        assert {each.text for each in found.iter(NS + key)} == set(there)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.one_of(KINDS, st.sampled_from(["sale", "card", "return", "z"])), st.integers(1, 400)),
                min_size=3, max_size=12))  # fmt: skip
async def test_every_sum_of_the_file_is_the_zs(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        async with till_world(Path(folder)) as world:
            await world.do(OpenShift(TillId("2"), Minor(0)))
            for number, (what, units) in enumerate(steps):
                if what == "card":
                    await sell_by_card(world)
                elif what == "return":
                    await give_back(world, number)
                elif what == "z":
                    await take_z(world)
                    await world.do(OpenShift(TILL, Minor(10000)))
                else:
                    await step(world, what, units * 50)
            await take_z(world)
            found = await read(world)
            agrees(found, tree(found, shop()))


async def a_day(world: TillWorld) -> None:
    await step(world, "sale", 1)
    await world.do(OpenDrawer(TILL, "change"))
    await world.do(ReadShift(TILL))
    await world.do(Scan(TILL, SOCK_CODE))
    parked = one(await world.do(Park(TILL)), BasketParked)
    await world.do(Scan(TILL, SOCK_CODE))
    await world.do(VoidBasket(TILL, "<gone> & done"))
    await world.do(VoidParked(TILL, parked.basket, "nobody came"))
    await give_back(world, 1)
    await take_z(world)


async def test_what_is_no_sale_has_the_published_names(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await a_day(world)
        found = tree(await read(world), shop())
    basics = found.iter(f"{NS}basic")
    meaning = {each.findtext(f"{NS}basicID"): each.findtext(f"{NS}predefinedBasicID") for each in basics}
    told = [meaning[each.findtext(f"{NS}eventType")] for each in found.iter(f"{NS}event")]
    for code in ("13005", "13008", "13009", "13010", "13012", "13013", "13028"):
        assert code in told
    assert "<gone> & done" in [each.findtext(f"{NS}eventText") for each in found.iter(f"{NS}event")]
    types = [each.findtext(f"{NS}reportType") for each in found.iter(f"{NS}eventReport")]
    assert types == ["X report", "Z report"]
    opened = [each.findtext(f"{NS}reportOpenCashBoxNum") for each in found.iter(f"{NS}eventReport")]
    assert opened == ["2", "2"], "one cash sale, one no-sale"
    anna = found.find(f"{NS}company/{NS}employees/{NS}employee")
    assert anna is not None
    assert [each.text for each in anna][-2:] == ["Anna", "Maria Berg"]
    where = found.find(f"{NS}company/{NS}streetAddress")
    assert where is not None
    assert [each.text for each in where] == ["Storgata", "12B", "Oslo", "0184", "NO"]


async def test_a_later_file_goes_on_from_what_was_sold_before(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await step(world, "sale", 1)
        await give_back(world, 1)
        first = await take_z(world)
        world.time.pass_(days=1)
        await world.do(OpenShift(TILL, Minor(0)))
        await step(world, "sale", 1)
        second = await take_z(world)
        known = await world.journal.read(lambda db: dict(before(db, "2026-06-07")))
        found = tree(await read(world, "2026-06-07", "2026-06-07"), shop(known))
    assert known == {TILL: (first.gross_sales, first.gross_returns)}
    (report,) = found.iter(f"{NS}eventReport")
    assert minor(report, "reportGrandTotalSales") == second.grand_total
    assert minor(report, "reportGrandTotalReturn") == first.gross_returns


def test_no_text_breaks_the_file_or_its_bounds() -> None:
    assert leaf("a", "<b>&\x00\x1b\ud800é", 9) == "<a>&lt;b&gt;&amp;���é</a>"
    assert leaf("a", "") == ""
    assert ident("x" * 35) == "x" * 35
    assert len({ident("x" * 36), ident("x" * 37)}) == 2
    assert all(len(ident("ø" * size)) <= 35 for size in range(60))
    assert HEAD.startswith("<?xml")


def test_every_code_is_explained_once_and_every_kept_fact_has_one_or_is_told_as_a_receipt() -> None:
    assert len({code.id for code in ALL}) == len(ALL)
    untold = {kind.__name__ for kind in KEPT if kind not in EVENTS}
    assert untold == {"SalePaid", "BasketOpened"}
    assert NORWAY.vat[BasisPoints(2500)] == "3"
    assert set(PAYMENTS) == set(TenderKind)


async def test_the_file_says_that_nobody_checked_it(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        found = await read(world)
        _, pieces = saft_file(found, shop(), NORWAY)
    text = b"".join(pieces).decode()
    assert text.splitlines()[1] == "<!-- Not run through the authority's schema, script or validator. -->"
    assert "Not run through" in (ET.fromstring(text.encode()).findtext(f"{NS}header/{NS}headerComment") or "")


@pytest.mark.parametrize("text", ["\ud800", "\ufffe", "]]>", "&amp;"])
def test_what_was_written_is_read_back_or_marked(text: str) -> None:
    back = ET.fromstring(leaf("a", text).encode()).text
    assert back in (text, "�")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-500, 500), min_size=1, max_size=6), st.integers(-3, 3))
def test_lines_share_a_receipts_tax_to_the_last_coin(parts: list[int], odd: int) -> None:
    gross = sum(parts)
    tax = gross // 5 + odd
    lines = tuple(
        SaleLine(LineId(at), Sku("sock"), ArticleId("sock"), "Sock", 1, Minor(part), Minor(0), Minor(part), "25")
        for at, part in enumerate(parts, 1)
    )
    sums = (TaxSum("25", BasisPoints(2500), Minor(gross - tax), Minor(tax), Minor(gross)),)
    fact = SaleReturned(
        SaleId("r"), None, "R-1", TILL, ShiftId("s"), UserId("anna"), Origin.STORE, "NOK", DAY, lines, sums,
        Minor(gross), Minor(0), (), Evidence("none"), "back", True,
    )  # fmt: skip
    book = Book(TILL, ShiftOpened(ShiftId("s"), TILL, UserId("anna"), Minor(0), "NOK", DAY))
    book.lines.append(Line(1, "2026-06-06T09:00:00.000Z", UserId("anna"), fact))
    (receipt,) = tree([book], shop()).iter(f"{NS}cashtransaction")
    assert sum(minor(line, "lineAmntEx") for line in receipt.iter(f"{NS}ctLine")) == minor(receipt, "transAmntEx")
