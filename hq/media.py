"""Inside the writer's transaction: pictures by their SHA-256, checked and bounded before they are kept."""

import hashlib
import io
import re
import sqlite3
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

MAX_BYTES = 4 * 1024 * 1024
MAX_PIXELS = 20_000_000
_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEEP = """INSERT INTO media (sha256, type, width, height, bytes) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (sha256) DO NOTHING"""
_HAVE = "SELECT type, bytes FROM media WHERE sha256 = ?"


@dataclass(frozen=True, slots=True)
class Picture:
    """A kept picture."""

    type: str
    data: bytes


def keep(db: sqlite3.Connection, name: str, folder: Path | None) -> str:
    """The digest of the picture file `name` below `folder`, now kept; or of one already kept, named by its digest."""
    if _DIGEST.fullmatch(name):
        if find(db, name) is None:
            raise ValueError(f"there is no picture {name}")
        return name
    if folder is None:
        raise ValueError(f"picture {name!r} is a file, and no folder is known")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"picture {name!r} lies outside the folder of the file")
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError:
        raise ValueError(f"there is no picture file {name!r}") from None
    if not data:
        raise ValueError(f"picture {name!r} has {size} bytes; a picture has 1 to {MAX_BYTES}")
    return keep_bytes(db, data, name)


def keep_bytes(db: sqlite3.Connection, data: bytes, name: str) -> str:
    """The digest of a picture, now kept; ValueError in words when it is none we show."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"picture {name!r} has more than {MAX_BYTES} bytes")
    kind, width, height = _look(data, name)
    digest = hashlib.sha256(data).hexdigest()
    db.execute(_KEEP, (digest, kind, width, height, data))
    return digest


def find(db: sqlite3.Connection, digest: str) -> Picture | None:
    """The picture with this digest."""
    row = db.execute(_HAVE, (digest,)).fetchone()
    return None if row is None else Picture(row[0], bytes(row[1]))


def _look(data: bytes, name: str) -> tuple[str, int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(_TYPES)) as picture:
                width, height, kind = picture.width, picture.height, _TYPES[picture.format or ""]
                if width * height <= MAX_PIXELS:
                    picture.load()
    except (UnidentifiedImageError, OSError, KeyError, SyntaxError, Image.DecompressionBombWarning):
        raise ValueError(f"{name!r} is no PNG, JPEG or WebP picture") from None
    if width * height > MAX_PIXELS:
        raise ValueError(f"picture {name!r} has {width} x {height} points; {MAX_PIXELS} are the most")
    return kind, width, height
