"""What `edge demo --check` proves in the Danish shop, each step in a shopkeeper's words; a step that fails raises."""

import asyncio
import sqlite3
from contextlib import closing
from random import Random
from typing import cast
from uuid import uuid4

from edge.sim.stage.assortment import display_code, piece
from edge.sim.stage.cashier import Cashier, Json
from edge.sim.stage.visitor import Visitor, calmly, request

BOOT = piece("fjeld", "brown", "43")
SOCK = piece("ro", "grey", "40-43")
FLOAT = 100_000


def must(true: object, words: str) -> None:
    """Raise AssertionError with `words` unless it is so."""
    if not true:
        raise AssertionError(words)


async def sells_a_boot(visitor: Visitor) -> str:
    """Scan, choose size 43, pay cash: display, drawer and paper agree."""
    till, printer = await calmly(visitor.cashier), visitor.world.printers[0]
    await visitor.soon("the catalogue", lambda: till.find(BOOT.sku), 20)
    await calmly(lambda: till.do("open-shift", float_minor=FLOAT))
    asked = await calmly(lambda: till.do("scan", code=display_code("fjeld")))
    must(asked == {"kind": "choose", "article": "fjeld"}, "the display sample did not open the size grid")
    await calmly(lambda: till.do("add", sku=BOOT.sku, quantity=1))
    paid = await calmly(lambda: till.pay(200_000))
    _, printed = await visitor.soon("the paper", lambda: len(printer.papers) == 1, 10)
    shown = await calmly(visitor.floor, "/api/v1/displays/1/state")
    text = printer.papers[0].text
    must(shown["change_minor"] == paid["change_minor"], "the customer display shows another change")
    must(printer.kicks == 1, f"the drawer was kicked {printer.kicks} times")
    must("43" in text and "harbour-1A-1" in text, "the paper is another sale's")
    till.close()
    return f"paper after {printed:.2f} s, one kick, change {cast('int', paid['change_minor']) / 100:.2f}"


async def survives_an_empty_roll(visitor: Visitor) -> str:
    """Paper out, three customers, a new roll: three papers, no more."""
    till, printer = await calmly(visitor.cashier), visitor.world.printers[0]
    before = len(printer.papers)
    printer.paper_out()
    for _ in range(3):
        await calmly(_sell, till, SOCK.code)
    hint, _ = await visitor.soon("the hint", lambda: _hint(till, "paper-end"), 10)
    must(len(printer.papers) == before, "something was printed without paper")
    printer.new_roll()
    await visitor.soon("three papers", lambda: len(printer.papers) >= before + 3, 15)
    await asyncio.sleep(1.0)
    must(len(printer.papers) == before + 3, f"{len(printer.papers) - before} papers came out")
    till.close()
    return f'the till said "{hint}"; exactly three papers'


async def shows_a_boot_at_the_wall(visitor: Visitor) -> str:
    """Tap: sizes here, in the other shop, online, a bad review too; then on to the till."""
    till = await calmly(visitor.cashier)
    await visitor.theatre.hands.do("tap", {"tag": "fjeld"})
    tap, took = await visitor.soon("the tap", lambda: cast("Json | None", visitor.wall()["tap"]), 5)
    product = cast("Json", tap["product"])
    cells = cast("list[Json]", product["cells"])
    for place in ("here", "other", "online"):
        counts = [cast("Json", cell[place])["count"] for cell in cells]
        must(any(count is not None for count in counts), f"the wall knows no stock {place}")
    must(any(review["stars"] == 1 for review in cast("list[Json]", product["reviews"])), "the bad review is hidden")
    chosen = {"list": None, "article": "fjeld", "sku": BOOT.sku}
    added = await calmly(_post_floor, visitor, "/api/v1/walls/1/add-to-list", chosen)
    await calmly(_post_floor, visitor, "/api/v1/walls/1/send-to-till", {"list": added["list"], "till": "1"})
    await visitor.soon("the list at the till", lambda: till.state()["lists"], 5)
    taken = await calmly(lambda: till.do("take-list", list=added["list"]))
    must(len(cast("list[int]", taken["lines"])) == 1, "the list brought no line")
    await calmly(lambda: till.do("void-basket", reason="only looking"))
    till.close()
    return f"on the wall after {took * 1000:.0f} ms, {len(cells)} sizes, the one-star review among them"


