"""Practice on the till's page: in another colour, from the open till and before it, and back."""

import pytest
from playwright.async_api import expect

from tests.web.conftest import Floor
from tests.web.hands import keys, scan, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOCKS = "5700000000001"


async def test_practice_looks_like_nothing_else_and_ends_where_it_began(floor: Floor) -> None:
    page = await floor.till()
    real = await page.evaluate("getComputedStyle(document.querySelector('.bar')).backgroundImage")
    await keys(page, "F10", "8")
    await expect(page.locator(".notice.training")).to_contain_text("Nothing you do here counts")
    assert await page.evaluate("getComputedStyle(document.querySelector('.bar')).backgroundImage") != real
    await scan(page, SOCKS)
    await page.wait_for_selector(".line")
    await keys(page, "F8", "Enter")
    await page.wait_for_selector(".paid")
    await keys(page, "F10")
    for key in ("1", "3", "4", "8"):
        await expect(page.locator(f'.dialog [data-key="{key}"]')).to_be_disabled()
    await keys(page, "Escape", "F7")
    await expect(page.locator(".notice.training")).to_have_count(0)
    await expect(page.locator(".empty")).to_be_visible()


async def test_a_till_that_is_not_open_yet_may_be_practised_on(floor: Floor) -> None:
    page = await floor.open("/till/1")
    await sign_in(page)
    await page.wait_for_selector(".door .amount")
    await keys(page, "F8")
    await page.wait_for_selector(".sell")
    await keys(page, "F10")
    await expect(page.locator(".dialog")).to_contain_text("Change my PIN")
    await keys(page, "Escape", "F7")
    await page.wait_for_selector(".door .amount")
    assert floor.shop.done == ["sign-in", "start-training", "end-training"]


async def test_the_customer_s_display_says_practice_too(floor: Floor) -> None:
    page = await floor.open("/display/1", 1920, 1080)
    floor.shop.carry_out("start-training", {})
    await floor.tell()
    await expect(page.locator(".welcome")).to_contain_text("Practice")
    floor.shop.add("b1-brown-43", 1)
    await floor.tell()
    await expect(page.locator(".practice")).to_have_text("Practice")
