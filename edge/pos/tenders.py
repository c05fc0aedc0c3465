"""How a total is paid: cash with change and rounding, cards exactly, several tenders together (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from edge.countries.profile import Profile
from edge.errors import Refused
from edge.facts.sale import Tender
from edge.pos.rounding import round_payout, round_sale
from edge.units import NO_TENDER, Minor, TenderId, TenderKind

MAX_TENDERS = 10
QUICK_NOTES = 5
MOST_CHANGE_IN_NOTES = 20
"""More change than this many of the largest note is a mistyped amount (a barcode scanned into the field)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the customer holds out: for cash what lies on the counter, otherwise the exact part to be charged."""

    kind: TenderKind
    tendered: Minor
    reference: str = ""
    name: str = ""
    tender: TenderId = NO_TENDER


@dataclass(frozen=True, slots=True)
class Settled:
    """`payable == total + rounding == sum(tender.amount)`; `change` is cash handed back."""

    payable: Minor
    rounding: Minor
    tenders: tuple[Tender, ...]
    change: Minor


@dataclass(frozen=True, slots=True)
class Refund:
    """`amount == goods + rounding`: what is handed back for goods worth `goods`."""

    amount: Minor
    rounding: Minor


def settle(total: Minor, offers: Sequence[Offer], profile: Profile, day: date) -> Settled:
    """The tenders that pay `total`; Refused (`not-enough`, `over-paid`, `cash-ceiling`, `bad-tender`) otherwise."""
    if total < 0:
        raise ValueError(f"a sale of {total}")
    _sane(offers)
    exact = [
        Tender(each.kind, each.tendered, each.tendered, each.reference, each.name, each.tender)
        for each in offers
        if not _cash(each)
    ]
    rest = Minor(total - sum(each.amount for each in exact))
    if rest < 0:
        raise Refused("only cash gives change", hint="Lower the amount on the card.", code="over-paid", status=422)
    cash, change = _pay_cash(rest, [each for each in offers if _cash(each)], profile, day)
    tenders = (*exact, *cash)
    payable = Minor(sum(each.amount for each in tenders))
    return Settled(payable, Minor(payable - total), tenders, change)


def cash_payable(total: Minor, profile: Profile, day: date) -> Minor:
    """What is owed when all of it is paid in cash."""
    return round_sale(total, profile, day)


def quick_notes(payable: Minor, profile: Profile) -> tuple[Minor, ...]:
    """Amounts a customer is likely to hold out: exact, then full notes; smallest first, never below `payable`."""
    if payable <= 0:
        return ()
    full = {Minor(-(-payable // note) * note) for note in profile.notes_in_use}
    return tuple(sorted({payable, *full}))[:QUICK_NOTES]


def refund_cash(
    goods: Minor, sold: Minor, paid: Minor, *, goods_before: Minor, paid_before: Minor, profile: Profile, day: date
) -> Refund:
    """Cash back for `goods` of a sale of `sold` that was `paid` in cash, after earlier refunds.

    The last part returns what is left, so that all parts together give back exactly what was paid.
    """
    if goods <= 0 or goods_before + goods > sold:
        raise Refused("more than was sold", hint="Look at the earlier returns of this sale.", code="too-much-back")
    left = Minor(paid - paid_before)
    last = goods_before + goods == sold
    amount = left if last else min(round_payout(goods, profile, day), left)
    return Refund(amount, Minor(amount - goods))


class Paid(Protocol):
    """A part of a payment."""

    @property
    def kind(self) -> TenderKind: ...
    @property
    def amount(self) -> Minor: ...


def cash_in(tenders: Iterable[Paid]) -> Minor:
    """What of these tenders lies in the drawer, change already given."""
    return Minor(sum(tender.amount for tender in tenders if tender.kind is TenderKind.CASH))


def _cash(offer: Offer) -> bool:
    return offer.kind is TenderKind.CASH


def _sane(offers: Sequence[Offer]) -> None:
    if len(offers) > MAX_TENDERS:
        raise Refused("too many ways of paying at once", hint="Use fewer.", code="bad-tender", status=422)
    for each in offers:
        if each.tendered < 0 or (each.tendered == 0 and not _cash(each)):
            raise Refused("nothing was tendered", hint="Type the amount again.", code="bad-tender", status=422)


def _pay_cash(rest: Minor, offers: list[Offer], profile: Profile, day: date) -> tuple[list[Tender], Minor]:
    tendered = Minor(sum(each.tendered for each in offers))
    if rest == 0 and tendered > 0:
        raise Refused("it is paid already", hint="Give the cash back.", code="over-paid", status=422)
    if rest == 0:
        return [], Minor(0)
    if not offers:
        raise _short(rest, profile)
    payable = round_sale(rest, profile, day)
    if tendered < payable:
        raise _short(Minor(payable - tendered), profile)
    if profile.cash_ceiling is not None and payable > profile.cash_ceiling:
        raise Refused(
            f"at most {money(profile.cash_ceiling, profile)} may be paid in cash",
            hint="Take the rest by card.",
            code="cash-ceiling",
            status=422,
        )
    change = Minor(tendered - payable)
    if change > MOST_CHANGE_IN_NOTES * profile.notes_in_use[0]:
        raise Refused(
            f"{money(change, profile)} is far too much change",
            hint="Type the amount again.",
            code="bad-tender",
            status=422,
        )
    reference = next((each.reference for each in offers if each.reference), "")
    return [Tender(TenderKind.CASH, payable, tendered, reference)], change


def _short(missing: Minor, profile: Profile) -> Refused:
    return Refused(f"{money(missing, profile)} is missing", hint="Ask for the rest.", code="not-enough", status=422)


def money(amount: Minor, profile: Profile) -> str:
    """`12.50 DKK`, for messages; screens and receipts format by locale."""
    whole, part = divmod(abs(amount), 10**profile.decimals)
    sign = "-" if amount < 0 else ""
    cents = f".{part:0{profile.decimals}}" if profile.decimals else ""
    return f"{sign}{whole}{cents} {profile.currency}"
