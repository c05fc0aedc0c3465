"""The buyer's number a country's receipt may take: read, checked, and masked where it is a person's (pure)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.countries.profile import Buyer, Profile
from edge.errors import Refused
from edge.units import Minor


@dataclass(frozen=True, slots=True)
class BuyerNumber:
    """`number` goes to the fiscal port; `shown` is all a fact, a screen or a log may carry (law 10)."""

    form: str
    number: str
    shown: str
    personal: bool


def must_ask(profile: Profile, total: Minor, cash: Minor) -> bool:
    """The buyer must be asked before a sale of `total`, `cash` of it in cash, is paid."""
    buyer = profile.buyer
    if buyer is None or buyer.required_from is None or (buyer.cash_only and cash <= 0):
        return False
    return total >= buyer.required_from


def read_buyer(profile: Profile, text: str) -> BuyerNumber:
    """The number in `text`, without spaces and dashes; Refused when the country takes none or it cannot be right."""
    if profile.buyer is None:
        raise Refused(f"receipts in {profile.name} take no buyer's number", hint="Leave it empty.", code="bad-buyer")
    plain = re.sub(r"[\s\-./]", "", text).upper() if len(text) <= 40 else ""
    for form in profile.buyer.forms:
        if plain.isascii() and re.fullmatch(form.pattern, plain) and CHECKS[form.check](plain):
            return BuyerNumber(form.name, plain, mask(plain) if form.personal else plain, form.personal)
    raise Refused("that buyer's number cannot be right", hint=_hint(profile.buyer), code="bad-buyer", status=422)


def declined(profile: Profile) -> BuyerNumber | None:
    """The number the law names for a buyer who gives none, if it names one."""
    anonymous = profile.fiscal.anonymous
    return BuyerNumber("anonymous", re.sub(r"\D", "", anonymous), anonymous, False) if anonymous else None


def mask(number: str) -> str:
    """The number with all but its first three and last two signs hidden; short ones wholly."""
    return number[:3] + "*" * (len(number) - 5) + number[-2:] if len(number) >= 9 else "*" * len(number)


def _hint(buyer: Buyer) -> str:
    return "Type it again, for example " + " or ".join(form.example for form in buyer.forms) + "."


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _nip(number: str) -> bool:
    """Poland: weighted sum modulo 11; a remainder of 10 is never given out."""
    return _weighed(number[:9], (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(number[9])


def _cui(number: str) -> bool:
    """Romania: weighted sum times ten modulo 11, ten counts as zero."""
    digits = number.removeprefix("RO").zfill(10)
    return _weighed(digits[:9], (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10 == int(digits[9])


def _pib(number: str) -> bool:
    """Serbia: ISO 7064 MOD 11,10."""
    product = 10
    for digit in number[:8]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[8])


def _brn(number: str) -> bool:
    """Korea's business registration number: the ninth digit's product counts with its carry."""
    total = _weighed(number[:9], (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(number[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(number[9])


def _none(number: str) -> bool:
    return True


CHECKS: Mapping[str, Callable[[str], bool]] = {"none": _none, "nip": _nip, "cui": _cui, "pib": _pib, "brn": _brn}
