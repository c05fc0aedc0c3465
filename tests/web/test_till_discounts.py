"""Discounts through the staff door: the ceiling is the service's, whatever a page sends."""

from pathlib import Path
from typing import cast

from edge.pins import hash_pin
from edge.pos.verbs import Add, OpenShift
from edge.staff.handlers import AddStaff
from edge.units import Minor, Sku, TillId, UserId
from tests.web.floor_world import shopfloor
from tests.web.range_of_goods import goods

TILL = "/api/v1/tills/1"


async def test_above_the_ceiling_it_takes_the_pin_of_somebody_who_may(tmp_path: Path) -> None:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(AddStaff(UserId("anna"), "Anna", "cashier", hash_pin("2468")))
        await shop.do(AddStaff(UserId("bo"), "Bo", "manager", hash_pin("1357")))
        signed = await shop.staff.post(f"{TILL}/sign-in", json={"user": "anna", "pin": "2468"}, headers=shop.press())
        anna = {"Authorization": f"Bearer {signed.json()['result']['session']}"}
        await shop.do(OpenShift(TillId("1"), Minor(0)))
        await shop.do(Add(TillId("1"), Sku("boot-brown-43")))

        async def give(verb: str, body: dict[str, object], status: int) -> dict[str, object]:
            answer = await shop.staff.post(f"{TILL}/{verb}", json=body, headers={**shop.press(), **anna})
            assert answer.status_code == status, answer.text
            said: dict[str, object] = answer.json()
            return said

        half: dict[str, object] = {"rate": 5000, "reason": "a scratch"}
        refused = await give("discount-basket", half, 403)
        assert refused["code"] == "approval-needed"
        asked = cast("dict[str, object]", refused["approval-needed"])
        assert (asked["right"], asked["approvers"]) == ("discount-over", ["bo"])
        yes: dict[str, object] = {"right": asked["right"], "action": asked["action"]}
        wrong = await give("approve", {**yes, "manager": {"user": "bo", "pin": "0000"}}, 401)
        assert wrong["code"] == "wrong-pin"
        own = await give("approve", {**yes, "manager": {"user": "anna", "pin": "2468"}}, 403)
        assert own["code"] == "not-allowed"
        await give("approve", {**yes, "manager": {"user": "bo", "pin": "1357"}}, 200)
        assert (await give("discount-basket", {**half, "rate": 6000}, 403))["code"] == "approval-needed"
        given = await give("discount-basket", half, 200)
        basket = given["state"]["basket"]  # type: ignore[index]
        assert basket["total_minor"] + basket["discount_minor"] == basket["lines"][0]["unit_price_minor"]
        assert basket["reduction"] == {"rate": 5000, "amount_minor": 0, "reason": "a scratch"}
        plain = await give("discount-basket", {}, 200)
        assert plain["state"]["basket"]["discount_minor"] == 0  # type: ignore[index]
        one = await give("discount-line", {"line": 1, "amount_minor": 100, "reason": "a scratch"}, 200)
        assert one["state"]["basket"]["lines"][0]["discount_minor"] == 100  # type: ignore[index]
