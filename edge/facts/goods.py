"""Stock movements, holds, tasks."""

from dataclasses import dataclass

from edge.facts.registry import fact
from edge.units import LineId, OrderId, SaleId, Sku, TaskId, UserId


@fact("stock.received")
@dataclass(frozen=True, slots=True)
class StockReceived:
    """Units came in: a delivery, or the opening stock."""

    sku: Sku
    quantity: int
    document: str


@fact("stock.damaged")
@dataclass(frozen=True, slots=True)
class StockDamaged:
    """Units on hand that cannot be sold."""

    sku: Sku
    quantity: int
    reason: str


@fact("stock.counted")
@dataclass(frozen=True, slots=True)
class StockCounted:
    """`expected` is what the record said; the difference is the variance."""

    sku: Sku
    counted: int
    expected: int


@fact("stock.held")
@dataclass(frozen=True, slots=True)
class StockHeld:
    """Units promised to somebody; keyed (order, line, attempt), a duplicate is no new hold."""

    order: OrderId
    line: LineId
    attempt: int
    sku: Sku
    quantity: int


@fact("stock.released")
@dataclass(frozen=True, slots=True)
class StockReleased:
    """Names its hold; releases never exceed holds."""

    order: OrderId
    line: LineId
    attempt: int
    sku: Sku
    quantity: int


@fact("stock.hold_overridden")
@dataclass(frozen=True, slots=True)
class HoldOverridden:
    """A cashier sold what was held; a shortage follows at once."""

    basket: SaleId
    sku: Sku
    quantity: int
    user: UserId


@fact("task.opened")
@dataclass(frozen=True, slots=True)
class TaskOpened:
    """Something a person must do."""

    task: TaskId
    kind: str
    subject: str
    hint: str


@fact("task.done")
@dataclass(frozen=True, slots=True)
class TaskDone:
    """Somebody did it."""

    task: TaskId
    user: UserId


@fact("task.taken")
@dataclass(frozen=True, slots=True)
class TaskTaken:
    """Somebody says they will do it."""

    task: TaskId
    user: UserId
