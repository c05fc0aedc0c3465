"""What is wrong or missing on this box, in words; an empty list when nothing is."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from edge.config import StoreConfig
from edge.countries.profile import Profile, load_profile, stale
from edge.errors import StoreEdgeError
from edge.journal.verify import verify
from edge.pos.printer.model import model_named
from edge.pos.printer.port import port_at
from edge.pos.printer.raster import Fonts
from edge.shelf.wiring import plates_of

CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""Korean on the pages of a screen on this box; receipts have their own font."""
LITTLE = 2 * 1024**3
"""Bytes of free disk below which somebody should look."""
PATIENCE = 2.0
"""Seconds a device on the network has to take a connection."""
DEVICES = ("printer", "scanner", "reader", "sensor", "fiscal")
_PORTS = {"mqtt": 1883, "mqtts": 8883, "http": 80, "https": 443}


def look(config: StoreConfig, today: date) -> list[str]:
    """Everything that a person should mend; tries every device, so best while the shop is closed."""
    journal = Path(config.paths.journal)
    return [*_journal(journal), *hints(config, today), *asyncio.run(_unreachable(config))]


def hints(config: StoreConfig, today: date) -> list[str]:
    """What can be told without asking anybody; `edge run` says it once."""
    profile = load_profile(config.store.country)
    return [
        *_room(Path(config.paths.journal), Path(config.paths.media)),
        *_fonts(config),
        *_law(config, profile, today),
        *_wiring(config),
        *_doors(config),
        *_cable(config),
        *_nodes(config),
    ]


def _journal(path: Path) -> Iterator[str]:
    if not path.exists():
        yield f"There is no journal at {path}: run `edge init`."
        return
    if not os.access(path, os.W_OK):
        yield f"{path} cannot be written: run as the user store-edge."
    yield from verify(path).faults


def _room(journal: Path, media: Path) -> Iterator[str]:
    for folder in (journal.parent, media):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if not os.access(there, os.W_OK):
            yield f"{folder} cannot be written: give {there} to the user store-edge."
    there = next(each for each in journal.parents if each.exists())
    if shutil.disk_usage(there).free < LITTLE:
        yield f"Less than 2 GiB are free on the disk of {journal}: remove what does not belong to the shop."


def _fonts(config: StoreConfig) -> Iterator[str]:
    missing = Fonts().check() if any(till.printer for till in config.till) else ""
    if missing:
        yield missing
    if config.store.language == "ko" and not CJK.exists():
        yield "Screens on this box cannot show Korean: apt-get install fonts-noto-cjk."


def _law(config: StoreConfig, profile: Profile, today: date) -> Iterator[str]:
    if stale(profile, today):
        yield f"The country profile {profile.country} was checked on {profile.checked_on}: ask for a newer one."
    if profile.fiscal.device_tax_table:
        for till in config.till:
            if not till.fiscal:
                yield f"till {till.id}: in {profile.name} nothing may be sold without a fiscal device: name one."


def _wiring(config: StoreConfig) -> Iterator[str]:
    """What is named and not used, or used and cannot be."""
    for kind in ("printer", "scanner", "fiscal"):
        used = [getattr(till, kind) for till in config.till]
        for item in getattr(config, kind):
            if item.id not in used:
                yield f"{kind} {item.id} belongs to no till: name it in a [[till]], or take it out."
            elif kind != "printer" and used.count(item.id) > 1:
                yield f"{kind} {item.id} belongs to several tills: each needs its own."
    for till in config.till:
        if not till.printer:
            yield f"till {till.id} has no printer: it prints no receipts and opens no drawer."
    for printer in config.printer:
        wrong = [*_tried(partial(port_at, printer.url)), *_tried(partial(model_named, _model(printer.model)))]
        yield from (f"printer {printer.id}: {words}" for words in wrong)
    yield from _tried(partial(plates_of, config))
    if config.reader and not config.nfc.hosts:
        yield "nfc.hosts is empty: every tag is a stranger's. Name the host that stands in your tags."
    walls = {reader.wall for reader in config.reader}
    for wall in config.wall:
        if wall.id not in walls:
            yield f"wall {wall.id} has no reader: tags cannot be held to it."


def _model(name: str) -> str:
    return "generic-80" if name == "generic" else name


def _tried(what: Callable[[], object]) -> Iterator[str]:
    try:
        what()
    except StoreEdgeError as error:
        yield f"{error.message} {error.hint}".strip()


def _doors(config: StoreConfig) -> Iterator[str]:
    if not _local(config.web.staff):
        yield f"web.staff {config.web.staff} is open to the network: see that only staff reach it."
    if not _local(config.web.floor) and not config.web.screen_token:
        yield "web.screen_token is empty: every device on the network can be a screen of the floor. Set one."
    if config.wall and not config.store.phone_link and _local(config.web.public):
        yield "Phones cannot open the lists of the walls: set store.phone_link, or open web.public to their network."


def _cable(config: StoreConfig) -> Iterator[str]:
    url = urlsplit(config.hq.url)
    if url.scheme == "none":
        yield "hq.url is none: prices, articles and staff do not come from headquarters, and nothing is kept there."
    elif url.scheme == "mqtt" and not _local(f"{url.hostname}:1"):
        yield f"hq.url {config.hq.url} is not encrypted: use mqtts:// with ca, certificate and key."
    elif url.scheme == "mqtts" and not (config.hq.ca and config.hq.certificate and config.hq.key):
        yield "hq.url is mqtts:// and hq.ca, hq.certificate or hq.key is empty: headquarters lets nobody in without."
    for name in ("ca", "certificate", "key"):
        path = getattr(config.hq, name)
        if path and not os.access(path, os.R_OK):
            yield f"hq.{name}: {path} is not there, or the user store-edge may not read it."


def _nodes(config: StoreConfig) -> Iterator[str]:
    for kind, name, url in _addresses(config):
        path = Path(url.path)
        if url.scheme == "serial" and not path.exists():
            yield f"{kind} {name}: {path} is not there: plug it in, or mend its url."
        elif url.scheme == "serial" and not os.access(path, os.R_OK | os.W_OK):
            yield f"{kind} {name}: {path} may not be used: add the user store-edge to the group dialout."


def _addresses(config: StoreConfig) -> Iterator[tuple[str, str, SplitResult]]:
    for kind in DEVICES:
        yield from ((kind, item.id, urlsplit(item.url)) for item in getattr(config, kind))


async def _unreachable(config: StoreConfig) -> list[str]:
    """Whoever does not take a connection."""
    asked = [(f"{kind} {name}", url, url.port or 9100) for kind, name, url in _addresses(config) if url.scheme == "tcp"]
    asked += [
        (f"headquarters ({what})", url, url.port or _PORTS[url.scheme])
        for what, url in (("broker", urlsplit(config.hq.url)), ("pictures", urlsplit(config.hq.media)))
        if url.scheme in _PORTS
    ]
    found = await asyncio.gather(*(_reached(url.hostname or "", port) for _, url, port in asked))
    return [
        f"{who}: {url.netloc} takes no connection: check its power, its cable and the address."
        for (who, url, _), reached in zip(asked, found, strict=True)
        if not reached
    ]


async def _reached(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


def _local(door: str) -> bool:
    host = door.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
