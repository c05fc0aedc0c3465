"""The page kit: one Jinja environment, one shell, security headers; a page is HTML plus one block of data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from edge.clock import moment
from edge.units import Minor
from edge.web.words import LANGUAGES, money_style, reviewer, words

HERE = Path(__file__).parent
STATIC = HERE / "static"
"""Mount at `/static`."""

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
            "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
)
"""Every answer carries these."""


@dataclass(frozen=True, slots=True)
class Look:
    """Whose page it is: language of the reader; country, currency and clock of the store."""

    lang: str
    country: str
    currency: str
    decimals: int
    time_zone: str
    store: str
    store_name: str
    start: str | None = None
    """Where "all screens" leads (the demo), or None."""


@dataclass(frozen=True, slots=True)
class Card:
    """A screen on the start page; `key` is one of till office display wall shelf hq shop simulators."""

    key: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; picked by a POST form to `url`."""

    code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in, for the start page of a pretend shop; `role` is cashier or manager."""

    name: str
    role: str
    pin: str


class Pages:
    """Renders pages from `templates/` and, first, from `folders` (HQ's and the demo's own)."""

    def __init__(self, *folders: Path) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader([*folders, HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def screen(self, name: str, look: Look, /, *, id: str = "", **values: object) -> str:
        """The page of screen `name` in the reader's language; `values` are the template's own."""
        speech = words(look.lang)
        style = money_style(look.lang, look.currency, look.decimals)

        def money(amount: Minor) -> str:
            return style.write(amount)

        def hour(at: datetime | str) -> str:
            return speech.time(moment(at) if isinstance(at, str) else at, look.time_zone)

        return self._jinja.get_template(f"{name}.html").render(
            look=look,
            screen=name,
            language=speech.language,
            languages=LANGUAGES.values(),
            reviewer=reviewer,
            boot=boot(name, id, look),
            _=speech.say,
            n_=speech.count,
            money=money,
            hour=hour,
            **values,
        )


def boot(screen: str, id: str, look: Look) -> Mapping[str, object]:
    """What a page's module starts from (docs/screens.md)."""
    language = LANGUAGES[look.lang]
    return {
        "screen": screen,
        "id": id,
        "lang": look.lang,
        "tag": language.tag,
        "words": words(look.lang).data(),
        "plural": list(language.plural),
        "money": asdict(money_style(look.lang, look.currency, look.decimals)),
        "store": {
            "id": look.store,
            "name": look.store_name,
            "country": look.country,
            "currency": look.currency,
            "time_zone": look.time_zone,
        },
        "start": look.start,
    }