async def counts_the_shelf(visitor: Visitor) -> str:
    """A pair leaves the shelf: on shelf falls; it is sold: on hand falls, everywhere, once."""
    till, bus = await calmly(visitor.cashier), visitor.world.bus
    must(bus is not None, "there is no shelf")
    before, _ = await visitor.soon("the shelf sees", lambda: _seen(visitor), 10)
    await visitor.theatre.hands.do("take", {"plate": "a1", "units": 1})
    _, picked = await visitor.soon("on shelf", lambda: _count(visitor, "on_shelf") == before[0] - 1, 3.5)
    must(_count(visitor, "on_hand") == before[1], "taking a pair changed what is on hand")
    hq_before = await calmly(_hq_on_hand, visitor)
    await calmly(_sell, till, BOOT.code)
    _, sold = await visitor.soon("on hand", lambda: _count(visitor, "on_hand") == before[1] - 1, 1.0)
    _, known = await visitor.soon("headquarters", lambda: _hq_on_hand(visitor) == hq_before - 1, 1.0)
    must(_count(visitor, "on_shelf") == before[0] - 1, "the sale changed what lies on the shelf")
    till.close()
    return f"on shelf after {picked:.1f} s; on hand after {sold:.2f} s, at headquarters {known:.2f} s"


async def follows_the_online_shop(visitor: Visitor) -> str:
    """A one-star review is written and deleted, a price is cut: wall, shelf and till follow."""
    till = await calmly(visitor.cashier)
    words = {
        "article": "fjeld",
        "rating": 1,
        "title": "Laces",
        "text": "The laces are far too short.",
        "author": "Vera",
    }
    written = await calmly(visitor.shop, "POST", "/api/v1/reviews", words, "a visitor's own secret")
    _, shown = await visitor.soon("the review", lambda: _said(visitor, "Laces"), 5)
    secret = str(written["secret"])
    await calmly(visitor.shop, "DELETE", f"/api/v1/reviews/{written['id']}", None, secret)
    _, gone = await visitor.soon("its end", lambda: not _said(visitor, "Laces"), 5)
    price = cast("int", (await calmly(visitor.shelf, "1"))["price_minor"]) - 10_000
    cut = {"sku": BOOT.sku, "amount_minor": price, "currency": "DKK", "tax_label": "standard"}
    await calmly(visitor.shop, "POST", "/api/v1/prices", cut)
    _, cheaper = await visitor.soon("the price", lambda: visitor.shelf("1")["price_minor"] == price, 5)
    basket = await calmly(till.ring, [BOOT.code])
    must(basket["total_minor"] == price, "the till has another price than the shelf")
    await calmly(lambda: till.do("void-basket", reason="only looking"))
    till.close()
    return f"review there after {shown:.2f} s, gone after {gone:.2f} s, price after {cheaper:.2f} s"


async def loses_nothing(visitor: Visitor) -> str:
    """Cut the line, sell five, pull the plug in mid-payment: the first screen knows; restored, store = headquarters."""
    till, books = await calmly(visitor.cashier), visitor.world.books
    visitor.world.line.cut()
    for _ in range(5):
        await calmly(_sell, till, SOCK.code)
    basket = await calmly(till.ring, [SOCK.code, BOOT.code])
    paying = asyncio.create_task(calmly(till.pay))
    await asyncio.sleep(Random().uniform(0.001, 0.02))
    await visitor.theatre.pull_plug()
    paid = await paying
    state = await calmly(till.state)
    last = cast("Json", state["last_sale"])
    must((last["sale"], last["total_minor"]) == (paid["sale"], basket["total_minor"]), "the last sale is another one")
    must(last["closed"] and cast("Json", last["paper"] or {}).get("state"), "nobody knows what was paid and printed")
    behind = await calmly(books.heads)
    visitor.world.line.restore()
    _, took = await visitor.soon("store = headquarters", lambda: books.compare().equal, 30)
    must(books.doubles() == 0 and books.chain() == "ok", "the books are not clean")
    till.close()
    return f"{behind[0] - behind[1]} facts caught up in {took:.1f} s; the payment was taken once"


