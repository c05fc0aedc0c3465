"""The words of the screens: seven languages from gettext catalogues, amounts and times as babel writes them.

Catalogues are `locale/{code}.po`, compiled in memory; a page gets its catalogue as data, so that one
sentence is translated once for Jinja and JavaScript alike.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_currency

from edge.units import Minor

LOCALE = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` is BCP 47; `plural` names the CLDR category of each plural form of its catalogue."""

    code: str
    name: str
    tag: str
    plural: tuple[str, ...]

    @property
    def locale(self) -> Locale:
        """Babel's locale."""
        return Locale.parse(self.tag, sep="-")


LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        each.code: each
        for each in (
            Language("en", "English", "en-GB", ("one", "other")),
            Language("da", "Dansk", "da", ("one", "other")),
            Language("pl", "Polski", "pl", ("one", "few", "many")),
            Language("ro", "Română", "ro", ("one", "few", "other")),
            Language("sr", "Српски", "sr-Cyrl", ("one", "few", "other")),
            Language("sr@latin", "Srpski", "sr-Latn", ("one", "few", "other")),
            Language("ko", "한국어", "ko", ("other",)),
        )
    }
)


def choose(*wanted: str | None, default: str = "en") -> str:
    """The first of `wanted` (query, cookie, …) that is one of our languages, else `default`."""
    return next((code for code in wanted if code is not None and code in LANGUAGES), default)


def accepted(header: str, default: str = "en") -> str:
    """The language an `Accept-Language` header asks for; bounded, never an error."""
    by_tag = {language.tag.casefold(): code for code, language in LANGUAGES.items()} | {
        code: code for code in LANGUAGES
    }
    for part in header[:200].casefold().split(","):
        tag = part.split(";")[0].strip()
        code = by_tag.get(tag) or by_tag.get(tag.split("-")[0])
        if code:
            return code
    return default


@dataclass(frozen=True, slots=True)
class MoneyStyle:
    """How an amount is written; the browser gets the same eight values."""

    prefix: str
    suffix: str
    minus_prefix: str
    minus_suffix: str
    decimal: str
    group: str
    decimals: int

    def write(self, amount: Minor) -> str:
        """`1234550` -> `12.345,50 kr.`; integers only."""
        whole, part = divmod(abs(amount), 10**self.decimals)
        digits = f"{whole:,}".replace(",", self.group)
        number = f"{digits}{self.decimal}{part:0{self.decimals}d}" if self.decimals else digits
        before, after = (self.minus_prefix, self.minus_suffix) if amount < 0 else (self.prefix, self.suffix)
        return f"{before}{number}{after}"


@cache
def money_style(code: str, currency: str, decimals: int) -> MoneyStyle:
    """How `currency` is written in language `code`, with the country profile's decimals."""

    def ends(amount: str) -> tuple[str, str, str]:
        text = format_currency(Decimal(amount), currency, locale=LANGUAGES[code].locale, currency_digits=False)
        first, last = text.index("1"), text.rindex("9")
        before, after = text[:first], text[last + 1 :]
        return (before + "\xa0" if before[-1:].isalpha() else before), after, text[first : last + 1]

    prefix, suffix, number = ends("1234567.89")
    minus_prefix, minus_suffix, _ = ends("-1234567.89")
    return MoneyStyle(prefix, suffix, minus_prefix, minus_suffix, number[-3], number[1], decimals)


@cache
def reviewer(code: str) -> str:
    """Who has read a language's catalogue as a native speaker; empty while nobody has. English needs no reading: the
    words were written in it."""
    found = re.search(r'"X-Reviewed-By: (.+?)\\n"', (LOCALE / f"{code}.po").read_text("utf-8"))
    return "" if found is None or found[1] == "unreviewed" else found[1]


class Words:
    """One language's catalogue."""

    def __init__(self, language: Language, catalogue: Mapping[str, tuple[str, ...]]) -> None:
        self.language = language
        self._catalogue = catalogue

    def say(self, msgid: str, /, **values: object) -> str:
        """The translation (the msgid itself where there is none), with `{name}` filled in."""
        return _fill((self._catalogue.get(msgid) or (msgid,))[0], values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The plural form for `n`, which is also `{n}`."""
        forms = self._catalogue.get(one) or (one, many)
        category = self.language.locale.plural_form(n)
        index = self.language.plural.index(category) if category in self.language.plural else len(forms) - 1
        return _fill(forms[min(index, len(forms) - 1)], {"n": n, **values})

    def time(self, at: datetime, zone: str) -> str:
        """Hours and minutes on the store's clock."""
        return format_time(at, "short", tzinfo=ZoneInfo(zone), locale=self.language.locale)

    def date(self, at: datetime, zone: str) -> str:
        """A date on the store's calendar."""
        return format_date(at.astimezone(ZoneInfo(zone)), "medium", locale=self.language.locale)

    def data(self) -> dict[str, str | list[str]]:
        """The catalogue for the browser: msgid -> words, or the list of its plural forms."""
        return {msgid: forms[0] if len(forms) == 1 else list(forms) for msgid, forms in self._catalogue.items()}


def _fill(text: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@cache
def words(code: str) -> Words:
    """The words of one language, read once."""
    language = LANGUAGES[code]
    with (LOCALE / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=str(language.locale))
    pairs = ((m.id, m.string) for m in catalogue if m.id and not m.fuzzy)
    return Words(language, MappingProxyType(dict(_forms(pairs))))


def _forms(pairs: Iterable[tuple[object, object]]) -> Iterable[tuple[str, tuple[str, ...]]]:
    for msgid, string in pairs:
        forms = tuple(map(str, string)) if isinstance(string, tuple | list) else (str(string),)
        if all(forms):
            yield (str(msgid[0]) if isinstance(msgid, tuple | list) else str(msgid)), forms
