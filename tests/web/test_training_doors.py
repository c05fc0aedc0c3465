"""Practice over HTTP: `pay` answers as for a sale, the state says what it is, the display shows no sale after it."""

from pathlib import Path
from typing import cast

from edge.pins import hash_pin
from edge.staff.handlers import AddStaff
from edge.units import UserId
from tests.web.floor_world import shopfloor
from tests.web.range_of_goods import goods

Json = dict[str, object]


async def test_a_practice_sale_answers_as_a_sale_and_stands_in_no_state(tmp_path: Path) -> None:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(AddStaff(UserId("anna"), "Anna", "cashier", hash_pin("2468")))
        bearer: dict[str, str] = {}

        async def press(verb: str, **body: object) -> Json:
            answer = await shop.staff.post(f"/api/v1/tills/1/{verb}", json=body, headers={**bearer, **shop.press()})
            assert answer.status_code == 200, answer.text
            return cast("Json", answer.json())

        signed = cast("Json", (await press("sign-in", user="anna", pin="2468"))["result"])
        bearer["Authorization"] = f"Bearer {signed['session']}"
        assert cast("Json", (await press("start-training"))["state"])["training"]
        basket = cast("Json", cast("Json", (await press("add", sku="boot-brown-43"))["state"])["basket"])
        tenders = [{"kind": "cash", "tendered_minor": 10**6}]
        paid = await press("pay", tenders=tenders, total_minor=basket["total_minor"])
        result, state = cast("Json", paid["result"]), cast("Json", paid["state"])
        assert cast("int", result["change_minor"]) == 10**6 - cast("int", result["payable_minor"])
        assert (state["basket"], state["last_sale"], state["unfinished"]) == (None, None, [])
        assert cast("Json", state["only_here"])["sales"] == 0
        display = (await shop.floor.get("/api/v1/displays/1/state")).json()
        assert (display["training"], display["phase"]) == (True, "closed")
        assert cast("Json", (await press("end-training"))["state"])["training"] is None
