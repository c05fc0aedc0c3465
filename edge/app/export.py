"""`edge export`: the books of some dates as files, read from the journal while the shop goes on."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge.clock import moment
from edge.config import StoreConfig
from edge.countries.profile import load_profile
from edge.errors import Halt, Refused
from edge.pos.books.csv import csv_files
from edge.pos.books.read import books_of, days
from edge.pos.books.rows import When
from edge.pos.books.shifts import Book

Files = Iterable[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: business dates `first` to `last`, in `format`, into the new or empty folder `out`."""

    first: str
    last: str
    format: str
    out: Path


@dataclass(frozen=True, slots=True)
class Material:
    """What every format is made from."""

    books: Sequence[Book]
    config: StoreConfig
    decimals: int
    when: When


def local(config: StoreConfig) -> When:
    """Times as the store's clock showed them, with their offset: `2026-10-25T02:30:00+01:00`."""
    return lambda at: moment(at).astimezone(config.store.zone).isoformat(timespec="seconds")


def _csv(material: Material) -> Files:
    return csv_files(material.books, material.decimals, material.when)


FORMATS: Mapping[str, Callable[[Material], Files]] = {"csv": _csv}


def export(config: StoreConfig, wanted: Wanted) -> list[Path]:
    """Write the files; gives their paths. Refused when the folder holds something already."""
    first, last = days(wanted.first, wanted.last)
    made = FORMATS.get(wanted.format)
    if made is None:
        raise Refused(f"no format {wanted.format}", hint=f"Use one of: {', '.join(sorted(FORMATS))}.")
    if wanted.out.exists() and (not wanted.out.is_dir() or any(wanted.out.iterdir())):
        raise Refused(f"{wanted.out} holds something already", hint="Name a new or an empty folder with --out.")
    decimals = load_profile(config.store.country).decimals
    files = list(made(Material(_books(config, first, last), config, decimals, local(config))))
    wanted.out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, data in files:
        path = wanted.out / name
        path.write_bytes(data)
        paths.append(path)
    return paths


def _books(config: StoreConfig, first: str, last: str) -> Sequence[Book]:
    path = Path(config.paths.journal)
    if not path.exists():
        raise Halt(f"there is no journal {path}", hint="Check paths.journal in store.toml.")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        try:
            return books_of(db, first, last)
        except sqlite3.OperationalError as error:
            raise Halt(f"{path}: {error}", hint="Start this release of the shop once, then export.") from error
