"""What a country's law says to a till, as frozen types (pure). `edge.countries.profile` fills them from TOML."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from edge.errors import Refused
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


class ReturnDocument(StrEnum):
    """How the law wants goods that come back to be written down."""

    OURS = "ours"
    """Our own paper is enough."""
    REFUND = "refund"
    """The device, service or tax office makes a refund that names the original."""
    CASH_OUT = "cash-out"
    """The device takes only the cash out of its drawer; the return itself is a record kept beside it."""
    BESIDE = "beside"
    """A record kept beside the device, which never hears of it."""


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """What a return needs."""

    document: ReturnDocument
    own_numbers: bool
    """Returns have a gap-free run of their own (`…-R1`), not the receipts' one."""
    without_receipt: bool
    """The law leaves room for a return whose receipt is lost."""
    signatures: tuple[str, ...]
    """Who signs the paper: `seller`, `buyer`."""
    title: str
    """What the paper must be called; empty where our own word will do."""
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
    returns: ReturnRules
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
