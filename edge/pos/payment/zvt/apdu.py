"""ZVT's outermost layer: a control field, a length, data (pure).

`CC II LL data`; a length of 255 and more is `FF` and two bytes, the lower first. Over TCP there is nothing around it.
"""

from dataclasses import dataclass, field

LONG = 0xFF
MOST = 0xFFFF
"""Bytes of data one APDU can hold."""


class Garbled(ValueError):
    """These bytes are no ZVT, or not ZVT as we know it."""


@dataclass(frozen=True, slots=True)
class Apdu:
    """`control` is both bytes of the control field: 0x0601 is an authorisation."""

    control: int
    data: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.control <= MOST or len(self.data) > MOST:
            raise Garbled(f"no APDU: control {self.control:#x}, {len(self.data)} bytes")


def write(apdu: Apdu) -> bytes:
    """The APDU's bytes."""
    size = len(apdu.data)
    length = bytes([size]) if size < LONG else bytes([LONG]) + size.to_bytes(2, "little")
    return apdu.control.to_bytes(2, "big") + length + apdu.data


@dataclass(slots=True)
class Reader:
    """Cuts a stream into APDUs, however it is chopped."""

    _held: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[Apdu]:
        """Every APDU that is whole now."""
        self._held += data
        found = []
        while (apdu := self._next()) is not None:
            found.append(apdu)
        return found

    @property
    def empty(self) -> bool:
        """Nothing is half read."""
        return not self._held

    def _next(self) -> Apdu | None:
        held = self._held
        if len(held) < 3:
            return None
        begin, size = 3, held[2]
        if size == LONG:
            if len(held) < 5:
                return None
            begin, size = 5, int.from_bytes(held[3:5], "little")
        if len(held) < begin + size:
            return None
        apdu = Apdu(int.from_bytes(held[:2], "big"), bytes(held[begin : begin + size]))
        del held[: begin + size]
        return apdu
