"""Parking on the till's page, and at the tills' doors: keyboard alone, by touch, two tabs, a page left open."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.pins import hash_pin
from edge.staff.handlers import AddStaff
from edge.units import UserId
from tests.web.conftest import Floor
from tests.web.floor_world import shopfloor
from tests.web.hands import HAND, keys, scan
from tests.web.range_of_goods import goods

SOCKS = "5700000000001"
in_module_loop = pytest.mark.asyncio(loop_scope="module")


@in_module_loop
async def test_a_sale_is_parked_and_taken_up_by_keyboard_alone(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await page.wait_for_selector(".line")
    await keys(page, "F11")
    await page.wait_for_selector(".dialog input")
    await page.keyboard.type("Blue bag", delay=HAND)
    await keys(page, "Enter")
    await expect(page.locator(".toast")).to_contain_text("Parked under number 1")
    await expect(page.locator(".line")).to_have_count(0)
    await expect(page.locator('.keys [data-key="F11"]')).to_contain_text("1 parked sale")
    await keys(page, "F11")
    await expect(page.locator(".waiting .person")).to_contain_text("Blue bag")
    await keys(page, "1")
    await expect(page.locator(".line")).to_have_count(1)


@in_module_loop
async def test_a_parked_sale_nobody_comes_back_for_is_given_up_with_a_reason_by_touch(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await page.wait_for_selector(".line")
    await page.click('.keys [data-key="F11"]')
    await page.click(".dialog footer .button")
    await page.click('.keys [data-key="F11"]')
    await page.click(".waiting [data-drop]")
    await page.click("text=The customer did not come back")
    await expect(page.locator('.keys [data-key="F11"]')).to_have_count(0)
    assert floor.shop.done[-1] == "void-parked"


@in_module_loop
async def test_the_day_is_closed_only_when_somebody_said_that_baskets_stay_parked(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await page.wait_for_selector(".line")
    await keys(page, "F11", "Enter")
    await expect(page.locator(".line")).to_have_count(0)
    await keys(page, "F10", "1")
    await page.wait_for_selector(".pieces input")
    await page.fill('[aria-label="DKK\xa0500.00"]', "1")
    await keys(page, "F8", "F8")
    await expect(page.locator(".dialog h2")).to_have_text("1 sale is still parked here")
    assert "close-shift" not in floor.shop.done
    await keys(page, "Enter")
    await page.wait_for_selector(".z")


async def test_over_http_a_basket_goes_from_till_to_till_and_every_state_tells_of_it(tmp_path: Path) -> None:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(AddStaff(UserId("anna"), "Anna", "cashier", hash_pin("2468")))
        bearer: dict[str, dict[str, str]] = {}

        async def press(till: str, verb: str, **body: object) -> dict[str, object]:
            headers = {**bearer.get(till, {}), **shop.press()}
            answer = await shop.staff.post(f"/api/v1/tills/{till}/{verb}", json=body, headers=headers)
            return {"status": answer.status_code, **answer.json()}

        for till in ("1", "2"):
            signed = await press(till, "sign-in", user="anna", pin="2468")
            bearer[till] = {"Authorization": f"Bearer {signed['result']['session']}"}  # type: ignore[index]
            await press(till, "open-shift", float_minor=0)
        await press("1", "add", sku="boot-brown-43", quantity=2)
        parked = await press("1", "park", name="Ida")
        assert parked["result"] == {"number": 1}
        (seen,) = (await shop.staff.get("/api/v1/tills/2/state")).json()["parked"]
        assert (seen["number"], seen["name"], seen["units"], seen["till"]["id"]) == (1, "Ida", 2, "1")
        taken = await press("2", "resume", basket=seen["basket"])
        assert taken["state"]["basket"]["total_minor"] == seen["total_minor"]  # type: ignore[index]
        late = await press("1", "resume", basket=seen["basket"])
        assert (late["status"], late["code"]) == (409, "not-parked")
