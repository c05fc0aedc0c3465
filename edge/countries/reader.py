"""Takes typed values out of a TOML table and remembers every error instead of stopping at the first (pure)."""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeGuard, TypeVar

T = TypeVar("T")
_NO_DAY = date(1, 1, 1)


class Reader:
    """One table of the file; `errors` is shared with its sub-tables, `finish` adds the keys nobody asked for."""

    def __init__(self, table: Mapping[str, object], path: str = "", errors: list[str] | None = None) -> None:
        self.errors: list[str] = [] if errors is None else errors
        self._table = table
        self._path = path
        self._asked: set[str] = set()
        self._below: list[Reader] = []

    def text(self, key: str, pattern: str = r"[\s\S]+", default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str):
            return self._wrong(key, "a text", value, "")
        if value != default and re.fullmatch(pattern, value) is None:
            return self._wrong(key, f"a text like {pattern}", value, "")
        return value

    def pattern(self, key: str) -> str:
        value = self.text(key)
        try:
            re.compile(value)
        except re.error as broken:
            return self._wrong(key, f"a regular expression ({broken})", value, "")
        return value

    def choice(self, key: str, choices: Sequence[str]) -> str:
        value = self._take(key, None)
        if isinstance(value, str) and value in choices:
            return value
        return self._wrong(key, f"one of {', '.join(choices)}", value, choices[0])

    def integer(self, key: str, least: int, most: int = 10**15) -> int:
        value = self._take(key, None)
        if not _whole(value) or not least <= value <= most:
            return self._wrong(key, f"an integer from {least} to {most}", value, least)
        return value

    def integer_or_none(self, key: str, least: int) -> int | None:
        return self.integer(key, least) if key in self._table else None

    def integers(self, key: str) -> tuple[int, ...]:
        value = self._take(key, None)
        if not isinstance(value, list):
            return self._wrong(key, "a list of integers", value, ())
        numbers = tuple(each for each in value if _whole(each))
        return numbers if len(numbers) == len(value) else self._wrong(key, "a list of integers", value, ())

    def pairs(self, key: str) -> tuple[tuple[int, int], ...]:
        value = self._take(key, None)
        rows = value if isinstance(value, list) else [None]
        pairs = tuple((row[0], row[1]) for row in rows if isinstance(row, list) and len(row) == 2)
        if len(pairs) != len(rows) or not all(_whole(one) and _whole(two) for one, two in pairs):
            return self._wrong(key, "a list of integer pairs", value, ())
        return pairs

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key, None)
        if not isinstance(value, list):
            return self._wrong(key, "a list of texts", value, ())
        texts = tuple(each for each in value if isinstance(each, str))
        return texts if len(texts) == len(value) else self._wrong(key, "a list of texts", value, ())

    def flag(self, key: str) -> bool:
        value = self._take(key, None)
        return value if isinstance(value, bool) else self._wrong(key, "true or false", value, False)

    def day(self, key: str) -> date:
        value = self._take(key, None)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return self._wrong(key, "a day such as 2025-08-01", value, _NO_DAY)

    def day_or_none(self, key: str) -> date | None:
        return self.day(key) if key in self._table else None

    def table(self, key: str) -> "Reader":
        value = self._take(key, None)
        return self._sub(key, value if isinstance(value, dict) else self._wrong(key, "a table", value, {}))

    def table_or_none(self, key: str) -> "Reader | None":
        return self.table(key) if key in self._table else None

    def tables(self, key: str) -> list["Reader"]:
        """The tables of an array; none when the key is absent."""
        value = self._take(key, [])
        rows = value if isinstance(value, list) else [None]
        tables = [row for row in rows if isinstance(row, dict)]
        if len(tables) != len(rows):
            self._wrong(key, "an array of tables", value, None)
        return [self._sub(f"{key}[{number}]", row) for number, row in enumerate(tables, 1)]

    def finish(self) -> tuple[str, ...]:
        """Every error of the file, unknown keys included."""
        self._unknown()
        return tuple(self.errors)

    def _unknown(self) -> None:
        for key in self._table.keys() - self._asked:
            near = difflib.get_close_matches(key, self._asked, 1)
            self.errors.append(f"{self._path}{key}: unknown" + (f", did you mean {near[0]}?" if near else ""))
        for below in self._below:
            below._unknown()

    def _sub(self, key: str, table: Mapping[str, object]) -> "Reader":
        self._below.append(Reader(table, f"{self._path}{key}.", self.errors))
        return self._below[-1]

    def _take(self, key: str, default: object) -> object:
        self._asked.add(key)
        return self._table.get(key, default)

    def _wrong(self, key: str, wanted: str, value: object, instead: T) -> T:
        said = "missing" if value is None else f"{value!r} is not it"
        self.errors.append(f"{self._path}{key}: wants {wanted}, {said}")
        return instead


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
