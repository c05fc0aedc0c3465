"""A browser, a new profile each time, and the pretend server it talks to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, async_playwright

from tests.waiting import until
from tests.web.server import build
from tests.web.shop import Shop

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Floor:
    """Pages onto one shop. Every complaint of a browser's console is kept."""

    shop: Shop
    address: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str, width: int = 1366, height: int = 768, lang: str = "en", session: str = "") -> Page:
        context = await self.browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        if session:
            await page.add_init_script(
                f"sessionStorage.setItem('session-1', '{session}'); sessionStorage.setItem('number-1', '1')"
            )
        page.set_default_timeout(20000)
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(f"{self.address}{path}{'&' if '?' in path else '?'}lang={lang}")
        return page

    async def till(self, lang: str = "en", width: int = 1366, height: int = 768) -> Page:
        """The till, signed in and open with 500."""
        for verb, body in (
            ("sign-in", {"user": "mette", "pin": "1234"}),
            ("open-shift", {"float_minor": 500 * self.shop.unit}),
        ):
            self.shop.carry_out(verb, body)
        page = await self.open("/till/1", width, height, lang, session="s")
        await page.wait_for_selector(".sell")
        return page

    async def tell(self) -> None:
        """Push the shop's state to every page."""
        self.shop.seq += 1
        self.shop.tell()


@asynccontextmanager
async def serving(shop: Shop) -> AsyncIterator[str]:
    """The pretend server on a free port of this machine."""
    config = uvicorn.Config(build(shop), host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    if shop.live:
        await shop.live.close()
    server.should_exit = True
    await running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium a module; every test has its own profile in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def floor(browser: Browser) -> AsyncIterator[Floor]:
    """A shop of this test's own; no page may have complained at its end."""
    shop = Shop()
    async with serving(shop) as address:
        floor = Floor(shop, address, browser)
        yield floor
        for context in browser.contexts:
            await context.close()
    assert floor.complaints == []
