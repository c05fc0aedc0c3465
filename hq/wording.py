"""How headquarters' pages speak: sentences from `locale/`, money, times and ages, in the reader's language.

English is what the pages themselves say; Serbian in Latin letters is the Cyrillic catalogue, letter by letter.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_currency, get_decimal_symbol

from edge.clock import moment
from edge.letters import written
from hq.alarmwords import PARTS, heard
from hq.rows import decimals

HERE = Path(__file__).parent / "locale"
PLURALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("one", "other"),
        "da": ("one", "other"),
        "pl": ("one", "few", "many"),
        "ro": ("one", "few", "other"),
        "sr": ("one", "few", "other"),
        "sr@latin": ("one", "few", "other"),
        "ko": ("other",),
    }
)
"""Language -> the CLDR category of each of its catalogue's plural forms."""
_LOCALES = {"sr": "sr_Cyrl", "sr@latin": "sr_Latn", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Wording:
    """`zone` is the reader's; `now` is what ages are counted to."""

    language: str
    zone: ZoneInfo
    now: datetime

    @property
    def locale(self) -> Locale:
        return Locale.parse(_LOCALES.get(self.language, self.language))

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence in the reader's language, `{name}` filled in."""
        return _filled((catalogue(self.language).get(sentence) or (sentence,))[0], values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The sentence for `n` of something, which is also `{n}`."""
        forms = catalogue(self.language).get(one) or (one, many)
        category, known = self.locale.plural_form(n), PLURALS[self.language]
        place = known.index(category) if category in known else len(forms) - 1
        return _filled(forms[min(place, len(forms) - 1)], {"n": n, **values})

    def told(self, text: str) -> str:
        """What an alarm said when it was raised."""
        found = heard(text)
        return text if found is None else self.say(found[0], **found[1])

    def part(self, name: str) -> str:
        """`printer/p1` as people call it."""
        kind, _, which = name.partition("/")
        return " ".join(filter(None, (self.say(PARTS[kind]), which))) if kind in PARTS else name

    def money(self, minor: int, currency: str) -> str:
        """An amount in minor units of any currency."""
        written = format_currency(Decimal(minor).scaleb(-decimals(currency)), currency, locale=self.locale)
        return re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", written)

    def tenths(self, n: int) -> str:
        """40 as `4.0` or `4,0`."""
        return f"{n // 10}{get_decimal_symbol(self.locale)}{n % 10}"

    def age(self, at: str) -> str:
        """How long ago, in words; empty when never."""
        if not at:
            return ""
        return str(format_timedelta(moment(at) - self.now, add_direction=True, locale=self.locale))

    def values(self) -> dict[str, Callable[..., str]]:
        """What a template calls."""
        return {
            "say": self.say,
            "count": self.count,
            "told": self.told,
            "part": self.part,
            "amount": self.money,
            "age": self.age,
            "tenths": self.tenths,
        }


def language_of(asked: str | None, kept: str | None, default: str) -> str:
    """The reader's language: asked for now, kept in the cookie, else the company's."""
    return next((code for code in (asked, kept, default) if code is not None and code in PLURALS), "en")


@cache
def catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Sentence -> its translation, or one for each plural form."""
    path = HERE / f"{language.partition('@')[0]}.po"
    if not path.exists():
        return MappingProxyType({})
    with path.open("rb") as file:
        entries = [message for message in read_po(file) if message.id]
    found: dict[str, tuple[str, ...]] = {}
    for message in entries:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        texts = tuple(_written(str(form), language) for form in forms)
        found[str(message.id[0] if isinstance(message.id, tuple | list) else message.id)] = texts
    return MappingProxyType(found)


def _written(text: str, language: str) -> str:
    """As readers of `language` write it; what stands in braces is a name and stays."""
    return "".join(part if part.startswith("{") else written(part, language) for part in re.split(r"(\{\w+\})", text))


def _filled(text: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
