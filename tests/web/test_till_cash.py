"""Money in the drawer at the till, in a real browser: by keyboard alone, by touch, in other languages."""

import pytest
from playwright.async_api import Page, expect

from tests.web.conftest import Floor
from tests.web.goods import Json
from tests.web.hands import faint, keys, small, spills

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def drawer(page: Page, choice: str = "") -> None:
    """The drawer's menu, and what is chosen there; a person reads before they choose."""
    await keys(page, "F10")
    await page.wait_for_selector("dialog")
    title = page.locator("dialog h2").last
    for key in ("3", choice):
        before = await title.inner_text()
        if key:
            await keys(page, key)
            await expect(title).not_to_have_text(before)


UNDER_WAY: Json = {"move": "m1", "way": "in", "till": "Till 2", "amount_minor": None, "at": "2026-07-01T10:00:00.000Z"}


async def test_a_pay_out_is_keyed_in_by_keyboard_alone(floor: Floor) -> None:
    page = await floor.till()
    await drawer(page, "2")
    await keys(page, *"125", "Enter", "F1")
    await expect(page.locator(".toast")).to_contain_text("Pay out: DKK\xa0125.00")
    assert floor.shop.bodies == [("move-cash", {"kind": "pay-out", "amount_minor": 12500, "reason": "Postage"})]


async def test_money_for_the_bank_asks_for_a_manager_and_a_word_of_ones_own_is_taken(floor: Floor) -> None:
    page = await floor.till()
    floor.shop.needs = {"move-cash": "cash-office"}
    await drawer(page, "4")
    await keys(page, *"900", "Enter")
    await page.keyboard.type("Bag 17", delay=110)
    await keys(page, "Enter")
    await expect(page.locator("dialog h2").last).to_have_text("A manager must approve this.")
    await keys(page, *"1234", "Enter")
    await expect(page.locator(".toast")).to_contain_text("To the bank")
    assert "approve" in floor.shop.done
    assert floor.shop.bodies[-1] == ("move-cash", {"kind": "bank-drop", "amount_minor": 90000, "reason": "Bag 17"})
    floor.complaints[:] = [each for each in floor.complaints if "403" not in each]


async def test_the_drawer_opens_without_a_sale_only_for_a_reason(floor: Floor) -> None:
    page = await floor.till()
    await drawer(page, "6")
    await keys(page, "Enter")
    await expect(page.locator("dialog h2").last).to_have_text("Open the drawer")
    assert floor.shop.bodies == []
    await keys(page, "F1")
    await expect(page.locator("dialog")).to_have_count(0)
    assert floor.shop.bodies == [("no-sale", {"reason": "A customer wants change"})]


async def test_cash_from_another_till_waits_until_it_is_counted_in(floor: Floor) -> None:
    page = await floor.till()
    floor.shop.transfers = [UNDER_WAY]
    await floor.tell()
    await expect(page.locator("[data-move=m1]")).to_contain_text("Cash from Till 2 is on its way")
    await page.click("[data-move=m1] button")
    await keys(page, *"200", "Enter")
    await expect(page.locator("[data-move=m1]")).to_have_count(0)
    assert floor.shop.bodies == [("receive-cash", {"move": "m1", "amount_minor": 20000})]


async def test_an_x_shows_no_amount_to_a_cashier(floor: Floor) -> None:
    page = await floor.till()
    await drawer(page, "7")
    await keys(page, "1")
    await expect(page.locator("dialog h2").last).to_contain_text("X report · 2026-07-01")
    await expect(page.locator("dialog .figures")).not_to_contain_text("DKK")
    await keys(page, "Enter")
    assert floor.shop.bodies == [("x-report", {"amounts": False})]


async def test_a_till_left_open_over_midnight_says_which_day_it_is_on(floor: Floor) -> None:
    page = await floor.till()
    await expect(page.locator(".bar")).not_to_contain_text("Business date")
    floor.shop.today = False
    await floor.tell()
    await expect(page.locator(".bar")).to_contain_text("Business date 2026-07-01")


@pytest.mark.parametrize(("lang", "width", "height"), [("ko", 1024, 600), ("sr", 1366, 768), ("da", 1024, 600)])
async def test_the_menu_of_the_drawer_can_be_read_and_pressed(floor: Floor, lang: str, width: int, height: int) -> None:
    page = await floor.till(lang, width, height)
    floor.shop.transfers = [UNDER_WAY, {**UNDER_WAY, "move": "m2", "way": "out", "amount_minor": 20000}]
    await floor.tell()
    await drawer(page)
    assert await faint(page) == []
    assert await small(page) == []
    assert await spills(page) == []
    await keys(page, "2")
    await page.wait_for_selector("dialog .pad")
    await keys(page, "5", "Enter")
    await expect(page.locator("dialog .choices button")).to_have_count(3)
    assert await small(page) == []
    assert await spills(page) == []
