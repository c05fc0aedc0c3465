"""Headquarters' pages speak seven languages, every sentence of them."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hq.alarmwords import PARTS, SENTENCES, heard
from hq.doorman import SPOKEN
from hq.wording import PLURALS, Wording, catalogue, language_of

PAGES = "\n".join(
    path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "hq" / "templates").glob("*.html")
)
ONE = set(re.findall(r'\bsay\("([^"]+)"', PAGES)) | set(SPOKEN) | set(SENTENCES) | set(PARTS.values())
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


FILLED = ("x", "ahead", "behind", "grew out of it after entry 5", "begins at 1")
"""What may stand in the places of an alarm."""


def raised() -> Iterator[str]:
    """Every text and hint the code raises an alarm with, its places as `{}`."""
    for path in sorted((Path(__file__).parents[2] / "hq").glob("*.py")):
        for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
            said = {
                target.id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if re.search(r"raise_alarm|\b_alarm$", ast.unparse(call.func)) and not function.name.endswith("_alarm"):
                    bare = [each.value if isinstance(each, ast.Subscript) else each for each in call.args[-2:]]
                    yield from (skeleton(said.get(getattr(each, "id", ""), each)) for each in bare)


def skeleton(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    assert isinstance(node, ast.Constant), ast.unparse(node)
    return str(node.value)


def test_every_alarm_is_a_sentence_that_is_translated() -> None:
    texts = list(raised())
    assert len(texts) >= 26
    unknown = [text for text in texts if not any(heard(text.replace("{}", filled)) for filled in FILLED)]
    assert unknown == []


def test_an_alarm_is_read_in_the_readers_language_and_keeps_its_names() -> None:
    text = "cph_box no longer has entries 5 to 9, and headquarters never got them"
    assert wording("en").told(text) == text
    assert wording("da").told(text) == (
        "cph_box har ikke længere posterne 5 til 9, og hovedkontoret har aldrig fået dem"
    )
    assert wording("sr@latin").told("Call support: Грешка {1}") == "Pozovite podršku: Грешка {1}"
    assert wording("da").told("of a later release") == "of a later release"
    assert (wording("pl").part("printer/p1"), wording("pl").part("hq"), wording("pl").part("s1")) == (
        "Drukarka p1",
        "Łącze z centralą",
        "s1",
    )
