"""The office through axe-core, at a desk and on a phone, light and dark."""

from pathlib import Path

from tests.web.axe import Eye
from tests.web.test_office_page import opened, served


async def test_the_office_breaks_no_rule_in_light_or_in_dark(tmp_path: Path) -> None:
    async with served(tmp_path) as (browser, address):
        page = await (await browser.new_context()).new_page()
        eye = Eye(page)
        await page.goto(f"{address}/office?lang=en")
        await page.wait_for_selector("input[type=password]")
        await eye.look("the office's door", till=False)
        await page.close()
        for size in ((1366, 768), (390, 844)):
            page = await opened(browser, address, size=size)
            eye.page = page
            await eye.look(f"the office, {size}", till=False)
            await page.locator(".z-list li button").first.click()
            await page.wait_for_selector("dialog[open]")
            await eye.look(f"a Z and its paper, {size}", till=False)
        assert eye.wrong == {}
