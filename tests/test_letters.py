"""Serbian for readers of Latin letters."""

import pytest

from edge.feedwords import say
from edge.letters import latin, written

NAMES = {"en": "Fjeld Boot", "sr": "Чизма Fjeld", "da": "Fjeld støvle"}


@pytest.mark.parametrize(
    ("cyrillic", "roman"),
    [
        ("Чизма Fjeld", "Čizma Fjeld"),
        ("Љубав Њушка Џеп", "Ljubav Njuška Džep"),
        ("ЉУТО", "LJUTO"),
        ("рециклирани најлон", "reciklirani najlon"),
        ("USB 3.0 McKinley", "USB 3.0 McKinley"),
        ("", ""),
    ],
)
def test_cyrillic_becomes_latin_letter_by_letter_and_the_rest_stays(cyrillic: str, roman: str) -> None:
    assert latin(cyrillic) == roman


def test_only_readers_of_latin_letters_get_them() -> None:
    assert (written("Чизма", "sr"), written("Чизма", "sr@latin")) == ("Чизма", "Čizma")


def test_a_name_is_said_in_the_readers_alphabet_else_in_english() -> None:
    assert (say(NAMES, "sr"), say(NAMES, "sr@latin"), say(NAMES, "da")) == (
        "Чизма Fjeld",
        "Čizma Fjeld",
        "Fjeld støvle",
    )
    assert say(NAMES, "ko") == say({"en": "Fjeld Boot"}, "sr@latin") == "Fjeld Boot"
