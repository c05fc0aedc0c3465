"""What `edge demo --check` proves of goods that come back: money, stock, paper and headquarters agree."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import cast

from edge.sim.paper import Paper
from edge.sim.stage.cashier import Cashier, Json
from edge.sim.stage.proofs import BOOT, must
from edge.sim.stage.visitor import Visitor, calmly

MANAGER = {"user": "bo", "pin": "2222"}
_ON_HAND = "SELECT received - sold + returned + variance FROM stock WHERE store = 'harbour' AND sku = ?"
_RETURNED = "SELECT coalesce(sum(gross_returns), 0) FROM takings_by_hour WHERE store = 'harbour'"


async def takes_a_boot_back(visitor: Visitor) -> str:
    """Sell a boot, find it by its receipt's number, give it back: as if it had never left."""
    till, printer = await calmly(visitor.cashier), visitor.world.printers[0]
    await visitor.soon("store = headquarters", lambda: visitor.world.books.compare().equal, 20)
    before = await calmly(_figures, visitor)
    sold = await calmly(_sold, till)
    papers = len(printer.papers)
    found = await calmly(lambda: till.do("find-receipt", text=sold["number"]))
    back = {"sale": found["sale"], "back": [{"line": 1, "quantity": 1}]}
    due = await calmly(lambda: till.do("refund-due", **back))
    must(due["amount_minor"] == sold["payable_minor"], "another amount is due than was paid")
    asked = {**back, "amount_minor": due["amount_minor"], "reason": "too small"}
    made = await calmly(lambda: till.approved("refund", MANAGER, **asked))
    must(made["closed"], "the money has not left")
    _, printed = await visitor.soon("the paper", lambda: _paper(printer.papers[papers:], str(made["number"])), 10)
    _, known = await visitor.soon("headquarters", lambda: _back_to(visitor, before, cast("int", due["total_minor"])), 5)
    till.close()
    return f"{made['number']} printed after {printed:.2f} s; drawer and stock as before, headquarters {known:.2f} s"


def _sold(till: Cashier) -> Json:
    till.ring([BOOT.code])
    till.pay()
    return cast("Json", till.state()["last_sale"])


def _paper(papers: Sequence[Paper], number: str) -> bool:
    return any(number in paper.text for paper in papers)


def _figures(visitor: Visitor) -> tuple[int, int, int]:
    """What the drawer should hold, what headquarters has on hand, and what came back so far."""
    store, hq = visitor.world.folder / "harbour" / "journal.db", visitor.world.folder / "hq.db"
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        (cash,) = db.execute("SELECT float_amount + cash FROM shifts WHERE till = '1' AND closed = 0").fetchone()
    with closing(sqlite3.connect(f"file:{hq}?mode=ro", uri=True)) as db:
        (hand,), (returned,) = db.execute(_ON_HAND, (BOOT.sku,)).fetchone(), db.execute(_RETURNED).fetchone()
    return int(cash), int(hand), int(returned)


def _back_to(visitor: Visitor, before: tuple[int, int, int], returned: int) -> bool:
    return _figures(visitor) == (before[0], before[1], before[2] + returned)
