"""Pure: what one row's cells say of an article; a column that is missing leaves what is held."""

import re
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from edge.errors import Refused
from edge.feedwords import Attribute, slug
from hq.rows import several

Row = Mapping[str, str]


def attributes(row: Row, held: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """Columns `attribute_upper_material` and, in Danish, `attribute_upper_material_da`.

    What an attribute is called in other languages is a setting, as colours are: `attribute.upper_material.da`.
    """
    found = {slug(attribute.name.get("en", "")): attribute for attribute in held}
    columns = sorted(column for column in row if column.startswith("attribute_"))  # each before its translations
    for column in columns:
        name = column.removeprefix("attribute_")
        about, _, tongue = name.rpartition("_")
        translation = re.fullmatch("[a-z]{2}", tongue) and (about in found or f"attribute_{about}" in columns)
        about, tongue = (about, tongue) if translation else (name, "en")
        before = found.get(about) or Attribute({"en": about.replace("_", " ").capitalize()}, {})
        said = {language: text for language, text in before.value.items() if language != tongue}
        found[about] = replace(before, value=said | ({tongue: row[column]} if row[column] else {}))
    return tuple(attribute for attribute in found.values() if attribute.value)


def codes(row: Row, held: tuple[str, ...]) -> tuple[str, ...]:
    if "codes" not in row and "code" not in row:
        return held
    return tuple(dict.fromkeys(several(row.get("codes", "") + "|" + row.get("code", ""))))


def named(row: Row, column: str) -> str:
    value = row.get(column, "")
    if not value:
        raise ValueError(f"{column} is empty")
    return value


def nickname(author: str) -> str:
    """A mail address is nobody's nickname: only what stands before the @ is kept."""
    return author.partition("@")[0]


def words(error: ValueError | Refused) -> str:
    if isinstance(error, msgspec.ValidationError):
        return f"a cell is out of bounds: {error}"
    return str(error)
