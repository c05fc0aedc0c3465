"""A sale, a shop and its fonts, for tests about papers."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from babel import Locale

from edge.facts import Evidence, SaleClosed, SaleLine, TaxSum, Tender
from edge.pos.printer.raster import Fonts
from edge.pos.receipt.shop import Shop
from edge.units import (
    ArticleId,
    BasisPoints,
    LineId,
    Minor,
    Origin,
    SaleId,
    Seq,
    ShiftId,
    Sku,
    TenderKind,
    TillId,
    UserId,
)

CHAIN = bytes(range(32))
FONTS = Fonts()
SHOP = Shop(
    "Nordlys Udeliv",
    ("Nygade 12", "5000 Odense C"),
    "DK12345678",
    ZoneInfo("Europe/Copenhagen"),
    decimals=2,
    locale=Locale("da"),
    header=("Telefon 65 43 21 00",),
    footer=("Byttes inden 30 dage",),
)


def sale(*names: str, **changes: object) -> SaleClosed:
    """A sale of one of each, at 1234.50, paid in cash."""
    lines = tuple(
        SaleLine(LineId(i), Sku(f"s{i}"), ArticleId(f"a{i}"), name, 1, Minor(123450), Minor(0), Minor(123450), "A")
        for i, name in enumerate(names or ("Vandrestøvle brun 43",), 1)
    )
    total = Minor(123450 * len(lines))
    fact = SaleClosed(
        sale=SaleId("5a1e"),
        number="S1-T1A-000042",
        till=TillId("till1"),
        shift=ShiftId("sh1"),
        user=UserId("anna"),
        origin=Origin.STORE,
        country="DK",
        currency="DKK",
        business_date="2026-10-25",
        opened_at="2026-10-25T00:58:00.000Z",
        paid_at="2026-10-25T01:02:03.000Z",
        lines=lines,
        taxes=(TaxSum("A", BasisPoints(2500), Minor(total * 4 // 5), Minor(total // 5), total),),
        total=total,
        rounding=Minor(0),
        payable=total,
        tenders=(Tender(TenderKind.CASH, total, Minor(total + 6550)),),
        change=Minor(6550),
        evidence=Evidence("none"),
        price_version=Seq(1),
    )
    return replace(fact, **changes)  # type: ignore[arg-type]
