"""People at the till's page: a PIN of one's own, a lock a manager opens, somebody else's yes, somebody else's turn."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from tests.waiting import until
from tests.web.conftest import Floor
from tests.web.hands import HAND, keys, open_float, scan, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOCKS = "5700000000001"


def expected(floor: Floor, *codes: str) -> None:
    """What the browser complains of by itself when a server refuses."""
    floor.complaints[:] = [each for each in floor.complaints if not any(code in each for code in codes)]


async def shown(page: Page, *pins: str) -> None:
    """Typed into the dialog's fields as a hand does."""
    for pin in pins:
        await page.keyboard.type(pin, delay=HAND)
        await keys(page, "Enter")


async def test_whoever_signs_in_for_the_first_time_chooses_a_pin_of_their_own(floor: Floor) -> None:
    floor.shop.one_time = "1234"
    page = await floor.open("/till/1")
    await sign_in(page)
    await expect(page.locator(".dialog h2")).to_have_text("Choose your own PIN")
    await shown(page, "4711", "4712")
    await expect(page.locator(".dialog [role=alert]")).to_have_text("The two are not the same.")
    await shown(page, "4711")
    await page.wait_for_selector(".door .amount")
    expected(floor, "403")


async def test_a_locked_colleague_is_let_in_by_a_manager_at_the_till(floor: Floor) -> None:
    floor.shop.locked.add("mette")
    page = await floor.open("/till/1")
    await page.wait_for_selector(".person")
    await expect(page.locator('[data-user="mette"]')).to_contain_text("locked")
    await keys(page, "1")
    await page.wait_for_selector(".dialog")
    await shown(page, "0000")
    await expect(page.locator(".dialog [role=alert]")).to_have_text("That PIN is not right.")
    await shown(page, "1234")
    await expect(page.locator(".toast")).to_have_text("Mette can sign in again.")
    await sign_in(page)
    await page.wait_for_selector(".door .amount")
    expected(floor, "401")


async def test_what_a_cashier_may_not_do_goes_on_after_a_manager_s_pin(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await page.wait_for_selector(".line")
    floor.shop.needs["void-line"] = "void"
    await keys(page, "Delete")
    await expect(page.locator(".dialog h2")).to_have_text("A manager must approve this.")
    await expect(page.locator(".dialog")).to_contain_text("For Mette, once, now.")
    await keys(page, "Escape")
    await expect(page.locator(".toast")).to_have_text("A manager must approve this.")
    await expect(page.locator(".line")).to_have_count(1)
    await keys(page, "Delete")
    await page.wait_for_selector(".dialog")
    await shown(page, "1234")
    await expect(page.locator(".line")).to_have_count(0)
    assert floor.shop.done[-2:] == ["approve", "void-line"]
    expected(floor, "403")


async def test_somebody_else_takes_the_till_and_goes_on_with_what_is_rung_up(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await page.wait_for_selector(".line")
    await keys(page, "F12")
    await sign_in(page, "2")
    await expect(page.locator(".bar .who")).to_contain_text("Anders")
    await expect(page.locator(".line")).to_have_count(1)


async def test_a_page_whose_till_somebody_took_over_elsewhere_asks_who_is_there(floor: Floor) -> None:
    page = await floor.open("/till/1")
    await sign_in(page)
    await open_float(page)
    assert floor.shop.user is not None
    floor.shop.user = {**floor.shop.user, "id": "anders", "name": "Anders", "session": 2}
    await floor.tell()
    await page.wait_for_selector(".person")
    assert await page.locator(".bar .who").count() == 0


async def test_the_box_is_told_that_somebody_is_there_though_nothing_is_sold(floor: Floor) -> None:
    page = await floor.till()
    await keys(page, "ArrowUp", "ArrowDown")
    assert "here" not in floor.shop.done
    await page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=2))
    await keys(page, "ArrowUp", "ArrowDown")
    await until(lambda: floor.shop.done.count("here") == 1)


async def test_a_manager_approves_by_finger_alone(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await page.wait_for_selector(".line")
    floor.shop.needs["void-line"] = "void"
    await page.click("text=Take this line out")
    for digit in "1234":
        await page.click(f'.dialog .digit >> text="{digit}"')
    await page.click(".dialog footer .button")
    await expect(page.locator(".line")).to_have_count(0)
    expected(floor, "403")
