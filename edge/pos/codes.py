"""What a scan says: EAN, UPC, ITF-14, GS1-128, GS1 DataMatrix and QR, GS1 Digital Link, or a code of the house (pure).

Check digits are enforced: a number in the form of a GTIN that fails its own is refused, never looked up. A restricted
number (`2…`) means what the *region* says, which has to be named: `2302148210869` is 1.086 kg in Norway and
8,210.86 kr. in Denmark. A Digital Link is read for its GTIN whatever its host, and never opened.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from urllib.parse import unquote

from biip import ParseConfig, ParseError
from biip.gs1_element_strings import GS1ElementString, GS1ElementStrings
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin as BiipGtin
from biip.rcn import Rcn, RcnRegion
from biip.symbology import GS1Symbology, SymbologyIdentifier
from biip.upc import Upc, UpcFormat

from edge.errors import Halt, Refused
from edge.units import Grams, Gtin, Minor

MAX_SCAN = 512
GROUP_SEPARATOR = "\x1d"
_PREFIX = re.compile(r"\][A-Za-z][0-9A-Fa-f]")
_HOUSE = re.compile(r"[A-Za-z0-9._~:+/-]{1,64}")
_HUMAN = re.compile(r"\((\d{2,4})\)([^()]+)")
_AI = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,90}")
_LINK = re.compile(
    r"https?://[^/?#\s]+/(?:[^?#\s]*/)?01/(\d{8}|\d{12,14})((?:/(?:22|10|21)/[^/?#\s]+)*)(?:\?([^#\s]*))?"
)
_QUALIFIERS = ("22", "10", "21")
_LINK_QUERY = ("15", "17")
_RULES = frozenset(region.value for region in RcnRegion)
_MESSAGES = frozenset(GS1Symbology.with_gs1_messages())


@dataclass(frozen=True, slots=True)
class Reading:
    """How codes are read here: whose `2…` numbers, and the decimals of the currency a price in one has."""

    region: str
    decimals: int

    def __post_init__(self) -> None:
        if re.fullmatch("[a-z]{2}", self.region) is None:
            raise Halt(
                f"region {self.region!r} is none", hint="Set store.region to the country whose 2… barcodes you use: DK."
            )

    @property
    def config(self) -> ParseConfig:
        return ParseConfig(rcn_region=self.region if self.region in _RULES else None)


def reading(region: str, decimals: int) -> Reading:
    """The reading for a store's `region` (`DK`); Halt without one. Where biip has no rule, `2…` is a plain number."""
    return Reading(region.strip().lower(), decimals)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was scanned; `keys` are what to look up in the catalogue, best first.

    `gtin` is normalised to fourteen digits; of a variable-measure number, with the measure zeroed.
    """

    raw: str
    keys: tuple[str, ...]
    gtin: Gtin | None = None
    lot: str | None = None
    serial: str | None = None
    best_before: date | None = None
    expires: date | None = None
    weight: Grams | None = None
    price: Minor | None = None
    count: int | None = None


def classify(text: str, how: Reading) -> Scanned:
    """What `text` from a scanner or a keyboard says; Refused (`bad-code`) when it cannot be right."""
    if len(text) > MAX_SCAN:
        raise _bad("the code is too long")
    raw = text.strip(" \r\n\t")
    symbology, body = _symbology(raw)
    if not body:
        raise _bad("the code is empty")
    if body.lower().startswith(("http://", "https://")):
        return _digital_link(raw, body, how)
    if human := _human(body):
        return _message(raw, human, how)
    says_gs1 = symbology is not None and symbology.gs1_symbology in _MESSAGES
    if says_gs1 or GROUP_SEPARATOR in body or _looks_gs1(body):
        return _message(raw, body.lstrip(GROUP_SEPARATOR), how)
    free_text = symbology is not None and symbology.gs1_symbology is None
    if body.isascii() and body.isdigit() and len(body) in (8, 12, 13, 14) and not free_text:
        return _number(raw, body, how)
    return _house(raw, body)


def normal(code: str) -> str:
    """How a code is compared: a valid GTIN of any length as fourteen digits, anything else as it is."""
    return code.zfill(14) if _valid(code) else code


def forms(gtin: str) -> tuple[str, ...]:
    """A GTIN as a catalogue may have it written: with 14, 13, 12 and 8 digits, as far as it is that short."""
    return tuple(gtin[-length:] for length in (14, 13, 12, 8) if gtin[:-length].strip("0") == "")


def fresh(scanned: Scanned, today: date) -> Scanned:
    """`scanned`, unless its own date says that it may not be sold any more: Refused (`expired`)."""
    end = scanned.expires or scanned.best_before
    if end is not None and end < today:
        raise Refused(
            f"this piece expired on {end.isoformat()}", hint="Put it aside and take another one.", code="expired"
        )
    return scanned


def _symbology(raw: str) -> tuple[SymbologyIdentifier | None, str]:
    if not raw.startswith("]"):
        return None, raw
    if _PREFIX.match(raw) is None:
        raise _bad("the scanner's prefix is unknown")
    try:
        found = SymbologyIdentifier.extract(raw)
    except ParseError as error:
        raise _bad("the scanner's prefix is unknown") from error
    return found, raw[len(found) :]


def _looks_gs1(body: str) -> bool:
    """An element string without its FNC1: `01`, fourteen digits, and perhaps more."""
    return len(body) >= 16 and body.startswith("01") and body[2:16].isascii() and body[2:16].isdigit()


def _human(body: str) -> str:
    """`(01)…(10)…`, typed or from a scanner set to brackets, as an element string; empty when it is not that."""
    if not body.startswith("("):
        return ""
    parts = _HUMAN.findall(body)
    if "".join(f"({ai}){value}" for ai, value in parts) != body:
        return ""
    return GROUP_SEPARATOR.join(ai + value for ai, value in parts)


def _number(raw: str, digits: str, how: Reading) -> Scanned:
    if len(digits) == 8:
        return _eight(raw, digits, how)
    return _of_gtin(raw, digits, how)


def _eight(raw: str, digits: str, how: Reading) -> Scanned:
    """Eight digits may be an EAN-8 or a UPC-E; where both check digits hold, both are looked up."""
    try:
        short: Scanned | None = _of_gtin(raw, digits, how)
    except Refused:
        short = None
    long = _upc_e(digits)
    if short is None and long is None:
        raise _bad("the check digit is wrong")
    if short is None or long is None:
        return short or _plain(raw, str(long))
    return replace(short, keys=(*short.keys, *forms(long)))


def _upc_e(digits: str) -> str | None:
    """The GTIN-14 of a UPC-E with number system and check digit, if it is one."""
    try:
        upc = Upc.parse(digits)
    except ParseError:
        return None
    return upc.as_upc_a().zfill(14) if upc.format is UpcFormat.UPC_E else None


def _of_gtin(raw: str, digits: str, how: Reading) -> Scanned:
    try:
        found = BiipGtin.parse(digits, config=how.config)
        if isinstance(found, Rcn) and found.region is not None:
            return _variable(raw, found, how)
    except ParseError as error:
        raise _bad("the check digit is wrong") from error
    return _plain(raw, found.as_gtin_14())


def _plain(raw: str, gtin: str) -> Scanned:
    return Scanned(raw, forms(gtin), Gtin(gtin))


def _variable(raw: str, rcn: Rcn, how: Reading) -> Scanned:
    gtin = rcn.without_variable_measure().as_gtin_14()
    return replace(
        _plain(raw, gtin),
        weight=None if rcn.weight is None else Grams(_whole(rcn.weight * 1000)),
        price=None if rcn.price is None else Minor(_whole(rcn.price * 10**how.decimals)),
        count=rcn.count,
    )


def _message(raw: str, body: str, how: Reading) -> Scanned:
    try:
        elements = GS1Message.parse(body, config=how.config).element_strings
    except (ParseError, ValueError) as error:
        raise _bad("this GS1 code cannot be read") from error
    return _of_elements(raw, elements, how)


def _of_elements(raw: str, elements: GS1ElementStrings, how: Reading) -> Scanned:
    once: dict[str, GS1ElementString] = {}
    for each in elements:
        if once.setdefault(each.ai.ai, each).value != each.value:
            raise _bad(f"this code says two things about ({each.ai.ai})")
    if "01" not in once:
        raise _bad("this code names no article", "Scan the barcode of the single piece.")
    found = _of_gtin(raw, once["01"].value, how)
    said = {ai: each.value for ai, each in once.items()}
    days = {ai: each.date for ai, each in once.items()}
    weight = next((each.decimal for ai, each in once.items() if ai.startswith("310")), None)
    return replace(
        found,
        lot=said.get("10"),
        serial=said.get("21"),
        best_before=days.get("15"),
        expires=days.get("17"),
        weight=found.weight if weight is None else Grams(_whole(weight * 1000)),
        count=int(said["30"]) if "30" in said else found.count,
    )


def _digital_link(raw: str, link: str, how: Reading) -> Scanned:
    """Strict: key 01 with a whole GTIN, qualifiers 22, 10, 21 in this order and once each."""
    match = _LINK.fullmatch(link) if link.isascii() and link.isprintable() else None
    if match is None:
        raise _bad("this link names no article", "Scan the barcode of the piece.")
    found = _of_gtin(raw, match[1], how)
    parts = match[2].split("/")[1:]
    pairs = dict(zip(parts[::2], (unquote(value) for value in parts[1::2]), strict=True))
    if [ai for ai in _QUALIFIERS if ai in pairs] != parts[::2] or not all(map(_AI.fullmatch, pairs.values())):
        raise _bad("this link's parts are not in their order")
    dates = dict(part.partition("=")[::2] for part in (match[3] or "").split("&"))
    elements = [f"{ai}{dates[ai]}" for ai in _LINK_QUERY if ai in dates]
    dated = _message(raw, GROUP_SEPARATOR.join([f"01{found.gtin}", *elements]), how) if elements else found
    return replace(dated, lot=pairs.get("10"), serial=pairs.get("21"))


def _house(raw: str, body: str) -> Scanned:
    if _HOUSE.fullmatch(body) is None:
        raise _bad("this is no code of ours")
    return _plain(raw, normal(body)) if _valid(body) else Scanned(raw, (body,))


def _valid(code: str) -> bool:
    if not (code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)):
        return False
    try:
        BiipGtin.parse(code)
    except ParseError:
        return False
    return True


def _whole(value: Decimal) -> int:
    if value != int(value):
        raise _bad("this code's measure is finer than we sell")
    return int(value)


def _bad(why: str, hint: str = "Scan it again, or search by name.") -> Refused:
    return Refused(why, hint=hint, code="bad-code", status=422)
