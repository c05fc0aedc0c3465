"""What the law makes a receipt say is the country's own text; no translation can change it."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from edge.countries.profile import load_profile
from edge.web.words import LOCALE

RECEIPTS = Path("edge/pos/receipt/locale")
PROFILES = ("dk", "kr", "pl", "ro", "rs")


@pytest.mark.parametrize("country", PROFILES)
def test_no_catalogue_translates_a_legal_line(country: str) -> None:
    wording = load_profile(country).wording
    legal = {wording.copy, wording.training}
    assert all(legal)
    for path in sorted([*RECEIPTS.glob("*.po"), *LOCALE.glob("*.po")]):
        with path.open("rb") as file:
            assert not {str(message.id) for message in read_po(file)} & legal, path
