"""Paying by several ways in a real browser, at a real box, by keyboard and by touch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from edge.facts import SaleClosed, SlipsCounted, TenderReversed
from tests.pos.money_world import BOOT, PAIR, MoneyTill, ask, money_till
from tests.web.conftest import CHROMIUM, FLAGS
from tests.web.hands import faint, keys, small, spills

pytestmark = pytest.mark.seconds(90)
SIZES = [(1366, 768), (1024, 600)]


@asynccontextmanager
async def page_at(till: MoneyTill, size: tuple[int, int] = SIZES[0]) -> AsyncIterator[Page]:
    """The till's page with Anna signed in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.set_default_timeout(20_000)
            await page.goto(f"{till.address}/till/1?lang=en")
            await page.wait_for_selector(".person")
            await keys(page, "1", *"1111", "Enter")
            await page.wait_for_selector(".sell")
            yield page
        finally:
            await browser.close()


async def _ring(till: MoneyTill, *codes: str) -> None:
    await till.work(lambda cashier: cashier.ring(codes))


async def _closed(till: MoneyTill) -> SaleClosed:
    (closed,) = [fact for fact in await till.facts() if isinstance(fact, SaleClosed)]
    return closed


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", SIZES)
async def test_cash_first_then_a_wallet_then_the_card_by_keyboard_alone(tmp_path: Path, size: tuple[int, int]) -> None:
    async with money_till(tmp_path) as till:
        await _ring(till, "5701234567431")
        async with page_at(till, size) as page:
            await keys(page, "F8")
            await expect(page.locator(".owed .huge")).to_have_text("DKK\xa01,200.00")
            await _is_readable(page)
            await keys(page, *"200", "Enter")
            await expect(page.locator(".taken li")).to_have_count(1)
            await keys(page, *"300", "F7")
            await expect(page.locator("dialog h2").last).to_have_text("Key DKK\xa0300.00 into the terminal")
            await _is_readable(page)
            await page.keyboard.type("811", delay=110)
            await keys(page, "Enter")
            await expect(page.locator(".taken li")).to_have_count(2)
            await expect(page.locator(".owed .huge")).to_have_text("DKK\xa0700.00")
            await _is_readable(page)
            await keys(page, "F6")
            await expect(page.locator("dialog h2").last).to_have_text("Key DKK\xa0700.00 into the terminal")
            await page.keyboard.type("812", delay=110)
            await keys(page, "Enter")
            await expect(page.locator(".paid")).to_contain_text("Paid exactly")
        closed = await _closed(till)
        assert [(t.name, t.amount, t.reference) for t in closed.tenders] == [
            ("mobilepay", 30_000, "811"), ("card", 70_000, "812"), ("", 20_000, ""),
        ]  # fmt: skip


async def test_a_card_by_touch_declined_once_then_approved(tmp_path: Path) -> None:
    async with money_till(tmp_path) as till:
        await _ring(till, "5701234500001")
        async with page_at(till) as page:
            await page.click(".pay-button")
            await page.click(".ways .button >> nth=0")
            await page.click("dialog:last-of-type .button.warn")
            await expect(page.locator(".toast")).to_contain_text("Card said no")
            await expect(page.locator(".owed .huge")).to_have_text("DKK\xa099.00")
            await page.click(".ways .button >> nth=0")
            await page.fill("dialog:last-of-type input", "7")
            await page.click("dialog:last-of-type .button.go")
            await expect(page.locator(".paid")).to_contain_text("Paid exactly")
        assert (await _closed(till)).payable == PAIR


async def test_a_page_opened_anew_finds_the_question_and_money_given_back_lets_the_sale_go(tmp_path: Path) -> None:
    async with money_till(tmp_path) as till:
        await _ring(till, "5701234567431")
        await till.work(lambda cashier: ask(cashier, BOOT - 10_000))
        async with page_at(till) as page:
            await keys(page, "F8", "Enter")
            await expect(page.locator("dialog h2").last).to_have_text("Key DKK\xa01,100.00 into the terminal")
            await page.keyboard.type("1", delay=110)
            await keys(page, "Enter")
            await expect(page.locator(".taken li")).to_have_count(1)
            await keys(page, "Escape")
            await expect(page.locator(".part-paid")).to_contain_text("1,100.00")
            await keys(page, "F9", "1")
            await expect(page.locator(".toast")).to_contain_text("Part of this sale is paid already")
            await keys(page, "F8")
            await page.click(".taken .button")
            await expect(page.locator("dialog h2").last).to_contain_text("back at the terminal")
            await page.keyboard.type("2", delay=110)
            await keys(page, "Enter")
            await expect(page.locator(".taken")).to_have_count(0)
            await keys(page, "Escape", "F9", "1")
            await expect(page.locator(".empty")).to_contain_text("Scan the first item")
        assert [fact for fact in await till.facts() if isinstance(fact, TenderReversed)]


async def _is_readable(page: Page) -> None:
    await asyncio.sleep(0.2)
    assert await small(page) == []
    assert await faint(page) == []
    assert await spills(page) == []


async def test_the_day_s_slips_are_counted_by_keyboard_alone(tmp_path: Path) -> None:
    async with money_till(tmp_path) as till:
        await _ring(till, "5701234500001")
        tender = await till.work(lambda cashier: ask(cashier, PAIR))
        await till.work(lambda cashier: cashier.do("confirm-tender", tender=tender, approved=True, slip="42"))
        async with page_at(till, SIZES[1]) as page:
            await keys(page, "F10", "5")
            await expect(page.locator(".slips-list")).to_contain_text("42")
            await _is_readable(page)
            await keys(page, "Enter")
            await expect(page.locator(".toast")).to_contain_text("The slips agree")
        (counted,) = [fact for fact in await till.facts() if isinstance(fact, SlipsCounted)]
        assert (counted.sums[0].counted, counted.sums[0].expected) == (PAIR, PAIR)
