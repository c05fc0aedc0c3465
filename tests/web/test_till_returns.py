"""Returns at the staff door: a receipt is found by its QR or number, what is due is told, money goes back once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from edge.facts import SaleClosed, SaleReturned
from edge.feedwords import SettingValue
from edge.journal.seal import SealKey
from edge.pins import hash_pin
from edge.pos.receipt.reference import reference
from edge.pos.verbs import OpenShift
from edge.staff.handlers import AddStaff
from edge.stock.handlers import Receive
from edge.units import Minor, Sku, TillId, UserId
from tests.web.floor_world import ANNA, Shopfloor, shopfloor
from tests.web.range_of_goods import goods

Json = dict[str, object]
PIN, BOSS = "2468", {"user": "bo", "pin": "1357"}
BOOT = "boot-brown-43"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        key = SealKey.load(tmp_path / "box.key")
        shop.house.genuine = key.signed
        await shop.feed(*goods())
        await shop.do(AddStaff(UserId("anna"), "Anna", "cashier", hash_pin(PIN)))
        await shop.do(AddStaff(UserId("bo"), "Bo", "manager", hash_pin(BOSS["pin"])))
        await shop.do(Receive(((Sku(BOOT), 5),), "opening stock"))
        await shop.do(OpenShift(TillId("1"), Minor(50_000)), actor=ANNA)
        yield shop


class Till:
    """Anna at till 1."""

    def __init__(self, shop: Shopfloor, session: str) -> None:
        self._shop, self._head = shop, {"Authorization": f"Bearer {session}"}

    async def do(self, verb: str, status: int = 200, /, **body: object) -> Json:
        answer = await self._shop.staff.post(
            f"/api/v1/tills/1/{verb}", json=body, headers={**self._head, **self._shop.press()}
        )
        assert answer.status_code == status, answer.text
        told = cast("Json", answer.json())
        return cast("Json", told["result"]) if status == 200 else told

    async def approved(self, verb: str, **body: object) -> Json:
        """Refused first; Bo says yes to exactly this; then it is given again."""
        asked = cast("Json", (await self.do(verb, 403, **body))["approval-needed"])
        wanted = {name: asked[name] for name in ("right", "action")}
        assert (await self.do("approve", 401, **wanted, manager={**BOSS, "pin": "0000"}))["code"] == "wrong-pin"
        assert (await self.do("approve", 403, **wanted, manager={"user": "anna", "pin": PIN}))["code"] == "not-allowed"
        await self.do("approve", **wanted, manager=BOSS)
        return await self.do(verb, **body)

    async def state(self) -> Json:
        return cast("Json", (await self._shop.staff.get("/api/v1/tills/1/state")).json())

    async def sell(self, quantity: int = 2) -> SaleClosed:
        await self.do("add", sku=BOOT, quantity=quantity)
        basket = cast("Json", (await self.state())["basket"])
        total = cast("int", basket["total_minor"])
        await self.do("pay", tenders=[{"kind": "cash", "tendered_minor": total + 1000}], total_minor=total)
        return (await sales(self._shop))[-1]


async def at_till(shop: Shopfloor, user: str = "anna", pin: str = PIN) -> Till:
    answer = await shop.staff.post("/api/v1/tills/1/sign-in", json={"user": user, "pin": pin}, headers=shop.press())
    return Till(shop, answer.json()["result"]["session"])


async def sales(shop: Shopfloor) -> list[SaleClosed]:
    entries = await shop.journal.transact(lambda tx: tx.entries(0, 10_000), cause="look")  # type: ignore[arg-type]
    return [fact for entry in entries if isinstance(fact := entry.fact(), SaleClosed)]


async def returned(shop: Shopfloor) -> list[SaleReturned]:
    entries = await shop.journal.transact(lambda tx: tx.entries(0, 10_000), cause="look")  # type: ignore[arg-type]
    return [fact for entry in entries if isinstance(fact := entry.fact(), SaleReturned)]


def qr(tmp_path: Path, sale: SaleClosed | SaleReturned, *, genuine: bool = True) -> str:
    key = SealKey.load(tmp_path / "box.key") if genuine else SealKey.load(tmp_path / "other.key")
    return reference(sale, bytes(32), base="https://fjeld.example/r/", sign=key.private.sign)


async def test_a_receipt_is_found_by_its_number_and_by_its_qr_and_says_what_may_come_back(
    shop: Shopfloor, tmp_path: Path
) -> None:
    till = await at_till(shop)
    sale = await till.sell()
    for text in (sale.number, sale.number.upper(), "1A-1", f" {sale.number} ", qr(tmp_path, sale)):
        found = await till.do("find-receipt", text=text)
        assert (found["kind"], found["sale"], found["number"]) == ("sale", sale.sale, sale.number)
        (line,) = cast("list[Json]", found["lines"])
        assert (line["sold"], line["left"], line["sku"]) == (2, 2, BOOT)
    assert (await till.do("find-receipt", 404, text="1A-99"))["code"] == "receipt-not-here"
    assert (await till.do("find-receipt", 404, text="\u202e<script>"))["code"] == "receipt-not-here"


async def test_what_is_due_is_told_before_and_given_once(shop: Shopfloor) -> None:
    till = await at_till(shop)
    sale = await till.sell()
    back = [{"line": 1, "quantity": 1, "damaged": True}]
    due = await till.do("refund-due", sale=sale.sale, back=back)
    assert not due["manager"]
    made = await till.do("refund", sale=sale.sale, back=back, amount_minor=due["amount_minor"], reason="too small")
    assert made["closed"]
    assert made["number"] == "cph-1A-2"
    found = await till.do("find-receipt", text=sale.number)
    assert cast("list[Json]", found["lines"])[0]["left"] == 1
    last = cast("Json", cast("Json", (await till.state())["returns"])["last"])
    assert (last["number"], last["original"], last["amount_minor"]) == ("cph-1A-2", sale.number, due["amount_minor"])
    problem = await till.do("refund", 409, sale=sale.sale, back=back, amount_minor=1, reason="x")
    assert problem["code"] == "total-changed"
    assert problem["hint"]
    assert (await till.do("find-receipt", 409, text="cph-1A-2"))["code"] == "refund-of-refund"


async def test_a_manager_approves_with_a_pin_what_a_cashier_may_not(shop: Shopfloor) -> None:
    await shop.feed(SettingValue("return.limit", "100"))
    till = await at_till(shop)
    sale = await till.sell(1)
    back = [{"line": 1, "quantity": 1}]
    due = await till.do("refund-due", sale=sale.sale, back=back)
    assert due["manager"]
    body = {"sale": sale.sale, "back": back, "amount_minor": due["amount_minor"], "reason": "worn out"}
    assert (await till.do("refund", 403, **body))["code"] == "approval-needed"
    assert (await till.approved("refund", **body))["closed"]
    (back_again,) = await returned(shop)
    assert (back_again.user, back_again.approved_by) == ("anna", "bo")


async def test_a_signed_manager_needs_nobody_else(shop: Shopfloor) -> None:
    await shop.feed(SettingValue("return.limit", "0"))
    till = await at_till(shop, **BOSS)
    sale = await till.sell(1)
    back = [{"line": 1, "quantity": 1}]
    due = await till.do("refund-due", sale=sale.sale, back=back)
    assert not due["manager"]
    await till.do("refund", sale=sale.sale, back=back, amount_minor=due["amount_minor"], reason="worn out")
    assert (await returned(shop))[0].approved_by == "bo"


async def test_a_forged_receipt_is_refused_and_a_genuine_one_of_a_lost_sale_is_worth_its_total(
    shop: Shopfloor, tmp_path: Path
) -> None:
    from dataclasses import replace

    till = await at_till(shop)
    sale = await till.sell(1)
    lost = replace(sale, number="cph-1A-77", sale=type(sale.sale)("gone"))
    assert (await till.do("find-receipt", 409, text=qr(tmp_path, lost, genuine=False)))["code"] == "forged-reference"
    text = qr(tmp_path, lost)
    found = await till.do("find-receipt", text=text)
    assert (found["kind"], found["number"], found["total_minor"]) == ("proven", "cph-1A-77", sale.total)
    loose = [{"sku": BOOT, "quantity": 1}]
    due = await till.do("refund-due", loose=loose)
    assert due["manager"]
    body = {"loose": loose, "amount_minor": due["amount_minor"], "reason": "x", "text": text}
    assert (await till.approved("refund", **body))["closed"]
    assert (await till.do("refund", 409, **body))["code"] == "too-much-back"
    assert (await returned(shop))[0].original == "cph-1A-77"
    body["text"] = qr(tmp_path, sale)
    assert (await till.do("refund", 409, **body))["code"] == "receipt-here"


async def test_goods_are_exchanged_for_what_is_rung_up(shop: Shopfloor) -> None:
    till = await at_till(shop)
    sale = await till.sell(1)
    await till.do("add", sku="boot-brown-44", quantity=1)
    total = cast("int", cast("Json", (await till.state())["basket"])["total_minor"])
    back = [{"line": 1, "quantity": 1}]
    due = cast("int", (await till.do("refund-due", sale=sale.sale, back=back))["amount_minor"])
    made = await till.do(
        "exchange", sale=sale.sale, back=back, amount_minor=due, basket_minor=total,
        tendered_minor=max(0, total - due), reason="other size",
    )  # fmt: skip
    assert made["change_minor"] == max(0, due - total)
    assert made["closed"]
    assert (await returned(shop))[0].exchange == made["sale"]
    assert (await till.state())["basket"] is None


async def test_nothing_comes_back_of_nothing(shop: Shopfloor) -> None:
    till = await at_till(shop)
    sale = await till.sell(1)
    bodies: tuple[Json, ...] = (
        {"sale": sale.sale, "back": []},
        {"loose": []},
        {"sale": "x", "back": [{"line": 1, "quantity": 1}]},
    )
    for body in bodies:
        problem = await till.do("refund-due", 422 if body.get("sale") == sale.sale else 404, **body)
        assert problem["code"] in {"nothing-back", "unknown-sale"}
    assert (await till.do("drop-refund", 404, returned="x"))["code"] == "unknown-sale"
    assert (await till.do("retry-refund", 404, returned="x"))["code"] == "unknown-sale"
