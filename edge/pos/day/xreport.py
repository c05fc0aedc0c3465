"""The X as a fact (pure): what a cashier may see, and the amounts a manager may."""

from edge.facts import Figures, ShiftRead
from edge.pos.day.zreport import Takings
from edge.units import MoveId, UserId


def read_of(
    so_far: Takings, read: MoveId, user: UserId, *, amounts: bool = False, approved: UserId | None = None
) -> ShiftRead:
    """The shift so far, nothing reset."""
    return ShiftRead(
        read=read,
        shift=so_far.shift,
        till=so_far.till,
        user=user,
        business_date=so_far.business_date,
        currency=so_far.currency,
        sales=so_far.sales,
        returns=so_far.returns,
        lines=so_far.lines,
        voided_lines=so_far.voided_lines,
        voided_baskets=so_far.voided_baskets,
        drawer_kicks=so_far.drawer_kicks,
        no_sales=so_far.no_sales,
        open_baskets=so_far.open_baskets,
        unfinished_sales=so_far.unfinished_sales,
        unknown_effects=so_far.unknown_effects,
        open_transfers=so_far.open_transfers,
        figures=figures(so_far) if amounts else None,
        approved_by=approved if amounts else None,
    )


def figures(so_far: Takings) -> Figures:
    """The amounts of a shift so far."""
    return Figures(
        gross_sales=so_far.gross_sales,
        gross_returns=so_far.gross_returns,
        taxes=so_far.taxes,
        tenders=so_far.tenders,
        moves=so_far.moves,
        rounding=so_far.rounding,
        float_amount=so_far.float_amount,
        expected_cash=so_far.expected_cash,
        grand_total=so_far.grand_total,
    )
