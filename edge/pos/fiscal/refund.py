"""What the fiscal port is asked to make of a refund, as the country wants it (pure)."""

from unicodedata import normalize

from edge.countries.profile import Profile, Regime, ReturnDocument
from edge.facts.refund import RefundDecided
from edge.pos.fiscal.document import DocumentKind, FiscalDocument, FiscalLine, FiscalTender
from edge.units import Minor, TenderKind


def refund_document(
    refund: RefundDecided, profile: Profile, *, at: str, business_date: str, refers_to: str
) -> FiscalDocument | None:
    """The document the device or service owes for `refund`; None when it owes none.

    `refers_to` is the number the original was made or approved under. A refund that must name one and has none is not
    owed: what was never reported is not cancelled.
    """
    kind = kind_of(refund, profile, refers_to)
    if kind is None:
        return None
    cash_out = kind is DocumentKind.CASH_OUT
    cash = Minor(sum(part.amount for part in refund.parts if part.given is TenderKind.CASH))
    amount = cash if cash_out else Minor(refund.total + refund.rounding)
    return FiscalDocument(
        kind=kind,
        sale=refund.returned,
        till=refund.till,
        cashier=refund.user,
        paid_at=at,
        business_date=business_date,
        currency=profile.currency,
        decimals=profile.decimals,
        lines=()
        if cash_out
        else tuple(
            FiscalLine(normalize("NFC", x.name), x.quantity, x.unit_price, x.discount, x.gross, x.tax_label)
            for x in refund.lines
        ),
        taxes=() if cash_out else refund.taxes,
        total=amount if cash_out else refund.total,
        rounding=Minor(0) if cash_out else refund.rounding,
        payable=amount,
        tenders=(FiscalTender(TenderKind.CASH, cash),)
        if cash_out
        else tuple(FiscalTender(part.given, part.amount) for part in refund.parts),
        change=Minor(0),
        refers_to=refers_to,
    )


def kind_of(refund: RefundDecided, profile: Profile, refers_to: str) -> DocumentKind | None:
    """What the port must make: a refund, the cash taken out of its drawer, or nothing."""
    cash = any(part.given is TenderKind.CASH and part.amount > 0 for part in refund.parts)
    match profile.returns.document:
        case ReturnDocument.REFUND if profile.fiscal.regime is not Regime.DEFERRED:
            return DocumentKind.REFUND
        case ReturnDocument.REFUND:
            return DocumentKind.REFUND if cash and refers_to else None
        case ReturnDocument.CASH_OUT:
            return DocumentKind.CASH_OUT if cash else None
        case _:
            return None
