"""Joins every device of the configuration to its room."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from babel import Locale

from edge import VERSION
from edge.app.forks import Forks
from edge.app.rooms import FEED, World
from edge.app.vital import Vital, patiently
from edge.board import Board
from edge.catalog.lookup import price_at
from edge.catalog.pictures import Gallery, PictureFetcher
from edge.commands import Door
from edge.config import FiscalDevice, Headquarters, StoreConfig
from edge.config import Printer as PrinterTable
from edge.countries.profile import Profile
from edge.effects.queue import EffectQueue
from edge.facts import SaleClosed, SaleReturned
from edge.health import Health
from edge.journal.seal import SealKey
from edge.journal.store import Journal
from edge.nfc.reader import Reader
from edge.nfc.watch import Walls
from edge.pos.drawer import DrawerJournal
from edge.pos.fiscal.errands import FiscalErrands
from edge.pos.fiscal.line import LineFiscal
from edge.pos.fiscal.port import DeviceTax, tax_differences
from edge.pos.payment.errands import TenderErrands
from edge.pos.payment.zvt.terminal import ZvtTerminal
from edge.pos.price_tables import keeping
from edge.pos.printer.drawer import DrawerPort
from edge.pos.printer.driver import Printer, Queues
from edge.pos.printer.driver import Setup as PrinterSetup
from edge.pos.printer.model import model_named
from edge.pos.printer.port import port_at
from edge.pos.printer.raster import Fonts
from edge.pos.printer.reprint import Reprint
from edge.pos.printer.spool import Spool, TillPrinter
from edge.pos.printer.status import Status
from edge.pos.receipt.escpos import Press, apart
from edge.pos.receipt.reference import reference
from edge.pos.receipt.shop import Shop as Letterhead
from edge.pos.receipt.shop import receipt_words
from edge.pos.scanner import Scanner
from edge.shelf.watch import Watch
from edge.shelf.wiring import sensors_of
from edge.supervise import Supervisor
from edge.sync.cable import Cable, CableSetup
from edge.sync.link import Tls
from edge.sync.standing import Chance, Me
from edge.terminals import Terminal
from edge.units import TillId
from edge.web.house import House
from edge.web.scans import Scans
from edge.web.words import words


@dataclass(frozen=True, slots=True)
class Parts:
    """What devices are joined to."""

    journal: Journal
    door: Door
    board: Board
    health: Health
    supervisor: Supervisor
    walls: Walls
    watch: Watch
    boot: str
    key: SealKey
    profile: Profile
    scans: Scans
    forks: Forks
    house: House


def join(config: StoreConfig, world: World, parts: Parts, vital: Vital) -> Cable | None:
    """Join every device of the configuration to its room."""
    supervisor = parts.supervisor
    for reader in config.reader:
        supervisor.watch(
            Reader(f"reader/{reader.id}", reader.url, world.clock), partial(parts.walls.heard, reader.wall)
        )
    for sensor in sensors_of(config, world.clock):
        supervisor.watch(sensor, parts.watch.ear)
    for scanner in config.scanner:
        parts.supervisor.watch(Scanner(f"scanner/{scanner.id}", scanner.url), parts.scans.heard)
    _printers(config, world, parts, vital)
    for device in config.fiscal:
        _fiscal(device, config, world, parts)
    for terminal in config.terminal:
        _terminal(terminal, config, world, parts)
    if config.hq.media:
        gallery = Gallery(Path(config.paths.media))
        fetcher = PictureFetcher("pictures", config.hq.media, gallery, parts.journal, config.hq.ca)
        supervisor.watch(fetcher, lambda digest: None)
    return _cable(config, world, parts, vital)


def _fiscal(device: FiscalDevice, config: StoreConfig, world: World, parts: Parts) -> None:
    """A fiscal device and who carries to it; where the law says so, it is down until its tax table is the law's."""
    profile, name = parts.profile, f"fiscal/{device.id}"

    def objects(table: Sequence[DeviceTax]) -> Sequence[str]:
        today = world.clock.now().astimezone(config.store.zone).date()
        return tax_differences(profile, today, table)

    port = LineFiscal(name, device.url, objects=objects if profile.fiscal.device_tax_table else None)
    queue = EffectQueue(parts.journal, *(f"{till.id}/fiscal" for till in config.till if till.fiscal == device.id))
    parts.supervisor.watch(port, lambda status: parts.board.put(name, status))
    parts.supervisor.watch(FiscalErrands(f"fiscal-errands/{device.id}", port, queue, parts.door), lambda job: None)


