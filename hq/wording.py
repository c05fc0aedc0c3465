"""How headquarters' pages write money, times and ages, in the reader's language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_time, format_timedelta
from babel.numbers import format_currency

from edge.clock import moment
from hq.rows import decimals

_SCRIPTS = {"sr": "sr_Cyrl", "sr@latin": "sr_Latn", "en": "en_GB"}
LANGUAGES = ("en", "da", "pl", "ro", "sr", "sr@latin", "ko")


@dataclass(frozen=True, slots=True)
class Wording:
    """`zone` is the reader's; `now` is what ages are counted to."""

    language: str
    zone: ZoneInfo
    now: datetime

    @property
    def locale(self) -> Locale:
        return Locale.parse(_SCRIPTS.get(self.language, self.language))

    def money(self, minor: int, currency: str) -> str:
        """An amount in minor units of any currency."""
        written = format_currency(Decimal(minor).scaleb(-decimals(currency)), currency, locale=self.locale)
        return re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", written)

    def age(self, at: str) -> str:
        """How long ago, in words; empty when never."""
        if not at:
            return ""
        return format_timedelta(moment(at) - self.now, add_direction=True, locale=self.locale)

    def clock(self, at: str) -> str:
        """Hours and minutes."""
        return format_time(moment(at), "short", tzinfo=self.zone, locale=self.locale) if at else ""

    def moment(self, at: str) -> str:
        """Day and time."""
        return format_datetime(moment(at), "short", tzinfo=self.zone, locale=self.locale) if at else ""

    def values(self) -> dict[str, Callable[..., str]]:
        """What a template calls."""
        return {"amount": self.money, "age": self.age, "clock": self.clock, "moment": self.moment}


def language_of(asked: str | None, kept: str | None, default: str) -> str:
    """The reader's language: asked for now, kept in the cookie, else the company's."""
    return next((code for code in (asked, kept, default) if code in LANGUAGES), "en")
