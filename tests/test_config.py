"""Configuration is checked as a whole, all errors at once, with suggestions."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import pytest

from edge.config import StoreConfig, load
from edge.errors import Halt
from hq.config import HqConfig
from hq.config import load as load_hq

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


def _sections(shape: type) -> Iterator[tuple[str, type, bool]]:
    for name, hint in get_type_hints(shape).items():
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        yield name, inner, get_origin(hint) is tuple


@pytest.mark.parametrize(
    ("file", "shape", "loads"), [("store", StoreConfig, load), ("hq", HqConfig, load_hq)], ids=["store", "hq"]
)
def test_an_example_loads_and_shows_every_key(file: str, shape: type, loads: Callable[[Path], object]) -> None:
    path = Path(__file__).parents[1] / "firmware-config" / f"{file}.example.toml"
    assert isinstance(loads(path), shape)
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, part, many in _sections(shape):
        written = set().union(*raw[name]) if many else set(raw[name])
        assert written == {field.name for field in fields(part)}, f"[{name}] of {path.name} shows other keys"


def test_a_store_is_called_by_a_name_the_cable_can_carry(tmp_path: Path) -> None:
    with pytest.raises(Halt, match=r"store\.id: 'Køben/havn' is no name"):
        load(_file(tmp_path, STORE.replace('"copenhagen"', '"Køben/havn"') + TILL))
