"""What a visitor's hands do on the simulators page, and what the page is told (`SimState` of docs/screens.md)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import cast

from edge.clock import stamp
from edge.errors import Refused
from edge.nfc.tag import GoodsTag, uri_of, write_message
from edge.sim.plates import PlateBus
from edge.sim.printer import SimPrinter
from edge.sim.stage.assortment import KINDS, Texts, coloured, display_code, piece, titles
from edge.sim.stage.texts import COUNTRIES, HOST, PLATES
from edge.sim.stage.world import World
from edge.sim.tag import Ntag, Tag
from edge.sim.zvt import ZvtSim
from edge.sim.zvt.terminal import FAULTS
from edge.units import Gtin, PlateId

Json = Mapping[str, object]
FOREIGN = "a-bus-ticket"
TICKET: Texts = {"en": "A bus ticket", "da": "En busbillet", "pl": "Bilet autobusowy", "ro": "Un bilet de autobuz",
                 "sr": "Аутобуска карта", "ko": "버스표"}  # fmt: skip
SHOWN = 12
"""Papers of a printer that the page shows, newest first."""
TAGS = ("fjeld", "stien", "kyst", "lyng", "bakke")
SCANS = (("fjeld", "", ""), ("fjeld", "brown", "43"), ("stien", "orange", "42"), ("ro", "grey", "40-43"),
         ("top", "red", "one"))  # fmt: skip


class Hands:
    """Acts on one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.power = "on"

    async def do(self, verb: str, body: Json) -> None:
        """One button. Refused when there is no such one."""
        act = self._acts.get(verb)
        if act is None:
            raise Refused(f"the simulators cannot {verb}", code="unknown-verb", status=404)
        await act(self, body)

    def state(self) -> dict[str, object]:
        """`SimState` but for its number."""
        world, books = self.world, self.world.books
        mine, theirs = books.heads()
        sold, known = books.store().sales, books.hq().sales
        return {
            "at": stamp(world.clock.now()),
            "country": world.country,
            "countries": [{"code": code, "name": name} for code, name in COUNTRIES.items()],
            "counters": {
                "store": mine, "hq": theirs, "sales_store": sold, "sales_hq": known, "only_here": max(0, mine - theirs),
                "line_up": not world.line.is_cut,
            },
            "power": self.power,
            "switching": "",
            "printers": [self._printer(number, printer) for number, printer in enumerate(world.printers, 1)],
            "scanners": [{"till": till, "codes": self._codes()} for till in ("1", "2")],
            "readers": [{"id": "r1", "wall": "1", "plugged": world.reader_plugged, "tags": self._tags()}],
            "plates": self._plates(),
            "fiscal": [
                {"till": str(till), "kind": world.profile.fiscal.regime, "plugged": sim.plugged,
                 "receipts": len(sim.device.receipts)}
                for till, sim in enumerate(world.fiscal[:2], 1)
            ],
            "terminals": [self._terminal(till, sim) for till, sim in enumerate(world.terminals, 1)],
            "proof": "/sim/proof",
        }  # fmt: skip

    def _terminal(self, till: int, sim: ZvtSim) -> Json:
        inside = sim.terminal
        return {
            "till": str(till), "plugged": sim.plugged, "next": inside.next, "busy": inside.paying and inside.busy,
            "held": len(inside.truth.standing()),
            "slips": [list(lines) for lines in reversed(inside.slips[-SHOWN:])],
        }  # fmt: skip

    def _printer(self, number: int, printer: SimPrinter) -> Json:
        condition = printer.machine.condition
        papers = list(enumerate(self.world.came_out[number - 1]))[-SHOWN:]
        return {
            "id": f"p{number}", "till": str(number), "paper": condition.paper, "cover_open": condition.cover_open,
            "plugged": printer.plugged, "drawer_open": printer.machine.drawer_open, "kicks": printer.kicks,
            "papers": [
                {"id": str(place), "picture": f"/sim/papers/p{number}/{place}.png", "at": stamp(at)}
                for place, at in reversed(papers)
            ],
        }  # fmt: skip

    def _codes(self) -> list[Json]:
        return [self._code(*each) for each in SCANS]

    def _code(self, kind: str, colour: str, size: str) -> Json:
        called = next(each for each in KINDS if each.id == kind)
        code = piece(kind, colour, size).code if colour else display_code(kind)
        return {
            "code": code,
            "name": titles(called),
            "variant": _variant(colour, size),
            "picture": _picture(kind, colour or called.colours[0]),
        }

    def _tags(self) -> list[Json]:
        ours: list[Json] = [
            {"id": kind.id, "name": titles(kind), "picture": _picture(kind.id, kind.colours[0])}
            for kind in KINDS
            if kind.id in TAGS
        ]
        return [*ours, {"id": FOREIGN, "name": TICKET, "picture": None}]

    def _plates(self) -> list[Json]:
        bus = self.world.bus
        if bus is None:
            return []
        return [
            {"id": each.id, "shelf": each.shelf, "name": next(titles(k) for k in KINDS if k.id == each.kind),
             "variant": _variant(each.colour, each.size), "display": each.display,
             "picture": _picture(each.kind, each.colour),
             "units": bus.node.cells[PlateId(each.id)].units, "plugged": bus.plugged}
            for each in PLATES
        ]  # fmt: skip

    async def _paper_out(self, body: Json) -> None:
        self._named(body).paper_out()

    async def _new_roll(self, body: Json) -> None:
        self._named(body).new_roll()

    async def _cover(self, body: Json) -> None:
        self._named(body).cover(open=bool(body.get("open")))

    async def _drawer(self, body: Json) -> None:
        self._named(body).drawer(open=bool(body.get("open")))

    async def _plug_printer(self, body: Json) -> None:
        printer = self._named(body)
        await (printer.plug() if body.get("plugged") else printer.unplug())

    async def _ring(self, body: Json) -> None:
        self.world.scan(str(body.get("till")), str(body.get("code")))

    async def _tap(self, body: Json) -> None:
        self.world.lay(self._tag(str(body.get("tag"))))

    async def _plug_reader(self, body: Json) -> None:
        await self.world.plug_reader(plugged=bool(body.get("plugged")))

    async def _take(self, body: Json) -> None:
        self._bus().take(PlateId(str(body.get("plate"))), int(cast("int", body.get("units", 1))))

    async def _put(self, body: Json) -> None:
        self._bus().put(PlateId(str(body.get("plate"))), int(cast("int", body.get("units", 1))))

    async def _plug_plates(self, body: Json) -> None:
        bus = self._bus()
        (bus.plug if body.get("plugged") else bus.unplug)()

    async def _plug_fiscal(self, body: Json) -> None:
        sim = self.world.fiscal[int(str(body.get("till"))) - 1]
        if body.get("plugged"):
            await sim.start()
        else:
            await sim.stop()

    async def _plug_terminal(self, body: Json) -> None:
        sim = self._terminal_of(body)
        await (sim.start() if body.get("plugged") else sim.stop())

    async def _next_at_terminal(self, body: Json) -> None:
        """What happens to the next payment: "" approves."""
        fault = str(body.get("next", ""))
        if fault not in ("", *FAULTS):
            raise Refused(f"a terminal cannot {fault}", code="unknown-verb", status=404)
        self._terminal_of(body).terminal.next = fault

    def _terminal_of(self, body: Json) -> ZvtSim:
        till = str(body.get("till"))
        if not till.isdecimal() or not 1 <= int(till) <= len(self.world.terminals):
            raise Refused(f"till {till} has no terminal", code="unknown-terminal", status=404)
        return self.world.terminals[int(till) - 1]

    async def _line(self, body: Json) -> None:
        (self.world.line.restore if body.get("up") else self.world.line.cut)()

    _acts: Mapping[str, Callable[["Hands", Json], Awaitable[None]]] = {
        "paper-out": _paper_out, "new-roll": _new_roll, "cover": _cover, "drawer": _drawer, "printer": _plug_printer,
        "scan": _ring, "tap": _tap, "reader": _plug_reader, "take": _take, "put": _put, "plate": _plug_plates,
        "fiscal": _plug_fiscal, "line": _line, "terminal": _plug_terminal, "terminal-next": _next_at_terminal,
    }  # fmt: skip

    def _named(self, body: Json) -> SimPrinter:
        name = str(body.get("printer", ""))
        place = int(name.removeprefix("p")) if name.removeprefix("p").isdigit() else 0
        if not 1 <= place <= len(self.world.printers):
            raise Refused(f"no printer {name}", code="unknown-printer", status=404)
        return self.world.printers[place - 1]

    def _bus(self) -> PlateBus:
        if self.world.bus is None:
            raise Refused("this shop has no shelf plates", code="unknown-plate", status=404)
        return self.world.bus

    def _tag(self, name: str) -> Tag:
        if name == FOREIGN:
            return Ntag(bytes.fromhex("04b05700000001"), write_message("https://bus.example/ticket/1", checked=False))
        code = Gtin(display_code(name).zfill(14))
        number = TAGS.index(name)
        uid = bytes.fromhex("04") + b"fjeld" + bytes([number])
        return Ntag(uid, write_message(uri_of(GoodsTag(HOST, code, serial=f"W{number}"))))


def _variant(colour: str, size: str) -> Texts:
    return {
        tongue: " · ".join(part for part in (hue, "" if size == "one" else size) if part)
        for tongue, hue in coloured(colour).items()
    }


def _picture(kind: str, colour: str) -> str:
    return f"/sim/pictures/{kind}-{colour}.png"
