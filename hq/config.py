"""hq.toml -> frozen dataclasses; every error at once, each with its place and a suggestion."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from edge.sync.wire import is_name
from edge.toml import parse, read, wrong


@dataclass(frozen=True, slots=True)
class Company:
    """Whose headquarters this is; `time_zone` is used for a store that names none."""

    name: str
    country: str
    currency: str
    time_zone: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the database lies."""

    database: str = "/var/lib/store-edge-hq/hq.db"


@dataclass(frozen=True, slots=True)
class Broker:
    """`url` of the broker (`mqtt://`, `mqtts://`); with `embedded` HQ runs one itself, at that host and port."""

    url: str = "mqtt://127.0.0.1:1883"
    prefix: str = "retail/v1"
    embedded: bool = False
    receiver: str = "hq"
    ca: str = ""
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Web:
    """`host:port` of the headquarters page and of the online shop; `start` is where "all screens" leads."""

    page: str = "127.0.0.1:8090"
    shop: str = "127.0.0.1:8091"
    start: str = ""


@dataclass(frozen=True, slots=True)
class Shop:
    """The online shop: whose prices it shows, and the secret that lets staff change a price or settle an alarm."""

    name: str = "Online shop"
    price_list: str = "main"
    staff_token: str = ""


@dataclass(frozen=True, slots=True)
class StoreName:
    """A store as its people call it."""

    id: str
    name: str
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class HqConfig:
    """Everything `hq.toml` says."""

    company: Company
    paths: Paths = field(default_factory=Paths)
    broker: Broker = field(default_factory=Broker)
    web: Web = field(default_factory=Web)
    shop: Shop = field(default_factory=Shop)
    store: tuple[StoreName, ...] = ()

    def zone(self, store: str) -> ZoneInfo:
        """The time zone a store lives in."""
        named = next((one.time_zone for one in self.store if one.id == store), "")
        return ZoneInfo(named or self.company.time_zone)

    def called(self, store: str) -> str:
        """A store's name; its id where nobody named it."""
        return next((one.name for one in self.store if one.id == store), store)


def load(path: Path) -> HqConfig:
    """Read and check a whole `hq.toml`. Halt lists every error."""
    config, errors = read(HqConfig, parse(path))
    if config is not None:
        errors += check(config)
    if errors or config is None:
        raise wrong(path, errors)
    return config


def check(config: HqConfig) -> list[str]:
    """What the shapes cannot say."""
    errors = [
        f"{where}: no time zone is called {zone!r}"
        for where, zone in (
            ("company.time_zone", config.company.time_zone),
            *((f"store.{store.id}.time_zone", store.time_zone) for store in config.store),
        )
        if (zone or where == "company.time_zone") and zone not in available_timezones()
    ]
    names = [store.id for store in config.store]
    errors += [f"store: {name!r} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    errors += [
        f"store.{name}: a store's id is a-z, 0-9 and '-', at most 32 long" for name in names if not is_name(name)
    ]
    if "online" in names:
        errors.append("store: 'online' is the online shop itself; give this store another id")
    if not is_name(config.broker.receiver):
        errors.append("broker.receiver: a name is a-z, 0-9 and '-', at most 32 long")
    broker = urlsplit(config.broker.url)
    if broker.scheme not in ("mqtt", "mqtts") or not broker.hostname:
        errors.append(f"broker.url: {config.broker.url!r} is no address; write mqtt://host:port")
    elif config.broker.embedded and (broker.scheme != "mqtt" or broker.username):
        errors.append("broker.embedded: our own broker speaks mqtt:// only, without user or password")
    for where, door in (("web.page", config.web.page), ("web.shop", config.web.shop)):
        host, _, port = door.rpartition(":")
        if not (host and port.isdecimal() and int(port) < 65536):
            errors.append(f"{where}: {door!r} is no door; write host:port")
    if config.shop.staff_token and len(config.shop.staff_token) < 12:
        errors.append("shop.staff_token: a secret has at least 12 characters")
    return errors
