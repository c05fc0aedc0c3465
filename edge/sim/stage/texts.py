"""The configuration files of the pretend shop: ordinary ones, only the addresses are special."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.sim.stage.assortment import KINDS, RATES

IDENTITIES = {
    "dk": ("Fjeld & Fod", "Strandgade 12, 1401 København K", "DK12345674", "Europe/Copenhagen", "da"),
    "pl": ("Fjeld & Fod", "ul. Długa 12, 31-147 Kraków", "5260250995", "Europe/Warsaw", "pl"),
    "ro": ("Fjeld & Fod", "Str. Lipscani 12, București", "RO18547290", "Europe/Bucharest", "ro"),
    "rs": ("Fjeld & Fod", "Кнез Михаилова 12, Београд", "100000008", "Europe/Belgrade", "sr"),
    "kr": ("Fjeld & Fod", "서울특별시 중구 명동길 12", "124-81-00998", "Asia/Seoul", "ko"),
    "zz": ("Replay", "Nowhere", "0", "Etc/UTC", "en"),
}
"""Country -> name, address, tax number, time zone and language of the pretend shop."""
COUNTRIES = {"dk": "Danmark", "pl": "Polska", "ro": "România", "rs": "Србија", "kr": "대한민국"}
"""Country -> what its people call it; the ones a visitor may choose."""
WALLETS = {"dk": ("mobilepay", "MobilePay"), "pl": ("blik", "BLIK"), "kr": ("kakaopay", "KakaoPay")}
"""Country -> what people pay with besides cards, where there is something everybody knows."""
STORES = (("harbour", "Harbour Street"), ("station", "Station Square"))
"""The shop, and the lighter second one."""
STAFF_TOKEN = "pretend-office"  # noqa: S105  # the pretend office only
"""The secret of the pretend office; the online shop of the demo is told it by its page."""
HOST = "id.fjeld-fod.example"
"""The host in the tags of the pretend shop."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything listens; chosen once, so that links stay right when the country changes."""

    broker: int
    hq_page: int
    hq_shop: int
    stores: Mapping[str, tuple[int, int, int]]
    """Store -> its staff, floor and public doors."""
    start: str = ""


@dataclass(frozen=True, slots=True)
class Wires:
    """Addresses of the first shop's devices."""

    cable: str
    printers: Sequence[str] = ()
    scanners: Sequence[str] = ()
    reader: str = ""
    sensor: str = ""
    fiscal: Sequence[str] = ()
    plates: Sequence[str] = ()
    tills: int = 2
    terminals: Sequence[str] = ()
    """One card terminal a till."""
    wallet: tuple[str, str] | None = None
    """Another way to pay, by its name in facts and for people; confirmed by hand."""


def hq_toml(country: str, folder: Path, ports: Ports) -> str:
    """Headquarters: an embedded broker, SQLite, its page and the online shop."""
    name, _, _, zone, language = IDENTITIES[country]
    currency = RATES.get(country, ("XTS", 0))[0]
    stores = "".join(f'[[store]]\nid = "{name_}"\nname = "{name}, {where}"\n' for name_, where in STORES)
    return f"""[company]
name = "{name}"
country = "{country.upper()}"
currency = "{currency}"
time_zone = "{zone}"
language = "{language}"
[paths]
database = "{folder / "hq.db"}"
[broker]
url = "mqtt://127.0.0.1:{ports.broker}"
embedded = true
[web]
page = "127.0.0.1:{ports.hq_page}"
shop = "127.0.0.1:{ports.hq_shop}"
start = "{ports.start}"
[shop]
name = "{name} online"
staff_token = "{STAFF_TOKEN}"
{stores}"""


