"""The till, in a real browser, by keyboard alone."""

import pytest
from playwright.async_api import expect

from tests.waiting import until
from tests.web.conftest import Floor
from tests.web.goods import device
from tests.web.hands import HAND, keys, open_float, scan, sign_in
from tests.web.shop import Line

pytestmark = pytest.mark.asyncio(loop_scope="module")
DISPLAY_SHOE = "5700000000000"
SOCKS = "5700000000001"
EAR = """() => { globalThis.heard = 0; const begin = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { heard++; return begin.apply(this, at); }; }"""
"""Counts the tones a page plays, and lets them play."""


async def test_a_whole_sale_is_rung_by_keyboard_alone(floor: Floor) -> None:
    page = await floor.open("/till/1")
    await sign_in(page)
    await open_float(page)
    await scan(page, DISPLAY_SHOE)
    await page.wait_for_selector(".grid")
    await keys(page, "ArrowRight", "Enter")
    await expect(page.locator(".line.chosen")).to_contain_text("brown · 42")
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(2)
    await keys(page, "+", "F4", "3", "Enter")
    await expect(page.locator(".line.chosen .times")).to_have_text("3 × DKK\xa089.00")
    await keys(page, "ArrowUp", "Delete")
    await expect(page.locator(".line")).to_have_count(1)
    await expect(page.locator(".total .huge")).to_have_text("DKK\xa0267.00")
    await keys(page, "F8", *"300", "Enter")
    await expect(page.locator(".change")).to_have_text("DKK\xa033.00")
    await expect(page.locator(".paid .steps")).to_contain_text("The receipt came out")
    await keys(page, "Enter")
    await expect(page.locator(".empty")).to_contain_text("Scan the first item")
    await expect(page.locator(".last-sale")).to_contain_text("DKK\xa033.00")
    assert floor.shop.done == [
        "sign-in",
        "open-shift",
        "scan",
        "add",
        "scan",
        "set-quantity",
        "set-quantity",
        "void-line",
        "pay",
    ]


async def test_a_scan_is_never_typed_into_a_field_and_typing_is_never_a_scan(floor: Floor) -> None:
    page = await floor.till()
    await keys(page, "F2")
    await page.keyboard.type("wool 7", delay=HAND)
    await expect(page.locator(".dialog input")).to_have_value("wool 7")
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    await expect(page.locator(".dialog")).to_have_count(0)
    assert floor.shop.scanned == [SOCKS]
    await keys(page, "F2")
    await page.keyboard.type("1234567890", delay=HAND)
    await expect(page.locator(".dialog input")).to_have_value("1234567890")
    assert floor.shop.scanned == [SOCKS]


async def test_a_busy_page_still_tells_a_scan_from_typing(floor: Floor) -> None:
    page = await floor.till()
    await page.evaluate(
        "setInterval(() => { const end = performance.now() + 150; while (performance.now() < end); }, 160)"
    )
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    assert floor.shop.scanned == [SOCKS]


async def test_search_finds_by_name_and_asks_for_the_size(floor: Floor) -> None:
    page = await floor.till()
    await keys(page, "F2")
    await page.keyboard.type("ridge", delay=HAND)
    await expect(page.locator(".hits [role=option]")).to_have_count(1)
    await keys(page, "Enter")
    await page.wait_for_selector(".grid")
    await page.click('[data-sku="b1-moss-44"]')
    await expect(page.locator(".line")).to_contain_text("moss · 44")


