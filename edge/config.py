"""store.toml -> frozen dataclasses; every error at once, each with its place and, for a misspelt key, a suggestion."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from edge.terminals import Terminal, Wallet, wrong_ways
from edge.toml import guess, parse, read, wrong
from edge.units import NodeId, PlateId, StoreId, TillId, WallId

SCHEMES = ("tcp", "serial", "usb", "udp", "mqtt", "mqtts", "http", "https", "none", "manual", "zvt")
"""What a device address may begin with."""


@dataclass(frozen=True, slots=True)
class Store:
    """The shop: what its receipts say and which law it lives under."""

    id: StoreId
    node: NodeId
    name: str
    address: str
    tax_number: str
    country: str
    time_zone: str
    language: str
    region: str
    """Whose variable-measure barcodes these are (`DK`, `NO`, …); decides what a `2…` code means."""
    price_list: str = "main"
    first_letter: str = "A"
    """Letter of this box's first receipts.

    A box that replaces a lost one gets letters of its own when headquarters first answers; only a store without
    headquarters must give it the next letter, so that no number comes twice.
    """
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    phone_link: str = ""
    """Base of the links in QR codes for phones (`https://shop.example/`); empty draws none."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the journal lies; its key and head file lie beside it."""

    journal: str = "/var/lib/store-edge/journal.db"
    media: str = "/var/lib/store-edge/media"


@dataclass(frozen=True, slots=True)
class Web:
    """`host:port` of the three doors: staff (signed in), floor (screen token), public (phones)."""

    staff: str = "127.0.0.1:8080"
    floor: str = "127.0.0.1:8081"
    public: str = "127.0.0.1:8082"
    screen_token: str = ""
    """What floor screens show in `?token=`; empty lets every device that reaches the floor door be a screen."""
    start: str = ""
    """Where "all screens" leads; empty shows no such link."""


@dataclass(frozen=True, slots=True)
class Staff:
    """How people sign in. A till locks itself when nobody touched it for `lock_minutes`; 0 never does."""

    lock_minutes: int = 10


@dataclass(frozen=True, slots=True)
class Headquarters:
    """The cable. `url` is the broker (`mqtt://`, `mqtts://`), `media` where pictures are fetched."""

    url: str = "none:"
    prefix: str = "retail/v1"
    media: str = ""
    ca: str = ""
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Till:
    """A cashier position; `prefix` begins its receipt numbers."""

    id: TillId
    name: str
    printer: str = ""
    scanner: str = ""
    fiscal: str = ""
    terminal: str = ""
    """Its card terminal; without one this till takes no cards."""


@dataclass(frozen=True, slots=True)
class Printer:
    """A receipt printer, and the drawer that hangs on it; `model` as in docs/printer.md."""

    id: str
    url: str
    model: str = "generic"
    width: int = 80
    """Paper width in millimetres: 58 or 80."""
    drawer_pin: int = 2
    """Pin of the drawer's cable that is pulsed: 2 or 5."""
    drawer_switch: bool = True
    """Whether the drawer tells when it is open."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A barcode scanner on a serial line; one that types needs no entry."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class FiscalDevice:
    """An approved fiscal device or service; the country's profile says which kind it is."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Wall:
    """A touch-wall; its lists may be sent to `tills`, or to every till when it names none."""

    id: WallId
    name: str
    tills: tuple[TillId, ...] = ()


@dataclass(frozen=True, slots=True)
class NfcReader:
    """An NFC reader, and the wall whose products are held to it."""

    id: str
    url: str
    wall: WallId


@dataclass(frozen=True, slots=True)
class Nfc:
    """`hosts` are the only ones whose Digital Links are ours; `keys` is a file with the keys of NTAG 424 DNA tags."""

    hosts: tuple[str, ...] = ()
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Sensor:
    """A box of load cells; `node` is the name it sends."""

    id: str
    url: str
    node: str = "1"


@dataclass(frozen=True, slots=True)
class Plate:
    """One load cell. `role` is `stock` (counts `sku`) or `display` (one sample of `article`)."""

    id: PlateId
    sensor: str
    channel: int
    shelf: str
    role: str = "stock"
    sku: str = ""
    article: str = ""
    unit_grams: int = 0
    zero_raw: int = 0
    span_raw: int = 100_000
    span_grams: int = 1_000
    check_raw: int = 0
    check_grams: int = 0
    noise_grams: int = 2
    neighbours: tuple[PlateId, ...] = ()


