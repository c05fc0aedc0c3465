"""Refunds at the fiscal port: signed, cancelled, taken out or kept beside, as each country's data says."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge.countries.profile import Profile, ReturnDocument
from edge.facts import RefundDecided
from edge.pos.fiscal.document import DocumentKind, FiscalDocument
from edge.pos.fiscal.port import DayReport, Issued, SaysNo
from edge.pos.fiscal.refund import refund_document
from edge.pos.returns.due import Back, due, earlier_of
from edge.units import Key, LineId, Minor, SaleId, ShiftId, TenderKind
from tests.pos.fiscal_world import paid_sale
from tests.pos.returned import DAY, decided, sale_of
from tests.pos.test_fiscal_conformance import World, issued, world


def back(profile: Profile) -> RefundDecided:
    """One of two pairs comes back."""
    sale = sale_of([(2, 60_000, 0, "standard")], profile)
    found = due(sale, earlier_of([]), [Back(LineId(1), 1)], profile, DAY)
    return replace(decided(found, 1), returned=SaleId("r1"), shift=ShiftId("sh"), currency=profile.currency)


def document_of(made: World, refers_to: str) -> FiscalDocument:
    found = refund_document(
        back(made.profile), made.profile, at="2026-06-01T10:00:00.000Z", business_date="2026-06-01", refers_to=refers_to
    )
    assert found is not None
    return found


@pytest.mark.parametrize("country", ["rs", "kr"])
async def test_a_refund_names_the_original_and_never_exceeds_it(tmp_path: Path, country: str) -> None:
    async with world(country, tmp_path) as made:
        original = await issued(made.driver, made.profile)
        document = document_of(made, original.number)
        assert (document.kind, document.refers_to, document.total) == (DocumentKind.REFUND, original.number, 60_000)
        first = await made.driver.issue(document, Key("r1:fiscal"))
        assert isinstance(first, Issued)
        assert first.evidence.number != original.number
        assert any(original.number in line for line in first.evidence.text)
        assert await made.driver.issue(document, Key("r1:fiscal")) == first
        assert isinstance(await made.driver.issue(replace(document, sale=SaleId("r2")), Key("r2:fiscal")), Issued)
        third = await made.driver.issue(replace(document, sale=SaleId("r3")), Key("r3:fiscal"))
        assert isinstance(third, SaysNo)
        assert third.code == "too-much-back"
        unknown = await made.driver.issue(replace(document, refers_to="SIM0001-99"), Key("r4:fiscal"))
        assert isinstance(unknown, SaysNo)
        assert unknown.code == "unknown-receipt"
        of_a_refund = await made.driver.issue(replace(document, refers_to=first.evidence.number), Key("r5:fiscal"))
        assert isinstance(of_a_refund, SaysNo)
        day = await made.driver.close_day()
        assert isinstance(day, DayReport)
        assert (day.receipts, day.gross) == (3, 120_000 - 2 * 60_000)
        assert all(row.gross == 0 for row in day.taxes)


async def test_a_part_may_be_a_minor_unit_of_tax_off_so_that_the_parts_add_up(tmp_path: Path) -> None:
    async with world("rs", tmp_path) as made:
        original = await issued(made.driver, made.profile)
        document = document_of(made, original.number)
        (row,) = document.taxes
        for off, good in ((1, True), (2, False)):
            wrong = replace(row, tax=Minor(row.tax + off), net=Minor(row.net - off))
            answer = await made.driver.issue(replace(document, taxes=(wrong,)), Key(f"off {off}"))
            assert isinstance(answer, Issued) is good, answer


async def test_romania_takes_cash_out_and_makes_no_refund(tmp_path: Path) -> None:
    async with world("ro", tmp_path) as made:
        original = await issued(made.driver, made.profile)
        document = document_of(made, original.number)
        assert (document.kind, document.payable, document.lines) == (DocumentKind.CASH_OUT, 60_000, ())
        answer = await made.driver.issue(document, Key("r1:fiscal"))
        assert isinstance(answer, Issued)
        assert "NEFISCAL" in answer.evidence.text[0]
        refund = replace(paid_sale(made.profile), kind=DocumentKind.REFUND, refers_to=original.number)
        no = await made.driver.issue(refund, Key("r2:fiscal"))
        assert isinstance(no, SaysNo)
        assert no.code == "no-refund"
        day = await made.driver.close_day()
        assert isinstance(day, DayReport)
        assert (day.receipts, day.gross) == (1, 120_000), "cash taken out is no turnover"
        short = replace(document, tenders=(replace(document.tenders[0], amount=Minor(1)),))
        assert isinstance(await made.driver.issue(short, Key("r3:fiscal")), SaysNo)


async def test_poland_s_device_never_hears_of_a_return(tmp_path: Path) -> None:
    async with world("pl", tmp_path) as made:
        original = await issued(made.driver, made.profile)
        assert made.profile.returns.document is ReturnDocument.BESIDE
        asked = {"at": "2026-06-01T10:00:00.000Z", "business_date": "2026-06-01", "refers_to": original.number}
        assert refund_document(back(made.profile), made.profile, **asked) is None
        refund = replace(paid_sale(made.profile), kind=DocumentKind.REFUND, refers_to=original.number)
        no = await made.driver.issue(refund, Key("r1:fiscal"))
        assert isinstance(no, SaysNo)
        assert (no.code, no.hint) == ("no-refund", "Write the return down beside the device.")


async def test_nothing_is_owed_where_no_cash_leaves_or_nothing_was_reported(tmp_path: Path) -> None:
    async with world("kr", tmp_path) as made:
        refund, when = back(made.profile), {"at": "2026-06-01T10:00:00.000Z", "business_date": "2026-06-01"}
        assert refund_document(refund, made.profile, **when, refers_to="") is None
        card = replace(refund.parts[0], paid=TenderKind.CARD, given=TenderKind.CARD)
        assert refund_document(replace(refund, parts=(card,)), made.profile, **when, refers_to="A-1") is None
