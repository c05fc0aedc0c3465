"""The words of the screens: complete in seven languages, amounts exactly as babel writes them."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from edge.units import Minor
from edge.web.page import HERE, STATIC, Look, Pages
from edge.web.words import LANGUAGES, LOCALE, accepted, choose, money_style, reviewer, words
from tests.web.msgids import lacking, latin, msgids, renew, sentences

CURRENCIES = {"DKK": 2, "PLN": 2, "RON": 2, "RSD": 2, "KRW": 0, "EUR": 2}
EVERY = pytest.mark.parametrize("code", list(LANGUAGES))


@EVERY
def test_every_sentence_of_every_screen_is_translated(code: str) -> None:
    assert lacking(code) == []


@EVERY
def test_every_catalogue_is_just_as_the_tool_writes_it(code: str) -> None:
    assert (LOCALE / f"{code}.po").read_bytes() == renew(code), "run: python -m tests.web.msgids"


@EVERY
def test_a_translation_fills_in_the_same_names(code: str) -> None:
    catalogue = words(code).data()
    for msgid in msgids():
        one = msgid if isinstance(msgid, str) else msgid[0]
        said = catalogue[one]
        for text in [said] if isinstance(said, str) else said:
            assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", one)), (one, text)


def test_every_call_names_its_sentence_literally() -> None:
    sources = [*STATIC.rglob("*.js"), *(HERE / "templates").rglob("*.html")]
    for path in sources:
        calls = re.findall(r"(?<![\w.$])(?:t|tn|_|n_)\((?!msgid|one)[^)]", path.read_text("utf-8"))
        assert len(calls) == len(list(sentences(path.read_text("utf-8")))), path.name


PLURALS = (
    ("pl", {1: "1 sprzedaż", 3: "3 sprzedaże", 5: "5 sprzedaży", 12: "12 sprzedaży", 22: "22 sprzedaże"}),
    ("ro", {0: "0 vânzări", 1: "1 vânzare", 2: "2 vânzări", 20: "20 de vânzări"}),
    ("sr", {1: "1 продаја", 3: "3 продаје", 11: "11 продаја", 21: "21 продаја"}),
    ("sr@latin", {3: "3 prodaje"}),
    ("ko", {2: "판매 2건"}),
    ("da", {1: "1 salg"}),
    ("en", {0: "0 sales", 1: "1 sale"}),
)


@pytest.mark.parametrize(("code", "n", "said"), [(code, n, said) for code, all_ in PLURALS for n, said in all_.items()])
def test_numbers_take_the_right_plural(code: str, n: int, said: str) -> None:
    assert words(code).count("{n} sale", "{n} sales", n) == said


@EVERY
@given(amount=st.integers(-(10**9), 10**9), currency=st.sampled_from(sorted(CURRENCIES)))
def test_an_amount_is_written_as_babel_writes_it(code: str, amount: int, currency: str) -> None:
    decimals = CURRENCIES[currency]
    wanted = format_currency(Decimal(amount).scaleb(-decimals), currency, locale=LANGUAGES[code].locale)
    if decimals == 2 and currency == "RSD":
        wanted = format_currency(
            Decimal(amount).scaleb(-2), currency, locale=LANGUAGES[code].locale, currency_digits=False
        )
    written = money_style(code, currency, decimals).write(Minor(amount))
    assert written.replace("\xa0", "") == wanted.replace("\xa0", "")


@given(st.integers(-(10**12), 10**12))
def test_the_digits_of_an_amount_are_never_rounded(amount: int) -> None:
    written = money_style("da", "DKK", 2).write(Minor(amount))
    assert int(re.sub(r"\D", "", written)) == abs(amount)
    assert ("-" in written) == (amount < 0)


def test_times_are_on_the_stores_clock_and_in_its_manner() -> None:
    at = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
    assert words("en").time(at, "Europe/Copenhagen") == "14:05"
    assert words("da").time(at, "Europe/Copenhagen") == "14.05"
    assert words("pl").date(datetime(2026, 7, 1, 23, tzinfo=UTC), "Europe/Warsaw") == "2 lip 2026"


def test_serbian_in_latin_letters_keeps_names_and_capitals() -> None:
    assert latin("Љубав, {name}! Њушка, Џеп, ЉУТО, PIN") == "Ljubav, {name}! Njuška, Džep, LJUTO, PIN"


ASKED = {
    "da": "da",
    "pl-PL,pl;q=0.9": "pl",
    "sr-Latn": "sr@latin",
    "sr": "sr",
    "sr-Cyrl-RS": "sr",
    "xx, ko;q=0.1": "ko",
    "": "en",
    ";;,": "en",
}


@pytest.mark.parametrize(("header", "code"), list(ASKED.items()))
def test_the_language_asked_for_is_found(header: str, code: str) -> None:
    assert accepted(header) == code


@given(st.text())
def test_any_header_and_any_cookie_give_a_language_of_ours(text: str) -> None:
    assert accepted(text) in LANGUAGES
    assert choose(text, None) in LANGUAGES


@EVERY
def test_a_language_nobody_has_reviewed_is_marked_in_the_menu(code: str) -> None:
    assert "X-Reviewed-By: " in (LOCALE / f"{code}.po").read_text("utf-8")
    look = Look("en", "DK", "DKK", 2, "Europe/Copenhagen", "cph", "Nordvej")
    page = Pages().screen("start", look, cards=[], countries=[])
    button = page.partition(f'value="{code}"')[2].partition("</button>")[0]
    assert ("(not reviewed)" in button) == (not reviewer(code))
