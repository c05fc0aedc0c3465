"""A pretend shelf node that speaks the real bytes on a serial pty, and keeps a log of what truly happened.

`PlateNode` makes the bytes (time handed in, chance seeded); `PlateBus` is the cable: a pseudo terminal under a stable
link that can be pulled out, also in the middle of a line. The product's own driver opens it as `serial:///…`.
"""

import asyncio
import os
import tty
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from edge.clock import Clock
from edge.errors import Refused
from edge.shelf.frame import COMMANDS, GOOD, RAW_MAX, Echo, Flag, Frame, Reading, encode
from edge.shelf.plate import Plate, Role
from edge.sim.loadcell import LoadCell
from edge.units import PlateId, Sku

FIRMWARE = "edge-sim-1"
_MOST_COMMAND = 64


@dataclass(frozen=True, slots=True)
class Truth:
    """What physically happened: `units` came (+) or went (-); `grams` is what the scales must have felt."""

    at: float
    plates: tuple[PlateId, ...]
    what: str
    sku: Sku | None
    units: int
    grams: int


@dataclass(slots=True)
class Faults:
    """What is wrong with a node just now."""

    silent: bool = False
    corrupt: int = 0
    """So many of the next lines get one wrong byte."""
    half: int = 0
    """So many of the next lines end in the middle."""
    flags: dict[PlateId, Flag] = field(default_factory=dict)