def store_toml(store: str, country: str, folder: Path, ports: Ports, wires: Wires) -> str:
    """A shop; the devices are those of `wires`."""
    name, address, tax_number, zone, language = IDENTITIES[country]
    staff, floor, public = ports.stores[store]
    where = dict(STORES)[store]
    text = f"""[store]
id = "{store}"
node = "box"
name = "{name}"
address = "{address}"
tax_number = "{tax_number}"
country = "{country}"
time_zone = "{zone}"
language = "{language}"
region = "{"DK" if country == "zz" else country.upper()}"
header = ["{where}"]
footer = []
phone_link = "http://127.0.0.1:{public}/"
[paths]
journal = "{folder / store / "journal.db"}"
media = "{folder / store / "media"}"
[web]
staff = "127.0.0.1:{staff}"
floor = "127.0.0.1:{floor}"
public = "127.0.0.1:{public}"
start = "{ports.start}"
[hq]
url = "{wires.cable}"
media = "http://127.0.0.1:{ports.hq_page}"
[nfc]
hosts = ["{HOST}"]
"""
    return text + _tills(wires) + _floor(wires)


def _tills(wires: Wires) -> str:
    text = ""
    for number in range(1, wires.tills + 1):
        printer = f'printer = "p{number}"\n' if len(wires.printers) >= number else ""
        fiscal = f'fiscal = "f{number}"\n' if len(wires.fiscal) >= number else ""
        scanner = f'scanner = "b{number}"\n' if len(wires.scanners) >= number else ""
        terminal = f'terminal = "t{number}"\n' if len(wires.terminals) >= number else ""
        text += f'[[till]]\nid = "{number}"\nname = "Till {number}"\n{printer}{scanner}{fiscal}{terminal}'
    for number, url in enumerate(wires.printers, 1):
        text += f'[[printer]]\nid = "p{number}"\nurl = "{url}"\nmodel = "tm-t20"\n'
    for number, url in enumerate(wires.scanners, 1):
        text += f'[[scanner]]\nid = "b{number}"\nurl = "{url}"\n'
    for number, url in enumerate(wires.fiscal, 1):
        text += f'[[fiscal]]\nid = "f{number}"\nurl = "{url}"\n'
    for number, url in enumerate(wires.terminals, 1):
        text += f'[[terminal]]\nid = "t{number}"\nurl = "{url}"\n'
    if wires.wallet:
        name, label = wires.wallet
        text += '[[terminal]]\nid = "phone"\nurl = "manual:"\n'
        text += f'[[wallet]]\nid = "{name}"\nname = "{label}"\nterminal = "phone"\n'
    return text


def _floor(wires: Wires) -> str:
    text = '[[wall]]\nid = "1"\nname = "Boot wall"\ntills = ["1", "2"]\n' if wires.reader else ""
    if wires.reader:
        text += f'[[reader]]\nid = "r1"\nurl = "{wires.reader}"\nwall = "1"\n'
    if wires.sensor:
        text += f'[[sensor]]\nid = "s1"\nurl = "{wires.sensor}"\n' + "".join(wires.plates)
    return text


@dataclass(frozen=True, slots=True)
class PretendPlate:
    """One plate of the pretend shelf: `units` lie on it at first."""

    id: str
    shelf: str
    kind: str
    colour: str
    size: str
    units: int
    display: bool = False


PLATES = (
    PretendPlate("a1", "1", "fjeld", "brown", "43", 3),
    PretendPlate("a2", "2", "stien", "orange", "42", 3),
    PretendPlate("a3", "3", "ro", "grey", "40-43", 8),
    PretendPlate("b1", "1", "fjeld", "brown", "42", 1, display=True),
)


def plate_toml(channel: int, plate: PretendPlate) -> str:
    """A plate as `store.toml` names it."""
    grams = next(kind.grams for kind in KINDS if kind.id == plate.kind)
    sku = f"{plate.kind}-{plate.colour}-{plate.size}"
    what = f'role = "display"\narticle = "{plate.kind}"' if plate.display else f'role = "stock"\nsku = "{sku}"'
    return f"""[[plate]]
id = "{plate.id}"
sensor = "s1"
channel = {channel}
shelf = "{plate.shelf}"
{what}
unit_grams = {grams}
"""