async def test_an_unanswered_payment_is_sent_again_with_its_key_and_paid_once(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    floor.shop.cut = 2
    await keys(page, "F8", "Enter")
    await expect(page.locator(".cover")).to_contain_text("Still trying")
    await expect(page.locator(".paid")).to_contain_text("Paid exactly")
    await expect(page.locator(".cover")).not_to_be_visible()
    assert floor.shop.done.count("pay") == 1
    floor.complaints[:] = [each for each in floor.complaints if "504" not in each]


async def test_a_held_unit_is_sold_only_after_the_cashier_says_so(floor: Floor) -> None:
    page = await floor.till()
    for answer, lines in (("Escape", 0), ("F8", 1)):
        await scan(page, DISPLAY_SHOE)
        await page.wait_for_selector(".grid")
        await page.click('[data-sku="b1-moss-45"]')
        await expect(page.locator(".dialog h2")).to_have_text("Promised to another customer")
        await keys(page, answer)
        await expect(page.locator(".dialog")).to_have_count(0)
        await expect(page.locator(".line")).to_have_count(lines)
    floor.complaints[:] = [each for each in floor.complaints if "409" not in each]


async def test_an_unknown_code_is_refused_in_words_and_scanning_goes_on(floor: Floor) -> None:
    page = await floor.till()
    await page.evaluate(EAR)
    await scan(page, "5799999999999")
    toast = page.locator(".toast.warn")
    await expect(toast).to_contain_text("not known here")
    assert await toast.get_attribute("role") == "alert"
    red, green, blue = await toast.evaluate("box => getComputedStyle(box).backgroundColor.match(/\\d+/g).map(Number)")
    assert red > 2 * max(green, blue)
    assert await page.evaluate("heard") == 1
    await expect(page.locator(".line")).to_have_count(0)
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    assert await page.evaluate("heard") == 1
    floor.complaints[:] = [each for each in floor.complaints if "404" not in each]


async def test_a_list_from_the_wall_is_taken_with_one_key(floor: Floor) -> None:
    page = await floor.till()
    floor.shop.send_list()
    await floor.tell()
    await expect(page.locator(".from-wall")).to_contain_text("From the wall: Ridge Mid boot brown · 43")
    await keys(page, "F7")
    await expect(page.locator(".line")).to_contain_text("brown · 43")
    await expect(page.locator(".from-wall")).to_have_count(0)


@pytest.mark.parametrize(
    ("cause", "words"),
    [("paper-end", "Put in a new roll"), ("cover", "Close the cover"), ("silent", "You can go on selling")],
)
async def test_a_printer_in_trouble_says_what_to_do_and_selling_goes_on(floor: Floor, cause: str, words: str) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    floor.shop.printer = device("Printer", "down", cause)
    await floor.tell()
    await expect(page.locator(".notice.bad")).to_contain_text(words)
    await expect(page.locator(".pay-button")).to_be_enabled()
    floor.shop.printer = device("Printer")
    await floor.tell()
    await expect(page.locator(".notice")).to_have_count(0)


async def test_a_silent_fiscal_device_stops_paying_in_words(floor: Floor) -> None:
    floor.shop.country = "PL"
    floor.shop.fiscal = device("Drukarka fiskalna", "down", "offline")
    page = await floor.till()
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    await expect(page.locator(".notice.bad")).to_contain_text("The fiscal device does not answer")
    await expect(page.locator(".pay-button")).to_be_disabled()
    await keys(page, "F8")
    await expect(page.locator(".dialog")).to_have_count(0)


async def test_korea_asks_for_the_cash_receipt_and_money_has_no_decimals(floor: Floor) -> None:
    floor.shop.country = "KR"
    page = await floor.till("ko")
    await scan(page, DISPLAY_SHOE)
    await page.wait_for_selector(".grid")
    await keys(page, "Enter")
    await expect(page.locator(".total .huge")).to_have_text("₩129,900")
    await keys(page, "F8")
    await expect(page.locator(".dialog h2")).to_have_text("현금영수증 필요하세요?")
    await page.keyboard.type("12", delay=HAND)
    await keys(page, "Enter")
    await expect(page.locator(".dialog .missing")).to_contain_text("01012345678")
    await page.keyboard.type("345678901", delay=HAND)
    await keys(page, "Enter")
    await expect(page.locator(".owed")).to_contain_text("12345678901")
    await keys(page, "F1")
    await expect(page.locator(".change")).to_have_text("₩70,100")


async def test_a_paper_nobody_saw_is_asked_about_and_never_printed_silently(floor: Floor) -> None:
    page = await floor.till()
    paper = {"effect": "e9", "what": "receipt", "number": "1-1A-9", "total_minor": 8900, "copy_of_unknown": False}
    floor.shop.papers = [{**paper, "at": "2026-07-01T10:00:00.000Z", "state": "unknown"}]
    await floor.tell()
    await expect(page.locator(".question")).to_contain_text("Did the receipt come out? 1-1A-9 · DKK\xa089.00 · 12:00")
    await keys(page, "F3")
    await expect(page.locator(".question")).to_have_count(0)
    assert floor.shop.done[-1] == "settle-paper"


async def test_after_a_restart_the_first_screen_says_what_was_paid_and_printed(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    await keys(page, "F8", *"100", "Enter")
    await page.wait_for_selector(".paid")
    floor.shop.boot, floor.shop.user = "boot-2", None
    await page.reload()
    await expect(page.locator(".notice.restart")).to_contain_text("The last sale was DKK\xa089.00 at")
    await expect(page.locator(".notice.restart")).to_contain_text("The receipt came out")
    await sign_in(page)
    await keys(page, "F6")
    await expect(page.locator(".notice.restart")).to_have_count(0)


async def test_sales_that_only_this_box_has_are_counted_since_when(floor: Floor) -> None:
    floor.shop.hq = device("HQ", "down", "offline")
    floor.shop.only_here = {"sales": 12, "since": "2026-07-01T12:05:00.000Z"}
    page = await floor.open("/till/1")
    await expect(page.locator(".bar .chip.warn")).to_have_text("12 sales only on this box since 14:05")


async def test_the_day_is_counted_blind_and_a_manager_sees_the_difference(floor: Floor) -> None:
    page = await floor.till()
    await keys(page, "F10", "1")
    await page.wait_for_selector(".pieces input")
    assert "500" not in await page.inner_text(".panel")
    await keys(page, "Enter", "Tab", "Shift+Tab")
    await page.fill('[aria-label="DKK\xa0200.00"]', "2")
    await expect(page.locator(".panel .huge")).to_have_text("DKK\xa0400.00")
    await keys(page, "F8")
    await expect(page.locator(".panel h1")).to_have_text("Count once more")
    await page.fill('[aria-label="DKK\xa050.00"]', "9")
    await keys(page, "F8")
    await expect(page.locator("h1")).to_have_text("The cash does not agree")
    assert "50.00" not in await page.inner_text(".door")
    floor.shop.needs["variance"] = "variance"
    await keys(page, "F8")
    await expect(page.locator(".dialog h2")).to_have_text("A manager must approve this.")
    await page.keyboard.type("1234", delay=HAND)
    await keys(page, "Enter")
    await expect(page.locator(".dialog h2")).to_have_text("DKK\xa050.00 is missing")
    await keys(page, "Enter")
    await expect(page.locator(".dialog h2")).to_have_text("DKK\xa050.00 is missing")
    await page.keyboard.type("wrong change", delay=HAND)
    await keys(page, "Enter")
    await expect(page.locator(".z")).to_contain_text("wrong change")
    await keys(page, "Enter")
    await expect(page.locator(".door h1")).to_have_text("Open the till")
    floor.complaints[:] = [each for each in floor.complaints if "403" not in each]


async def test_a_wrong_pin_is_said_and_shows_nothing(floor: Floor) -> None:
    page = await floor.open("/till/1")
    await page.wait_for_selector(".person")
    await keys(page, "1", *"9999", "Enter")
    await expect(page.locator(".toast")).to_have_text("That PIN is not right.")
    await expect(page.locator(".dots i")).to_have_count(0)
    floor.complaints[:] = [each for each in floor.complaints if "401" not in each]


async def test_names_are_text_and_never_markup(floor: Floor) -> None:
    floor.shop.lines = [Line(1, "x", "<img src=x onerror=alert(1)>", "</script>", 100)]
    page = await floor.till()
    await expect(page.locator(".line .what b")).to_have_text("<img src=x onerror=alert(1)>")
    assert await page.locator(".line img").count() == 0


async def test_two_tabs_share_one_stream_and_both_follow(floor: Floor) -> None:
    page = await floor.till()
    other = await page.context.new_page()
    await other.goto(f"{floor.address}/display/1")
    await scan(page, SOCKS)
    await expect(other.locator(".newest")).to_contain_text("Wool socks")
    await expect(page.locator(".line")).to_have_count(1)
    assert floor.shop.live is not None
    await until(lambda: floor.shop.live is not None and floor.shop.live.watched() == {"till:1/en", "display:1/en"})
    await until(lambda: floor.shop.streams == 1)


async def test_a_discount_is_given_by_keyboard_and_a_manager_approves_what_is_above_it(floor: Floor) -> None:
    page = await floor.till()
    await scan(page, SOCKS)
    await expect(page.locator(".line")).to_have_count(1)
    await keys(page, "F5", *"10", "F2", "Enter")
    await expect(page.locator(".line .off")).to_have_text("-DKK\xa08.90")
    await expect(page.locator(".total .huge")).to_have_text("DKK\xa080.10")
    await expect(page.locator(".total .saved")).to_contain_text("Saved DKK\xa08.90")
    floor.shop.needs = {"discount-basket": "discount-over"}
    await keys(page, "F5", "F6", *"50", "Enter")
    await expect(page.locator(".dialog h2")).to_have_text("A manager must approve this.")
    await keys(page, *"1234", "Enter")
    await expect(page.locator(".total .huge")).to_have_text("DKK\xa044.50")
    assert floor.shop.discounts == [
        {"rate": 1000, "reason": "Promised price", "line": 1},
        {"rate": 5000, "reason": "Damaged"},
    ]
    floor.complaints[:] = [each for each in floor.complaints if "403" not in each]
    await keys(page, "F5", "Delete")
    await expect(page.locator(".line .off")).to_have_count(0)


async def test_goods_scanned_while_the_customer_pays_are_never_paid_unseen(floor: Floor) -> None:
    page = await floor.till()
    floor.shop.add("sock-grey-40", 1)
    await floor.tell()
    await page.wait_for_selector(".line")
    await keys(page, "F8")
    await page.wait_for_selector(".pay")
    floor.shop.add("b1-brown-43", 1)
    await floor.tell()
    await expect(page.locator(".pay")).to_have_count(0)
    await expect(page.locator(".toast")).to_contain_text("The total has changed")
    await keys(page, "F8")
    await expect(page.locator(".pay .huge")).to_contain_text(await page.locator(".total .huge").inner_text())


async def test_a_sale_on_its_way_to_headquarters_moves_nothing_in_the_bar(floor: Floor) -> None:
    page = await floor.till()
    line = page.locator(".bar .chip").last
    before = await line.inner_text()
    state = floor.shop.state()
    now = str(state["at"])
    floor.shop.only_here = {"sales": 1, "since": now}
    await floor.tell()
    await expect(line).to_have_text(before)
    floor.shop.only_here = {"sales": 5, "since": "2026-01-01T08:00:00.000Z"}
    await floor.tell()
    await expect(line).to_contain_text("5 sales only on this box")
