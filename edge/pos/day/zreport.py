"""X and Z: a pure fold over one till's facts from its last Z on; recomputed elsewhere it gives identical bytes.

Cash counts from the moment it lies in the drawer (`sale.paid`), turnover from the moment the sale is closed with its
evidence. So a sale that waits for its fiscal receipt over a Z is in the first Z's drawer and the second Z's turnover.
Training sales are counted apart, in no other figure. Gross sales, gross returns and the grand total never decrease.

Expected cash = float + tendered - change + pay-ins - pay-outs - drops - cash refunds, transfers and found money by
their sign (`edge.pos.cash.moves.SIGN`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from edge.errors import Halt, Refused
from edge.facts.basket import BasketVoided, LineVoided
from edge.facts.cash import MoveSum, NoSale, TenderSum
from edge.facts.outside import EffectDropped, EffectIntended
from edge.facts.registry import Fact
from edge.facts.sale import SaleClosed, SalePaid, SaleReturned
from edge.facts.shift import CashCounted, OpenItem, ShiftClosed, ShiftOpened, TaxSum
from edge.pos.basket import EMPTY
from edge.pos.day.zmoves import Moves
from edge.pos.day.zopen import BASKET, IN, OUT, SALE, UNKNOWN, OpenItems
from edge.pos.tax import add_sums
from edge.pos.tenders import cash_in
from edge.units import EffectId, EffectKind, Minor, SaleId, ShiftId, TenderKind, TillId, UserId


@dataclass(frozen=True, slots=True)
class Takings:
    """An X report: the shift's figures so far, nothing reset. `counted_cash` is the last blind count."""

    shift: ShiftId
    till: TillId
    z_number: int
    """The number the next Z will have."""
    business_date: str
    currency: str
    sales: int
    returns: int
    lines: int
    gross_sales: Minor
    gross_returns: Minor
    taxes: tuple[TaxSum, ...]
    tenders: tuple[TenderSum, ...]
    rounding: Minor
    float_amount: Minor
    expected_cash: Minor
    counted_cash: Minor | None
    counts: int
    voided_lines: int
    voided_baskets: int
    drawer_kicks: int
    open_baskets: int
    unfinished_sales: int
    """Paid, not closed: they wait for the fiscal port."""
    unknown_effects: int
    grand_total: Minor
    opened_at: str
    cash_sales: Minor
    cash_refunds: Minor
    moves: tuple[MoveSum, ...]
    no_sales: int
    unknown_papers: int
    open_transfers: int
    open_items: tuple[OpenItem, ...]
    training_sales: int
    training_total: Minor

    @property
    def variance(self) -> Minor | None:
        """Counted minus expected; None before a count."""
        return None if self.counted_cash is None else Minor(self.counted_cash - self.expected_cash)


def x_report(till: TillId, facts: Iterable[Fact]) -> Takings:
    """The figures of `till`'s open shift.

    `facts` are the journal's, in order, starting with the till's previous `ShiftClosed` (or the journal's first fact,
    when there is none); facts of other tills may be among them. Refused (`not-open`) when no shift is open.
    """
    fold = _Fold(till)
    for fact in facts:
        fold.add(fact)
    return fold.takings()


def z_report(till: TillId, facts: Iterable[Fact], user: UserId, reason: str = "", *, at: str = "") -> ShiftClosed:
    """The Z that closes the shift `at` a moment after its last count; a variance needs a `reason`."""
    takings = x_report(till, facts)
    if takings.counted_cash is None or takings.variance is None:
        raise Refused("the drawer has not been counted", hint="Count the cash first.", code="count-first")
    if takings.variance and not reason.strip():
        raise Refused("the cash differs from the record", hint="Say why.", code="reason-needed", status=422)
    return ShiftClosed(
        shift=takings.shift,
        till=till,
        user=user,
        z_number=takings.z_number,
        business_date=takings.business_date,
        currency=takings.currency,
        sales=takings.sales,
        returns=takings.returns,
        lines=takings.lines,
        gross_sales=takings.gross_sales,
        gross_returns=takings.gross_returns,
        taxes=takings.taxes,
        tenders=takings.tenders,
        rounding=takings.rounding,
        float_amount=takings.float_amount,
        expected_cash=takings.expected_cash,
        counted_cash=takings.counted_cash,
        variance=takings.variance,
        reason=reason.strip(),
        voided_lines=takings.voided_lines,
        voided_baskets=takings.voided_baskets,
        drawer_kicks=takings.drawer_kicks,
        open_baskets=takings.open_baskets,
        unknown_effects=takings.unknown_effects,
        grand_total=takings.grand_total,
        opened_at=takings.opened_at,
        closed_at=at,
        moves=takings.moves,
        cash_sales=takings.cash_sales,
        cash_refunds=takings.cash_refunds,
        no_sales=takings.no_sales,
        unfinished_sales=takings.unfinished_sales,
        unknown_papers=takings.unknown_papers,
        open_transfers=takings.open_transfers,
        open_items=takings.open_items,
        training_sales=takings.training_sales,
        training_total=takings.training_total,
    )


