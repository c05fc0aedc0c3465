"""The office in a real browser over the real doors: figures, plots, papers, languages, at a desk and on a phone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect

from edge.web.server import Doors
from edge.web.words import LANGUAGES, words
from tests.waiting import until
from tests.web.conftest import CHROMIUM, FLAGS
from tests.web.hands import faint, keys, small, spills, texts
from tests.web.office_world import PIN, office


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Browser, str]]:
    """A browser of this test's own, and where the shop's staff door listens."""
    async with office(folder) as shop, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        app = Doors(shop.house, shop.screens).staff()
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        running = asyncio.create_task(server.serve())
        await until(lambda: server.started)
        try:
            yield browser, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            await browser.close()
            server.should_exit = True
            await running


async def opened(browser: Browser, address: str, lang: str = "en", size: tuple[int, int] = (1366, 768)) -> Page:
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
    page = await context.new_page()
    page.set_default_timeout(20000)
    await page.goto(f"{address}/office?lang={lang}")
    await page.locator("input[type=password]").fill(PIN)
    await keys(page, "Enter")
    await page.wait_for_selector(".z-list li")
    return page


async def test_a_manager_reads_the_day_and_takes_a_z_and_the_books_along(tmp_path: Path) -> None:
    async with served(tmp_path) as (browser, address):
        page = await opened(browser, address)
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
        await expect(page.locator(".figure").first).to_have_text("TakingsDKK\xa0539.00")
        await expect(page.locator(".stage")).to_contain_text("Till 1 is still open; its figures are not final.")
        await expect(page.locator("svg.plot")).to_have_count(4)
        assert await page.locator("svg.plot").first.locator("rect").count() >= 4
        await expect(page.locator(".z-list li")).to_contain_text("searched twice")
        assert await page.locator(".stage b >> text=socks").count() == 0
        await page.locator(".z-list li button").first.click()
        await expect(page.locator(".paper")).to_contain_text("Z report 1")
        async with page.expect_download() as coming:
            await page.locator("dialog footer button").first.click()
        assert (await coming.value).suggested_filename == "Z-1-A1.txt"
        await keys(page, "Escape")
        async with page.expect_download() as coming:
            await page.get_by_text("Take the books out").click()
        assert (await coming.value).suggested_filename == "books-2026-06-06-2026-06-06.zip"
        await page.locator("input[type=date]").first.fill("2026-05-01")
        await page.locator("input[type=date]").last.fill("2026-05-31")
        await keys(page, "Enter")
        await expect(page.locator(".stage")).to_contain_text("Nothing was sold in these days.")
        assert complaints == []


async def test_money_found_is_written_down_with_a_reason(tmp_path: Path) -> None:
    async with served(tmp_path) as (browser, address):
        page = await opened(browser, address)
        await page.locator(".z-list").get_by_text("Found again").click()
        await page.locator("dialog input").first.fill("20")
        await page.locator("dialog input").last.fill("under the tray")
        await keys(page, "Enter")
        await expect(page.locator(".stage")).to_contain_text("under the tray")


@pytest.mark.parametrize("lang", [
    pytest.param(code, marks=[] if code in {"en", "sr", "ko"} else pytest.mark.long) for code in LANGUAGES
])  # fmt: skip
async def test_it_is_translated_readable_pressable_and_within_its_frame(tmp_path: Path, lang: str) -> None:
    async with served(tmp_path) as (browser, address):
        english = {msgid for msgid, said in words(lang).data().items() if msgid != said} if lang != "en" else set()
        for size in ((1366, 768), (390, 844)):
            page = await opened(browser, address, lang, size)
            wrong = [text for text in await texts(page) if text in english]
            wrong += await spills(page) + await small(page) + await faint(page)
            assert wrong == [], size
