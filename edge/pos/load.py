"""State of a till, loaded inside the writer's transaction."""

import sqlite3
from dataclasses import dataclass

from edge.clock import moment
from edge.errors import Halt, Refused
from edge.facts import SalePaid, read_fact
from edge.journal.tx import Tx
from edge.pos.basket import Basket, BasketState, Line
from edge.pos.discounts.tables import WHOLE_BASKET, reductions_of
from edge.pos.promotions.tables import offers_of
from edge.pos.training.tables import TRAINING
from edge.units import (
    ArticleId,
    CustomerId,
    Grams,
    LineId,
    Minor,
    Origin,
    SaleId,
    Seq,
    ShiftId,
    Sku,
    TillId,
    UserId,
)

_SHIFT = """SELECT shift, till, user, float_amount, business_date, opened_at, opened_seq, counts, counted, cash, sales,
seen_by FROM shifts WHERE till = ? AND closed = 0"""
_BASKET = """SELECT basket, till, shift, user, price_version, origin, state, last_line, voided_lines, customer,
opened_at, training FROM baskets"""
_LINES = """SELECT line, sku, article, name, quantity, unit_price, tax_label, code, weight
FROM basket_lines WHERE basket = ? ORDER BY line"""


@dataclass(frozen=True, slots=True)
class Shift:
    """A till's open shift; `cash` is what its sales brought into the drawer."""

    id: ShiftId
    till: TillId
    user: UserId
    float_amount: Minor
    business_date: str
    opened_at: str
    opened_seq: Seq
    counts: int
    counted: Minor | None
    cash: Minor
    sales: int
    seen_by: UserId | None
    """Who, since the last count, was shown how far it is off."""
    training: bool = False
    """No shift at all: somebody practises."""

    @property
    def expected(self) -> Minor:
        return Minor(self.float_amount + self.cash)


@dataclass(frozen=True, slots=True)
class Held:
    """A basket and when it was opened (RFC 3339): its prices are those of that moment."""

    basket: Basket
    opened_at: str


def shift_of(db: sqlite3.Connection, till: TillId) -> Shift | None:
    """The open shift of a till."""
    row = db.execute(_SHIFT, (till,)).fetchone()
    return None if row is None else Shift(*row)


def training_of(db: sqlite3.Connection, till: TillId) -> Shift | None:
    """What stands where a shift would while somebody practises at a till."""
    row = db.execute(TRAINING, (till,)).fetchone()
    if row is None:
        return None
    training, user, at, seq = row
    return Shift(ShiftId(training), till, UserId(user), Minor(0), "", at, Seq(seq), 0, None, Minor(0), 0, None, True)


def must_be_open(tx: Tx, till: TillId, *, training: bool = False) -> Shift:
    """The till's open shift; sets the business date of what this command records. Refused when there is none.

    While somebody practises it is what stands there instead, if the caller leaves no trace (`training`), else refused.
    """
    practice = training_of(tx.db, till)
    if practice is not None:
        if not training:
            raise Refused("the till practises", hint="End the practice first.", code="training")
        return practice
    shift = shift_of(tx.db, till)
    if shift is None:
        raise Refused("the till is not open", hint="Count the float and open the till.", code="not-open")
    tx.businessdate = shift.business_date
    return shift


def open_basket(db: sqlite3.Connection, till: TillId) -> Held | None:
    """What is being rung up at a till."""
    return _held(db, db.execute(f"{_BASKET} WHERE till = ? AND state = 'open'", (till,)).fetchone())


def basket_of(db: sqlite3.Connection, sale: SaleId) -> Held:
    """A basket by its id. Refused when there is none."""
    held = _held(db, db.execute(f"{_BASKET} WHERE basket = ?", (sale,)).fetchone())
    if held is None:
        raise Refused(f"no sale {sale}", hint="Reload the page.", code="unknown-sale", status=404)
    return held


def paid_of(db: sqlite3.Connection, sale: SaleId) -> tuple[SalePaid, str]:
    """How a sale was paid, and when."""
    row = db.execute(
        "SELECT e.type, e.data, e.time FROM sales s JOIN entries e ON e.seq = s.paid_seq WHERE s.sale = ?", (sale,)
    ).fetchone()
    fact = read_fact(row[0], row[1]) if row else None
    if row is None or not isinstance(fact, SalePaid):
        raise Halt(f"sale {sale} was never paid", hint="Run `edge verify`, then `edge rebuild`.")
    moment(row[2])
    return fact, row[2]


def counters(db: sqlite3.Connection, till: TillId, series: str) -> tuple[int, int]:
    """Receipts and Z reports a till has issued under `series`."""
    row = db.execute("SELECT receipts, z FROM till_counters WHERE till = ? AND letter = ?", (till, series)).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def _held(db: sqlite3.Connection, row: tuple[object, ...] | None) -> Held | None:
    if row is None:
        return None
    basket, till, shift, user, version, origin, state, last_line, voided, customer, opened_at, training = row
    off = reductions_of(db, SaleId(str(basket)))
    lines = tuple(
        Line(
            LineId(n),
            Sku(sku),
            ArticleId(article),
            name,
            quantity,
            Minor(price),
            label,
            code,
            _grams(weight),
            off.get(n),
        )
        for n, sku, article, name, quantity, price, label, code, weight in db.execute(_LINES, (basket,))
    )
    return Held(
        Basket(
            SaleId(str(basket)),
            TillId(str(till)),
            ShiftId(str(shift)),
            UserId(str(user)),
            Seq(int(str(version))),
            Origin(str(origin)),
            BasketState(str(state)),
            lines,
            int(str(last_line)),
            int(str(voided)),
            None if customer is None else CustomerId(str(customer)),
            off.get(WHOLE_BASKET),
            offers_of(db, SaleId(str(basket))),
            bool(training),
        ),
        str(opened_at),
    )


def _grams(weight: int | None) -> Grams | None:
    return None if weight is None else Grams(weight)
