"""Headquarters' pages speak seven languages, every sentence of them."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hq.doorman import SPOKEN
from hq.wording import PLURALS, Wording, catalogue, language_of

PAGES = "\n".join(
    path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "hq" / "templates").glob("*.html")
)
ONE = set(re.findall(r'\bsay\("([^"]+)"', PAGES)) | set(SPOKEN)
MANY = set(re.findall(r'\bcount\("([^"]+)", "([^"]+)"', PAGES))


def wording(language: str) -> Wording:
    return Wording(language, ZoneInfo("Europe/Copenhagen"), datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize("language", [code for code in PLURALS if code != "en"])
def test_every_sentence_is_translated_and_keeps_its_names(language: str) -> None:
    known = catalogue(language)
    assert ONE
    assert set(known) == ONE | {one for one, _ in MANY}
    for sentence, forms in known.items():
        for form in forms:
            assert form.strip()
            assert set(re.findall(r"\{\w+\}", form)) == set(re.findall(r"\{\w+\}", sentence))
    for one, _ in MANY:
        assert len(known[one]) == len(PLURALS[language])


def test_numbers_take_the_language_s_own_forms() -> None:
    def sales(language: str, n: int) -> str:
        return wording(language).count("{n} sale", "{n} sales", n)

    assert [sales("en", n) for n in (1, 2)] == ["1 sale", "2 sales"]
    assert [sales("pl", n) for n in (1, 2, 5, 22)] == ["1 sprzedaż", "2 sprzedaże", "5 sprzedaży", "22 sprzedaże"]
    assert [sales("ro", n) for n in (1, 2, 20)] == ["1 vânzare", "2 vânzări", "20 de vânzări"]
    assert sales("sr@latin", 3) == "3 prodaje"
    assert sales("ko", 3) == "판매 3건"


def test_money_ages_and_unknown_languages() -> None:
    assert wording("da").money(129_900, "DKK") == "1.299,00\u00a0kr."
    assert wording("ko").money(120_000, "KRW") == "₩120,000"
    assert wording("en").age("2026-03-01T11:59:20.000Z") == "40 seconds ago"
    assert wording("en").age("") == ""
    assert language_of("xx", "pl", "da") == "pl"
    assert language_of(None, None, "klingon") == "en"
