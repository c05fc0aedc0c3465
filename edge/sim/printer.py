"""A receipt printer on TCP that speaks ESC/POS: one connection at a time, real-time status, a drawer, and every mishap.

`papers` is the truth: what physically came out. The printer binds 127.0.0.1 and needs no clock but for `speed`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.sim.escpos import DLE
from edge.sim.listening import shut
from edge.sim.mechanism import Condition, Kind, Mechanism
from edge.sim.paper import Paper

_READ = 512
TURNS = 4
"""Turns of the event loop in which a connection that was accepted has become one of ours."""


@dataclass(slots=True)
class Faults:
    """What goes wrong on the line. `cut_after` counts bytes received from now; the connection dies with the last."""

    mute: bool = False
    """Prints, but answers nothing."""
    hung: bool = False
    """Takes bytes and does nothing at all."""
    cut_after: int | None = None


class SimPrinter:
    """Start it, connect to `url`, look at `papers`, `kicks`, `log`."""

    def __init__(
        self,
        kind: Kind | None = None,
        *,
        speed: int | None = None,
        flow_control: bool = True,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`speed` is in bytes a second, None as fast as it goes; without `flow_control` a full buffer loses bytes."""
        self.machine = Mechanism(kind or Kind())
        self.faults = Faults()
        self.log: list[str] = []
        self.plugged = False
        self.port = 0
        self._speed, self._flow, self._changed = speed, flow_control, changed
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._handlers: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._work = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._tail = b""
        self._seen: object = None

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def papers(self) -> list[Paper]:
        """Every paper that came out, oldest first."""
        return self.machine.papers

    @property
    def kicks(self) -> int:
        """How often the drawer was opened by a pulse."""
        return self.machine.kicks

    async def start(self) -> None:
        """Switch it on and plug it in."""
        self._worker = asyncio.create_task(self._print(), name="simulated printer")
        await self.plug()

    async def stop(self) -> None:
        await self.unplug()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def plug(self) -> None:
        """The cable is in; the port stays the same over a replug."""
        if self.plugged:
            return
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=_READ)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self.plugged = True
        self._note("plugged")

    async def unplug(self) -> None:
        """The cable is out: connections die, what is in the buffer is printed all the same."""
        if self._server is not None:
            server, self._server = self._server, None
            await shut(server)
        for _ in range(TURNS):  # whoever was just being let in is hung up on too
            self.hang_up()
            await asyncio.sleep(0)
        if self._handlers:
            await asyncio.gather(*self._handlers, return_exceptions=True)
        await asyncio.sleep(0)
        self.plugged = False
        self._note("unplugged")

    async def power_off(self) -> None:
        """No current: connections die and the buffer is lost."""
        await self.unplug()
        self.machine.power_cycle()

    def hang_up(self) -> None:
        """The connection dies this moment."""
        if self._writer is not None:
            self._writer.transport.abort()

    def paper_out(self) -> None:
        self._set("paper out", replace(self.machine.condition, paper="out"))

    def near_end(self) -> None:
        self._set("paper near its end", replace(self.machine.condition, paper="near-end"))

    def new_roll(self) -> None:
        """A new roll goes in, the cover shuts, printing goes on by itself."""
        self._set("new roll", replace(self.machine.condition, paper="ok", cover_open=False))

    def roll_ends_after(self, dots: int) -> None:
        """The roll ends by itself once so many dots are used."""
        self.machine.head.roll = dots

    def cover(self, *, open: bool) -> None:
        self._set("cover open" if open else "cover shut", replace(self.machine.condition, cover_open=open))

    def cutter(self, *, jammed: bool) -> None:
        self._set("cutter jammed" if jammed else "cutter free", replace(self.machine.condition, cutter_jammed=jammed))

    def broken(self, *, broken: bool) -> None:
        self._set("broken" if broken else "repaired", replace(self.machine.condition, broken=broken))

    def drawer(self, *, open: bool) -> None:
        """Somebody opens the drawer with the key, or shuts it."""
        self.machine.move_drawer(open=open)
        self._note("drawer opened by hand" if open else "drawer shut")
        self._answer()

    def _set(self, what: str, condition: Condition) -> None:
        self.machine.change(condition)
        self._note(what)
        self._answer()
        self._work.set()

    def _note(self, what: str) -> None:
        self.log.append(what)
        self._changed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._handlers.add(task)
            task.add_done_callback(self._handlers.discard)
        if self._writer is not None:
            self._note("turned a second connection away")
            writer.close()
            return
        self._writer = writer
        try:
            await self._receive(reader)
        except ConnectionError:
            self._note("connection lost")
        finally:
            self._writer = None
            writer.close()

    async def _receive(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_READ):
            data = self._cut(data)
            if self.machine.kind.real_time and not self.faults.hung:
                self._obey_at_once(data)
            await self._take_in(data)
            if self.faults.cut_after == 0:
                self.faults.cut_after = None
                self.hang_up()
                return

    async def _take_in(self, data: bytes) -> None:
        """Into the buffer; with flow control whoever sends waits until there is room."""
        while data:
            self._room.clear()
            room = self.machine.kind.buffer - len(self.machine.buffer) if self._flow else len(data)
            self.machine.receive(data[:room])
            data = data[room:]
            self._advance()
            if data and not self._room.is_set():
                await self._room.wait()

    def _cut(self, data: bytes) -> bytes:
        if self.faults.cut_after is None:
            return data
        data = data[: self.faults.cut_after]
        self.faults.cut_after -= len(data)
        return data

    def _obey_at_once(self, data: bytes) -> None:
        """Real-time commands are obeyed on arrival, whatever is in the buffer before them."""
        data, self._tail = self._tail + data, b""
        place = data.find(DLE)
        while place >= 0:
            whole = data[place : place + 5]
            if len(whole) < _real_time_length(whole):
                self._tail = whole
                return
            self._at_once(whole)
            place = data.find(DLE, place + 1)

    def _at_once(self, command: bytes) -> None:
        if command[1] == 0x04:
            self.machine.answers += self.machine.real_time_status(command[2])
        elif command[1:3] == b"\x14\x01" and not (
            self.machine.condition.broken or self.machine.condition.cutter_jammed
        ):
            self.machine.kick(command[3])
        self._answer()

    def _advance(self) -> None:
        """Print what is there, at once or by the worker at its speed."""
        if self._speed is None:
            self._print_some(None)
        else:
            self._work.set()

    async def _print(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while used := self._print_some(None if self._speed is None else max(1, self._speed // 50)):
                if self._speed is not None:
                    await asyncio.sleep(used / self._speed)

    def _print_some(self, budget: int | None) -> int:
        if self.faults.hung:
            return 0
        known = len(self.machine.passed_over)
        used = self.machine.work(budget)
        for name in self.machine.passed_over[known:]:
            self._note(f"passed over {bytes.fromhex(name)!r}")
        if used:
            self._room.set()
        self._answer()
        return used

    def _answer(self) -> None:
        """Hand over what the mechanism has to say, and tell whoever watches when something came out."""
        answers, self.machine.answers = bytes(self.machine.answers), bytearray()
        if answers and self._writer is not None and not (self.faults.mute or self.faults.hung):
            self._writer.write(answers)
        seen = (len(self.papers), self.kicks, self.machine.drawer_open, self.machine.condition)
        if seen != self._seen:
            self._seen = seen
            self._changed()


def _real_time_length(command: bytes) -> int:
    """Bytes of the real-time command that `command` begins with; what is none needs no more than is there."""
    if len(command) == 1:
        return 2
    if command[1] == 0x04:
        return 3
    if command[1] == 0x14:
        return 5 if command[2:3] in (b"", b"\x01") else 3
    return 2
