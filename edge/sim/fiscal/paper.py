"""The words a pretend fiscal device or service puts on paper (pure)."""

from collections.abc import Mapping

from edge.countries.profile import Profile, Regime
from edge.facts.sale import Evidence
from edge.pos.fiscal.document import DocumentKind, FiscalDocument
from edge.pos.fiscal.port import percent
from edge.units import Minor

WIDTH = 40
_WORDS: Mapping[str, tuple[str, str, str, str, str]] = {
    "PL": ("PARAGON FISKALNY", "ZWROT", "SUMA PLN", "NR", "NIP NABYWCY"),
    "RO": ("BON FISCAL", "STORNO", "TOTAL LEI", "NR. BON", "CIF CLIENT"),
    "RS": ("ФИСКАЛНИ РАЧУН", "РЕФУНДАЦИЈА", "Укупан износ:", "ПФР број рачуна:", "ИД купца:"),
    "KR": ("현금영수증", "취소", "합계", "승인번호", "식별번호"),
}
_CASH_OUT = {"RO": "BON NEFISCAL - SUMĂ SCOASĂ"}
_PLAIN = ("RECEIPT", "REFUND", "TOTAL", "No.", "BUYER")


def receipt_text(profile: Profile, document: FiscalDocument, evidence: Evidence, buyer: str) -> tuple[str, ...]:
    """The receipt's own text, which nobody may change."""
    title, refund, total, number, buyer_word = _WORDS.get(profile.country, _PLAIN)
    training = document.kind is DocumentKind.TRAINING
    head = profile.wording.training if training else refund if document.kind is DocumentKind.REFUND else title
    if document.kind is DocumentKind.CASH_OUT:
        head = _CASH_OUT.get(profile.country, "CASH OUT")
    rows = [_title(head), *_lines(document), "-" * WIDTH]
    rows.append(_pair(total, amount(document.payable, document.decimals)))
    for row in document.taxes:
        rows.append(_pair(f"{row.label} {percent(row.rate)}", amount(row.tax, document.decimals)))
    if document.refers_to:
        rows.append(_pair("REF", document.refers_to))
    if buyer:
        rows.append(_pair(buyer_word, buyer))
    rows += [_pair(number, evidence.number), _pair(evidence.counters, evidence.at)]
    return (*rows, _title(("КРАЈ ФИСКАЛНОГ РАЧУНА" if not training else head) if _serbian(profile) else head))


def copied(profile: Profile, text: tuple[str, ...]) -> tuple[str, ...]:
    """The text of a copy: the original's between the country's words."""
    return (_title(profile.wording.copy), *text, _title(profile.wording.copy))


def amount(value: Minor, decimals: int) -> str:
    """`1234.50`; `1234` for a currency without decimals."""
    whole, part = divmod(abs(value), 10**decimals)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{part:0{decimals}}" if decimals else "")


def _serbian(profile: Profile) -> bool:
    return profile.fiscal.regime is Regime.SERVICE and profile.country == "RS"


def _lines(document: FiscalDocument) -> list[str]:
    rows = []
    for line in document.lines:
        rows.append(f"{line.name} ({line.tax_label})")
        price = amount(line.unit_price, document.decimals)
        rows.append(_pair(f"  {line.quantity} x {price}", amount(line.gross, document.decimals)))
    return rows


def _title(words: str) -> str:
    return f" {words} ".center(WIDTH, "=")


def _pair(left: str, right: str) -> str:
    return f"{left} {right:>{max(1, WIDTH - len(left) - 1)}}"