@dataclass(slots=True)
class _Fold:
    till: TillId
    opened: ShiftOpened | None = None
    z_number: int = 0
    grand_total: int = 0
    sales: list[SaleClosed] = field(default_factory=list)
    returns: list[SaleReturned] = field(default_factory=list)
    practice: list[int] = field(default_factory=list)
    paid: dict[SaleId, int] = field(default_factory=dict)
    kicks: set[EffectId] = field(default_factory=set)
    counted: CashCounted | None = None
    counts: int = 0
    voided_lines: int = 0
    voided_baskets: int = 0
    no_sales: int = 0
    open: OpenItems = field(init=False)
    moves: Moves = field(init=False)

    def __post_init__(self) -> None:
        self.open, self.moves = OpenItems(self.till), Moves(self.till)

    def add(self, fact: Fact) -> None:
        match fact:
            case ShiftOpened() | CashCounted() | ShiftClosed():
                self._shift(fact)
            case LineVoided() if self.open.holds(fact.basket):
                self.voided_lines += 1
            case BasketVoided(till=self.till, training=False) if fact.reason != EMPTY:
                self.voided_baskets += 1
            case NoSale(till=self.till):
                self.no_sales += 1
            case SalePaid() | SaleClosed() | SaleReturned():
                self._sale(fact)
            case EffectIntended() | EffectDropped():
                self._kick(fact)
            case _:
                pass
        self.open.add(fact)
        self.moves.add(fact)

    def takings(self) -> Takings:
        if self.opened is None:
            raise Refused(f"till {self.till} has no open shift", hint="Open the till with a float.", code="not-open")
        gross = sum(sale.total for sale in self.sales)
        cash_sold, cash_back = sum(self.paid.values()), sum(cash_in(back.tenders) for back in self.returns)
        return Takings(
            shift=self.opened.shift,
            till=self.till,
            z_number=self.z_number + 1,
            business_date=self.opened.business_date,
            currency=self.opened.currency,
            sales=len(self.sales),
            returns=len(self.returns),
            lines=sum(len(sale.lines) for sale in self.sales),
            gross_sales=Minor(gross),
            gross_returns=Minor(sum(back.total for back in self.returns)),
            taxes=self._taxes(),
            tenders=self._tenders(),
            rounding=Minor(sum(s.rounding for s in self.sales) - sum(r.rounding for r in self.returns)),
            float_amount=self.opened.float_amount,
            expected_cash=Minor(self.opened.float_amount + cash_sold - cash_back + self.moves.drawer()),
            counted_cash=None if self.counted is None else self.counted.total,
            counts=self.counts,
            voided_lines=self.voided_lines,
            voided_baskets=self.voided_baskets,
            drawer_kicks=len(self.kicks),
            open_baskets=self.open.count(BASKET),
            unfinished_sales=self.open.count(SALE),
            unknown_effects=self.open.count(UNKNOWN),
            grand_total=Minor(self.grand_total + gross),
            opened_at=self.opened.opened_at,
            cash_sales=Minor(cash_sold),
            cash_refunds=Minor(cash_back),
            moves=self.moves.sums(),
            no_sales=self.no_sales,
            unknown_papers=self.open.count(UNKNOWN, EffectKind.PAPER),
            open_transfers=self.open.count(OUT) + self.open.count(IN),
            open_items=self.open.items(),
            training_sales=len(self.practice),
            training_total=Minor(sum(self.practice)),
        )

    def _shift(self, fact: ShiftOpened | CashCounted | ShiftClosed) -> None:
        if fact.till != self.till:
            return
        match fact:
            case ShiftOpened():
                if self.opened is not None:
                    raise Halt(f"till {self.till} was opened twice", hint="Run `edge verify`.")
                self.opened = fact
            case CashCounted():
                self.counted, self.counts = fact, self.counts + 1
            case ShiftClosed():
                kept = _Fold(self.till, z_number=fact.z_number, grand_total=fact.grand_total)
                kept.open.begin(fact.open_items)
                self._become(kept)

    def _become(self, other: "_Fold") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))

    def _sale(self, fact: SalePaid | SaleClosed | SaleReturned) -> None:
        if fact.till != self.till:
            return
        match fact:
            case SalePaid():
                self.paid[fact.sale] = cash_in(fact.tenders)
            case SaleClosed():
                if fact.training:
                    self.paid.pop(fact.sale, None)
                    self.practice.append(fact.total)
                else:
                    self.sales.append(fact)
            case SaleReturned():
                self.returns.append(fact)

    def _kick(self, fact: EffectIntended | EffectDropped) -> None:
        if isinstance(fact, EffectDropped):
            self.kicks.discard(fact.effect)
        elif fact.kind is EffectKind.DRAWER and fact.target.partition("/")[0] == self.till:
            self.kicks.add(fact.effect)

    def _taxes(self) -> tuple[TaxSum, ...]:
        sold = [(1, row) for sale in self.sales for row in sale.taxes]
        return add_sums([*sold, *((-1, row) for back in self.returns for row in back.taxes)])

    def _tenders(self) -> tuple[TenderSum, ...]:
        sums: dict[TenderKind, tuple[int, int]] = {}
        signed = [(1, each) for sale in self.sales for each in sale.tenders]
        for sign, tender in [*signed, *((-1, each) for back in self.returns for each in back.tenders)]:
            amount, count = sums.get(tender.kind, (0, 0))
            sums[tender.kind] = (amount + sign * tender.amount, count + 1)
        return tuple(TenderSum(kind, Minor(amount), count) for kind, (amount, count) in sorted(sums.items()))