def _terminal(terminal: Terminal, config: StoreConfig, world: World, parts: Parts) -> None:
    """A payment terminal with a wire, and who carries to it for every till that pays there."""
    if terminal.id not in parts.house.shop.wired:
        return
    name = f"terminal/{terminal.id}"
    port = ZvtTerminal(name, terminal.url, parts.profile.currency, terminal.password)
    parts.house.terminals[terminal.id] = port
    queue = EffectQueue(parts.journal, *(f"{till.id}/{name}" for till in config.till))
    parts.supervisor.watch(port, lambda status: parts.board.put(name, status))
    carrier = TenderErrands(
        f"tender-errands/{terminal.id}", port, queue, parts.door, parts.journal, clock=world.clock, driver="zvt"
    )
    parts.supervisor.watch(carrier, lambda job: None)


def _cable(config: StoreConfig, world: World, parts: Parts, vital: Vital) -> Cable | None:
    if config.hq.url.startswith("none:"):
        return None
    cable = Cable(
        CableSetup(
            address=config.hq.url,
            journal=parts.journal,
            me=Me(parts.boot, VERSION),
            clock=world.clock,
            chance=Chance(world.chance.random, partial(world.chance.getrandbits, 64)),
            applies={**FEED, "price": keeping(FEED["price"], price_at, config.store.price_list)},
            prefix=config.hq.prefix,
            devices=parts.house.checkup.report,
            forked=parts.forks.heard,
            tls=_tls(config.hq),
        ),
        "hq",
    )
    parts.supervisor.watch(cable, lambda nothing: None)
    vital.keep("cable", cable.watch(lambda state: parts.board.put("cable", state)))
    return cable


def _tls(hq: Headquarters) -> Tls | None:
    """Whom to trust and who we are, for `mqtts://`."""
    if not hq.ca:
        return None
    pair = (Path(hq.certificate), Path(hq.key)) if hq.certificate else (None, None)
    return Tls(Path(hq.ca), *pair)


def _printers(config: StoreConfig, world: World, parts: Parts, vital: Vital) -> None:
    """One device a printer, with the papers and drawers of every till that uses it; two followers owe the papers."""
    fonts, tables = Fonts(), {printer.id: printer for printer in config.printer}
    owed: dict[TillId, TillPrinter] = {}
    for till in config.till:
        if till.printer:
            press = Press(model_named(_model(tables[till.printer])), fonts)
            owed[till.id] = TillPrinter(press, f"{till.id}/printer")
    for printer in config.printer:
        tills = [till.id for till in config.till if till.printer == printer.id]
        if tills:
            supervised = Printer(
                _setup(printer, config, fonts), port_at(printer.url), _queues(tills, world, parts), world.clock
            )
            parts.supervisor.watch(supervised, partial(_show, parts.board, printer.id))
    letterhead = parts.house.letterhead = _letterhead(config, parts)
    vital.keep("paper", patiently("paper", Spool(parts.journal, letterhead, owed).run))
    vital.keep("second papers", patiently("second papers", Reprint(parts.journal, letterhead, owed).run))


def _queues(tills: Sequence[TillId], world: World, parts: Parts) -> Queues:
    return Queues(
        EffectQueue(parts.journal, *(f"{till}/printer" for till in tills)),
        EffectQueue(parts.journal, *(f"{till}/drawer" for till in tills)),
        DrawerJournal(parts.journal, tills[0], world.ids.new),
    )


def _setup(table: PrinterTable, config: StoreConfig, fonts: Fonts) -> PrinterSetup:
    model = model_named(_model(table))
    between = apart(receipt_words(config.store.language), Press(model, fonts))
    drawer = DrawerPort(1 if table.drawer_pin == 5 else 0, table.drawer_switch)
    return PrinterSetup(f"printer/{table.id}", model, drawer, apart=between)


def _show(board: Board, printer: str, status: Status) -> None:
    shown = {"state": status.level, "cause": status.cause, "hint": status.hint, "drawer": status.pin3}
    board.put(f"printer/{printer}", shown)


def _model(table: PrinterTable) -> str:
    if table.model != "generic":
        return table.model
    return "generic-58" if table.width == 58 else "generic-80"


def _letterhead(config: StoreConfig, parts: Parts) -> Letterhead:
    """What receipts say about the shop; their QR is signed with the box's key."""
    store, profile = config.store, parts.profile
    speech = words(store.language)

    def signed(fact: SaleClosed | SaleReturned, chain: bytes) -> str:
        base = f"{store.phone_link}r/" if store.phone_link else ""
        return reference(fact, chain, base=base, sign=parts.key.private.sign)

    return Letterhead(
        name=store.name,
        address=tuple(line.strip() for line in store.address.split(",")),
        tax_number=store.tax_number,
        zone=store.zone,
        decimals=profile.decimals,
        locale=Locale.parse(speech.language.tag, sep="-"),
        header=store.header,
        footer=store.footer,
        training=profile.wording.training,
        copy=profile.wording.copy,
        return_title=profile.returns.title,
        signatures=profile.returns.signatures,
        translate=receipt_words(store.language),
        till={till.id: till.name for till in config.till}.__getitem__,
        reference=signed,
    )
