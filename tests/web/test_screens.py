"""Every screen in a real browser: what it shows, in every language, readable, pressable, and within its frame."""

import re
from functools import partial
from operator import contains

import pytest
from playwright.async_api import Page, expect

from edge.units import Minor
from edge.web.words import LANGUAGES, money_style, words
from tests.waiting import until
from tests.web.conftest import Floor
from tests.web.goods import SAID, device, now
from tests.web.hands import cut_off, faint, fine_print, foreign, keys, scan, small, spills, texts
from tests.web.shop import MONEY

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCREENS = {
    "/": ".way",
    "/display/1": ".newest",
    "/wall/1": ".attract .card",
    "/shelf/1": ".shelf-price",
    "/list/L1": ".phone-items li",
    "/article/b1": ".reviews",
    "/simulators": ".sim",
}
SIZES = {"/": (390, 844), "/list/L1": (390, 844), "/article/b1": (390, 844), "/simulators": (1366, 768)}
DATA = {
    *(word for _, title, text, who, _ in SAID for word in (title, text, who)),
    *re.findall(r"\S+", """Fjeld Klit Skov
    Nordvej Aarhus Nubuck Rubber Upper Sole brown moss slate grey Brown Moss Slate Mette
    Anders Printer Fiscal HQ Till DKK Enter Esc Del PIN QR JavaScript
    RM Ws PL RO RS KR DK English Dansk Polski Srpski
    Danmark Polska Srbija Store Edge Ridge Mid boot Low Sandal Wool socks København Română România"""),
    "Only buyers can review.",
    "A leather boot for long days on wet ground: waterproof, resoleable, at home on grass and granite.",
}  # fmt: skip
LANGS = [pytest.param(code, marks=[] if code in {"en", "sr", "ko"} else pytest.mark.long) for code in LANGUAGES]


async def fine(page: Page, lang: str) -> list[str]:
    """What is wrong with a page as it stands."""
    english = {msgid for msgid, said in words(lang).data().items() if msgid != said} if lang != "en" else set()
    read = await texts(page)
    wrong = [f"English: {text}" for text in read if text in english]
    if lang in {"sr", "ko"}:
        wrong += [f"untranslated: {text}" for text in read if foreign(text, DATA)]
    return wrong + await spills(page) + [f"small: {each}" for each in await small(page)] + await faint(page)


@pytest.mark.parametrize("lang", LANGS)
async def test_every_screen_is_translated_readable_pressable_and_within_its_frame(floor: Floor, lang: str) -> None:
    floor.shop.wall_list = [("b1", "b1-brown-43")]
    floor.shop.add("b1-brown-43", 2)
    wrong = {}
    page = await floor.open("/", lang=lang)
    for path, ready in SCREENS.items():
        width, height = SIZES.get(path, (1920, 1080))
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{floor.address}{path}?lang={lang}")
        await page.wait_for_selector(ready)
        if found := await fine(page, lang):
            wrong[path] = found
    assert wrong == {}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("size", [(1366, 768), (1024, 600)], ids=str)
@pytest.mark.parametrize("lang", LANGS)
async def test_every_step_of_the_till_is_translated_readable_pressable_and_within_its_frame(
    floor: Floor, lang: str, size: tuple[int, int]
) -> None:
    wrong: dict[str, list[str]] = {}

    async def look(step: str) -> None:
        found = await fine(page, lang) + [f"fine print: {each}" for each in await fine_print(page)]
        if found := found + [f"cut off: {each}" for each in await cut_off(page)]:
            wrong[step] = found

    page = await floor.open("/till/1", *size, lang=lang, session="s")
    await page.wait_for_selector(".person")
    await look("who")
    await keys(page, "1")
    await look("pin")
    floor.shop.carry_out("sign-in", {"user": "mette", "pin": "1234"})
    await floor.tell()
    await page.wait_for_selector(".door .amount")
    await look("float")
    floor.shop.carry_out("open-shift", {"float_minor": 50000})
    floor.shop.send_list()
    floor.shop.printer = device("Printer", "down", "paper-end")
    floor.shop.hq = device("HQ", "down", "offline")
    floor.shop.only_here = {"sales": 5, "since": "2026-07-01T12:05:00.000Z"}
    await floor.tell()
    await page.wait_for_selector(".empty")
    await look("empty")
    await scan(page, "5700000000000")
    await page.wait_for_selector(".grid")
    await look("grid")
    await keys(page, "Enter")
    await page.wait_for_selector(".line")
    await look("lines")
    for key, name in (
        ("F2", "search"),
        ("F4", "quantity"),
        ("F5", "discount"),
        ("F9", "cancel"),
        ("F10", "menu"),
        ("F8", "pay"),
    ):
        await keys(page, key)
        await page.wait_for_selector("dialog[open]")
        await look(name)
        if key != "F8":
            await keys(page, "Escape")
    await keys(page, "Enter")
    await page.wait_for_selector(".paid")
    await look("paid")
    await keys(page, "Enter", "F10", "1")
    await page.wait_for_selector(".pieces")
    await look("count")
    await keys(page, "F8")
    await until(lambda: len(floor.shop.counts) == 1)
    await keys(page, "F8")
    await until(lambda: len(floor.shop.counts) == 2)
    await page.wait_for_selector(".door h1")
    await look("counted")
    assert wrong == {}


