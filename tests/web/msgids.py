"""The sentences our pages use, found in their sources; `python -m tests.web.msgids` brings every catalogue up to date.

A catalogue keeps its translations, gains empty entries for new sentences and loses those nobody uses. Serbian in
Latin letters is the Cyrillic catalogue, letter by letter.
"""

import io
import json
import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from edge.web.page import HERE, STATIC
from edge.web.words import LANGUAGES, LOCALE, reviewer

Msgid = str | tuple[str, str]
STRING = r'"((?:[^"\\]|\\.)*)"'
CALL = re.compile(rf"\b(?:t\(\s*{STRING}|tn\(\s*{STRING},\s*{STRING}|n?_\(\s*{STRING}(?:,\s*{STRING})?)")
LATIN = dict(
    zip(
        "абвгдђежзијклмнопрстћуфхцчш",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "đ",
            "e",
            "ž",
            "z",
            "i",
            "j",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "ć",
            "u",
            "f",
            "h",
            "c",
            "č",
            "š",
        ],
        strict=True,
    )
) | {"љ": "lj", "њ": "nj", "џ": "dž"}


def msgids() -> list[Msgid]:
    """Every sentence of the pages, in order of first use."""
    sources = [*sorted(STATIC.rglob("*.js")), *sorted((HERE / "templates").rglob("*.html"))]
    return list(dict.fromkeys(each for path in sources for each in sentences(path.read_text("utf-8"))))


def sentences(source: str) -> Iterator[Msgid]:
    """The literal sentences that `t`, `tn`, `_` and `n_` are called with in one source."""
    for match in CALL.finditer(source):
        one, two = ([*[json.loads(f'"{text}"') for text in match.groups() if text is not None], None])[:2]
        yield (one, two) if two is not None else one


def latin(text: str) -> str:
    """Serbian Cyrillic in Latin letters; the names in braces stay as they are."""
    out = []
    for at, letter in enumerate(text):
        made = LATIN.get(letter.lower(), letter)
        upper = letter != letter.lower()
        shout = upper and at + 1 < len(text) and text[at + 1] != text[at + 1].lower()
        out.append(made.upper() if shout else made.capitalize() if upper else made)
    return "".join(out)


def renew(code: str) -> bytes:
    """The catalogue of one language as it should be on disk."""
    language = LANGUAGES[code]
    with (LOCALE / f"{'sr' if code == 'sr@latin' else code}.po").open("rb") as file:
        old = read_po(file, locale=str(LANGUAGES["sr" if code == "sr@latin" else code].locale))
    new = Catalog(locale=str(language.locale), fuzzy=False, charset="utf-8")
    for msgid in msgids():
        new.add(msgid, _translation(code, msgid, old.get(msgid)))
    out = io.BytesIO()
    write_po(out, new, width=120, omit_header=True)
    header = (
        f"Language: {code}",
        "Content-Type: text/plain; charset=utf-8",
        f"Plural-Forms: {new.plural_forms}",
        f"X-Reviewed-By: {reviewer(code) or 'unreviewed'}",
    )
    return "\n".join(['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in header), "", ""]).encode() + out.getvalue()


def _translation(code: str, msgid: Msgid, known: Message | None) -> str | tuple[str, ...]:
    forms = len(LANGUAGES[code].plural)
    if code == "en":
        return msgid
    if known is None:
        return "" if isinstance(msgid, str) else ("",) * forms
    text = known.string if isinstance(known.string, str) else tuple(map(str, known.string or ()))
    if code != "sr@latin":
        return text
    return latin(text) if isinstance(text, str) else tuple(latin(each) for each in text)


def lacking(code: str) -> list[str]:
    """The sentences that one catalogue has no words for."""
    with (LOCALE / f"{code}.po").open("rb") as file:
        messages = [each for each in read_po(file, locale=str(LANGUAGES[code].locale)) if each.id]
    known = {each.id: each.string for each in messages}
    return [str(each) for each in msgids() if not _whole(known.get(each))]


def _whole(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main() -> int:
    """Rewrite the catalogues; says how many sentences each still lacks."""
    for code in LANGUAGES:
        (LOCALE / f"{code}.po").write_bytes(renew(code))
        sys.stdout.write(f"{code}: {len(lacking(code))} to translate\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
