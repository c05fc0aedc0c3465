"""The till's day: float, blind count, Z; and what a cashier says of a paper nobody is sure of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from edge.approvals import Need
from edge.clock import stamp
from edge.commands import Command, Context, Handler
from edge.effects.tables import settle
from edge.errors import Refused
from edge.facts import (
    BasketOpened,
    BasketResumed,
    BasketVoided,
    CashCounted,
    CashFound,
    CashMoved,
    CashReceived,
    CashSent,
    CashTakenBack,
    Denomination,
    EffectDone,
    EffectDropped,
    EffectIntended,
    EffectSettled,
    EffectUnknown,
    Fact,
    FiscalRefused,
    LineAdded,
    LineVoided,
    NoSale,
    RefundDecided,
    RefundDropped,
    SaleClosed,
    SalePaid,
    SaleReturned,
    ShiftClosed,
    ShiftOpened,
    VarianceSeen,
    fact_name,
)
from edge.journal.tx import Tx
from edge.pos.basket import words
from edge.pos.day.zreport import Takings, x_report, z_report
from edge.pos.load import counters, must_be_open, open_basket, shift_of, training_of
from edge.pos.parking.tables import parked
from edge.pos.returns.load import returns_open
from edge.pos.series import series
from edge.pos.shop import Shop
from edge.pos.verbs import CloseShift, Count, OpenShift, SeeVariance, SettlePaper
from edge.units import Minor, Seq, ShiftId, TillId, UserId

MAX_FLOAT = 10**12
MAX_PIECES = 100_000
BLIND_COUNTS = 2
"""Counts a cashier may make before a manager must look."""
_SEES = Need("variance")
"""Whoever looks at a difference, lets a third count be made, or the day be closed with it."""
_LAST_Z = "SELECT max(closed_seq) FROM shifts WHERE till = ?"
_LAST_DAY = "SELECT business_date FROM shifts WHERE till = ? ORDER BY opened_seq DESC LIMIT 1"
_FOLDED = frozenset(
    fact_name(kind)
    for kind in (
        ShiftOpened, CashCounted, ShiftClosed, BasketOpened, BasketResumed, LineAdded, LineVoided, BasketVoided,
        SalePaid, SaleClosed, SaleReturned, RefundDecided, RefundDropped, CashMoved, CashSent, CashReceived,
        CashTakenBack, CashFound, NoSale, FiscalRefused, EffectIntended, EffectDone, EffectUnknown, EffectSettled,
        EffectDropped,
    )
)  # fmt: skip
"""The only facts an X or Z speaks of."""
_PAPER = "SELECT 1 FROM effects WHERE effect = ? AND kind = 'paper' AND target = ?"
_PAGE = 1000


class Day:
    """Handlers of the shift."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def handlers(self) -> Mapping[type[Command], Handler]:
        """Command -> handler."""
        return {
            OpenShift: self.open,
            Count: self.count,
            SeeVariance: self.see_variance,
            CloseShift: self.close,
            SettlePaper: self.settle_paper,
        }

    def open(self, tx: Tx, command: OpenShift, context: Context) -> Sequence[Fact]:
        self._shop.position(command.till)
        if training_of(tx.db, command.till) is not None:
            raise Refused("the till practises", hint="End the practice first.", code="training")
        if shift_of(tx.db, command.till) is not None:
            raise Refused("the till is open already", hint="Go on selling.", code="shift-open")
        if not 0 <= command.float_minor <= MAX_FLOAT:
            raise Refused("that is no float", hint="Count the money in the drawer.", code="bad-float", status=422)
        day = tx.businessdate = self._shop.today(tx.now)
        approved = self._clock_may_be_right(tx, command.till, day, context)
        return [
            ShiftOpened(
                ShiftId(context.ids.new()), command.till, context.actor, command.float_minor,
                self._shop.profile.currency, day, stamp(tx.now), approved,
            )
        ]  # fmt: skip

    def _clock_may_be_right(self, tx: Tx, till: TillId, day: str, context: Context) -> UserId | None:
        """A clock set back would put today's sales under a day that is over: a manager must say that it is right."""
        last = tx.db.execute(_LAST_DAY, (till,)).fetchone()
        if last is None or last[0] <= day:
            return None
        return context.demand(tx, Need("variance", before=last[0], after=day, why="clock-back"))

    def count(self, tx: Tx, command: Count, context: Context) -> Sequence[Fact]:
        """The count is blind: the answer never says how far off it is."""
        shift = must_be_open(tx, command.till)
        held = open_basket(tx.db, command.till)
        if held is not None and held.basket.lines:
            raise Refused("a basket is still open", hint="Take payment or void it first.", code="basket-open")
        if shift.counts >= BLIND_COUNTS and shift.counted != shift.expected:
            context.demand(tx, _SEES)
        total = Minor(sum(self._worth(piece) for piece in command.pieces))
        return [CashCounted(shift.id, command.till, context.actor, command.pieces, total)]

    def close(self, tx: Tx, command: CloseShift, context: Context) -> Sequence[Fact]:
        """The Z: numbered, a pure fold over the journal."""
        shift = must_be_open(tx, command.till)
        differs = shift.counted is not None and shift.counted != shift.expected
        user = (shift.seen_by or context.demand(tx, _SEES)) if differs else context.actor
        waiting = [each for each in parked(tx.db) if each.till == command.till]
        if waiting and not command.keep_parked:
            raise Refused(
                "baskets are parked at this till",
                hint="Finish them, or say that they stay parked.",
                code="parked-baskets",
                details={"count": len(waiting)},
            )
        returns = returns_open(tx.db, command.till)
        if returns and not command.keep_returns:
            raise Refused(
                "returns wait for the fiscal device",
                hint="Wait for it, give them up, or say that they stay open.",
                code="open-returns",
                details={"count": returns},
            )
        reason = words(command.reason)
        letters = series(tx.db, self._shop.first_letter)
        _, last_z = counters(tx.db, command.till, letters)
        report = z_report(command.till, facts_of_shift(tx, command.till), user, reason, at=stamp(tx.now))
        return [replace(report, z_number=last_z + 1, series=letters)]

    def see_variance(self, tx: Tx, command: SeeVariance, context: Context) -> Sequence[Fact]:
        """Who saw it is written down, and stands on the Z."""
        shift = must_be_open(tx, command.till)
        if shift.counted is None:
            raise Refused("the drawer has not been counted", hint="Count the cash first.", code="count-first")
        by = context.demand(tx, _SEES)
        return [VarianceSeen(shift.id, command.till, by, shift.counted, shift.expected)]

    def settle_paper(self, tx: Tx, command: SettlePaper, context: Context) -> Sequence[Fact]:
        """Looked at by a person. The spool prints again, marked, when it did not come out."""
        if tx.db.execute(_PAPER, (command.effect, f"{command.till}/printer")).fetchone() is None:
            raise Refused("no such paper at this till", hint="Reload the page.", code="unknown-effect", status=404)
        return [settle(tx, command.effect, happened=command.came_out, by=context.actor)]

    def _worth(self, piece: Denomination) -> int:
        if piece.value not in self._shop.profile.denominations or not 0 <= piece.count <= MAX_PIECES:
            raise Refused(
                f"{piece.count} pieces of {piece.value}",
                hint="Count notes and coins again.",
                code="bad-count",
                status=422,
            )
        return piece.value * piece.count


def facts_of_shift(tx: Tx, till: TillId) -> Iterator[Fact]:
    """The journal's facts from the till's previous Z on, else its first opening, as X and Z are folded from them."""
    (after,) = tx.db.execute(_LAST_Z, (till,)).fetchone()
    (opened,) = tx.db.execute("SELECT min(opened_seq) FROM shifts WHERE till = ?", (till,)).fetchone()
    at = Seq((after or opened or 1) - 1)
    while page := tx.entries(at, _PAGE):
        for entry in page:
            fact = entry.fact() if entry.type in _FOLDED else None
            if fact is not None:
                yield fact
        at = page[-1].seq


def takings(tx: Tx, till: TillId) -> Takings:
    """The X report: figures so far, nothing reset."""
    return x_report(till, facts_of_shift(tx, till))
