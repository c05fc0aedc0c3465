"""Configuration is checked as a whole, all errors at once, with suggestions."""

from pathlib import Path

import pytest

from edge.config import load
from edge.errors import Halt

STORE = """
[store]
id = "copenhagen"
node = "box"
name = "Fjeld & Fod"
address = "Strandgade 1, København"
tax_number = "DK12345678"
country = "dk"
time_zone = "Europe/Copenhagen"
language = "da"
region = "DK"
"""
TILL = '[[till]]\nid = "1"\nname = "Till 1"\nprinter = "p1"\n[[printer]]\nid = "p1"\nurl = "tcp://127.0.0.1:9100"\n'


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "store.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_becomes_frozen_values(tmp_path: Path) -> None:
    config = load(_file(tmp_path, STORE + TILL))
    assert config.store.zone.key == "Europe/Copenhagen"
    assert config.till[0].printer == "p1"
    assert config.printer[0].width == 80


def test_all_errors_come_at_once_with_suggestions(tmp_path: Path) -> None:
    text = STORE.replace("region", "regoin").replace("Europe/Copenhagen", "Europe/Kopenhagen")
    text += TILL.replace('"p1"\n[[', '"p2"\n[[').replace("tcp://", "ftp://") + "width = true\n[wep]\n"
    with pytest.raises(Halt) as halt:
        load(_file(tmp_path, text))
    message = halt.value.message
    for words in (
        "store.regoin: no key is called 'regoin'; did you mean 'region'?",
        "store.region: is missing",
        "printer[1].width: expected a whole number",
        "wep: no key is called 'wep'; did you mean 'web'?",
    ):
        assert words in message


def test_references_and_addresses_are_checked(tmp_path: Path) -> None:
    text = STORE.replace("Europe/Copenhagen", "Europe/Copenhagn")
    text += (
        TILL.replace('printer = "p1"', 'printer = "p11"').replace("tcp://", "ftp://") + TILL.split("[[printer", 1)[0]
    )
    with pytest.raises(Halt) as halt:
        load(_file(tmp_path, text))
    message = halt.value.message
    for words in (
        "did you mean 'Europe/Copenhagen'?",
        "till.1.printer: no printer is called 'p11'; did you mean 'p1'?",
        "printer.p1.url: 'ftp://127.0.0.1:9100' is no address",
        "till: '1' stands twice",
    ):
        assert words in message


def test_a_file_that_is_no_toml_or_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Halt, match="is not TOML"):
        load(_file(tmp_path, "[store"))
    with pytest.raises(Halt, match="cannot be read"):
        load(tmp_path / "nothing.toml")
