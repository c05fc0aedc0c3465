"""What the fiscal port is asked to make a legal receipt of: frozen, canonical, complete in itself (pure)."""

from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

import msgspec

from edge.countries.buyer import BuyerNumber, declined, must_ask
from edge.countries.profile import Profile, Regime
from edge.facts.sale import SalePaid
from edge.facts.shift import TaxSum
from edge.journal.chain import canonical
from edge.pos.pricing import Priced
from edge.pos.tenders import cash_in
from edge.units import Minor, SaleId, TenderKind, TillId, UserId


class DocumentKind(StrEnum):
    """What is to be made."""

    SALE = "sale"
    REFUND = "refund"
    CASH_OUT = "cash-out"
    """No receipt: cash leaves the device's drawer for goods that came back."""
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class FiscalLine:
    """`gross = quantity * unit_price - discount`."""

    name: str
    quantity: int
    unit_price: Minor
    discount: Minor
    gross: Minor
    tax_label: str


@dataclass(frozen=True, slots=True)
class FiscalTender:
    """One way of paying, change already taken off."""

    kind: TenderKind
    amount: Minor


@dataclass(frozen=True, slots=True)
class FiscalDocument:
    """A sale, a refund (amounts positive, `refers_to` the number given back), cash taken out, or a training receipt.

    `buyer` is the whole number, also a person's: the document lives only with its effect, until it is accepted.
    """

    kind: DocumentKind
    sale: SaleId
    till: TillId
    cashier: UserId
    paid_at: str
    business_date: str
    currency: str
    decimals: int
    lines: tuple[FiscalLine, ...]
    taxes: tuple[TaxSum, ...]
    total: Minor
    rounding: Minor
    payable: Minor
    tenders: tuple[FiscalTender, ...]
    change: Minor
    buyer_form: str = ""
    buyer: str = ""
    refers_to: str = ""

    @property
    def cash(self) -> Minor:
        return cash_in(self.tenders)


def sale_document(
    priced: Priced,
    paid: SalePaid,
    profile: Profile,
    *,
    paid_at: str,
    business_date: str,
    buyer: BuyerNumber | None = None,
) -> FiscalDocument:
    """The document of a sale just paid; where the law wants a buyer's number and none was given, the law's own."""
    if buyer is None and must_ask(profile, paid.total, cash_in(paid.tenders)):
        buyer = declined(profile)
    return FiscalDocument(
        kind=DocumentKind.SALE,
        sale=paid.sale,
        till=paid.till,
        cashier=paid.user,
        paid_at=paid_at,
        business_date=business_date,
        currency=profile.currency,
        decimals=profile.decimals,
        lines=tuple(
            FiscalLine(
                normalize("NFC", line.name), line.quantity, line.unit_price, line.discount, line.gross, line.tax_label
            )
            for line in priced.lines
        ),
        taxes=priced.taxes,
        total=paid.total,
        rounding=paid.rounding,
        payable=paid.payable,
        tenders=tuple(FiscalTender(tender.kind, tender.amount) for tender in paid.tenders),
        change=paid.change,
        buyer_form="" if buyer is None else buyer.form,
        buyer="" if buyer is None else buyer.number,
    )


def owed(document: FiscalDocument, profile: Profile) -> bool:
    """Somebody outside must make or approve this receipt.

    Under `deferred` that is so for cash with a buyer's number; other sales close on their own paper.
    """
    regime = profile.fiscal.regime
    return regime is not Regime.NONE and (regime is not Regime.DEFERRED or (document.cash > 0 and document.buyer != ""))


def encode(document: FiscalDocument) -> bytes:
    """The document's one canonical form: what an effect's row holds."""
    return canonical(msgspec.to_builtins(document))


def decode(data: bytes) -> FiscalDocument:
    """The document `encode` wrote; msgspec.ValidationError when it is none."""
    return msgspec.json.decode(data, type=FiscalDocument)
