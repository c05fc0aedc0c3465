"""Goods come back on a real till's page: by keyboard alone and by touch, with QR, number, manager and exchange."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvicorn
from playwright.async_api import Page, async_playwright

from edge.facts import SaleClosed, SaleReturned
from edge.feedwords import SettingValue
from edge.journal.seal import SealKey
from edge.pins import hash_pin
from edge.pos.receipt.reference import reference
from edge.pos.verbs import Add, Offered, OpenShift, Pay
from edge.staff.handlers import AddStaff
from edge.stock.handlers import Receive
from edge.units import Minor, Sku, TenderKind, TillId, UserId
from edge.web.server import Doors
from tests.waiting import until
from tests.web.conftest import CHROMIUM, FLAGS
from tests.web.floor_world import ANNA, Shopfloor, shopfloor
from tests.web.hands import keys, scan
from tests.web.range_of_goods import BROWN_43_CODE, goods

TILL = TillId("1")
SHOTS = os.environ.get("BACK_SHOTS", "")


@dataclass
class Desk:
    """A till's page onto a real box."""

    shop: Shopfloor
    page: Page
    qr: str
    sale: SaleClosed
    complaints: list[str]

    async def returned(self) -> list[SaleReturned]:
        return [fact for fact in await _facts(self.shop) if isinstance(fact, SaleReturned)]

    async def nothing_is_cut_off(self) -> None:
        over = await self.page.evaluate(
            """[...document.querySelectorAll('.back button, .back output, .keys button')].filter(e => {
                const r = e.getBoundingClientRect();
                return r.right > innerWidth + 1 || r.left < 0 || r.bottom > innerHeight + 1
                    || e.scrollWidth > e.clientWidth + 2;
            }).map(e => e.outerHTML)"""
        )
        assert over == []

    async def shot(self, name: str) -> None:
        if SHOTS:
            await self.page.screenshot(path=f"{SHOTS}/{name}.png")


async def _facts(shop: Shopfloor) -> list[object]:
    entries = await shop.journal.transact(lambda tx: tx.entries(0, 10_000), cause="look")  # type: ignore[arg-type]
    return [entry.fact() for entry in entries]


async def _sell(shop: Shopfloor, quantity: int) -> SaleClosed:
    await shop.do(Add(TILL, Sku("boot-brown-43"), quantity), actor=ANNA)
    total = Minor(99_900 * quantity)
    await shop.do(Pay(TILL, (Offered(TenderKind.CASH, total),), total), actor=ANNA)
    return [fact for fact in await _facts(shop) if isinstance(fact, SaleClosed)][-1]


@asynccontextmanager
async def _served(shop: Shopfloor) -> AsyncIterator[str]:
    app = Doors(shop.house, shop.screens).staff()
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    running, screens = asyncio.create_task(server.serve()), asyncio.create_task(shop.screens.run())
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        await shop.house.live.close()
        server.should_exit = True
        await running
        screens.cancel()
        await asyncio.gather(screens, return_exceptions=True)


@asynccontextmanager
async def desk(folder: Path, size: tuple[int, int] = (1366, 768), lang: str = "en") -> AsyncIterator[Desk]:
    async with shopfloor(folder) as shop:
        key = SealKey.load(folder / "box.key")
        shop.house.genuine = key.signed
        await shop.feed(*goods())
        await shop.do(AddStaff(ANNA, "Anna", "cashier", hash_pin("2468")))
        await shop.do(AddStaff(UserId("bo"), "Bo", "manager", hash_pin("1357")))
        await shop.do(Receive(((Sku("boot-brown-43"), 5),), "opening stock"))
        await shop.do(OpenShift(TILL, Minor(50_000)), actor=ANNA)
        sale = await _sell(shop, 2)
        qr = reference(sale, bytes(32), base="https://fjeld.example/r/", sign=key.private.sign)
        async with _served(shop) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
            page = await context.new_page()
            page.set_default_timeout(20_000)
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            try:
                await page.goto(f"{address}/till/1?lang={lang}")
                await page.wait_for_selector(".person")
                await keys(page, "1", *"2468", "Enter")
                await page.wait_for_selector(".sell")
                yield Desk(shop, page, qr, sale, complaints)
            finally:
                await browser.close()
            assert complaints == []