class PlateNode:
    """One microcontroller with a converter for each of `plates` (all of one node)."""

    def __init__(self, plates: Sequence[Plate], seed: int, units: Mapping[PlateId, int] | None = None) -> None:
        (self.node,) = {plate.node for plate in plates}
        self._chance = Random(seed)
        holds = units or {}
        self.cells = {plate.id: LoadCell(plate, self._chance, holds.get(plate.id, 0)) for plate in plates}
        self.faults = Faults()
        self.truth: list[Truth] = []
        self.gain = 128
        self._booted: float | None = None
        self._seq = 0
        self._once: dict[PlateId, Flag] = {}
        self.boot = self._new_boot()

    # -- what people do ------------------------------------------------------------------------------------------

    def put(self, plate: PlateId, at: float, units: int = 1) -> None:
        """A customer or assistant puts whole units on a plate."""
        cell = self._cell(plate)
        cell.units += units
        self._move({plate: units * cell.plate.unit * 1000}, at, "put", units)

    def take(self, plate: PlateId, at: float, units: int = 1) -> None:
        """Whole units leave a plate; Refused when so many do not lie there."""
        cell = self._cell(plate)
        if cell.units < units:
            raise Refused(f"only {cell.units} lie on plate {plate}", hint="Put some on it first.", code="plate-empty")
        cell.units -= units
        self._move({plate: -units * cell.plate.unit * 1000}, at, "take", -units)

    def lift(self, plate: PlateId, at: float) -> None:
        """A customer lifts the sample."""
        self.take(plate, at)

    def back(self, plate: PlateId, at: float) -> None:
        """The sample is put back."""
        self.put(plate, at)

    def across(self, shares: Mapping[PlateId, int], at: float, units: int = 1) -> None:
        """Units of the first plate's article are put (+) or taken (-) lying across plates; shares in thousandths."""
        first = self._cell(next(iter(shares)))
        if sum(shares.values()) != 1000:
            raise ValueError("shares make 1000 thousandths")
        whole = units * first.plate.unit * 1000
        first.units += units
        self._move({plate: whole * share // 1000 for plate, share in shares.items()}, at, "across", units)

    def strange(self, plate: PlateId, at: float, grams: int) -> None:
        """Something that is not the plate's article comes (+) or goes (-): a handbag, a child."""
        self._move({plate: grams * 1000}, at, "strange", 0)

    def reboot(self) -> None:
        """The node restarts: a new boot, numbers from 0."""
        self.boot, self._seq, self._booted = self._new_boot(), 0, None

    # -- what the wire carries -----------------------------------------------------------------------------------

    def sample(self, at: float) -> bytes:
        """One line a channel, as the node sends them at `at`, faults included."""
        if self._booted is None:
            self._booted = at
        lines = b""
        for cell in self.cells.values():
            flags = self.faults.flags.get(cell.plate.id, GOOD) | self._once.pop(cell.plate.id, GOOD)
            raw = RAW_MAX if Flag.SATURATED in flags else cell.raw(at)
            ms = round((at - self._booted) * 1000) % 2**32
            lines += self._line(Reading(self.node, self.boot, self._seq, ms, cell.plate.channel, raw, flags))
        return b"" if self.faults.silent else lines

    def answer(self, command: str) -> bytes:
        """The echo of one command; b"" for what is none."""
        if command not in COMMANDS or self.faults.silent:
            return b""
        if command == "!G":
            self.gain = 64 if self.gain == 128 else 128
        if command in ("!G", "!Z"):
            self._once = dict.fromkeys(self.cells, Flag.GAIN_CHANGED if command == "!G" else Flag.NOT_READY)
        values = {
            "?V": FIRMWARE,
            "?S": f"channels={len(self.cells)};gain={self.gain}",
            "!Z": "ok",
            "!G": str(self.gain),
        }
        return self._line(Echo(self.node, self.boot, self._seq, command, values[command]))

    def _line(self, frame: Frame) -> bytes:
        self._seq += 1
        line = encode(frame)
        if self.faults.corrupt:
            self.faults.corrupt -= 1
            place = self._chance.randrange(len(line))
            line = line[:place] + bytes([line[place] ^ 1 << self._chance.randrange(8)]) + line[place + 1 :]
        if self.faults.half:
            self.faults.half -= 1
            line = line[: self._chance.randrange(1, len(line) - 1)]
        return line

    def _move(self, parts: Mapping[PlateId, int], at: float, what: str, units: int) -> None:
        cells = [self._cell(plate) for plate in parts]
        for cell, milligrams in zip(cells, parts.values(), strict=True):
            cell.change(at, milligrams)
        first = cells[0].plate
        sku = first.sku if first.role is Role.STOCK else None
        self.truth.append(Truth(at, tuple(parts), what, sku, units, sum(parts.values()) // 1000))

    def _cell(self, plate: PlateId) -> LoadCell:
        cell = self.cells.get(plate)
        if cell is None:
            raise Refused(f"there is no plate {plate}", code="unknown-plate", status=404)
        return cell

    def _new_boot(self) -> str:
        return f"{self._chance.getrandbits(32):08x}"


class PlateBus:
    """A node on a serial pty. With `link` its path stays the same when it is plugged in again."""

    def __init__(self, node: PlateNode, clock: Clock, link: Path | None = None, *, hertz: float = 10.0) -> None:
        self.node = node
        self._clock, self._link, self._period = clock, link, 1 / hertz
        self._master: int | None = None
        self._slave: int | None = None
        self._device = ""
        self._left: int | None = None
        self._pump: asyncio.Task[None] | None = None
        self._asked = b""

    @property
    def plugged(self) -> bool:
        return self._master is not None

    @property
    def path(self) -> Path:
        """Where the driver finds it."""
        return self._link if self._link is not None else Path(self._device)

    @property
    def url(self) -> str:
        return f"serial://{self.path}"

    async def open(self) -> None:
        """Power on, cable in; once more changes nothing but a pulled cable."""
        self.plug()
        if self._pump is not None:
            return
        self._pump = asyncio.create_task(self._run(), name=f"sim plates {self.node.node}")

    async def close(self) -> None:
        """End everything; the link is gone afterwards."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
            self._pump = None
        self.unplug()

    def plug(self) -> None:
        """The cable goes in: the node gets power and boots."""
        if self._master is not None:
            return
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._device, self._asked = os.ttyname(self._slave), b""
        if self._link is not None:
            fresh = self._link.with_name(f"{self._link.name}.new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(self._device)
            fresh.replace(self._link)
        self.node.reboot()
        asyncio.get_running_loop().add_reader(self._master, self._commanded)

    def unplug(self) -> None:
        """The cable is pulled out."""
        if self._master is None or self._slave is None:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = self._left = None

    def unplug_after(self, count: int) -> None:
        """The cable is pulled out when `count` more bytes have gone through."""
        self._left = count

    def put(self, plate: PlateId, units: int = 1) -> None:
        self.node.put(plate, self._clock.monotonic(), units)

    def take(self, plate: PlateId, units: int = 1) -> None:
        self.node.take(plate, self._clock.monotonic(), units)

    def lift(self, plate: PlateId) -> None:
        self.node.lift(plate, self._clock.monotonic())

    def back(self, plate: PlateId) -> None:
        self.node.back(plate, self._clock.monotonic())

    def across(self, shares: Mapping[PlateId, int], units: int = 1) -> None:
        self.node.across(shares, self._clock.monotonic(), units)

    def strange(self, plate: PlateId, grams: int) -> None:
        self.node.strange(plate, self._clock.monotonic(), grams)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if self._master is not None:
                self._write(self.node.sample(self._clock.monotonic()))
            due = max(due + self._period, loop.time())
            await asyncio.sleep(due - loop.time())

    def _write(self, line: bytes) -> None:
        """What nobody reads is lost, as on a wire."""
        if self._master is None or not line:
            return
        if self._left is not None:
            line = line[: self._left]
            self._left -= len(line)
        try:
            os.write(self._master, line)
        except BlockingIOError:
            return
        finally:
            if self._left == 0:
                self.unplug()

    def _commanded(self) -> None:
        if self._master is None:
            return
        *whole, self._asked = (self._asked + os.read(self._master, 4096)).split(b"\n")
        self._asked = self._asked[-_MOST_COMMAND:]
        for command in whole:
            self._write(self.node.answer(command.strip().decode("ascii", "replace")))
