"""Pure: the rows of a spreadsheet become typed values, or a reason in words why not.

What a file holds is seen from its header; one file may hold several kinds at once (a row with an article's name, a
variant's size and its price). A column that is missing leaves what is held as it is; an empty cell empties it.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from unicodedata import normalize

from edge.clock import moment, stamp
from edge.errors import Refused

MAX_ROWS = 1_000_000
MAX_CELL = 10_000
_ALIASES = {
    "product": "article",
    "product_id": "article",
    "article_id": "article",
    "id_article": "article",
    "color": "colour",
    "weight": "weight_grams",
    "grams": "weight_grams",
    "barcode": "code",
    "gtin": "code",
    "ean": "code",
    "barcodes": "codes",
    "price_list": "list",
    "amount": "price",
    "tax": "tax_label",
    "from": "valid_from",
    "valid_until": "until",
    "nickname": "author",
    "review_text": "text",
    "review": "text",
    "stars": "rating",
    "qty": "quantity",
    "stock": "quantity",
    "image": "picture",
    "pictures": "picture",
}
_KINDS: Mapping[str, frozenset[str]] = {
    "review": frozenset({"article", "rating", "text"}),
    "article": frozenset({"article", "name"}),
    "variant": frozenset({"sku", "article"}),
    "price": frozenset({"sku", "price"}),
    "stock": frozenset({"sku", "store", "quantity"}),
    "setting": frozenset({"setting", "value"}),
    "staff": frozenset({"store", "user", "role"}),
    "role": frozenset({"role", "rights"}),
    "promotion": frozenset({"promotion", "gives"}),
    "coupon": frozenset({"coupon", "promotion"}),
    "member": frozenset({"customer", "groups"}),
    "recall": frozenset({"recall", "lot"}),
    "code": frozenset({"code"}),
}
_ZERO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_AMOUNT = re.compile(r"(\d+)(?:[.,](\d+))?")
_LANGUAGE = re.compile(r"(name|description|reason)_([a-z]{2})")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet: the kinds it holds and its rows (numbered as an editor shows them, the header is row 1)."""

    kinds: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    broken: tuple[tuple[int, str], ...]


def read_sheet(data: bytes) -> Sheet:
    """The sheet in the bytes of a CSV file; Refused in words when it is none."""
    text = _decoded(data)
    lines = _cells(text)
    header = next(lines, None)
    if header is None:
        raise Refused("the file is empty", hint="Its first line names the columns.", code="empty")
    columns = tuple(_column(name) for name in header)
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    if doubled:
        raise Refused(f"column {doubled[0]!r} stands twice", hint="Give each column its own name.", code="columns")
    rows: list[tuple[int, Mapping[str, str]]] = []
    broken: list[tuple[int, str]] = []
    for number, cells in enumerate(lines, 2):
        if number > MAX_ROWS:
            raise Refused(f"more than {MAX_ROWS} rows", hint="Split the file.", code="too-large")
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            broken.append((number, f"has {len(cells)} cells, the header has {len(columns)}"))
        elif any(len(cell) > MAX_CELL for cell in cells):
            broken.append((number, f"has a cell of more than {MAX_CELL} characters"))
        else:
            rows.append((number, {name: _clean(cell) for name, cell in zip(columns, cells, strict=False) if name}))
    return Sheet(_kinds(columns), columns, tuple(rows), tuple(broken))


def decimals(currency: str) -> int:
    """How many digits of a currency stand behind the point."""
    return 0 if currency in _ZERO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def amount(text: str, currency: str) -> int:
    """`1299,00` or `1299.00` in minor units; ValueError in words when it is no amount."""
    digits = decimals(currency)
    found = _AMOUNT.fullmatch(text.replace(" ", "").replace("\u00a0", ""))
    if found is None:
        raise ValueError(f"{text!r} is no price; write 1299.00")
    whole, part = found[1], found[2] or ""
    if len(part) > digits:
        raise ValueError(f"{text!r} has {len(part)} decimals, {currency} has {digits}")
    return int(whole + part.ljust(digits, "0"))


def number(text: str, what: str) -> int:
    """A whole number; ValueError in words when it is none."""
    if re.fullmatch(r"-?\d{1,9}", text) is None:
        raise ValueError(f"{text!r} is no {what}; write a whole number")
    return int(text)


def when(text: str, now: str) -> str:
    """A day or a time as RFC 3339 UTC; `now` where the cell is empty."""
    if not text:
        return now
    try:
        if len(text) == 10:
            return stamp(datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC))
        return stamp(moment(text.replace(" ", "T")))
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no day; write 2026-03-01") from None


def several(text: str) -> tuple[str, ...]:
    """The parts of a cell with `|`, `;` or spaces between them."""
    return tuple(part for part in re.split(r"[|;\s]+", text) if part)


def readable(code: str) -> bool:
    """False for a number in the form of a UPC-A, EAN-13 or GTIN-14 whose check digit is wrong: tills refuse those."""
    if len(code) not in (12, 13, 14) or not (code.isascii() and code.isdigit()):
        return True
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code))) % 10 == 0


def yes(text: str) -> bool:
    """Whether a cell says yes."""
    return text.strip().lower() in {"1", "yes", "y", "true", "ja", "tak", "da", "x"}


def texts(row: Mapping[str, str], what: str, held: Mapping[str, str]) -> dict[str, str]:
    """A text by language: from `name_da`, `name_en`, … and from `name` (English), over what is held."""
    found = dict(held)
    if what in row:
        found["en"] = row[what]
    for column, cell in row.items():
        named = _LANGUAGE.fullmatch(column)
        if named and named[1] == what:
            found[named[2]] = cell
    return {language: text for language, text in found.items() if text}


def _kinds(columns: Sequence[str]) -> tuple[str, ...]:
    have = {"name" if name.startswith("name_") else name for name in columns if name}
    if "price_minor" in have:
        have.add("price")
    if _KINDS["review"] <= have:
        return ("review",)
    found = tuple(kind for kind, needed in _KINDS.items() if needed <= have and kind != "review")
    if found == ("code",) and not have & {"sku", "article"}:
        found = ()
    if not found:
        wanted = "; ".join(f"{kind}: {', '.join(sorted(needed))}" for kind, needed in _KINDS.items())
        raise Refused(
            f"nobody knows what {', '.join(filter(None, columns)) or 'this'} is",
            hint=f"Name the columns so: {wanted}.",
            code="columns",
        )
    return found


def _column(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
    return _ALIASES.get(plain, plain)


def _clean(cell: str) -> str:
    """Text as the journal takes it: NFC, one line's worth of control characters gone."""
    spaced = re.sub(r"[\u00a0\u202f\t\r]", " ", cell)
    return normalize("NFC", "".join(char for char in spaced if char == "\n" or char.isprintable())).strip()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise Refused("the file is not text", hint="Save it as CSV (UTF-8) and try again.", code="encoding") from None


def _cells(text: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Refused(
            f"row {reader.line_num} cannot be read: {error}", hint="Look for a quote that is not closed.", code="csv"
        ) from None
