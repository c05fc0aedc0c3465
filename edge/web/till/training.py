"""The till's verbs about practice."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from edge.facts import SaleClosed
from edge.pos.training.handlers import EndTraining, StartTraining
from edge.web.house import Json

if TYPE_CHECKING:
    from edge.web.till.call import Call


async def start(call: "Call") -> Json:
    await call.do(StartTraining(call.till))
    return {}


async def end(call: "Call") -> Json:
    await call.do(EndTraining(call.till))
    return {}


def practice_view(sale: SaleClosed) -> Json:
    """A practice sale, as the answer to `pay` tells it."""
    return {
        "sale": sale.sale,
        "payable_minor": sale.payable,
        "tendered_minor": sum(tender.tendered for tender in sale.tenders),
        "change_minor": sale.change,
    }


VERBS: Mapping[str, Callable[["Call"], Awaitable[Json]]] = {"start-training": start, "end-training": end}
