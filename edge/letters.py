"""Serbian is written in two alphabets: its Cyrillic letters in Latin ones, for whoever reads those."""

_CYRILLIC = "абвгдђежзијклљмнњопрстћуфхцчџш"
_ROMAN = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š"
_LATIN = dict(zip(_CYRILLIC, _ROMAN.split(), strict=True))


def written(text: str, language: str) -> str:
    """`text` as readers of `language` (`sr`, `sr@latin`, `da`, …) write it: letter by letter, nothing translated."""
    return latin(text) if language.endswith("@latin") else text


def latin(text: str) -> str:
    """`Њушка` -> `Njuška`; words all in capitals keep their digraphs in capitals."""
    return " ".join(_word(word) for word in text.split(" "))


def _word(word: str) -> str:
    letters = (_LATIN.get(char.lower(), char) for char in word)
    said = "".join(
        new.capitalize() if old.isupper() and new != old else new for old, new in zip(word, letters, strict=True)
    )
    return said.upper() if word.isupper() and len(word) > 1 else said
