"""What the fiscal port is asked is complete, canonical and says a buyer's number only where it must."""

from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.buyer import read_buyer
from edge.countries.profile import Profile, load_profile
from edge.pos.fiscal.document import decode, encode, owed
from edge.pos.fiscal.port import DeviceTax, later, percent, tax_differences
from edge.sim.fiscal.check import objection
from edge.units import BasisPoints, Minor, TenderKind
from tests.pos.fiscal_world import DAY, paid_sale

KR, PL, DK = load_profile("kr"), load_profile("pl"), load_profile("dk")


@given(st.sampled_from(["dk", "pl", "ro", "rs", "kr", "zz"]), st.integers(1, 10**6))
def test_a_document_survives_its_effects_row_and_an_independent_reckoning(country: str, total: int) -> None:
    profile = load_profile(country)
    document = paid_sale(profile, total=total)
    assert decode(encode(document)) == document
    assert encode(decode(encode(document))) == encode(document)
    assert objection(document, {rate.label: rate.rate for rate in profile.tax_table(DAY)}) == ""
    assert sum(row.net + row.tax for row in document.taxes) == document.total


def table(profile: Profile) -> dict[str, BasisPoints]:
    return {rate.label: rate.rate for rate in profile.tax_table(DAY)}


def test_the_independent_reckoning_objects_to_every_wrong_number() -> None:
    good = paid_sale(PL)
    line, tax = good.lines[0], good.taxes[0]
    for wrong, word in (
        (replace(good, lines=(replace(line, gross=Minor(1)),)), "quantity times price"),
        (replace(good, lines=(replace(line, tax_label="Q"),)), "unknown tax Q"),
        (replace(good, taxes=()), "differ"),
        (replace(good, taxes=(replace(tax, rate=BasisPoints(2200)),)), "is 2300, not 2200"),
        (replace(good, taxes=(replace(tax, tax=Minor(tax.tax + 1), net=Minor(tax.net - 1)),)), "reckoned wrongly"),
        (replace(good, total=Minor(1)), "not the sum"),
        (replace(good, tenders=()), "not paid exactly"),
    ):
        assert word in objection(wrong, table(PL))


def test_korea_puts_the_tax_offices_number_on_a_cash_sale_without_a_buyer() -> None:
    declined = paid_sale(KR, total=120_000)
    assert (declined.buyer_form, declined.buyer) == ("anonymous", "0100001234")
    assert owed(declined, KR)
    assert not owed(paid_sale(KR, total=90_000), KR)
    assert not owed(paid_sale(KR, total=120_000, kind=TenderKind.CARD), KR)
    assert owed(paid_sale(KR, total=90_000, buyer=read_buyer(KR, "010-1234-5678")), KR)


def test_poland_owes_a_receipt_for_every_sale_and_denmark_for_none() -> None:
    assert owed(paid_sale(PL, kind=TenderKind.CARD), PL)
    assert not owed(paid_sale(DK), DK)


def test_a_document_that_is_none_is_not_read() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"kind":"sale"}')


def test_tax_tables_are_compared_in_words() -> None:
    ours = [DeviceTax(rate.label, rate.rate) for rate in PL.tax_table(DAY)]
    assert tax_differences(PL, DAY, ours) == ()
    assert tax_differences(PL, DAY, [*ours, DeviceTax("G", BasisPoints(0))]) == ()
    assert tax_differences(PL, DAY, [DeviceTax("A", BasisPoints(2200)), *ours[1:4]]) == (
        "A: the law says 23 %, the device 22 %",
        "E: the law says 0 %, the device does not know it",
    )
    assert percent(BasisPoints(850)) == "8.5 %"


def test_a_report_that_may_come_later_names_its_deadline() -> None:
    evidence = later(KR, datetime(2026, 6, 1, 10, tzinfo=UTC))
    assert (evidence.regime, evidence.number, evidence.deadline) == ("deferred", "", date(2026, 6, 6).isoformat())
