"""What is wrong or missing on this box, in words; an empty list when nothing is."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from edge.config import StoreConfig
from edge.journal.verify import verify

_FONTS = (
    (Path("/usr/share/fonts/opentype/unifont"), "fonts-unifont", "receipts"),
    (Path("/usr/share/fonts/opentype/noto"), "fonts-noto-cjk", "pages"),
)
LITTLE = 2 * 1024**3
"""Bytes of free disk below which somebody should look."""


def look(config: StoreConfig) -> list[str]:
    """Everything that a person should mend."""
    return [*_journal(Path(config.paths.journal)), *_fonts(), *_devices(config)]


def _journal(path: Path) -> list[str]:
    if not path.exists():
        return [f"There is no journal at {path}: run `edge init`."]
    found = [] if os.access(path, os.W_OK) else [f"{path} cannot be written: run as the user store-edge."]
    if shutil.disk_usage(path.parent).free < LITTLE:
        found.append(f"Less than 2 GB are free on the disk of {path}: remove what is not needed.")
    return [*found, *verify(path).faults]


def _fonts() -> list[str]:
    return [
        f"The fonts for {use} are missing: apt-get install {package}."
        for path, package, use in _FONTS
        if not path.exists()
    ]


def _devices(config: StoreConfig) -> list[str]:
    named = [(kind, item) for kind in ("printer", "scanner", "reader", "sensor") for item in getattr(config, kind)]
    return [
        f"{kind} {item.id}: {urlsplit(item.url).path} is not there: plug it in, or mend its url."
        for kind, item in named
        if urlsplit(item.url).scheme == "serial" and not Path(urlsplit(item.url).path).exists()
    ]