async def test_the_customer_sees_line_total_change_and_thanks(floor: Floor) -> None:
    page = await floor.open("/display/1", 1920, 1080)
    await expect(page.locator(".welcome")).to_contain_text("This till is closed")
    floor.shop.carry_out("open-shift", {"float_minor": 0})
    floor.shop.add("b1-brown-43", 1)
    floor.shop.add("sock-grey-40", 2)
    await floor.tell()
    await expect(page.locator(".newest")).to_contain_text("grey · 40 · 2 × DKK\xa089.00")
    await expect(page.locator(".shown-total output")).to_have_text("DKK\xa01,477.00")
    floor.shop.pay(147700, [{"kind": "cash", "tendered_minor": 150000}])
    await floor.tell()
    await expect(page.locator(".thanks output")).to_have_text("DKK\xa023.00")
    await expect(page.locator(".thanks h1")).to_have_text("Thank you!")


async def test_a_long_sale_keeps_its_newest_line_in_sight(floor: Floor) -> None:
    for n in range(30):
        floor.shop.add(f"sock-{n}", 1)
    page = await floor.open("/display/1", 1366, 768)
    await page.wait_for_selector(".newest")
    await until_in_view(page, ".newest")
    till = await floor.till()
    await until_in_view(till, ".line.chosen")
    await keys(till, "PageUp", "PageUp", "PageUp", "PageUp", "PageUp")
    await expect(till.locator(".line.chosen")).to_have_attribute("data-line", "1")
    await until_in_view(till, ".line.chosen")


async def until_in_view(page: Page, selector: str) -> None:
    await expect(page.locator(selector)).to_be_in_viewport(ratio=0.9)


async def test_a_tap_shows_the_product_with_its_bad_review_and_goes_to_list_and_till(floor: Floor) -> None:
    page = await floor.open("/wall/1", 1920, 1080)
    await page.wait_for_selector(".attract .card")
    floor.shop.tapped("b1")
    await floor.tell()
    await expect(page.locator(".wall-words h1")).to_have_text("Ridge Mid boot")
    await expect(page.locator(".places tbody tr")).to_have_count(3)
    await expect(page.locator(".review.low").first).to_be_in_viewport()
    assert await page.locator(".review").count() == len(SAID)
    assert await fine(page, "en") == []
    await page.click('.places [data-sku="b1-brown-43"]')
    await page.click(".wall-side .go")
    await page.wait_for_selector(".qr")
    await page.click(".wall-side .calm")
    await expect(page.locator(".toast")).to_have_text("It waits for you at Till 1.")
    assert floor.shop.done == ["add-to-list", "send-to-till"]
    assert floor.shop.wall_list == [("b1", "b1-brown-43")]
    await keys(page, "Escape")
    await page.wait_for_selector(".attract")


async def test_something_strange_at_the_wall_is_said_and_never_opened(floor: Floor) -> None:
    page = await floor.open("/wall/1", 1920, 1080)
    await page.wait_for_selector(".attract .card")
    floor.shop.tapped(None)
    await floor.tell()
    await expect(page.locator(".toast")).to_have_text("This is not one of our products.")
    await expect(page.locator(".attract")).to_be_visible()


async def test_a_similar_product_opens_with_a_touch(floor: Floor) -> None:
    page = await floor.open("/wall/1", 1920, 1080)
    await page.click(".attract .card >> nth=1")
    await page.click(".similar .card >> nth=0")
    await expect(page.locator(".wall-product")).to_have_attribute("data-article", "Fjeld")


async def test_the_shelf_says_how_old_it_is_and_then_shows_the_price_alone(floor: Floor) -> None:
    page = await floor.open("/shelf/1", 1920, 1080)
    await expect(page.locator(".shelf-counts")).to_contain_text("4on the shelf")
    await until(lambda: "shown live" in floor.shop.done)
    for expires, level in ((-1, "stale"), (-61, "price")):
        floor.shop.expires = expires
        await floor.tell()
        await expect(page.locator(".shelf")).to_have_attribute("data-level", level)
        await until(partial(contains, floor.shop.done, f"shown {level}"))
    await expect(page.locator(".shelf-price")).to_have_text("DKK\xa01,299.00")
    await expect(page.locator(".shelf-counts, .stars")).to_have_count(0)


