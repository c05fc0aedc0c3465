"""How a fact gets its name on the wire.

A fact is something that happened, in the past tense, small and frozen. `@fact("sale.closed")` gives it its
wire name `edge.sale.closed.v1`. Facts carry opaque ids, never a person's name, mail or phone (law 10).
Money is `Minor`, weights `Grams`, times RFC 3339 text in UTC.
"""

from collections.abc import Callable, Mapping
from dataclasses import Field
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec


class Fact(Protocol):
    """A frozen dataclass registered with `@fact`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=Fact)
_registry: dict[str, type[Fact]] = {}
_names: dict[type[Fact], str] = {}
FACTS: Mapping[str, type[Fact]] = MappingProxyType(_registry)
"""Wire name (`edge.sale.closed.v1`) -> class."""


def fact(name: str, version: int = 1) -> Callable[[type[T]], type[T]]:
    """Register the dataclass below under `edge.{name}.v{version}`."""

    def register(cls: type[T]) -> type[T]:
        wire = f"edge.{name}.v{version}"
        if wire in _registry:
            raise ValueError(f"two facts are called {wire}")
        _registry[wire] = cls
        _names[cls] = wire
        return cls

    return register


def fact_name(kind: type[Fact]) -> str:
    """The wire name of a fact's class."""
    return _names[kind]


def read_fact(name: str, data: bytes) -> Fact | None:
    """The fact whose canonical JSON is `data`, or None when this release does not know `name`.

    Raises msgspec.ValidationError when the data does not fit the fact's schema.
    """
    kind = _registry.get(name)
    return None if kind is None else msgspec.json.decode(data, type=kind)
