"""(pure) The character tables of a receipt printer: `ESC t`, and what it prints for their bytes."""

from collections.abc import Mapping

KATAKANA = 1
_UPPER = (
    "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯\N{NO-BREAK SPACE}"
    + "".join(map(chr, range(0xFF61, 0xFFA0)))
    + "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▒\N{NO-BREAK SPACE}"
)
"""Page 1 from 0x80 on."""
PAGES: Mapping[int, str] = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859-7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    32: "cp720",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859-2",
    40: "iso8859-15",
    44: "cp1125",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
    53: "kz1048",
}
"""`ESC t` of the maker's table -> codec. Page 1 is ours; 11 and 12 have no codec and print as unknown."""


def decoded(data: bytes, page: int, pages: Mapping[int, str]) -> str:
    """What `page` prints for these bytes; U+FFFD for what it has not."""
    if page == KATAKANA:
        return "".join(chr(byte) if byte < 0x80 else _UPPER[byte - 0x80] for byte in data)
    return data.decode(pages.get(page, "ascii"), "replace")
