"""The page kit: one shell, nothing inline, nothing from elsewhere, nothing a name can break out of."""

import html
import json
import re

import pytest

from edge.errors import Refused
from edge.web import qr
from edge.web.page import HEADERS, STATIC, Card, Choice, Look, Pages
from edge.web.words import LANGUAGES

SCREENS = ("till", "display", "wall", "shelf", "list", "article", "simulators", "start")


def look(lang: str = "en", name: str = "Nordvej") -> Look:
    return Look(lang, "DK", "DKK", 2, "Europe/Copenhagen", "cph", name)


def render(screen: str, wanted: Look) -> str:
    if screen == "start":
        return Pages().screen(
            "start", wanted, cards=[Card("till", "/till/1")], countries=[Choice("DK", "Danmark", "/c")]
        )
    return Pages().screen(screen, wanted, id="1")


@pytest.mark.parametrize("lang", list(LANGUAGES))
@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_drawn_in_every_language_with_nothing_inline_or_foreign(screen: str, lang: str) -> None:
    page = render(screen, look(lang))
    assert f'<html lang="{LANGUAGES[lang].tag}"' in page
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))|<style| style=| on\w+=", page) == []
    assert re.findall(r'(?:src|href|action)="(?!/)[^"]*"', page) == []


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.*")), ids=lambda path: path.name)
def test_no_static_file_reaches_beyond_the_box(path: object) -> None:
    text = STATIC.joinpath(str(path)).read_text("utf-8").replace("http://www.w3.org/", "")
    assert re.findall(r"https?://|//cdn|@import|url\(", text) == []
    assert (
        re.findall(r"\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function", text) == []
    )


def test_a_hostile_store_name_stays_text() -> None:
    name = '</script><script>alert(1)</script>"&\u2028'
    page = render("till", look(name=name))
    assert "<script>alert" not in page
    block = re.search(r'id="boot">(.*?)</script>', page, re.S)
    assert block is not None
    assert json.loads(html.unescape(block[1]))["store"]["name"] == name


def test_a_missing_value_is_an_error_and_not_a_hole() -> None:
    with pytest.raises(Exception, match="is undefined"):
        Pages().screen("start", look())


def test_the_security_headers_forbid_all_that_is_not_ours() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "*" not in policy


def test_a_qr_code_is_an_svg_with_a_quiet_zone() -> None:
    drawn = qr.svg("https://example.invalid/list/abc").decode()
    assert drawn.startswith("<svg")
    assert "script" not in drawn


@pytest.mark.parametrize("text", ["", "x" * 513])
def test_an_empty_or_endless_qr_code_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="512"):
        qr.svg(text)
