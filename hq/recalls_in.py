"""Pure: a spreadsheet's row becomes a recalled lot, or a reason in words why not."""

from collections.abc import Mapping

from edge.feedrecalls import EVERY_LOT, RecallValue
from hq.rows import readable, texts


def recall_in(row: Mapping[str, str]) -> RecallValue:
    """A lot that may not be sold; an empty one means every piece. ValueError in words when it is none."""
    gtin = row["recall"]
    if not (gtin.isascii() and gtin.isdigit() and len(gtin) in (8, 12, 13, 14) and readable(gtin.zfill(14))):
        raise ValueError(f"{gtin!r} is no GTIN; look at its check digit")
    return RecallValue(gtin.zfill(14), row["lot"] or EVERY_LOT, texts(row, "reason", {}))
