"""Simulated NFC tags as pure state machines that answer radio frames.

NTAG21x (Type 2), FeliCa NDEF (Type 3), NTAG 424 DNA with secure unique NFC (Type 4). `edge.sim.field` and
`edge.sim.pn532` are the readers they lie on.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from edge.nfc.sun import Genuine, mirror

NAK = b"\x00"
_NTAG_MEMORY = {48: 0x0F, 144: 0x0F, 504: 0x11, 888: 0x13}
"""NDEF bytes of NTAG213/215/216 and the size byte of their version."""


class Tag(Protocol):
    """Something that lies in a field and answers frames."""

    uid: bytes
    technology: str

    def reset(self) -> None:
        """The field went off."""

    def answer(self, frame: bytes) -> bytes | None:
        """The answer to a frame, None to stay mute."""


@dataclass(slots=True)
class _TypeA(ABC):
    """Anti-collision of ISO 14443-3A for UIDs of four and seven bytes."""

    uid: bytes
    atqa: bytes
    sak: int
    technology: str = "106A"
    active: bool = False
    _levels: int = 0
    """Cascade levels of the UID already selected."""

    def __post_init__(self) -> None:
        if len(self.uid) not in (4, 7):
            raise ValueError("a simulated UID has four or seven bytes")

    def reset(self) -> None:
        self.active, self._levels = False, 0

    def answer(self, frame: bytes) -> bytes | None:
        if frame in (b"\x26", b"\x52"):
            self.reset()
            return self.atqa
        if self.active:
            return self.command(frame)
        parts = self._parts()
        if self._levels < len(parts) and frame[:1] == bytes([0x93 + 2 * self._levels]):
            part = parts[self._levels]
            if frame[1:] == b"\x20":
                return part
            if frame[1:] == b"\x70" + part:
                self._levels += 1
                self.active = self._levels == len(parts)
                return bytes([self.sak if self.active else 0x04])
        return None

    @abstractmethod
    def command(self, frame: bytes) -> bytes | None:
        """The answer to a frame sent to the selected tag."""

    def _parts(self) -> list[bytes]:
        groups = [self.uid] if len(self.uid) == 4 else [b"\x88" + self.uid[:3], self.uid[3:]]
        return [group + bytes([_xor(group)]) for group in groups]


class Ntag(_TypeA):
    """An NTAG213 (or 215, 216 for a longer message): Type 2, readable and writable."""

    def __init__(self, uid: bytes, message: bytes) -> None:
        super().__init__(uid, atqa=b"\x44\x00" if len(uid) == 7 else b"\x04\x00", sak=0x00)
        tlv = b"\x03" + _length(message) + message + b"\xfe"
        size = next((size for size in (144, 504, 888) if len(tlv) <= size), None)
        if size is None:
            raise ValueError("the message does not fit on the largest NTAG")
        self.version = bytes([0x00, 0x04, 0x04, 0x02, 0x01, 0x00, _NTAG_MEMORY[size], 0x03])
        parts = b"".join(self._parts())
        head = (parts[1:5] if len(uid) == 4 else parts[1:4] + parts[4:5]) + uid[3:7].ljust(4, b"\x00")
        self.memory = bytearray(
            head + bytes([_xor(uid[-4:]), 0x48, 0, 0, 0xE1, 0x10, size // 8, 0]) + tlv.ljust(size, b"\x00")
        )

    def command(self, frame: bytes) -> bytes | None:
        pages = len(self.memory) // 4
        if frame == b"\x50\x00":
            self.reset()
            return None
        if frame == b"\x60":
            return self.version
        if frame[:1] == b"\x30" and len(frame) == 2 and frame[1] < pages:
            return bytes((self.memory * 2)[frame[1] * 4 : frame[1] * 4 + 16])
        if frame[:1] == b"\xa2" and len(frame) == 6 and 4 <= frame[1] < pages:
            self.memory[frame[1] * 4 : frame[1] * 4 + 4] = frame[2:]
            return b"\x0a"
        self.reset()  # an NTAG that says no goes back to idle
        return NAK


class Felica(Tag):
    """A Type 3 tag with an NDEF service (system code 12FC), read-only."""

    technology = "212F"

    def __init__(self, uid: bytes, message: bytes) -> None:
        if len(uid) != 8:
            raise ValueError("an IDm has eight bytes")
        self.uid = uid
        blocks = -(-len(message) // 16)
        head = bytes([0x10, 4, 1]) + max(blocks, 1).to_bytes(2, "big") + bytes(6) + len(message).to_bytes(3, "big")
        self._blocks = head + sum(head).to_bytes(2, "big") + message.ljust(blocks * 16, b"\x00")

    def reset(self) -> None:
        """It keeps no state."""

    def answer(self, frame: bytes) -> bytes | None:
        if len(frame) < 2 or frame[0] != len(frame):
            return None
        if frame[1] == 0x00 and len(frame) == 6 and frame[2:4] in (b"\xff\xff", b"\x12\xfc"):
            parameters = bytes.fromhex("00FF000000000000")
            return _framed(b"\x01" + self.uid + parameters + (b"\x12\xfc" if frame[4] == 1 else b""))
        if frame[1] == 0x06 and frame[2:10] == self.uid:
            return _framed(b"\x07" + self.uid + self._read(frame[10:]))
        return None

    def _read(self, request: bytes) -> bytes:
        """Blocks of the one service (000B); `01 A2` for anything else."""
        if request[:3] != b"\x01\x0b\x00" or len(request) < 4:
            return b"\x01\xa2"
        numbers, rest = [], request[4:]
        while rest:
            size = 2 if rest[0] & 0x80 else 3
            numbers.append(int.from_bytes(rest[1:size], "little"))
            rest = rest[size:]
        if len(numbers) != request[3] or any(number * 16 >= len(self._blocks) for number in numbers):
            return b"\x01\xa2"
        data = b"".join(self._blocks[number * 16 : number * 16 + 16] for number in numbers)
        return b"\x00\x00" + bytes([len(numbers)]) + data


class Type4(_TypeA):
    """A Type 4A tag with an NDEF file, over ISO-DEP."""

    _AID = bytes.fromhex("D2760000850101")

    def __init__(self, uid: bytes, message: bytes) -> None:
        super().__init__(uid, atqa=b"\x44\x03", sak=0x20)
        self.message = message
        self._dep = False
        self._last = b""
        self._rest = b""
        self._file = b""

    def reset(self) -> None:
        super().reset()
        self._dep, self._last, self._rest, self._file = False, b"", b"", b""

    def content(self) -> bytes:
        """The NDEF message, made when its file is selected."""
        return self.message

    def command(self, frame: bytes) -> bytes | None:
        if not self._dep:
            self._dep = frame[:1] == b"\xe0"
            return bytes.fromhex("067777710280") if self._dep else None
        control, number = frame[0], frame[0] & 1
        if control & 0xE2 == 0x02:
            self._rest = self._apdu(frame[1:])
            return self._next(number)
        if control & 0xF6 == 0xB2:  # R(NAK): once more, or the answer that all is well
            return self._last if self._last and self._last[0] & 1 == number else bytes([0xA2 | number])
        if control & 0xF6 == 0xA2 and self._rest:
            return self._next(number)
        if frame == b"\xc2":
            self.reset()
            return b"\xc2"
        return None

    def _next(self, number: int) -> bytes:
        part, self._rest = self._rest[:240], self._rest[240:]
        self._last = bytes([(0x12 if self._rest else 0x02) | number]) + part
        return self._last

    def _apdu(self, apdu: bytes) -> bytes:
        if apdu[:4] == b"\x00\xa4\x04\x00":
            return b"\x90\x00" if apdu[5 : 5 + 7] == self._AID else b"\x6a\x82"
        if apdu[:4] == b"\x00\xa4\x00\x0c":
            return self._select(apdu[5:7])
        if apdu[:2] == b"\x00\xb0" and len(apdu) == 5 and self._file:
            offset, length = int.from_bytes(apdu[2:4], "big"), apdu[4] or 256
            return self._file[offset : offset + length] + b"\x90\x00" if offset < len(self._file) else b"\x6a\x86"
        return b"\x6d\x00"

    def _select(self, name: bytes) -> bytes:
        if name == b"\xe1\x03":
            self._file = bytes.fromhex("000F20 0080 00FF 0406 E104 0400 00FF")
        elif name == b"\xe1\x04":
            message = self.content()
            self._file = len(message).to_bytes(2, "big") + message
        else:
            return b"\x6a\x82"
        return b"\x90\x00"


class Ntag424(Type4):
    """An NTAG 424 DNA: at every tap its counter rises and is mirrored, encrypted and signed, into the link."""

    def __init__(self, uid: bytes, write: Callable[[str, str], bytes], meta: bytes, file_key: bytes) -> None:
        """`write` makes the NDEF message out of `e` and `c`."""
        super().__init__(uid, b"")
        self.counter = 0
        self._write, self._meta, self._file_key = write, meta, file_key

    def content(self) -> bytes:
        self.counter += 1
        sun = mirror(self._meta, self._file_key, Genuine(self.uid, self.counter), b"\x00" * 5)
        return self._write(sun.e, sun.c)


def _framed(body: bytes) -> bytes:
    return bytes([len(body) + 1]) + body


def _length(message: bytes) -> bytes:
    return bytes([len(message)]) if len(message) < 255 else b"\xff" + len(message).to_bytes(2, "big")


def _xor(octets: bytes) -> int:
    value = 0
    for octet in octets:
        value ^= octet
    return value