async def test_a_blind_shelf_withdraws_its_count(floor: Floor) -> None:
    floor.shop.blind = "noise"
    page = await floor.open("/shelf/1", 1920, 1080)
    await expect(page.locator(".shelf-counts .ask")).to_contain_text("Ask us")
    await expect(page.locator(".shelf-counts")).to_contain_text("6in the shop")


async def test_the_phone_keeps_its_list_without_a_name(floor: Floor) -> None:
    page = await floor.open("/article/b1", 390, 844)
    await page.click('[data-sku="b1-brown-42"]')
    await page.click(".button.go")
    await expect(page.locator(".button.go")).to_have_text("It is on your list")
    await page.click('a.button[href="/list/L1"]')
    await expect(page.locator(".phone-items li")).to_contain_text("Ridge Mid boot")
    await page.click(".phone-items .button")
    await expect(page.locator(".phone-items li")).to_have_count(0)
    assert floor.shop.wall_list == []


async def test_the_simulators_do_what_is_pressed(floor: Floor) -> None:
    page = await floor.open("/simulators")
    await expect(page.locator(".counter-words")).to_have_text("4 facts are only in the shop. Nothing is lost.")
    await page.get_by_role("button", name="New roll").click()
    await page.get_by_role("button", name="Restore the line").click()
    await page.get_by_role("button", name="Take one").click()
    await page.locator(".thing").first.click()
    expected = [
        "new-roll {'printer': 'p1'}",
        "line {'up': True}",
        "take {'plate': 'a1', 'units': 1}",
        "tap {'reader': 'r1', 'tag': 't0'}",
    ]
    await until(lambda: floor.shop.done == expected)


@pytest.mark.parametrize(("lang", "said"), [("ko", "2개"), ("pl", "2 rzeczy"), ("ro", "2 lucruri"), ("en", "2 things")])
async def test_a_number_takes_its_plural_in_the_browser_too(floor: Floor, lang: str, said: str) -> None:
    floor.shop.wall_list = [("b1", "b1-brown-43"), ("b1", "b1-moss-43")]
    page = await floor.open("/list/L1", 390, 844, lang)
    await expect(page.locator(".phone-head .lead")).to_have_text(said)


AMOUNTS = (0, 5, 100, 99999, 123456789, -1250)


@pytest.mark.parametrize("country", ["DK", "PL", "KR"])
async def test_an_amount_is_written_in_the_browser_as_on_paper(floor: Floor, country: str) -> None:
    floor.shop.country = country
    for code in LANGUAGES:
        page = await floor.open("/display/1", lang=code)
        script = "async (all) => { const { money } = await import('/static/kit.js'); return all.map(money); }"
        shown = await page.evaluate(script, list(AMOUNTS))
        style = money_style(code, *MONEY[country])
        assert shown == [style.write(Minor(amount)) for amount in AMOUNTS]
        await page.context.close()


async def test_paying_stays_in_sight_under_every_notice(floor: Floor) -> None:
    floor.shop.add("sock-grey-40", 1)
    page = await floor.till()
    floor.shop.pay(8900, [{"tendered_minor": 10000}])
    assert floor.shop.last is not None
    fiscal = {"state": "refused", "device": "x", "number": "", "hint": ""}
    paper = {"effect": "e1", "what": "receipt", "number": "1", "total_minor": 8900, "at": now(), "state": "unknown"}
    floor.shop.last |= {"closed": False, "fiscal": fiscal, "paper": paper}
    floor.shop.unfinished, floor.shop.papers = [floor.shop.last], [paper]
    floor.shop.printer = device("Printer", "down", "paper-end")
    floor.shop.send_list()
    floor.shop.add("b1-brown-43", 1)
    await floor.tell()
    await expect(page.locator(".notice")).to_have_count(4)
    await expect(page.locator(".pay-button")).to_be_in_viewport(ratio=1)
    await expect(page.locator(".question")).to_contain_text("Did the receipt come out?")
    assert await fine(page, "en") == []


async def test_the_language_is_switched_where_one_stands(floor: Floor) -> None:
    page = await floor.open("/", 1366, 768)
    await page.click('[name=lang][value="pl"]')
    await expect(page.locator("html")).to_have_attribute("lang", "pl")
    await expect(page.locator(".way.till")).to_contain_text("Kasa")


async def test_a_page_without_shared_workers_follows_by_itself(floor: Floor) -> None:
    page = await floor.open("/display/1")
    await page.add_init_script("delete window.SharedWorker")
    await page.reload()
    await page.wait_for_selector(".welcome")
    await until(lambda: floor.shop.streams >= 1)
    floor.shop.add("sock-grey-40", 1)
    await floor.tell()
    await expect(page.locator(".newest")).to_contain_text("Wool socks")
