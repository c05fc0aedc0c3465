"""A TOML file -> frozen dataclasses; every error at once, each with its place and, for a misspelt key, a suggestion."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from edge.errors import Halt

T = TypeVar("T")


def parse(path: Path) -> dict[str, object]:
    """The file as plain data. Halt when it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Halt(f"{path} cannot be read: {error.strerror}", hint="Name the file with --config.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Halt(f"{path} is not TOML: {error}", hint="Mend that line.") from None


def wrong(path: Path, errors: Sequence[str]) -> Halt:
    """What to raise when a configuration has errors."""
    return Halt(f"{path}:\n" + "\n".join(f"  {error}" for error in errors), hint="Mend these lines and start again.")


def read(shape: type[T], raw: Mapping[str, object], where: str = "") -> tuple[T | None, list[str]]:
    """`raw` as the dataclass `shape`, and every error in words; None when there is any."""
    errors: list[str] = []
    value = _table(shape, raw, where, errors)
    return (None, errors) if errors else (value, [])


def guess(where: str, name: str, known: Sequence[str], kind: str) -> str:
    """What is wrong with a name nobody knows, and which known one it may have meant."""
    close = get_close_matches(name, known, 1)
    return f"{where}: no {kind} is called {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")


def _table(shape: type[T], raw: object, where: str, errors: list[str]) -> T | None:
    if not isinstance(raw, Mapping):
        errors.append(f"{where}: expected a table")
        return None
    known = {item.name: item for item in fields(shape)}  # type: ignore[arg-type]  # a dataclass, checked by _value
    for key in raw:
        if key not in known:
            errors.append(guess(_join(where, key), str(key), list(known), "key"))
    hints = get_type_hints(shape)
    found: dict[str, object] = {}
    before = len(errors)
    for name, item in known.items():
        if name in raw:
            found[name] = _value(hints[name], raw[name], _join(where, name), errors)
        elif _required(item):
            errors.append(f"{_join(where, name)}: is missing")
    return shape(**found) if len(errors) == before else None


def _value(hint: Any, raw: object, where: str, errors: list[str]) -> object:
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) is tuple:
        if not isinstance(raw, list):
            errors.append(f"{where}: expected a list")
            return ()
        inner = get_args(hint)[0]
        return tuple(_value(inner, item, f"{where}[{place}]", errors) for place, item in enumerate(raw, 1))
    if get_origin(hint) in (Union, UnionType):
        hint = next(option for option in get_args(hint) if option is not type(None))
    if is_dataclass(hint) and isinstance(hint, type):
        return _table(hint, raw, where, errors)
    if not isinstance(raw, hint) or (hint is int and isinstance(raw, bool)):
        errors.append(f"{where}: expected {_WORDS.get(hint, hint)}, got {raw!r}")
    return raw


_WORDS = {str: "text in quotes", int: "a whole number", bool: "true or false"}


def _required(item: "Field[object]") -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _join(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)
