"""Secure unique NFC (NTAG 424 DNA): is this tap the real tag, and a new one?

Per NXP AN12196: PICC data = AES-CBC(K_meta, iv 0): `C7 ‖ UID(7) ‖ counter(3, little-endian) ‖ random(5)`; the session
key is CMAC(K_file, 3CC3 0001 0080 ‖ UID ‖ counter); the MAC is every second byte of CMAC(session key, "").
K_meta is common to a shop's tags (it hides the UID); K_file is diversified per tag (NXP AN10922).
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from edge.errors import Halt
from edge.nfc.tag import Sun

_PICC_TAG = 0xC7
"""UID and counter are both mirrored, the UID has seven bytes."""
_USE = bytes.fromhex("D2760000850101") + b"store-edge"
"""The tag's application and our system identifier, as AN10922 asks."""
_MAX_COUNTER = 0xFFFFFF


@dataclass(frozen=True, slots=True)
class SunKeys:
    """`meta` opens the PICC data; `master` yields each tag's own MAC key. Sixteen bytes each."""

    meta: bytes
    master: bytes

    def __post_init__(self) -> None:
        if len(self.meta) != 16 or len(self.master) != 16:
            raise ValueError("SUN keys have sixteen bytes")

    def __repr__(self) -> str:
        return "SunKeys(…)"

    def file_key(self, uid: bytes) -> bytes:
        """The key written into the tag with this UID."""
        return diversify(self.master, uid + _USE)


def load_keys(path: Path) -> SunKeys:
    """Keys from a file of two lines, `meta <32 hex>` and `master <32 hex>`; Halt otherwise, which shows no key."""
    try:
        words = dict(line.split(maxsplit=1) for line in path.read_text().splitlines() if len(line.split()) == 2)
        return SunKeys(bytes.fromhex(words["meta"]), bytes.fromhex(words["master"]))
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except (KeyError, ValueError):
        why = "has not two lines, meta and master, each with 32 hexadecimal digits"
    raise Halt(f"the file of the tags' keys, {path}, {why}", hint="Mend that file, or `[nfc] keys` in store.toml.")


@dataclass(frozen=True, slots=True)
class Genuine:
    """The tag knows its key. `counter` rises with every tap."""

    uid: bytes
    counter: int


class Fraud(StrEnum):
    """Why a tap is not believed."""

    FORGED = "forged"
    """The tag does not know its key, or its words were changed."""
    REPLAYED = "replayed"
    """True once, but this tap was seen before."""


def verify(sun: Sun, keys: SunKeys) -> Genuine | Fraud:
    """Open and prove what the tag said; whether its counter is new is for `fresh` to say."""
    picc = open_picc(keys.meta, bytes.fromhex(sun.e))
    if picc is None:
        return Fraud.FORGED
    return picc if _proves(keys.file_key(picc.uid), picc, sun.c) else Fraud.FORGED


def verify_with(sun: Sun, meta: bytes, file_key: bytes) -> Genuine | Fraud:
    """As `verify`, for a tag whose MAC key is known and not diversified."""
    picc = open_picc(meta, bytes.fromhex(sun.e))
    return picc if picc is not None and _proves(file_key, picc, sun.c) else Fraud.FORGED


def fresh(tap: Genuine, last: int | None) -> Genuine | Fraud:
    """A counter not above the last one seen is a replay."""
    return tap if last is None or tap.counter > last else Fraud.REPLAYED


def open_picc(meta: bytes, encrypted: bytes) -> Genuine | None:
    """UID and counter out of the sixteen encrypted bytes; None when they are not there."""
    cipher = Cipher(algorithms.AES128(meta), modes.CBC(bytes(16))).decryptor()
    plain = cipher.update(encrypted) + cipher.finalize()
    return Genuine(plain[1:8], int.from_bytes(plain[8:11], "little")) if plain[0] == _PICC_TAG else None


def mirror(meta: bytes, file_key: bytes, tap: Genuine, padding: bytes) -> Sun:
    """What a tag says at this tap; `padding` is five random bytes. Used by the simulated tag."""
    if len(tap.uid) != 7 or len(padding) != 5 or not 0 <= tap.counter <= _MAX_COUNTER:
        raise ValueError("seven bytes of UID, five of padding, a counter of 24 bits")
    cipher = Cipher(algorithms.AES128(meta), modes.CBC(bytes(16))).encryptor()
    plain = bytes([_PICC_TAG]) + tap.uid + tap.counter.to_bytes(3, "little") + padding
    return Sun((cipher.update(plain) + cipher.finalize()).hex().upper(), _mac(file_key, tap).hex().upper())


def diversify(master: bytes, text: bytes) -> bytes:
    """A tag's own AES-128 key (AN10922): CMAC over 01 and 16 to 31 bytes of what identifies the tag and its use."""
    if not 16 <= len(text) <= 31:
        raise ValueError("AN10922 pads shorter texts by a rule of its own, and takes no longer ones")
    return _cmac(master, b"\x01" + text)


def _proves(file_key: bytes, tap: Genuine, mac: str) -> bool:
    return hmac.compare_digest(_mac(file_key, tap), bytes.fromhex(mac))


def _mac(file_key: bytes, tap: Genuine) -> bytes:
    session = _cmac(file_key, bytes.fromhex("3CC300010080") + tap.uid + tap.counter.to_bytes(3, "little"))
    return _cmac(session, b"")[1::2]


def _cmac(key: bytes, message: bytes) -> bytes:
    cmac = CMAC(algorithms.AES128(key))
    cmac.update(message)
    return cmac.finalize()
