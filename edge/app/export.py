"""`edge export`: the books of some dates as files, read from the journal while the shop goes on."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from edge import VERSION
from edge.clock import Clock, moment, system_clock
from edge.config import StoreConfig
from edge.countries.profile import Profile, load_profile
from edge.errors import Halt, Refused
from edge.pos.books.csv import csv_files
from edge.pos.books.read import before, books_of, days
from edge.pos.books.rows import When
from edge.pos.books.saft import NORWAY, Dialect, Shop, saft_file
from edge.pos.books.shifts import Book
from edge.units import TillId

Files = Iterable[tuple[str, Iterable[bytes]]]
"""Name and bytes of each file, piece by piece."""
_NAMES = "SELECT user, name FROM people"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: business dates `first` to `last`, in `format`, into the new or empty folder `out`."""

    first: str
    last: str
    format: str
    out: Path


@dataclass(frozen=True, slots=True)
class Material:
    """What every format is made from; `names` are people's, `before` each till's sales and returns until `first`."""

    books: Sequence[Book]
    config: StoreConfig
    profile: Profile
    wanted: Wanted
    made: datetime
    names: Mapping[str, str]
    before: Mapping[TillId, tuple[int, int]]


def local(config: StoreConfig) -> When:
    """Times as the store's clock showed them, with their offset: `2026-10-25T02:30:00+01:00`."""
    return lambda at: moment(at).astimezone(config.store.zone).isoformat(timespec="seconds")


def _csv(material: Material) -> Files:
    files = csv_files(material.books, material.profile.decimals, local(material.config))
    return ((name, (data,)) for name, data in files)


def _saft(dialect: Dialect) -> Callable[[Material], Files]:
    def make(material: Material) -> Files:
        store, wanted, zone = material.config.store, material.wanted, material.config.store.zone
        if store.country.upper() != dialect.country:
            raise Refused(
                f"{wanted.format} is for stores in {dialect.country}, this one is in {store.country}",
                hint="Use --format csv, or the format of the store's own country (docs/export.md).",
            )
        shop = Shop(
            store.name, store.address, store.tax_number, material.profile.currency, material.profile.decimals,
            wanted.first, wanted.last, material.made.astimezone(zone), VERSION, lambda at: moment(at).astimezone(zone),
            {till.id: till.name for till in material.config.till}, material.names, material.before,
        )  # fmt: skip
        return [saft_file(material.books, shop, dialect)]

    return make


FORMATS: Mapping[str, Callable[[Material], Files]] = {"csv": _csv, "saft-no": _saft(NORWAY)}


def export(config: StoreConfig, wanted: Wanted, clock: Clock | None = None) -> list[Path]:
    """Write the files; gives their paths. Refused when the folder holds something already."""
    first, last = days(wanted.first, wanted.last)
    made = FORMATS.get(wanted.format)
    if made is None:
        raise Refused(f"no format {wanted.format}", hint=f"Use one of: {', '.join(sorted(FORMATS))}.")
    if wanted.out.exists() and (not wanted.out.is_dir() or any(wanted.out.iterdir())):
        raise Refused(f"{wanted.out} holds something already", hint="Name a new or an empty folder with --out.")
    files = made(_material(config, replace(wanted, first=first, last=last), (clock or system_clock()).now()))
    wanted.out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, pieces in files:
        path = wanted.out / name
        with path.open("xb") as file:
            file.writelines(pieces)
        paths.append(path)
    return paths


def _material(config: StoreConfig, wanted: Wanted, made: datetime) -> Material:
    path = Path(config.paths.journal)
    if not path.exists():
        raise Halt(f"there is no journal {path}", hint="Check paths.journal in store.toml.")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        try:
            books = books_of(db, wanted.first, wanted.last)
            names = dict(db.execute(_NAMES).fetchall())
            sums = before(db, wanted.first)
        except sqlite3.OperationalError as error:
            raise Halt(f"{path}: {error}", hint="Start this release of the shop once, then export.") from error
    return Material(books, config, load_profile(config.store.country), wanted, made, names, sums)
