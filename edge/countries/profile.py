"""What a country's law says to a till, as data: `countries/{cc}.toml` read into a frozen `Profile` (pure).

Every file names its `source` and the day it was `checked_on`; all of a file's errors are told at once. Money is in
minor units, rates in basis points, days are local days of the store. Nothing here is legal advice: `docs/law.md`.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources

from edge.countries.reader import Reader
from edge.errors import Halt, Refused
from edge.units import BasisPoints, Minor


class Regime(StrEnum):
    """Who makes the legal receipt."""

    NONE = "none"
    DEVICE = "device"
    """A fiscal device prints it."""
    SERVICE = "service"
    """A service signs it and we print its text unchanged."""
    DEFERRED = "deferred"
    """We print; it is reported and approved by a deadline."""


class TaxRounding(StrEnum):
    """Where tax is rounded to minor units."""

    LINE = "line"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """`label` is what the receipt shows and the fiscal device knows; `tax_class` what a price list may say anywhere."""

    label: str
    tax_class: str
    name: str
    rate: BasisPoints
    valid_from: date
    valid_until: date | None
    """Last day, or None."""

    def on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Step:
    """A remainder up to and including `upto` becomes `to`."""

    upto: int
    to: int


@dataclass(frozen=True, slots=True)
class CashRounding:
    """How cash is rounded from `valid_from` on: the remainder of division by `unit` is looked up."""

    valid_from: date
    unit: int
    sale: tuple[Step, ...]
    """What a customer owes."""
    change: tuple[Step, ...]
    """What is paid out without a payable (a refund)."""


@dataclass(frozen=True, slots=True)
class BuyerForm:
    """One way to say who buys: `pattern` after spaces and dashes are gone, `check` names a check-digit rule."""

    name: str
    pattern: str
    check: str
    personal: bool
    """A person's own number: never in a fact, only its mask."""
    example: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """Which number the receipt takes, and from which cash payable the question must be asked (None: never)."""

    kind: str
    required_from: Minor | None
    cash_only: bool
    forms: tuple[BuyerForm, ...]
    source: str


@dataclass(frozen=True, slots=True)
class FiscalRules:
    """Who does what around the legal receipt."""

    regime: Regime
    device_tax_table: bool
    """The device's tax table rules: ours must equal it before the till opens."""
    device_prints: bool
    device_kicks_drawer: bool
    sell_without: bool
    """Goods may leave while the device or service is away."""
    daily_report: bool
    """The device's daily report must be made before the next day's first sale."""
    copy_by_device: bool
    """A copy is a fiscal document of its own, made by the device or service."""
    deadline_days: int
    anonymous: str
    """The number to use when a required buyer's number was declined; empty where that is not possible."""
    source: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount from which another rule begins, told to people, not enforced by the till."""

    name: str
    amount: Minor
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Words the law or custom fixes; `required` names what every receipt must show."""

    required: tuple[str, ...]
    tax_name: str
    """What the country calls the tax: `Moms`, `PTU`, `TVA`."""
    copy: str
    training: str
    source: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One country's rules for a till."""

    country: str
    name: str
    currency: str
    decimals: int
    source: str
    checked_on: date
    notes: str
    tax_rounding: TaxRounding
    tax_source: str
    rates: tuple[TaxRate, ...]
    cash_rounding: tuple[CashRounding, ...]
    cash_rounding_source: str
    notes_in_use: tuple[Minor, ...]
    """Banknotes, largest first."""
    coins: tuple[Minor, ...]
    """Coins, largest first."""
    cash_ceiling: Minor | None
    """The most cash one sale may bring; None where there is no limit."""
    cash_ceiling_source: str
    retention_years: int
    retention_source: str
    fiscal: FiscalRules
    wording: Wording
    buyer: Buyer | None
    thresholds: tuple[Threshold, ...]

    @property
    def denominations(self) -> tuple[Minor, ...]:
        """Notes and coins, largest first."""
        return tuple(sorted({*self.notes_in_use, *self.coins}, reverse=True))

    def tax_table(self, day: date) -> tuple[TaxRate, ...]:
        """The rates in force on `day`, in the profile's order."""
        return tuple(rate for rate in self.rates if rate.on(day))

    def rate(self, tax: str, day: date) -> TaxRate:
        """The rate a price means by `tax` (a class such as `standard`, or a label) on `day`."""
        table = self.tax_table(day)
        found = next((rate for rate in table if rate.tax_class == tax), None)
        found = found or next((rate for rate in table if rate.label == tax), None)
        if found is None:
            known = ", ".join(f"{rate.tax_class} ({rate.label})" for rate in table)
            raise Refused(
                f"{self.name} has no tax {tax!r} on {day.isoformat()}",
                hint=f"Headquarters must give the article one of: {known}.",
                code="unknown-tax",
            )
        return found

    def rounding(self, day: date) -> CashRounding | None:
        """The cash rounding in force on `day`, if there is one."""
        began = [rounding for rounding in self.cash_rounding if rounding.valid_from <= day]
        return max(began, key=lambda rounding: rounding.valid_from, default=None)


