"""A sale ready for the fiscal port, and bad wires to send it over."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from edge.clock import Clock, stamp
from edge.countries.buyer import BuyerNumber
from edge.countries.profile import Profile
from edge.facts.basket import BasketOpened
from edge.facts.sale import SalePaid
from edge.pos.basket import PricedItem, add_line, fold
from edge.pos.fiscal.document import FiscalDocument, sale_document
from edge.pos.pricing import price
from edge.pos.tenders import Offer, settle
from edge.units import ArticleId, Minor, SaleId, Seq, ShiftId, Sku, TenderKind, TillId, UserId

DAY = date(2026, 6, 1)


@dataclass
class Time:
    """A clock that goes when told."""

    now: datetime = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, monotonic=self.now.timestamp)


def paid_sale(
    profile: Profile,
    sale: str = "s1",
    *,
    total: int = 120_000,
    kind: TenderKind = TenderKind.CASH,
    buyer: BuyerNumber | None = None,
    day: date = DAY,
) -> FiscalDocument:
    """Boots for `total`, paid."""
    opened = BasketOpened(SaleId(sale), TillId("till1"), ShiftId("sh1"), UserId("anna"), Seq(1))
    basket = fold([opened])
    assert basket is not None
    item = PricedItem(Sku("b43"), ArticleId("boot"), "Cipőfűző – sznurówki", Minor(total), "standard")
    basket = fold([opened, *add_line(basket, item)])
    assert basket is not None
    priced = price(basket, profile, day)
    settled = settle(
        priced.total, [Offer(kind, Minor(priced.total + (50 if kind is TenderKind.CASH else 0)))], profile, day
    )
    paid = SalePaid(
        basket.id,
        basket.till,
        basket.shift,
        basket.user,
        priced.total,
        settled.rounding,
        settled.payable,
        settled.tenders,
        settled.change,
    )
    at = stamp(datetime(day.year, day.month, day.day, 10, tzinfo=UTC))
    return sale_document(priced, paid, profile, paid_at=at, business_date=day.isoformat(), buyer=buyer)