async def closes_the_day(visitor: Visitor) -> str:
    """Count blind, fifty short, Z, the same figures at headquarters."""
    till = await calmly(visitor.cashier)
    await calmly(_settle_papers, till)
    expected = await calmly(_expected, visitor)
    short = {"pieces": [{"value": 50, "count": (expected - 5_000) // 50}]}
    first = await calmly(lambda: till.do("count", **short))
    must(first["recount"] and not first["agrees"], "a count fifty short was taken")
    again = await calmly(lambda: till.do("count", **short))
    must(not again["recount"], "a third count was asked for")
    seen = await calmly(lambda: till.approved("variance", {"user": "bo", "pin": "2222"}))
    must(seen["variance_minor"] == -5_000, f"the variance is {seen['variance_minor']}")
    z = cast("Json", (await calmly(lambda: till.do("close-shift", reason="a note is missing")))["z"])
    held, _ = await visitor.soon("the Z at headquarters", lambda: _hq_z(visitor), 5)
    mine = (z["z_number"], z["gross_sales_minor"], z["expected_minor"], z["counted_minor"], z["variance_minor"])
    must(held == mine, f"headquarters has {held}, the till {mine}")
    till.close()
    return f"Z {z['z_number']}: {z['sales']} sales, 50.00 short, the same at headquarters"


def _sell(till: Cashier, code: str) -> Json:
    till.ring([code])
    return till.pay()


def _hint(till: Cashier, cause: str) -> str | None:
    printer = cast("Json", till.state()["printer"])
    return str(printer["hint"]) if printer["cause"] == cause else None


def _post_floor(visitor: Visitor, path: str, body: Json) -> Json:
    port = visitor.theatre.ports.stores["harbour"][1]
    return request(port, "POST", path, body, {"Idempotency-Key": str(uuid4())})


def _count(visitor: Visitor, what: str) -> object:
    return cast("Json", visitor.shelf("1")[what])["count"]


def _seen(visitor: Visitor) -> tuple[int, int] | None:
    shelf, hand = _count(visitor, "on_shelf"), _count(visitor, "on_hand")
    return None if shelf is None or hand is None else (cast("int", shelf), cast("int", hand))


def _said(visitor: Visitor, title: str) -> bool:
    return any(review["title"] == title for review in cast("list[Json]", visitor.shelf("1")["reviews"]))


def _hq_on_hand(visitor: Visitor) -> int:
    with closing(sqlite3.connect(f"file:{visitor.world.folder / 'hq.db'}?mode=ro", uri=True)) as db:
        row = db.execute(
            "SELECT received - sold + returned + variance FROM stock WHERE store = 'harbour' AND sku = ?", (BOOT.sku,)
        ).fetchone()
    return int(row[0])


def _expected(visitor: Visitor) -> int:
    with closing(sqlite3.connect(f"file:{visitor.world.folder / 'harbour' / 'journal.db'}?mode=ro", uri=True)) as db:
        row = db.execute("SELECT float_amount + cash FROM shifts WHERE till = '1' AND closed = 0").fetchone()
    return int(row[0])


def _hq_z(visitor: Visitor) -> tuple[object, ...] | None:
    with closing(sqlite3.connect(f"file:{visitor.world.folder / 'hq.db'}?mode=ro", uri=True)) as db:
        found = db.execute(
            "SELECT z_number, gross_sales, expected_cash, counted_cash, variance FROM z_reports"
        ).fetchone()
    return None if found is None else tuple(found)


def _settle_papers(till: Cashier) -> None:
    for paper in cast("list[Json]", till.state()["papers"]):
        till.do("settle-paper", effect=paper["effect"], came_out=True)