def stale(profile: Profile, today: date) -> bool:
    """Nobody has checked this profile for twelve months."""
    return (today - profile.checked_on).days > 365


def countries() -> tuple[str, ...]:
    """The countries there is a profile for, lower case."""
    files = resources.files("edge.countries").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def load_profile(country: str) -> Profile:
    """The profile that ships for `country` (`dk`, `DK`); Halt when there is none."""
    code = country.lower()
    if code not in countries():
        raise Halt(f"no country profile {country!r}", hint=f"Set country to one of: {', '.join(countries())}.")
    return read_profile(resources.files("edge.countries").joinpath(f"{code}.toml").read_text("utf-8"), f"{code}.toml")


def read_profile(text: str, file: str = "profile") -> Profile:
    """The profile in `text`; Halt naming every error of the file at once."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise Halt(f"{file}: {broken}", hint="Correct the file.") from broken
    reader = Reader(table)
    profile = _profile(reader)
    errors = (*reader.finish(), *(() if reader.errors else _contradictions(profile)))
    if errors:
        raise Halt(f"{file}: " + "; ".join(errors), hint="Correct every line named, then start again.")
    return profile


def _profile(top: Reader) -> Profile:
    tax, cash = top.table("tax"), top.table("cash")
    retention, buyer = top.table("retention"), top.table_or_none("buyer")
    return Profile(
        country=top.text("country", "[A-Z]{2}"),
        name=top.text("name"),
        currency=top.text("currency", "[A-Z]{3}"),
        decimals=top.integer("decimals", 0, 3),
        source=top.text("source"),
        checked_on=top.day("checked_on"),
        notes=top.text("notes", default=""),
        tax_rounding=TaxRounding(tax.choice("rounding", [*TaxRounding])),
        tax_source=tax.text("source"),
        rates=tuple(_rate(each) for each in tax.tables("rate")),
        cash_rounding=tuple(_cash_rounding(each) for each in cash.tables("rounding")),
        cash_rounding_source=cash.text("rounding_source"),
        notes_in_use=tuple(Minor(value) for value in cash.integers("notes")),
        coins=tuple(Minor(value) for value in cash.integers("coins")),
        cash_ceiling=_minor(cash.integer_or_none("ceiling", 1)),
        cash_ceiling_source=cash.text("ceiling_source"),
        retention_years=retention.integer("years", 1, 30),
        retention_source=retention.text("source"),
        fiscal=_fiscal(top.table("fiscal")),
        wording=_wording(top.table("receipt")),
        buyer=None if buyer is None else _buyer(buyer),
        thresholds=tuple(_threshold(each) for each in top.tables("threshold")),
    )


def _minor(value: int | None) -> Minor | None:
    return None if value is None else Minor(value)


def _rate(each: Reader) -> TaxRate:
    return TaxRate(
        label=each.text("label", ".{1,16}"),
        tax_class=each.text("class", "[a-z0-9-]{1,16}"),
        name=each.text("name"),
        rate=BasisPoints(each.integer("rate", 0, 10_000)),
        valid_from=each.day("from"),
        valid_until=each.day_or_none("until"),
    )


def _cash_rounding(each: Reader) -> CashRounding:
    return CashRounding(
        valid_from=each.day("from"),
        unit=each.integer("unit", 2, 100_000),
        sale=tuple(Step(upto, to) for upto, to in each.pairs("sale")),
        change=tuple(Step(upto, to) for upto, to in each.pairs("change")),
    )


def _fiscal(each: Reader) -> FiscalRules:
    return FiscalRules(
        regime=Regime(each.choice("regime", [*Regime])),
        device_tax_table=each.flag("device_tax_table"),
        device_prints=each.flag("device_prints"),
        device_kicks_drawer=each.flag("device_kicks_drawer"),
        sell_without=each.flag("sell_without"),
        daily_report=each.flag("daily_report"),
        copy_by_device=each.flag("copy_by_device"),
        deadline_days=each.integer("deadline_days", 0, 366),
        anonymous=each.text("anonymous", default=""),
        source=each.text("source"),
    )


def _wording(each: Reader) -> Wording:
    return Wording(
        required=each.texts("required"),
        tax_name=each.text("tax_name"),
        copy=each.text("copy"),
        training=each.text("training"),
        source=each.text("source"),
    )


def _buyer(each: Reader) -> Buyer:
    return Buyer(
        kind=each.text("kind", "[a-z-]+"),
        required_from=_minor(each.integer_or_none("required_from", 0)),
        cash_only=each.flag("cash_only"),
        forms=tuple(_form(form) for form in each.tables("form")),
        source=each.text("source"),
    )


def _form(each: Reader) -> BuyerForm:
    return BuyerForm(
        name=each.text("name", "[a-z-]+"),
        pattern=each.pattern("pattern"),
        check=each.choice("check", ["none", "nip", "cui", "pib", "brn"]),
        personal=each.flag("personal"),
        example=each.text("example"),
    )


def _threshold(each: Reader) -> Threshold:
    return Threshold(
        name=each.text("name", "[a-z-]+"),
        amount=Minor(each.integer("amount", 1)),
        text=each.text("text"),
        source=each.text("source"),
    )


def _contradictions(profile: Profile) -> tuple[str, ...]:
    """What no single key can show."""
    return (*_rate_errors(profile), *_rounding_errors(profile), *_money_errors(profile))


def _rate_errors(profile: Profile) -> list[str]:
    errors = [] if profile.rates else ["tax.rate: there is none"]
    for number, one in enumerate(profile.rates):
        if one.valid_until is not None and one.valid_until < one.valid_from:
            errors.append(f"tax.rate {one.label}: ends before it begins")
        for other in profile.rates[number + 1 :]:
            together = one.on(other.valid_from) or other.on(one.valid_from)
            if together and (one.label == other.label or one.tax_class == other.tax_class):
                errors.append(f"tax.rate {one.label}/{one.tax_class}: two rates in force at the same time")
    return errors


def _rounding_errors(profile: Profile) -> list[str]:
    errors = []
    for rounding in profile.cash_rounding:
        for side, steps in (("sale", rounding.sale), ("change", rounding.change)):
            bounds = [step.upto for step in steps]
            if bounds != sorted(set(bounds)) or not bounds or bounds[-1] != rounding.unit - 1:
                errors.append(f"cash.rounding.{side}: must rise to {rounding.unit - 1}")
            if any(not 0 <= step.to <= rounding.unit for step in steps):
                errors.append(f"cash.rounding.{side}: a value outside 0..{rounding.unit}")
    return errors


def _money_errors(profile: Profile) -> list[str]:
    errors = []
    for name, values in (("notes", profile.notes_in_use), ("coins", profile.coins)):
        if not values or list(values) != sorted(set(values), reverse=True) or values[-1] <= 0:
            errors.append(f"cash.{name}: largest first, each once")
    if profile.fiscal.regime is Regime.DEVICE and not profile.fiscal.device_prints:
        errors.append("fiscal: under regime device the device prints")
    if profile.buyer is not None and not profile.buyer.forms:
        errors.append("buyer.form: there is none")
    return errors
