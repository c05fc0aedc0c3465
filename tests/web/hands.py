"""What a cashier's hands do, and what eyes see."""

import asyncio
import re
import time
from pathlib import Path

from playwright.async_api import Page

EYES = (Path(__file__).parent / "eyes.js").read_text("utf-8").partition("\n")[2].strip()
HAND = 110
"""Milliseconds between two keys of a quick hand: slower than any scanner."""


async def scan(page: Page, code: str) -> None:
    """What a keyboard wedge does: real key events 5 ms apart, ended by Enter."""
    wedge = await page.context.new_cdp_session(page)
    downs: list[dict[str, object]] = [{"type": "keyDown", "key": each, "text": each} for each in code]
    enter = {"type": "keyDown", "key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}
    start = time.time()
    events = [{**event, "timestamp": start + 0.005 * n} for n, event in enumerate([*downs, enter])]
    await asyncio.gather(*(wedge.send("Input.dispatchKeyEvent", event) for event in events))
    await wedge.detach()


async def keys(page: Page, *names: str) -> None:
    for name in names:
        await page.keyboard.press(name)
        await page.wait_for_timeout(40)


async def sign_in(page: Page, user: str = "1") -> None:
    await page.wait_for_selector(".person")
    await keys(page, user, *"1234", "Enter")


async def open_float(page: Page, amount: str = "500") -> None:
    await page.wait_for_selector(".door .amount")
    await keys(page, *amount, "Enter")
    await page.wait_for_selector(".sell")


async def texts(page: Page) -> list[str]:
    """All that can be read on the page, by eye or by ear."""
    found: list[str] = await page.evaluate(f"{EYES}.texts()")
    return found


def foreign(text: str, known: set[str]) -> str:
    """The Latin words of a text that are no data of the fixture, no key and no unit."""
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word, " ")
    return " ".join(re.findall(r"[A-Za-z]{2,}", text))


async def faint(page: Page) -> list[str]:
    """Texts with less contrast than WCAG AA asks for."""
    found: list[str] = await page.evaluate(f"{EYES}.faint()")
    return found


async def small(page: Page) -> list[str]:
    """Things to press that are smaller than 48 pixels."""
    found: list[str] = await page.evaluate(f"{EYES}.small()")
    return found


async def fine_print(page: Page) -> list[str]:
    """Texts smaller than 18 px."""
    found: list[str] = await page.evaluate(f"{EYES}.fine_print()")
    return found


async def cut_off(page: Page) -> list[str]:
    """Names that are not shown whole, dialogs and panels of which a part is out of sight."""
    found: list[str] = await page.evaluate(f"{EYES}.cut_off()")
    return found


async def spills(page: Page) -> list[str]:
    """Texts that run out of their place."""
    found: list[str] = await page.evaluate(f"{EYES}.spills()")
    return found
