"""What goes back for goods that come back: shares, taxes, tenders; all parts give exactly what was paid (pure).

Everything is cumulative: a part is what is due after it less what was due before it. So whatever the order and size of
partial returns, the last one leaves nought in every ledger: amounts, discounts, taxes, tenders, rounding.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from edge.countries.profile import Profile, TaxRounding
from edge.errors import Refused
from edge.facts.offers import Given
from edge.facts.refund import RefundDecided, RefundPart
from edge.facts.sale import SaleClosed, SaleLine
from edge.facts.shift import TaxSum
from edge.pos.rounding import round_payout
from edge.pos.tax import tax_in
from edge.pos.tenders import refund_cash
from edge.units import BasisPoints, LineId, Minor, TenderKind

MAX_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Back:
    """`quantity` pieces of the sale's `line` come back; `damaged` ones cannot be sold again."""

    line: LineId
    quantity: int
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """What has come back of a sale before, decided refunds included."""

    pieces: Mapping[LineId, int] = field(default_factory=dict)
    gross: Mapping[LineId, int] = field(default_factory=dict)
    taxes: Mapping[tuple[str, BasisPoints], tuple[int, int]] = field(default_factory=dict)
    """Label and rate -> tax and gross given back."""
    goods: Mapping[TenderKind, int] = field(default_factory=dict)
    """How much of the goods was settled against what was paid by each tender."""
    amounts: Mapping[TenderKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for a return: `total == sum(line.gross) == sum(tax.gross)`."""

    lines: tuple[SaleLine, ...]
    taxes: tuple[TaxSum, ...]
    total: Minor
    parts: tuple[RefundPart, ...]

    @property
    def amount(self) -> Minor:
        """What the customer gets."""
        return Minor(sum(part.amount for part in self.parts))

    @property
    def rounding(self) -> Minor:
        return Minor(self.amount - self.total)

    @property
    def cash(self) -> Minor:
        return Minor(sum(part.amount for part in self.parts if part.given is TenderKind.CASH))


def earlier_of(refunds: Iterable[RefundDecided]) -> Earlier:
    """What `refunds` of one sale add up to."""
    pieces: dict[LineId, int] = {}
    gross: dict[LineId, int] = {}
    taxes: dict[tuple[str, BasisPoints], tuple[int, int]] = {}
    goods: dict[TenderKind, int] = {}
    amounts: dict[TenderKind, int] = {}
    for refund in refunds:
        for line in refund.lines:
            pieces[line.line] = pieces.get(line.line, 0) + line.quantity
            gross[line.line] = gross.get(line.line, 0) + line.gross
        for row in refund.taxes:
            tax, of = taxes.get((row.label, row.rate), (0, 0))
            taxes[row.label, row.rate] = (tax + row.tax, of + row.gross)
        for part in refund.parts:
            goods[part.paid] = goods.get(part.paid, 0) + part.goods
            amounts[part.paid] = amounts.get(part.paid, 0) + part.amount
    return Earlier(pieces, gross, taxes, goods, amounts)


def due(sale: SaleClosed, earlier: Earlier, wanted: Sequence[Back], profile: Profile, day: date) -> Due:
    """What is due for `wanted` of `sale`; Refused when it is nothing, not of this sale or more than was sold."""
    if sale.training:
        raise Refused("that was a training sale", hint="Nothing was sold: give nothing back.", code="training")
    if not wanted or len(wanted) > MAX_LINES or len({back.line for back in wanted}) != len(wanted):
        raise Refused("nothing was chosen", hint="Choose what comes back.", code="nothing-back", status=422)
    sold = {line.line: line for line in sale.lines}
    lines = tuple(_share(_sold(sold, back.line), earlier, back.quantity) for back in wanted)
    total = Minor(sum(line.gross for line in lines))
    return Due(lines, _taxes(sale, earlier, lines, profile), total, _parts(sale, earlier, total, profile, day))


def left(line: SaleLine, earlier: Earlier) -> int:
    """How many pieces of a line may still come back."""
    return line.quantity - earlier.pieces.get(line.line, 0)


def instead(found: Due, given: TenderKind, profile: Profile, day: date) -> Due:
    """The same goods, all given back by another tender than they were paid by."""
    return replace(found, parts=tuple(_by(part, given, profile, day) for part in found.parts))


def loose(lines: Sequence[SaleLine], taxes: tuple[TaxSum, ...], profile: Profile, day: date) -> Due:
    """What is due in cash for goods without a receipt."""
    total = Minor(sum(line.gross for line in lines))
    part = RefundPart(TenderKind.CASH, TenderKind.CASH, total, round_payout(total, profile, day))
    return Due(tuple(lines), taxes, total, (part,))


def share(discount: int, pieces: int, of: int) -> int:
    """The discount of the first `of` of `pieces` pieces: equal shares, the largest remainders to the first."""
    whole, rest = divmod(discount, pieces)
    return of * whole + min(of, rest)


def _sold(sold: Mapping[LineId, SaleLine], line: LineId) -> SaleLine:
    found = sold.get(line)
    if found is None:
        raise Refused(
            f"line {line} is not on that receipt", hint="Choose a line of it.", code="unknown-line", status=404
        )
    return found


def _share(line: SaleLine, earlier: Earlier, quantity: int) -> SaleLine:
    before = earlier.pieces.get(line.line, 0)
    if quantity < 1:
        raise Refused("a quantity below one", hint="Choose what comes back.", code="bad-quantity", status=422)
    if before + quantity > line.quantity:
        raise Refused(
            f"{line.name}: {line.quantity} were sold and {before} came back",
            hint="Look at the earlier returns of this sale.",
            code="too-much-back",
            details={"line": line.line, "sold": line.quantity, "back": before},
        )
    after = before + quantity
    discount = share(line.discount, line.quantity, after) - share(line.discount, line.quantity, before)
    gross = quantity * line.unit_price - discount
    if after == line.quantity:
        gross = line.gross - earlier.gross.get(line.line, 0)
        discount = quantity * line.unit_price - gross
    promotions = _promotions(line, before, after)
    return replace(line, quantity=quantity, discount=Minor(discount), gross=Minor(gross), promotions=promotions)


def _promotions(line: SaleLine, before: int, after: int) -> tuple[Given, ...]:
    """What each promotion gave the pieces from `before` to `after`; together never more than their discount."""
    found, upto = [], 0
    for each in line.promotions:
        below, upto = upto, upto + each.amount
        amount = _between(upto, line.quantity, before, after) - _between(below, line.quantity, before, after)
        found.append(replace(each, amount=Minor(amount)))
    return tuple(each for each in found if each.amount)


def _between(discount: int, pieces: int, before: int, after: int) -> int:
    return share(discount, pieces, after) - share(discount, pieces, before)


def _taxes(sale: SaleClosed, earlier: Earlier, lines: Sequence[SaleLine], profile: Profile) -> tuple[TaxSum, ...]:
    """At the rates of the original lines; the last part of a rate returns what is left of its tax."""
    rows = {row.label: row for row in sale.taxes}
    found = []
    for label in sorted({line.tax_label for line in lines}):
        row, own = rows[label], [line for line in lines if line.tax_label == label]
        gross = sum(line.gross for line in own)
        tax_before, gross_before = earlier.taxes.get((row.label, row.rate), (0, 0))
        if gross_before + gross == row.gross and _all_back(sale, earlier, lines, label):
            tax = row.tax - tax_before
        elif profile.tax_rounding is TaxRounding.LINE:
            tax = sum(_step(earlier.gross.get(line.line, 0), line.gross, row.rate) for line in own)
        else:
            tax = _step(gross_before, gross, row.rate)
        found.append(TaxSum(row.label, row.rate, Minor(gross - tax), Minor(tax), Minor(gross)))
    return tuple(found)


def _all_back(sale: SaleClosed, earlier: Earlier, lines: Sequence[SaleLine], label: str) -> bool:
    now = {line.line: line.quantity for line in lines}
    return all(left(line, earlier) == now.get(line.line, 0) for line in sale.lines if line.tax_label == label)


def _step(before: int, gross: int, rate: BasisPoints) -> int:
    return tax_in(Minor(before + gross), rate) - tax_in(Minor(before), rate)


def _parts(sale: SaleClosed, earlier: Earlier, total: Minor, profile: Profile, day: date) -> tuple[RefundPart, ...]:
    """To the original tenders: what was not cash first, each up to what it paid; the rest in cash, rounded once."""
    parts: list[RefundPart] = []
    rest = int(total)
    exact: dict[TenderKind, tuple[int, str]] = {}
    for tender in sale.tenders:
        if tender.kind is not TenderKind.CASH:
            paid, reference = exact.get(tender.kind, (0, tender.reference))
            exact[tender.kind] = (paid + tender.amount, reference)
    for kind, (paid, reference) in exact.items():
        amount = min(rest, paid - earlier.goods.get(kind, 0))
        if amount > 0:
            parts.append(RefundPart(kind, kind, Minor(amount), Minor(amount), reference))
            rest -= amount
    if rest > 0 or not parts:
        parts.append(_cash(sale, earlier, Minor(rest), sum(paid for paid, _ in exact.values()), profile, day))
    return tuple(parts)


def _cash(sale: SaleClosed, earlier: Earlier, goods: Minor, exact: int, profile: Profile, day: date) -> RefundPart:
    cash = TenderKind.CASH
    if goods == 0:
        return RefundPart(cash, cash, goods, Minor(0))
    given = refund_cash(
        goods,
        Minor(sale.total - exact),
        Minor(sum(tender.amount for tender in sale.tenders if tender.kind is cash)),
        goods_before=Minor(earlier.goods.get(cash, 0)),
        paid_before=Minor(earlier.amounts.get(cash, 0)),
        profile=profile,
        day=day,
    )
    return RefundPart(cash, cash, goods, given.amount)


def _by(part: RefundPart, given: TenderKind, profile: Profile, day: date) -> RefundPart:
    if part.given is given:
        return part
    amount = round_payout(part.goods, profile, day) if given is TenderKind.CASH else part.goods
    return replace(part, given=given, amount=amount, reference="")
