"""Commands about goods: receive, count, damage, hold, release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, StockCounted, StockDamaged, StockHeld, StockReceived, StockReleased
from edge.journal.tx import Tx
from edge.stock.tables import OUTSTANDING, stock_of
from edge.units import LineId, OrderId, Sku

MAX_PIECES = 1_000_000
TAKE_IN = 200


@dataclass(frozen=True, slots=True)
class Receive:
    """Goods came in with `document` (a delivery note's number, `opening stock`)."""

    right: ClassVar[str] = "stock"
    goods: tuple[tuple[Sku, int], ...]
    document: str


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Receive what headquarters has delivered and nobody has received yet, at most `TAKE_IN` lines."""

    right: ClassVar[str] = "stock"


@dataclass(frozen=True, slots=True)
class Count:
    """Somebody counted `counted` pieces of `sku`."""

    right: ClassVar[str] = "stock"
    sku: Sku
    counted: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Pieces of `sku` can no longer be sold."""

    right: ClassVar[str] = "stock"
    sku: Sku
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Promise `quantity` pieces to an order's line; a second hold under the same name changes nothing."""

    right: ClassVar[str] = "stock"
    order: OrderId
    line: LineId
    attempt: int
    sku: Sku
    quantity: int


@dataclass(frozen=True, slots=True)
class Release:
    """Give back `quantity` of the pieces a hold has promised."""

    right: ClassVar[str] = "stock"
    order: OrderId
    line: LineId
    attempt: int
    quantity: int


def _receive(tx: Tx, command: Receive, context: Context) -> Sequence[Fact]:
    return [StockReceived(sku, _pieces(quantity), command.document) for sku, quantity in command.goods]


def _take_in(tx: Tx, command: TakeIn, context: Context) -> Sequence[Fact]:
    """Each (document, sku) once: the store alone writes its physical stock."""
    return [
        StockReceived(Sku(sku), quantity, document)
        for document, sku, quantity in tx.db.execute(OUTSTANDING, (TAKE_IN,)).fetchall()
    ]


def _count(tx: Tx, command: Count, context: Context) -> Sequence[Fact]:
    if not 0 <= command.counted <= MAX_PIECES:
        raise Refused(f"{command.counted} is no count", hint="Count again.", status=422)
    known = stock_of(tx.db, command.sku)
    return [StockCounted(command.sku, command.counted, known.on_hand if known else 0)]


def _damage(tx: Tx, command: Damage, context: Context) -> Sequence[Fact]:
    return [StockDamaged(command.sku, _pieces(command.quantity), command.reason)]


def _hold(tx: Tx, command: Hold, context: Context) -> Sequence[Fact]:
    name = (command.order, command.line, command.attempt)
    taken = tx.db.execute("SELECT 1 FROM holds WHERE order_id = ? AND line = ? AND attempt = ?", name).fetchone()
    if taken:
        return []
    return [StockHeld(command.order, command.line, command.attempt, command.sku, _pieces(command.quantity))]


def _release(tx: Tx, command: Release, context: Context) -> Sequence[Fact]:
    name = (command.order, command.line, command.attempt)
    row = tx.db.execute(
        "SELECT sku, held - released FROM holds WHERE order_id = ? AND line = ? AND attempt = ?", name
    ).fetchone()
    if row is None:
        raise Refused(f"no hold for order {command.order}", hint="Check the order's number.", status=404)
    if _pieces(command.quantity) > row[1]:
        raise Refused(f"only {row[1]} pieces are still held", hint="Release at most these.", status=409)
    return [StockReleased(command.order, command.line, command.attempt, Sku(row[0]), command.quantity)]


def _pieces(quantity: int) -> int:
    if not 1 <= quantity <= MAX_PIECES:
        raise Refused(f"{quantity} pieces", hint="Enter a whole number of at least one.", status=422)
    return quantity


HANDLERS: Mapping[type[Command], Handler] = {
    Receive: _receive,
    TakeIn: _take_in,
    Count: _count,
    Damage: _damage,
    Hold: _hold,
    Release: _release,
}
