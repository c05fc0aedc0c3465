"""What `edge demo --check` proves about cards: a payment, and one that nobody knew of while the power was away."""

import asyncio
import sqlite3
from contextlib import closing
from typing import cast

from edge.sim.stage.cashier import Cashier, Json
from edge.sim.stage.proofs import SOCK, must
from edge.sim.stage.visitor import Visitor, calmly
from edge.sim.stage.world import MAIN


async def pays_by_card(visitor: Visitor) -> str:
    """Wallet and card share one sale; the terminal, its slip and the books agree, and the drawer stays shut."""
    till, terminal = await calmly(visitor.cashier), visitor.world.terminals[0].terminal
    await visitor.soon("the terminal", lambda: _up(till), 10)
    total = cast("int", (await calmly(till.ring, [SOCK.code]))["total_minor"])
    wallet = await calmly(_ask, till, "mobilepay", 1_000)
    await calmly(lambda: till.do("confirm-tender", tender=wallet, approved=True, slip="MP 77"))
    await calmly(_ask, till, "card", total - 1_000)
    sale, took = await visitor.soon("the card", lambda: _paid(till, total), 15)
    must(list(terminal.truth.standing().values()) == [total - 1_000], "the terminal took another amount")
    must(not await calmly(_kicks, visitor, str(sale["sale"])), "the drawer was kicked for a card")
    till.close()
    return f"paid {took:.1f} s after the card was asked for; {sale['number']}, the drawer stayed shut"


async def settles_the_unknown(visitor: Visitor) -> str:
    """The plug is pulled while the customer types; the box asks the terminal afterwards: taken once, paid once."""
    till, terminal = await calmly(visitor.cashier), visitor.world.terminals[0].terminal
    before = len(terminal.truth.standing())
    total = cast("int", (await calmly(till.ring, [SOCK.code]))["total_minor"])
    await calmly(_ask, till, "card", total)
    await visitor.soon("the customer at the terminal", lambda: terminal.paying and terminal.busy, 5)
    await visitor.theatre.pull_plug()
    _, took = await visitor.soon("the terminal takes it", lambda: len(terminal.truth.standing()) == before + 1, 10)
    sale, knows = await visitor.soon("the box asks", lambda: _paid(till, total), 30)
    await asyncio.sleep(0.5)
    must(len(terminal.truth.standing()) == before + 1, "the card was charged twice")
    must(not cast("list[Json]", till.state()["tenders"]), "something is still unknown")
    till.close()
    return f"taken {took:.1f} s into the power cut, known {knows:.1f} s later, charged once: {sale['number']}"


def _ask(till: Cashier, name: str, amount: int) -> str:
    basket = cast("Json", till.basket())
    return str(till.do("ask-tender", name=name, amount_minor=amount, total_minor=basket["total_minor"])["tender"])


def _paid(till: Cashier, total: int) -> Json | None:
    state = till.state()
    last = cast("Json | None", state["last_sale"])
    return last if last and state["basket"] is None and last["closed"] and last["total_minor"] == total else None


def _kicks(visitor: Visitor, sale: str) -> int:
    """How often the drawer was to open for a sale; the printer's own count may still hear of an earlier one."""
    with closing(sqlite3.connect(f"file:{visitor.world.folder / MAIN / 'journal.db'}?mode=ro", uri=True)) as db:
        row = db.execute("SELECT count(*) FROM effects WHERE kind = 'drawer' AND subject = ?", (sale,)).fetchone()
    return int(row[0])


def _up(till: Cashier) -> bool:
    return cast("Json", till.state()["terminal"])["state"] == "up"