async def test_by_keyboard_alone_a_number_is_typed_and_one_of_two_comes_back(tmp_path: Path) -> None:
    async with desk(tmp_path) as till:
        page = till.page
        await keys(page, "F10", "4")
        await page.wait_for_selector("dialog input")
        await page.keyboard.type("1A-1", delay=110)
        await keys(page, "Enter")
        await page.wait_for_selector(".back .line")
        await page.keyboard.press("+")
        await page.locator(".back .huge", has_text="999").wait_for()
        await till.shot("back-1366")
        await till.nothing_is_cut_off()
        await keys(page, "F4", "F8")
        await page.wait_for_selector("dialog .choices")
        await keys(page, "F1")
        await page.wait_for_selector(".paid .change")
        await till.shot("given-1366")
        (back,) = await till.returned()
        assert (back.original, back.total, back.damaged) == (till.sale.number, 99_900, (1,))
        await keys(page, "Enter")
        await page.wait_for_selector(".sell:not(.back)")


async def test_a_scanned_receipt_opens_the_page_and_by_touch_everything_comes_back_with_a_manager(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, (1024, 600)) as till:
        await till.shop.feed(SettingValue("return.limit", "100000"))
        page = till.page
        await scan(page, till.qr)
        await page.wait_for_selector(".back .line")
        await scan(page, BROWN_43_CODE)
        await page.wait_for_selector(".back .line[data-quantity='1']")
        await page.click("[data-key='F7']")
        await page.locator(".back .huge", has_text="1,998").wait_for()
        await till.shot("back-1024")
        await till.nothing_is_cut_off()
        targets = await page.evaluate(
            "[...document.querySelectorAll('.back button, .keys button')].map(e => e.getBoundingClientRect().height)"
        )
        assert min(cast("list[float]", targets)) >= 48
        await page.click("[data-key='F8']")
        await page.click("dialog .choices [data-key='F3']")
        await page.wait_for_selector("dialog input[type=password]")
        await till.shot("manager-1024")
        await page.fill("dialog input[type=password]", "1357")
        await page.click("dialog [data-key='Enter']")
        await page.wait_for_selector(".paid .change")
        await till.shot("given-1024")
        (back,) = await till.returned()
        assert (back.approved_by, back.total) == ("bo", 2 * 99_900)
        await page.click(".paid [data-key='Enter']")
        await scan(page, till.qr)
        await page.wait_for_selector(".back .line")
        assert await page.locator("[data-key='F7']").is_disabled()


async def test_a_boot_is_exchanged_for_what_is_rung_up(tmp_path: Path) -> None:
    async with desk(tmp_path) as till:
        page = till.page
        await till.shop.do(Add(TILL, Sku("boot-brown-44"), 1), actor=ANNA)
        await page.wait_for_selector(".lines .line")
        await scan(page, till.qr)
        await page.wait_for_selector(".back .line")
        await page.keyboard.press("+")
        await page.wait_for_selector("[data-key='F9']:not([disabled])")
        await till.shot("exchange-1366")
        await keys(page, "F9")
        await page.wait_for_selector("dialog .choices")
        await keys(page, "F1")
        await page.wait_for_selector(".paid .change")
        (back,) = await till.returned()
        assert back.exchange is not None
        await till.shot("exchanged-1366")


async def test_without_a_receipt_a_manager_gives_the_lowest_price(tmp_path: Path) -> None:
    async with desk(tmp_path) as till:
        page = till.page
        await keys(page, "F10", "4", "F8")
        await page.wait_for_selector(".back .empty")
        await scan(page, BROWN_43_CODE)
        await page.wait_for_selector(".back .line")
        await page.locator(".back .huge", has_text="999").wait_for()
        await till.shot("loose-1366")
        await keys(page, "F8", "F2")
        await page.wait_for_selector("dialog input[type=password]")
        await page.keyboard.type("1357", delay=110)
        await keys(page, "Enter")
        await page.wait_for_selector(".paid .change")
        (back,) = await till.returned()
        assert (back.sale, back.approved_by) == (None, "bo")


async def test_the_paper_of_a_return_is_refused_in_words(tmp_path: Path) -> None:
    async with desk(tmp_path, lang="ko") as till:
        page = till.page
        await keys(page, "F10", "4")
        await page.wait_for_selector("dialog input")
        await page.keyboard.type("1A-99", delay=110)
        await keys(page, "Enter")
        await page.wait_for_selector(".toast")
        assert "본사" in await page.inner_text(".toast")
        await till.shot("not-here-ko")
