"""What alarms say, sentence by sentence: kept in English, read in the reader's language (`Wording.told`)."""

import re
from functools import cache

PARTS = {
    "disk": "Disk",
    "fiscal": "Fiscal device",
    "fiscal-errands": "Fiscal receipts under way",
    "hq": "Line to headquarters",
    "only-here": "Sales only in the shop",
    "pictures": "Pictures",
    "plate": "Shelf plate",
    "printer": "Printer",
    "reader": "Tag reader",
    "scanner": "Scanner",
}
"""Parts of a box, by the first segment of their name (`printer/p1`)."""
SENTENCES = (
    "{box} sends a second history ({epoch}), which grew out of it after entry {seq}",
    "{box} sends a second history ({epoch}), which begins at 1",
    "Expected after a box was replaced or restored from a copy; both histories are kept and counted.",
    "{box} sends another entry {seq} of {epoch} than headquarters holds",
    "The box was restored from a copy, or there are two of it. Selling goes on; ask who did what.",
    "{box} no longer has entries {first} to {last}, and headquarters never got them",
    "Take what was sold then from the paper receipts.",
    "entry {seq} of {box} does not have the hash it claims",
    "Run `edge verify` on the box: its record was changed.",
    "entry {seq} of {box} ({type}) is stored but could not be counted",
    "It is tried again after the next upgrade of hq.",
    "{box} recorded sale {sale} twice (again at {seq})",
    "It is counted once. Compare the two entries in the store's journal.",
    "{box} issued receipt numbers {series}-… again that the store had issued before",
    "Both sales are kept and counted. The box sold on an old copy before headquarters could warn it.",
    "the seal of {box} at {seq} does not fit what headquarters holds",
    "Run `edge verify` on the box and keep both files.",
    "{box} signs with another key since {seq}",
    "Expected after a box was replaced; else ask.",
    "the clock of {box} is more than two minutes ahead",
    "the clock of {box} is more than two minutes behind",
    "Set the box's clock; sales keep their order.",
    "{box} had more of feed {feed} than headquarters: headquarters was restored from a copy",
    "Enter again what was changed since that copy; every store fetches the whole feed anew.",
    "two boxes call themselves {box}; the one that came later (start {start}) was taken off the cable",
    "Switch one of them off, then run `hq unfence {box}`. Both keep their sales.",
    "{box} came back with an older record than headquarters holds",
    "It was restored from an old copy. Nothing is lost; it goes on selling under a new letter.",
    "headquarters could not handle a message of {box} ({channel})",
    "Call support: {error}",
    "{box} sends what is no {message}",
    "It is ignored ({error}). Update the box; if it stays, somebody plays with it.",
)


def heard(text: str) -> tuple[str, dict[str, str]] | None:
    """The sentence `text` is, and what stands in its places; None when it is none of these."""
    for sentence in SENTENCES:
        found = _pattern(sentence).fullmatch(text)
        if found:
            return sentence, found.groupdict()
    return None


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    places = (f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile("".join(places), re.DOTALL)
