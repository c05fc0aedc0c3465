"""Pure: what a paper needs to know about the shop besides the fact: its words, its money, its clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from edge.clock import moment
from edge.facts import SaleClosed, SaleReturned
from edge.letters import written
from edge.pos.printer.glyphs import clean
from edge.units import BasisPoints, Minor, TillId, UserId

Reference = Callable[[SaleClosed | SaleReturned, bytes], str]
"""What the QR of an e-receipt says, from the fact and its entry's hash."""


LOCALE = Path(__file__).parent / "locale"


def receipt_words(language: str) -> Callable[[str], str]:
    """The words of papers in `language` (`da`, `sr`, `sr@latin`, …); English where there is no catalogue of it.

    Serbian in Latin letters is the Cyrillic catalogue, letter by letter.
    """
    path = LOCALE / f"{language.partition('@')[0]}.po"
    if not path.exists():
        return unchanged
    with path.open("rb") as file:
        said = {
            str(message.id): written(str(message.string), language)
            for message in read_po(file)
            if message.id and message.string
        }
    return lambda english: said.get(english, english)


def unchanged(text: str) -> str:
    """English, the language the words are written in."""
    return text


@dataclass(frozen=True, slots=True)
class Shop:
    """Header and footer are data; `training` and `copy` are the country's compulsory wording."""

    name: str
    address: tuple[str, ...]
    tax_number: str
    zone: ZoneInfo
    decimals: int
    locale: Locale = field(default_factory=lambda: Locale("en"))
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    training: str = ""
    copy: str = ""
    return_title: str = ""
    """What the country wants the paper of a return to be called."""
    signatures: tuple[str, ...] = ()
    """Who signs it: `seller`, `buyer`."""
    translate: Callable[[str], str] = unchanged
    cashier: Callable[[UserId], str] = str
    till: Callable[[TillId], str] = str
    reference: Reference | None = None

    @property
    def language(self) -> str:
        """BCP 47."""
        return "-".join(part for part in (self.locale.language, self.locale.script) if part)

    def money(self, amount: int) -> str:
        """An amount in the shop's locale, without its currency; spaces are plain."""
        return money(Minor(amount), self.decimals, self.locale)

    def when(self, stamped: str) -> str:
        """A stored time as the shop's clock showed it, with its offset: the hour that comes twice stays two hours."""
        local = moment(stamped).astimezone(self.zone)
        return f"{self.date(local)} {local:%H:%M:%S} {_offset(local)}"

    def date(self, day: datetime) -> str:
        return clean(format_date(day, format="medium", locale=self.locale))

    def rate(self, rate: BasisPoints) -> str:
        """A tax rate: `25 %`, `5,5 %`."""
        return clean(format_decimal(Decimal(rate).scaleb(-2), locale=self.locale)) + "%"


def money(amount: Minor, decimals: int, locale: Locale) -> str:
    """`amount` as `locale` writes it with `decimals` places; only plain spaces."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return clean(format_decimal(Decimal(amount).scaleb(-decimals), format=pattern, locale=locale))


def _offset(local: datetime) -> str:
    text = local.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
