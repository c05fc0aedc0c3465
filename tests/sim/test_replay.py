"""A file of baskets rung through the till: odd files too, and both ledgers agree."""

from pathlib import Path

import pytest

from edge.errors import Refused
from edge.sim.stage.replay import price, read_baskets, replay

ODD = (
    b"\xef\xbb\xbfWhole Milk, Yogurt \r\n"  # a byte order mark, Windows line ends, spaces
    b"\r\n   \r\n,, ,\r\n"  # nothing on them
    b"whole milk,WHOLE MILK,yogurt\r\n"  # the same thing twice
    + 'Smørrebrød,김치,cafe\u0301,кафе,🍎,Straße,"quoted",it\u2028em,a/b#c?d&e\n'.encode()
    + b"only one"
)


def test_names_are_stripped_and_folded_and_lines_without_a_name_are_no_baskets(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(ODD)
    first, second, third, last = read_baskets(tmp_path / "odd.csv")
    assert first == ("whole milk", "yogurt")
    assert second == ("whole milk", "whole milk", "yogurt")
    assert third == (
        "smørrebrød", "김치", "cafe\u0301", "кафе", "🍎", "strasse", '"quoted"', "it\u2028em", "a/b#c?d&e",
    )  # fmt: skip
    assert last == ("only one",)


@pytest.mark.parametrize("content", [b"", b"\n\r\n , ,\n", b"\xff\xfe\x00"])
def test_a_file_without_a_basket_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "empty.csv").write_bytes(content)
    with pytest.raises(Refused):
        read_baskets(tmp_path / "empty.csv")


async def test_odd_baskets_are_rung_and_both_ledgers_agree(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(ODD)
    baskets = read_baskets(tmp_path / "odd.csv")
    result = await replay(baskets)
    assert result.good, result
    assert (result.sales, result.hq_sales) == (4, 4)
    assert result.gross_minor == sum(price(name) for basket in baskets for name in basket)
