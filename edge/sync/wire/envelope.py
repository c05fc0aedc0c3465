"""Bytes on the wire: zlib above 1 kB, recognised by its first byte; bounded before anything is inflated or parsed."""

import zlib

KIB = 1024
MAX_FACT = 256 * KIB
"""Canonical bytes of one fact."""
MAX_ENTRIES = 100
"""Entries in a batch."""
TARGET_PAYLOAD = 64 * KIB
"""A batch is closed at this compressed size; one entry alone may be larger."""
MAX_PAYLOAD = 512 * KIB
"""No message is larger as sent."""
MAX_INFLATED = 4 * KIB * KIB
"""No message is larger inflated."""
_COMPRESS_ABOVE = KIB
_LEVEL = 1
_ZLIB = 0x78


class Malformed(ValueError):
    """The bytes are not a message of this protocol; nothing of it may be used."""


def pack(body: bytes) -> bytes:
    """`body` as sent: deflated when that is worth it. JSON never begins with zlib's 0x78 (`x`)."""
    return zlib.compress(body, _LEVEL) if len(body) > _COMPRESS_ABOVE else body


def unpack(payload: bytes, limit: int = MAX_INFLATED) -> bytes:
    """The body of a message; Malformed when it is too large, cut short or has a tail."""
    if len(payload) > MAX_PAYLOAD:
        raise Malformed(f"{len(payload)} bytes are more than {MAX_PAYLOAD}")
    if payload[:1] != bytes([_ZLIB]):
        if len(payload) > limit:
            raise Malformed(f"more than {limit} bytes")
        return payload
    inflate = zlib.decompressobj()
    try:
        body = inflate.decompress(payload, limit + 1)
    except zlib.error as error:
        raise Malformed(f"not zlib: {error}") from error
    if len(body) > limit:
        raise Malformed(f"inflates to more than {limit} bytes")
    if not inflate.eof or inflate.unused_data:
        raise Malformed("zlib stream cut short or with a tail")
    return body
