"""Country profiles: `countries/{cc}.toml` read into a frozen `Profile` (pure).

Every file names its `source` and the day it was `checked_on`; all of a file's errors are told at once. Money is in
minor units, rates in basis points, days are local days of the store. Nothing here is legal advice: `docs/law.md`.
"""

import tomllib
from datetime import date
from importlib import resources

from edge.countries.parts import profile_in
from edge.countries.reader import Reader
from edge.countries.rules import (
    Buyer,
    BuyerForm,
    CashRounding,
    FiscalRules,
    Profile,
    Regime,
    ReturnDocument,
    ReturnRules,
    Step,
    TaxRate,
    TaxRounding,
    Threshold,
    Wording,
)
from edge.errors import Halt

__all__ = [
    "Buyer",
    "BuyerForm",
    "CashRounding",
    "FiscalRules",
    "Profile",
    "Regime",
    "ReturnDocument",
    "ReturnRules",
    "Step",
    "TaxRate",
    "TaxRounding",
    "Threshold",
    "Wording",
    "countries",
    "load_profile",
    "read_profile",
    "stale",
]


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
    profile = profile_in(reader)
    errors = (*reader.finish(), *(() if reader.errors else _contradictions(profile)))
    if errors:
        raise Halt(f"{file}: " + "; ".join(errors), hint="Correct every line named, then start again.")
    return profile


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
    if not set(profile.returns.signatures) <= {"seller", "buyer"}:
        errors.append("returns.signatures: seller and buyer only")
    if profile.returns.document is not ReturnDocument.OURS and profile.fiscal.regime is Regime.NONE:
        errors.append("returns.document: under regime none the paper is ours")
    if profile.buyer is not None and not profile.buyer.forms:
        errors.append("buyer.form: there is none")
    return errors