@dataclass(frozen=True, slots=True)
class Cash:
    """How the shop handles its cash."""

    blind: bool = True
    """The drawer is counted without being told what should be in it."""
    most_paid_out: int = 0
    """The largest pay-out, in minor units, that a cashier may make without a manager; 0 means the largest note."""


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Everything `store.toml` says."""

    store: Store
    paths: Paths = field(default_factory=Paths)
    web: Web = field(default_factory=Web)
    staff: Staff = field(default_factory=Staff)
    hq: Headquarters = field(default_factory=Headquarters)
    nfc: Nfc = field(default_factory=Nfc)
    cash: Cash = field(default_factory=Cash)
    till: tuple[Till, ...] = ()
    printer: tuple[Printer, ...] = ()
    scanner: tuple[Scanner, ...] = ()
    fiscal: tuple[FiscalDevice, ...] = ()
    terminal: tuple[Terminal, ...] = ()
    wallet: tuple[Wallet, ...] = ()
    wall: tuple[Wall, ...] = ()
    reader: tuple[NfcReader, ...] = ()
    sensor: tuple[Sensor, ...] = ()
    plate: tuple[Plate, ...] = ()


def load(path: Path) -> StoreConfig:
    """Read and check a whole `store.toml`. Halt lists every error."""
    config, errors = read(StoreConfig, parse(path))
    if config is not None:
        errors += check(config)
    if errors or config is None:
        raise wrong(path, errors)
    return config


def check(config: StoreConfig) -> list[str]:
    """What the shapes cannot say: names that must exist, be unique, be addresses."""
    errors = []
    if config.store.time_zone not in available_timezones():
        errors.append(guess("store.time_zone", config.store.time_zone, sorted(available_timezones()), "time zone"))
    for where, name in (("store.id", config.store.id), ("store.node", config.store.node)):
        if not re.fullmatch(r"[a-z0-9-]{1,32}", name):
            errors.append(f"{where}: {name!r} is no name; it is made of a-z, 0-9 and '-', at most 32 long")
    if not (len(config.store.first_letter) == 1 and "A" <= config.store.first_letter <= "Z"):
        errors.append(f"store.first_letter: {config.store.first_letter!r} is no letter from A to Z")
    if not 0 <= config.staff.lock_minutes <= 24 * 60:
        errors.append(f"staff.lock_minutes: {config.staff.lock_minutes} is no number of minutes from 0 to 1440")
    if not config.till:
        errors.append("till: a store has at least one [[till]]")
    for kind in ("till", "printer", "scanner", "fiscal", "terminal", "wallet", "wall", "reader", "sensor", "plate"):
        errors += _unique(kind, [item.id for item in getattr(config, kind)])
    if config.cash.most_paid_out < 0:
        errors.append("cash.most_paid_out: less than nothing")
    errors += _addresses(config) + _references(config) + wrong_ways(config.terminal, config.wallet)
    return errors


def _unique(kind: str, names: Sequence[str]) -> list[str]:
    return [f"{kind}: {name!r} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]


def _addresses(config: StoreConfig) -> list[str]:
    named = [("hq.url", config.hq.url)]
    for kind in ("printer", "scanner", "fiscal", "terminal", "reader", "sensor"):
        named += [(f"{kind}.{item.id}.url", item.url) for item in getattr(config, kind)]
    return [
        f"{where}: {url!r} is no address; it begins with one of {', '.join(SCHEMES)}"
        for where, url in named
        if urlsplit(url).scheme not in SCHEMES
    ]


def _references(config: StoreConfig) -> list[str]:
    have = {kind: [item.id for item in getattr(config, kind)] for kind in (*_TILL_PARTS, "till")}
    have |= {"wall": [wall.id for wall in config.wall], "sensor": [sensor.id for sensor in config.sensor]}
    wanted = [(f"till.{till.id}.{kind}", kind, getattr(till, kind)) for till in config.till for kind in _TILL_PARTS]
    wanted += [(f"reader.{reader.id}.wall", "wall", reader.wall) for reader in config.reader]
    wanted += [(f"plate.{plate.id}.sensor", "sensor", plate.sensor) for plate in config.plate]
    wanted += [(f"wallet.{wallet.id}.terminal", "terminal", wallet.terminal) for wallet in config.wallet]
    wanted += [(f"wall.{wall.id}.tills", "till", till) for wall in config.wall for till in wall.tills]
    return [guess(where, name, have[kind], kind) for where, kind, name in wanted if name and name not in have[kind]]


_TILL_PARTS = ("printer", "scanner", "fiscal", "terminal")
