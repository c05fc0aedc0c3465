"""Every state of every screen, light and dark, through axe-core: no violation of WCAG 2 A or AA."""

import pytest
from playwright.async_api import expect

from tests.waiting import until
from tests.web.axe import Eye
from tests.web.conftest import Floor
from tests.web.goods import device
from tests.web.hands import keys, scan
from tests.web.test_screens import SCREENS, SIZES

pytestmark = pytest.mark.asyncio(loop_scope="module")
SIZE = [pytest.param((1024, 600), id="1024x600"), pytest.param((1366, 768), id="1366x768", marks=pytest.mark.long)]
DIALOGS = {
    "F2": "search",
    "F4": "quantity",
    "F5": "discount",
    "F6": "coupon",
    "F9": "cancel",
    "F10": "menu",
    "F8": "pay",
}


async def test_no_screen_breaks_a_rule_in_light_or_in_dark(floor: Floor) -> None:
    floor.shop.wall_list = [("b1", "b1-brown-43")]
    floor.shop.add("b1-brown-43", 2)
    page = await floor.open("/")
    eye = Eye(page)
    for path, ready in SCREENS.items():
        width, height = SIZES.get(path, (1920, 1080))
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{floor.address}{path}?lang=en")
        await page.wait_for_selector(ready)
        await eye.look(path, till=False)
    floor.shop.tapped("b1")
    await page.goto(f"{floor.address}/wall/1?lang=en")
    await page.wait_for_selector(".wall-product")
    await eye.look("a product on the wall", till=False)
    assert eye.wrong == {}


@pytest.mark.seconds(120)
@pytest.mark.parametrize("size", SIZE)
async def test_no_state_of_the_till_breaks_a_rule_in_light_or_in_dark(floor: Floor, size: tuple[int, int]) -> None:
    page = await floor.open("/till/1", *size, session="s")
    eye = Eye(page)
    await page.wait_for_selector(".person")
    await eye.look("door")
    await keys(page, "1")
    await eye.look("pin")
    floor.shop.carry_out("sign-in", {"user": "mette", "pin": "1234"})
    await floor.tell()
    await page.wait_for_selector(".door .amount")
    await eye.look("float")
    floor.shop.carry_out("open-shift", {"float_minor": 50000})
    floor.shop.send_list()
    floor.shop.printer = device("Printer", "down", "paper-end")
    floor.shop.hq = device("HQ", "down", "offline")
    await floor.tell()
    await page.wait_for_selector(".empty")
    await eye.look("selling, nothing rung up")
    await scan(page, "5700000000000")
    await page.wait_for_selector(".grid")
    await eye.look("size grid")
    await keys(page, "Enter")
    await page.wait_for_selector(".line")
    await eye.look("lines")
    for key, name in DIALOGS.items():
        await keys(page, key)
        await page.wait_for_selector("dialog[open]")
        await eye.look(name)
        if key != "F8":
            await keys(page, "Escape")
    await keys(page, "Enter")
    await page.wait_for_selector(".paid")
    await eye.look("paid")
    await keys(page, "Enter", "F10", "3")
    await page.wait_for_selector("dialog[open]")
    await eye.look("cash")
    await keys(page, "Escape", "F10", "1")
    await page.wait_for_selector(".pieces")
    await eye.look("count")
    await page.fill(".piece input", "1")
    floor.shop.float_minor, floor.shop.takings = 100000, 0
    await keys(page, "F8")
    await until(lambda: len(floor.shop.counts) == 1)
    await page.wait_for_selector(".door h1")
    await eye.look("counted")
    await keys(page, "F8")
    await page.wait_for_selector(".door.z")
    await eye.look("Z")
    assert eye.wrong == {}


async def test_a_card_under_way_and_a_paper_of_unknown_fate_break_no_rule(floor: Floor) -> None:
    floor.shop.ways = [{"name": "card", "kind": "card", "wired": True, "available": True}]
    floor.shop.terminal = device("Terminal", "up")
    page = await floor.till(width=1024, height=600)
    await scan(page, "5700000000001")
    await page.wait_for_selector(".line")
    tender = {"tender": "t1", "name": "card", "amount_minor": 8900, "state": "asked", "wired": True, "stray": False}
    await keys(page, "F8")
    await page.wait_for_selector(".ways")
    eye = Eye(page)
    await eye.look("ways to pay")
    floor.shop.tenders = [tender]
    await floor.tell()
    await page.wait_for_selector(".doing")
    await eye.look("card waiting")
    assert eye.wrong == {}


async def test_nothing_jumps_when_goods_are_scanned(floor: Floor) -> None:
    """The main areas of the page keep their places from the first scan on."""
    boxes = """() => [".bar", ".work", ".left", ".panel", ".pay-button", ".keys"].map((each) => {
      const { x, y, width, height } = document.querySelector(each).getBoundingClientRect();
      return [each, x, y, width, height].join(" ");
    })"""
    for size in ((1024, 600), (1366, 768)):
        floor.shop.lines = []
        page = await floor.till(width=size[0], height=size[1])
        before = await page.evaluate(boxes)
        for n in range(1, 4):
            floor.shop.add("sock-grey-40", 1)
            floor.shop.add(f"b1-brown-{40 + n}", 1)
            await floor.tell()
            await expect(page.locator(".line")).to_have_count(n + 1)
            assert await page.evaluate(boxes) == before


async def test_light_or_dark_is_as_the_machine_says_until_somebody_chooses_and_then_it_stays(floor: Floor) -> None:
    page = await floor.open("/till/1")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    await page.wait_for_selector(".person")
    light = await page.evaluate(ground)
    await page.emulate_media(color_scheme="dark")
    dark = await page.evaluate(ground)
    assert dark != light
    await keys(page, "F8")
    assert await page.evaluate(ground) == light
    await page.goto(f"{floor.address}/article/b1")
    assert await page.evaluate(ground) == light
    await page.wait_for_selector(".reviews")
    await page.click("[data-theme-switch]")
    assert await page.evaluate(ground) == dark
    await page.emulate_media(color_scheme="light")
    await page.reload()
    assert await page.evaluate(ground) == dark
    await page.goto(f"{floor.address}/display/1?theme=light")
    assert await page.evaluate(ground) == light
