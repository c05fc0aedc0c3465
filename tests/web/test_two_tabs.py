"""Two tabs of one till and a second till press at chance: retries, lost answers, keys used again. The sums hold."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import cast

import httpx
import pytest

from edge.facts import Fact, SaleClosed, SalePaid
from edge.journal.entry import Entry
from edge.journal.rebuild import derived_digest
from edge.journal.verify import verify
from edge.pins import hash_pin
from edge.pos import tables as pos
from edge.pos.basket import fold
from edge.pos.cash import tables as cash_tables
from edge.pos.day.handlers import takings
from edge.pos.load import open_basket
from edge.staff import tables as staff
from edge.staff.handlers import AddStaff
from edge.stock import tables as stock
from edge.stock.handlers import Receive
from edge.units import Key, Seq, Sku, TillId, UserId
from hq.folds import Place, Tally
from tests.web.floor_world import Shopfloor, shopfloor
from tests.web.range_of_goods import goods

Json = Mapping[str, object]
PIN, FLOAT, STOCK = "2468", 50_000, 1000
ROOMS = (pos.ROOM, cash_tables.ROOM, stock.ROOM, staff.ROOM)
SKUS = ["boot-brown-43", "boot-brown-44", "boot-black-43", "sandal-42", "sock", "hat"]


@dataclass(slots=True)
class Hands:
    """Whoever presses the buttons of all tabs; knows what each key was answered."""

    shop: Shopfloor
    chance: Random
    sessions: dict[str, str] = field(default_factory=dict)
    pressed: list[tuple[str, str, str, Json]] = field(default_factory=list)
    """Till, verb, key, body of every press."""
    answers: dict[str, object] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)

    async def sign_in(self, till: str) -> None:
        """The same cashier at each till; both tabs of a till show its one session."""
        body, headers = {"user": f"u{till}", "pin": PIN}, self.shop.press()
        answer = await self.shop.staff.post(f"/api/v1/tills/{till}/sign-in", json=body, headers=headers)
        self.sessions[till] = str(answer.json()["result"]["session"])

    async def send(self, till: str, verb: str, key: str, body: Json) -> httpx.Response:
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {self.sessions[till]}"}
        answer = await self.shop.staff.post(f"/api/v1/tills/{till}/{verb}", json=body, headers=headers)
        assert answer.status_code < 500, answer.text
        if answer.status_code == 200:
            result = answer.json()["result"]
            assert self.answers.setdefault(key, result) == result, f"{verb} under {key} was answered in two ways"
            if verb == "pay":
                self.paid[key] = result["payable_minor"]
        return answer

    async def press(self, till: str, verb: str, body: Json) -> None:
        """Once, twice at once, or given up in the middle and tried again; and now and then an old one once more."""
        key = f"{till} {verb} {len(self.pressed)}"
        self.pressed.append((till, verb, key, body))
        match self.chance.randrange(6):
            case 0:
                await asyncio.gather(*(self.send(till, verb, key, body) for _ in range(self.chance.randint(2, 4))))
            case 1:
                await self.give_up(till, verb, key, body)
                await self.send(till, verb, key, body)
            case 2:
                await self.send(till, verb, key, body)
                await self.send(*self.chance.choice(self.pressed))
            case 3:
                await self.use_again()
                await self.send(till, verb, key, body)
            case _:
                await self.send(till, verb, key, body)

    async def give_up(self, till: str, verb: str, key: str, body: Json) -> None:
        waiting = asyncio.create_task(self.send(till, verb, key, body))
        for _ in range(self.chance.randrange(12)):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    async def use_again(self) -> None:
        """A key that did something refuses to do something else."""
        if not self.answers:
            return
        key = self.chance.choice(sorted(self.answers))
        till, verb = next((till, verb) for till, verb, used, _ in self.pressed if used == key)
        other = "void-basket" if verb != "void-basket" else "add"
        answer = await self.send(till, other, key, {"reason": "other", "sku": "hat", "quantity": 3})
        assert answer.json()["code"] == "key-reused", answer.text

    async def basket(self, till: str) -> Json | None:
        answer = await self.shop.staff.get(f"/api/v1/tills/{till}/state")
        return cast("Json | None", answer.json()["basket"])

    async def tab(self, till: str, presses: int) -> None:
        for _ in range(presses):
            verb, body = await self._something(till)
            await self.press(till, verb, body)

    async def _something(self, till: str) -> tuple[str, Json]:
        basket, chance = await self.basket(till), self.chance
        if basket is None or chance.random() < 0.45:
            return "add", {"sku": chance.choice(SKUS), "quantity": chance.choice([1, 1, 1, 2, 7])}
        lines = cast("list[Json]", basket["lines"])
        line = chance.choice(lines)["line"]
        verbs: list[tuple[str, Json]] = [
            ("set-quantity", {"line": line, "quantity": chance.randint(1, 9)}),
            ("void-line", {"line": line}),
            ("void-basket", {"reason": "walked away"}),
            ("scan", {"code": "5701234567431"}),
        ]
        if chance.random() < 0.5:
            return chance.choice(verbs)
        return "pay", _money(basket, chance)


def _money(basket: Json, chance: Random) -> Json:
    total, cash = cast("int", basket["total_minor"]), cast("Mapping[str, int]", basket["cash"])["payable_minor"]
    ways: list[list[Json]] = [
        [{"kind": "cash", "tendered_minor": cash + chance.choice([0, 0, 5000, 50])}],
        [{"kind": "cash", "tendered_minor": total // 3 or 1}, {"kind": "cash", "tendered_minor": cash}],
    ]
    return {"tenders": chance.choice(ways), "total_minor": total}


async def _the_sums_hold(hands: Hands) -> int:
    journal = hands.shop.journal
    entries = [entry for page in range(0, journal.head.seq, 500) for entry in await journal.entries(Seq(page), 500)]
    facts = [fact for entry in entries if (fact := entry.fact()) is not None]
    closed = [fact for fact in facts if isinstance(fact, SaleClosed)]
    paid = [fact for fact in facts if isinstance(fact, SalePaid)]
    assert len(closed) == len(paid) == len(hands.paid), "each payment once"
    assert sum(fact.payable for fact in paid) == sum(hands.paid.values())
    for sale in closed:
        assert sum(line.gross for line in sale.lines) == sale.total == sum(tax.gross for tax in sale.taxes)
        assert all(tax.net + tax.tax == tax.gross for tax in sale.taxes)
        assert sale.total + sale.rounding == sale.payable == sum(tender.amount for tender in sale.tenders)
    sold = Counter[str]()
    for sale in closed:
        sold.update({str(line.sku): 0 for line in sale.lines})
        for line in sale.lines:
            sold[str(line.sku)] += line.quantity
    left = {row["sku"]: row["on_hand"] for row in await journal.rows("SELECT sku, on_hand FROM stock")}
    assert left == {sku: STOCK - sold[sku] for sku in SKUS}
    _headquarters_counts_the_same(entries, closed, sold)
    for till in ("1", "2"):
        await _the_till_agrees(hands, TillId(till), facts, closed)
    before = await journal.read(lambda db: derived_digest(db, ROOMS))
    await journal.rebuild()
    assert await journal.read(lambda db: derived_digest(db, ROOMS)) == before
    return len(closed)


def _headquarters_counts_the_same(entries: list[Entry], closed: list[SaleClosed], sold: Counter[str]) -> None:
    tally = Tally()
    for entry in entries:
        fact = entry.fact()
        if fact is not None:
            tally.add(Place("cph_box", "cph", entry.epoch, entry.seq, entry.time, entry.data), fact)
    assert len(tally.sales) == len(closed)
    assert sum(row[3] for row in tally.hours.values()) == sum(sale.total for sale in closed)
    assert sum(row[2] for row in tally.taxes.values()) == sum(sale.total for sale in closed)
    assert sum(row[0] for row in tally.tenders.values()) == sum(sale.payable for sale in closed)
    assert {sku: change.sold for (_, sku), change in tally.stock.items() if change.sold} == {
        sku: count for sku, count in sold.items() if count
    }


async def _the_till_agrees(hands: Hands, till: TillId, facts: list[Fact], closed: list[SaleClosed]) -> None:
    journal, own = hands.shop.journal, [sale for sale in closed if sale.till == till]
    assert [sale.number for sale in own] == [f"cph-{till}A-{n}" for n in range(1, len(own) + 1)]
    cash = sum(tender.amount for sale in own for tender in sale.tenders if tender.kind == "cash")
    x = await journal.transact(lambda tx: takings(tx, till), cause=Key(f"x {till}"))
    assert (x.sales, x.gross_sales, x.expected_cash) == (len(own), sum(sale.total for sale in own), FLOAT + cash)
    (kept,) = await journal.rows("SELECT float_amount + cash AS cash FROM shifts WHERE till = ?", (till,))
    assert kept["cash"] == x.expected_cash
    held = await journal.read(lambda db: open_basket(db, till))
    if held is not None:
        assert held.basket == fold([fact for fact in facts if getattr(fact, "basket", None) == held.basket.id])


async def _day(tmp_path: Path, chance: Random, presses: int) -> None:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(Receive(tuple((Sku(sku), STOCK) for sku in SKUS), "opening stock"))
        hands = Hands(shop, chance)
        for till in ("1", "2"):
            await shop.do(AddStaff(UserId(f"u{till}"), f"U{till}", "cashier", hash_pin(PIN)))
            await hands.sign_in(till)
            await hands.press(till, "open-shift", {"float_minor": FLOAT})
        await asyncio.gather(*(hands.tab(till, presses) for till in ("1", "1", "2")))
        assert await _the_sums_hold(hands) > presses // 10
    assert verify(tmp_path / "j.db").ok


async def test_whatever_two_tabs_and_two_tills_press_the_sums_hold(tmp_path: Path, chance: Random) -> None:
    await _day(tmp_path, chance, 60)


@pytest.mark.long
@pytest.mark.seconds(600)
@pytest.mark.parametrize("day", range(20))
async def test_day_after_day_the_sums_hold(tmp_path: Path, chance: Random, day: int) -> None:
    await _day(tmp_path, Random(chance.random() + day), 150)
