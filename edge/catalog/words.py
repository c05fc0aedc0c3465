"""Pure: how a name is searched, and the average people are shown."""

from unicodedata import combining, normalize

MIN_REVIEWS = 5
"""Below this many reviews no average is shown, the same for every article."""
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}
)


def folded(text: str) -> str:
    """`text` as it is searched: no case, no accents (`Støvle Łódź` -> `stovle lodz`)."""
    plain = normalize("NFKD", normalize("NFKD", text.casefold()).casefold())
    return "".join(char for char in plain if not combining(char)).translate(_LETTERS)


def terms(query: str) -> list[str]:
    """The words of a query, at most eight, each to be found somewhere."""
    return folded(query).split()[:8]


def average_tenths(count: int, total: int) -> int | None:
    """Average rating times ten, halves rounded up; None below `MIN_REVIEWS`."""
    return None if count < MIN_REVIEWS else (20 * total + count) // (2 * count)
