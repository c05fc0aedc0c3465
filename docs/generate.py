"""Writes the generated pages of docs/ anew (`make fix`); `pages()` is what they should say."""

import ast
import importlib
import importlib.util
import inspect
import json
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path

import msgspec

import edge.facts
from docs import hints
from edge.facts import FACTS
from edge.web.openapi import document

HERE = Path(__file__).parent


def pages() -> Mapping[str, str]:
    """File name in docs/ -> its whole text."""
    made = {"facts.md": _facts(), "configuration.md": _configuration(), "hints.md": hints.page()}
    written = {name: "\n".join(lines) + "\n" for name, lines in made.items()}
    return {**written, "openapi.json": json.dumps(document(), indent=1, sort_keys=True) + "\n"}


def _facts() -> Iterator[str]:
    yield "# Every fact this shop can record"
    yield ""
    yield "Generated from `edge/facts` by `make fix`. A fact is something that happened; it is hashed into the journal"
    yield "and never changes. Money is in minor units, weights in grams, times RFC 3339 in UTC; nothing is personal."
    room = ""
    for name, kind in sorted(FACTS.items(), key=lambda pair: (pair[1].__module__, pair[0])):
        if kind.__module__ != room:
            room = kind.__module__
            yield from ("", f"## {room.rpartition('.')[2].capitalize()}", *_prose(sys.modules[room]))
        yield from ("", f"### `{name}`", *_prose(kind), "", *_table(kind))
    parts = [
        kind
        for _, kind in inspect.getmembers(edge.facts, inspect.isclass)
        if is_dataclass(kind) and kind not in FACTS.values()
    ]
    yield from ("", "## What facts are made of")
    for part in parts:
        yield from ("", f"### {part.__name__}", *_prose(part), "", *_table(part))


def _configuration() -> Iterator[str]:
    yield "# Configuration"
    yield ""
    yield "Generated from `edge/config.py` and `hq/config.py` by `make fix`. A file is checked as a whole before"
    yield "anything starts: every error is told at once, with a suggestion for a misspelt key. Every device address is"
    yield "a URL: `tcp://host:port`, `serial:///dev/…`, `usb:vendor:product`, `udp:host:port`; a simulator is only"
    yield "another address. Examples stand in `firmware-config/`."
    for name, file in (("edge.config", "store.toml"), ("hq.config", "hq.toml")):
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        kinds = inspect.getmembers(module, inspect.isclass)
        whole = next(kind for title, kind in kinds if title.endswith("Config") and is_dataclass(kind))
        yield from ("", f"## {file}", *_prose(whole), *_sections(whole))


def _sections(whole: type) -> Iterator[str]:
    """A table for each part of a configuration, under the heading a file writes it with."""
    kinds = typing.get_type_hints(whole)
    plain = [field.name for field in fields(whole) if not _shape(kinds[field.name])]
    if plain:
        yield from ("", *_table(whole, plain))
    for field in fields(whole):
        shape = _shape(kinds[field.name])
        if shape is not None:
            many = typing.get_origin(kinds[field.name]) is tuple
            yield from ("", f"### `[[{field.name}]]`" if many else f"### `[{field.name}]`", *_prose(shape))
            yield from ("", *_table(shape))


def _shape(hint: object) -> type | None:
    """The dataclass a section holds, if it is one."""
    inner = typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else hint
    return inner if isinstance(inner, type) and is_dataclass(inner) else None


def _prose(thing: object) -> list[str]:
    text = inspect.getdoc(thing) or ""
    return [] if text.startswith(f"{getattr(thing, '__name__', '')}(") else ["", *text.splitlines()]


def _table(kind: type, only: Sequence[str] = ()) -> Iterator[str]:
    notes, kinds = _notes(kind), typing.get_type_hints(kind)
    yield "| field | type | |"
    yield "|---|---|---|"
    for field in fields(kind):
        if only and field.name not in only:
            continue
        note = " ".join(filter(None, (notes.get(field.name, ""), _optional(field))))
        yield f"| `{field.name}` | {_type(kinds[field.name])} | {note.replace('|', chr(92) + '|')} |"


def _optional(field: "Field[object]") -> str:
    if field.default is MISSING:
        return "" if field.default_factory is MISSING else "(may be left out)"
    return f"(if left out: `{msgspec.json.encode(field.default).decode()}`)"


def _type(hint: object) -> str:
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return f"list of {_type(inner[0])}"
    if inner:
        return " or ".join(map(_type, inner))
    return next((word for kind, word in _WORDS.items() if kind == hint), "") or str(getattr(hint, "__name__", hint))


_WORDS = {str: "text", int: "whole number", bool: "true or false", type(None): "null", dict[str, str]: "texts by name"}


def _notes(kind: type) -> dict[str, str]:
    """The text standing below each field in its class."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    notes: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            notes[field.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return notes


def main() -> None:
    """Write every page that is not as it should be."""
    for name, text in pages().items():
        page = HERE / name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
