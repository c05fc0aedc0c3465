"""ZVT's data: bitmaps of fixed, LL and LLL length, the TLV container, numbers as BCD (pure).

Every field in every message is read by this one table; a field nobody knows cannot be skipped (its length is unknown),
so the message that has one is garbled. Sources: the association's PA00P015 (bitmaps) and terminals' own bytes in
tests/recorded/zvt.
"""

from collections.abc import Mapping

from edge.pos.payment.zvt.apdu import Garbled

TLV = 0x06
LL, LLL = -2, -3
"""Length written in two or three bytes `Fx`, a decimal digit each."""
_FIXED = {
    1: (
        0x01,
        0x02,
        0x03,
        0x05,
        0x19,
        0x27,
        0x8A,
        0x8C,
        0xA0,
        0xD0,
        0xD2,
        0xD3,
        0xE0,
        0xE9,
        0xEA,
        0xF0,
        0xF9,
        0xFA,
        0xFB,
        0xFC,
        0xFD,
    ),
    2: (0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87),
    3: (0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA),
    4: (0x29,),
    5: (0xBA,),
    6: (0x04,),
    8: (0x3B, 0xEB),
    15: (0x2A,),
    LL: (0x22, 0x23, 0x2D, 0x4C, 0x8B, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9)),
    LLL: (0x24, 0x2E, 0x3C, 0x60, 0x9A, 0xAF),
}
LENGTHS: Mapping[int, int] = {tag: length for length, tags in _FIXED.items() for tag in tags}
"""Bitmap -> its length in bytes, or LL, LLL."""
Fields = Mapping[int, bytes]


def read(data: bytes) -> dict[int, bytes]:
    """The fields of a message by bitmap, the TLV container as one of them. Raises Garbled."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        tag, at = data[at], at + 1
        begin, size = _size(data, at, tag)
        if begin + size > len(data):
            raise Garbled(f"field {tag:02X} is cut off")
        if tag in found:
            raise Garbled(f"field {tag:02X} stands twice")
        found[tag] = data[begin : begin + size]
        at = begin + size
    return found


def write(fields: Fields) -> bytes:
    """The fields in the order given. Raises Garbled when a value does not fit its field."""
    return b"".join(_one(tag, value) for tag, value in fields.items())


def tlv_read(data: bytes) -> dict[int, bytes]:
    """The objects in a TLV container by their tag (`0x1F10`), outermost level only. Raises Garbled."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        tag, at = data[at], at + 1
        if tag & 0x1F == 0x1F:
            while True:
                if at >= len(data) or tag > 0xFFFF:
                    raise Garbled("a tag in the TLV container is cut off")
                tag, at = tag << 8 | data[at], at + 1
                if not tag & 0x80:
                    break
        begin, size = _tlv_length(data, at)
        if begin + size > len(data):
            raise Garbled(f"object {tag:X} is cut off")
        found[tag] = data[begin : begin + size]
        at = begin + size
    return found


def tlv_write(objects: Fields) -> bytes:
    """A TLV container's inside."""
    return b"".join(
        tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + tlv_size(len(value)) + value
        for tag, value in objects.items()
    )


def bcd(number: int, size: int) -> bytes:
    """`number` in `size` bytes, two digits each. Raises Garbled when it does not fit."""
    if not 0 <= number < 100**size:
        raise Garbled(f"{number} does not fit {size} bytes of BCD")
    return bytes.fromhex(f"{number:0{2 * size}}")


def digits(data: bytes) -> str:
    """The digits of a BCD field, leading zeros kept. Raises Garbled when it is none."""
    text = data.hex()
    if not text.isdecimal():
        raise Garbled(f"{text} is no number")
    return text


def text(data: bytes) -> str:
    """Words of a terminal: printable, without padding. ZVT's own character set is CP437."""
    return "".join(char for char in data.decode("cp437") if char.isprintable()).strip()


def _one(tag: int, value: bytes) -> bytes:
    if tag == TLV:
        return bytes([tag]) + tlv_size(len(value)) + value
    size = LENGTHS.get(tag)
    if size is None or (size > 0 and size != len(value)) or (size < 0 and len(value) >= 10**-size):
        raise Garbled(f"field {tag:02X} cannot hold {len(value)} bytes")
    head = b"" if size > 0 else bytes(0xF0 + int(digit) for digit in f"{len(value):0{-size}}")
    return bytes([tag]) + head + value


def _size(data: bytes, at: int, tag: int) -> tuple[int, int]:
    """Where a field's value begins and how long it is."""
    if tag == TLV:
        return _tlv_length(data, at)
    size = LENGTHS.get(tag)
    if size is None:
        raise Garbled(f"field {tag:02X} is unknown")
    if size > 0:
        return at, size
    head = data[at : at - size]
    if len(head) < -size or any(each & 0xF0 != 0xF0 or each & 0x0F > 9 for each in head):
        raise Garbled(f"the length of field {tag:02X} is none")
    return at - size, int("".join(str(each & 0x0F) for each in head))


def tlv_size(size: int) -> bytes:
    """A length as TLV writes it."""
    if size < 0x80:
        return bytes([size])
    return b"\x81" + bytes([size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")


def _tlv_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise Garbled("a length in the TLV container is cut off")
    first = data[at]
    if first < 0x80:
        return at + 1, first
    size = {0x81: 1, 0x82: 2}.get(first)
    if size is None or at + 1 + size > len(data):
        raise Garbled("a length in the TLV container is none")
    return at + 1 + size, int.from_bytes(data[at + 1 : at + 1 + size], "big")
