"""Pure: the barcodes a receipt printer draws by itself, as strings of modules: `1` black, `0` white."""

from collections.abc import Sequence

_words = str.split

_EAN = _words(
    """
    3211 2221 2122 1411 1132 1231 1114 1312 1213 3112
    """
)
"""Widths of the digits, space first; right of the middle the same begins with a bar."""
_PARITY = _words(
    """
    000000 001011 001101 001110 010011 011001 011100 010101 010110 011010
    """
)
"""Left digits of EAN-13 that are drawn in reverse, by the first digit."""
_UPC_E = _words(
    """
    111000 110100 110010 110001 101100 100110 100011 101010 101001 100101
    """
)
_39 = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*",
        _words(
            """
    111221211 211211112 112211112 212211111 111221112 211221111 112221111 111211212 211211211 112211211 211112112
    112112112 212112111 111122112 211122111 112122111 111112212 211112211 112112211 111122211 211111122 112111122
    212111121 111121122 211121121 112121121 111111222 211111221 112111221 111121221 221111112 122111112 222111111
    121121112 221121111 122121111 121111212 221111211 122111211 121212111 121211121 121112121 111212121 121121211
    """
        ),
        strict=True,
    )
)
_ITF = _words(
    """
    11221 21112 12112 22111 11212 21211 12211 11122 21121 12121
    """
)
_CODABAR = dict(
    zip(
        "0123456789-$:/.+ABCD",
        _words(
            """
    1111122 1111221 1112112 2211111 1121121 2111121 1211112 1211211 1221111 2112111 1112211 1122111 2111212 2121112
    2121211 1121212 1122121 1212112 1112122 1112221
    """
        ),
        strict=True,
    )
)
_128 = _words(
    """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
    123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
    232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
    313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
    111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
    111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
    114311 411113 411311 113141 114131 311141 411131 211412 211214 211232
    """
)
_128_STOP, _START, _SHIFT = "2331112", {"A": 103, "B": 104, "C": 105}, {"A": 101, "B": 100, "C": 99}
KINDS = {
    0: "upc-a",
    1: "upc-e",
    2: "ean-13",
    3: "ean-8",
    4: "code-39",
    5: "itf",
    6: "codabar",
    7: "code-93",
    8: "code-128",
}
"""`GS k` of function A; function B counts from 65."""


def bars(kind: int, data: str) -> str | None:
    """The modules of `GS k kind`; None when the printer cannot draw that content (or we cannot draw that kind)."""
    draw = _DRAW.get(KINDS.get(kind - 65 if kind >= 65 else kind, ""))
    try:
        return draw(data) if draw else None
    except (KeyError, ValueError, IndexError):
        return None


def spoken(kind: int, data: str) -> str:
    """What stands below the bars: the content without the letters that switch between code sets."""
    if KINDS.get(kind - 65) != "code-128":
        return data
    said, code = "", ""
    for code, part in _sets(data):
        said += "".join(f"{ord(char):02}" for char in part) if code == "C" else part
    return said


def _widths(pattern: str, *, black: bool = True) -> str:
    return "".join(("1" if black == (place % 2 == 0) else "0") * int(wide) for place, wide in enumerate(pattern))


def _checked(digits: str, length: int) -> str:
    """The digits with their check digit, which may be there already."""
    if not digits.isdigit() or len(digits) not in (length - 1, length):
        raise ValueError(digits)
    body = digits[: length - 1]
    return body + str(
        -sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))) % 10
    )


def _ean(digits: str, reverse: str) -> str:
    half = len(digits) // 2
    left = "".join(
        _widths(_EAN[int(digit)][:: -1 if turned == "1" else 1], black=False)
        for digit, turned in zip(digits[:half], reverse, strict=True)
    )
    right = "".join(_widths(_EAN[int(digit)]) for digit in digits[half:])
    return f"101{left}01010{right}101"


def _ean_13(data: str) -> str:
    digits = _checked(data, 13)
    return _ean(digits[1:], _PARITY[int(digits[0])])


def _upc_e(data: str) -> str:
    whole = data if len(data) in (11, 12) else _whole(data[-6:] if len(data) == 6 else data[1:7])
    digits = _checked(whole, 12)
    short = data[-6:] if len(data) == 6 else data[1:7] if len(data) in (7, 8) else _short(digits)
    drawn = (
        _widths(_EAN[int(digit)][:: -1 if turned == "1" else 1], black=False)
        for digit, turned in zip(short, _UPC_E[int(digits[-1])], strict=True)
    )
    return f"101{''.join(drawn)}010101"


def _whole(short: str) -> str:
    last = short[5]
    if last in "012":
        return f"0{short[:2]}{last}0000{short[2:5]}"
    if last == "3":
        return f"0{short[:3]}00000{short[3:5]}"
    return f"0{short[:4]}00000{short[4]}" if last == "4" else f"0{short[:5]}0000{last}"


def _short(digits: str) -> str:
    for last in "0123456789":
        for middle in {digits[1:6], digits[1:3] + digits[8:11], digits[1:4] + digits[9:11], digits[1:5] + digits[10]}:
            if len(middle) == 5 and _whole(middle + last) == digits[:11]:
                return middle + last
    raise ValueError(digits)


def _two_widths(patterns: Sequence[str]) -> str:
    """Wide is three modules, a narrow gap stands between characters."""
    return "0".join(_widths(pattern.replace("2", "3")) for pattern in patterns)


def _code_39(data: str) -> str:
    return _two_widths([_39[char] for char in f"*{data.strip('*')}*"])


def _itf(data: str) -> str:
    if len(data) % 2 or not data.isdigit():
        raise ValueError(data)
    pairs = zip(data[::2], data[1::2], strict=True)
    middle = "".join(_ITF[int(a)][n] + _ITF[int(b)][n] for a, b in pairs for n in range(5))
    return _widths(("1111" + middle + "211").replace("2", "3"))


def _codabar(data: str) -> str:
    return _two_widths([_CODABAR[char] for char in data.upper()])


def _sets(data: str) -> list[tuple[str, str]]:
    """`{B` and its like switch the set, `{{` is a brace; set C holds a pair of digits in each byte."""
    parts: list[tuple[str, str]] = []
    rest = iter(data)
    for char in rest:
        turn = next(rest, "") if char == "{" else ""
        if turn in {"A", "B", "C"}:
            parts.append((turn, ""))
        elif not parts:
            raise ValueError(data)
        elif turn in {"", "{"}:
            parts[-1] = (parts[-1][0], parts[-1][1] + char)
    return parts


def _code_128(data: str) -> str:
    values: list[int] = []
    for code, part in _sets(data):
        values.append((_SHIFT if values else _START)[code])
        values += [_value(code, ord(char)) for char in part]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    return _widths("".join(_128[value] for value in (*values, check)) + _128_STOP)


def _value(code: str, char: int) -> int:
    value = char if code == "C" else char + 64 if code == "A" and char < 32 else char - 32
    if not 0 <= value <= (99 if code == "C" else 95):
        raise ValueError(char)
    return value


_DRAW = {
    "upc-a": lambda data: _ean(_checked(data, 12), "000000"),
    "upc-e": _upc_e,
    "ean-13": _ean_13,
    "ean-8": lambda data: _ean(_checked(data, 8), "0000"),
    "code-39": _code_39,
    "itf": _itf,
    "codabar": _codabar,
    "code-128": _code_128,
}
