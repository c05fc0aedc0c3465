"""A visitor at the demo's own pages, with a real browser: one boot travels the whole house."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HUMAN = 90
"""Milliseconds between a person's keys; a scanner is faster."""


@dataclass
class Visit:
    """One visitor's browser; every complaint of its console is kept."""

    browser: Browser
    start: str
    complaints: list[str] = field(default_factory=list)

    async def open(self, address: str, width: int = 1366, height: int = 768) -> Page:
        context = await self.browser.new_context(viewport={"width": width, "height": height})
        await context.add_cookies([{"name": "lang", "value": "en", "url": self.start}])
        page = await context.new_page()
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        page.on("pageerror", lambda error: self._hear(page, "error", str(error)))
        await page.goto(address)
        return page

    def _hear(self, page: Page, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{page.url}: {text}")


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """`edge demo`, as a visitor starts it; gives its address, and ends it as Ctrl-C does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "edge.cli", "demo", "--port", "0", stdout=PIPE, stderr=STDOUT
    )
    try:
        yield await _address(process)
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, said.decode()
    assert b"Traceback" not in said, said.decode()


async def _address(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        async for line in process.stdout:
            found = re.search(rb"http://127\.0\.0\.1:\d+/", line)
            if found:
                return found[0].decode()
    raise AssertionError("the demo never opened")


async def keys(page: Page, *pressed: str) -> None:
    """A person's fingers on the keyboard."""
    for key in pressed:
        await page.keyboard.press(key)
        await asyncio.sleep(HUMAN / 1000)


async def signed_in(till: Page) -> None:
    await expect(till.locator(".person")).to_have_count(2)
    await keys(till, "1", "1", "1", "1", "1", "Enter")
    await expect(till.locator("h1", has_text="Open the till")).to_be_visible()
    await keys(till, "5", "0", "0", "Enter")
    await expect(till.locator(".sell")).to_be_visible()


def amount(place: Locator) -> Locator:
    return place.locator("output").first


@pytest.mark.seconds(60)
async def test_a_visitor_sees_one_boot_travel_the_whole_house() -> None:
    async with demo() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            visit = Visit(browser, address)
            await _visit(visit)
            assert visit.complaints == []
        finally:
            await browser.close()


async def _visit(visit: Visit) -> None:
    start = await visit.open(f"{visit.start}?lang=en")
    cards = {key: start.locator(f"a.way.{key}").first for key in ("till", "display", "wall", "shelf", "hq", "shop")}
    at = {key: str(await card.evaluate("card => card.href")) for key, card in cards.items()}
    till, sims = await visit.open(at["till"]), await visit.open(f"{visit.start}simulators", 1600, 1000)
    shown, wall, shelf = [await visit.open(at[key], 1920, 1080) for key in ("display", "wall", "shelf")]
    await _sells_by_keyboard(till, shown)
    paper = sims.locator(".papers figure img").first
    await expect(paper).to_be_visible()
    assert await paper.evaluate("img => img.decode().then(() => img.naturalHeight)") > 200
    await expect(sims.locator(".drawer-state").first).to_contain_text("The drawer is open")
    await _finds_at_the_wall(sims, wall, till)
    await _takes_from_the_shelf(sims, shelf)
    await _reviews(visit, at["shop"], shelf)
    head = await visit.open(at["hq"], 1920, 1080)
    await expect(head.locator("[data-store=harbour] .taken")).to_contain_text("2 sales")
    await expect(sims.locator(".counters.equal")).to_contain_text("2 sales")


async def _sells_by_keyboard(till: Page, shown: Page) -> None:
    await signed_in(till)
    await keys(till, "F2", *"fjeld")
    await expect(till.locator(".hits [role=option]").first).to_contain_text("Fjeld")
    await keys(till, "Enter")
    await expect(till.locator("dialog .grid")).to_be_visible()
    await keys(till, *["ArrowRight"] * 4, "Enter")
    await expect(till.locator("li.line")).to_contain_text("brown · 43")
    await expect(shown.locator(".shown-lines")).to_contain_text("Fjeld Boot")
    await expect(shown.locator(".shown-total")).to_contain_text("DKK\xa01,511.95")
    await keys(till, "F8", "2", "0", "0", "0", "Enter")
    await expect(till.locator(".change")).to_have_text("DKK\xa0488.00")
    await expect(amount(shown.locator(".thanks"))).to_have_text("DKK\xa0488.00")
    await expect(till.locator(".paid")).to_contain_text("The receipt came out")


async def _finds_at_the_wall(sims: Page, wall: Page, till: Page) -> None:
    await expect(wall.locator(".attract")).to_be_visible()
    await sims.click(".thing[data-id=fjeld]")
    await expect(wall.locator(".wall-words h1")).to_have_text("Fjeld Boot")
    await expect(wall.locator(".wall-words .lead")).to_contain_text("waxed nubuck")
    await expect(wall.locator(".reviews")).to_contain_text("Eyelet came out")
    await wall.locator(".size", has_text="44").click()
    await wall.get_by_text("Send to the till").click()
    await wall.locator("dialog .button", has_text="Till 1").click()
    await expect(till.locator(".from-wall")).to_contain_text("brown · 44")
    await keys(till, "F7")
    await expect(till.locator("li.line")).to_contain_text("brown · 44")
    await keys(till, "F8", "Enter")
    await expect(till.locator(".paid")).to_contain_text("Paid exactly")


async def _takes_from_the_shelf(sims: Page, shelf: Page) -> None:
    counts = shelf.locator(".shelf-counts b")
    await expect(counts.first).to_have_text("3")
    await expect(counts.nth(1)).to_have_text("2")
    await sims.locator("[data-plate=a1] button").first.click()
    await expect(counts.first).to_have_text("2", timeout=3500)
    await expect(counts.nth(1)).to_have_text("2")


async def _reviews(visit: Visit, shop: str, shelf: Page) -> None:
    page = await visit.open(f"{shop}article/fjeld")
    await expect(shelf.locator(".shelf-said .rating").first).to_contain_text("6 reviews")
    form = page.locator("form.write", has=page.locator("h2"))
    await form.locator("select").select_option("1")
    await form.locator("textarea").fill("The heel came off on the way home.")
    await form.locator("button").click()
    await expect(page.locator(".review", has_text="The heel came off")).to_be_visible()
    await expect(shelf.locator(".shelf-said .rating").first).to_contain_text("7 reviews")
    await page.locator(".review", has_text="The heel came off").locator("button.warn").click()
    await expect(shelf.locator(".shelf-said .rating").first).to_contain_text("6 reviews")
