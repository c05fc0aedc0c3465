"""Coupons on the till's page, in a real browser."""

import pytest
from playwright.async_api import expect

from tests.web.conftest import Floor
from tests.web.hands import HAND, keys, scan

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOCKS = "5700000000001"


async def test_a_coupon_is_typed_shown_and_given_back(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    await keys(page, "F6")
    await page.keyboard.type("winter", delay=HAND)
    await keys(page, "Enter")
    await expect(page.locator(".toast")).to_contain_text("This is no coupon of ours.")
    await keys(page, "F6")
    await page.keyboard.type("SUMMER", delay=HAND)
    await keys(page, "Enter")
    await expect(page.locator(".toast")).to_contain_text("The coupon counts: Ten off")
    await expect(page.locator(".line .promotion")).to_have_text("Ten off")
    await expect(page.locator(".coupon")).to_contain_text("SUMMER Ten off -DKK\xa010.00")
    await expect(page.locator(".total .huge")).to_have_text("DKK\xa079.00")
    await page.click(".coupon .button")
    await expect(page.locator(".coupon")).to_have_count(0)
    floor.complaints[:] = [each for each in floor.complaints if "404" not in each]


async def test_a_customers_card_is_scanned_and_said(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, "CARD-7")
    await expect(page.locator(".toast.calm")).to_have_text("The customer's card counts for this sale")
    await expect(page.locator(".line")).to_have_count(0)
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
