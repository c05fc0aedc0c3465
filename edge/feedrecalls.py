"""The feed's values about goods that may not be sold (pure): a lot that its maker has called back."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from edge.feedshapes import Texts

EVERY_LOT = "*"
"""Instead of a lot: every piece of the GTIN."""


@dataclass(frozen=True, slots=True)
class RecallValue:
    """Lot `lot` (GS1 application identifier 10, as it is printed) of `gtin`, in fourteen digits; `reason` by language.

    Deleted when the lot may be sold again.
    """

    gtin: Annotated[str, Meta(pattern=r"^\d{14}\Z")]
    lot: Annotated[str, Meta(pattern=r"^[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}\Z")]
    reason: Texts
