"""(pure) The inside of a receipt printer: buffer, sensors, cutter, drawer, and what it says about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from edge.sim.escpos import Command, Incomplete, take
from edge.sim.head import ACTIONS, Head
from edge.sim.pages import PAGES
from edge.sim.paper import Paper


@dataclass(frozen=True, slots=True)
class Kind:
    """Which printer this is."""

    dots: int = 576
    pages: Mapping[int, str] = field(default_factory=lambda: PAGES)
    kanji: str | None = None
    process_id: bool = True
    status_in_turn: bool = True
    cutter: bool = True
    real_time: bool = True
    """Answers `DLE EOT`, obeys `DLE DC4`."""
    status_back: bool = True
    """Sends its status by itself (`GS a`)."""
    switch: bool = True
    """The drawer has one, on pin 3: high when it is open."""
    pin: int = 0
    buffer: int = 4096


@dataclass(frozen=True, slots=True)
class Condition:
    """What a person sees when looking at it."""

    paper: str = "ok"
    """`ok`, `near-end`, `out`."""
    cover_open: bool = False
    cutter_jammed: bool = False
    broken: bool = False

    @property
    def failed(self) -> bool:
        return self.cutter_jammed or self.broken

    @property
    def stopped(self) -> bool:
        return self.paper == "out" or self.cover_open or self.failed


class Mechanism:
    """Takes bytes into its buffer (`receive`) and prints what it can (`work`); answers gather in `answers`."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.condition = Condition()
        self.head = Head(kind.dots, kind.pages, kind.kanji, self._roll_ended)
        self.buffer = bytearray()
        self.answers = bytearray()
        self.passed_over: list[str] = []
        """Commands that were taken and do nothing here, each once."""
        self.drawer_open = False
        self.kicks = 0
        self.lost = 0
        """Bytes that found the buffer full."""
        self.back = 0
        """What `GS a` asked to be told."""

    @property
    def papers(self) -> list[Paper]:
        """Every paper that came out, oldest first."""
        return self.head.papers

    def receive(self, data: bytes) -> None:
        """Bytes from the line; what does not fit is lost."""
        room = self.kind.buffer - len(self.buffer)
        self.lost += max(0, len(data) - room)
        self.buffer += data[:room]

    def work(self, budget: int | None = None) -> int:
        """Print until the buffer is empty or something stops it; at most about `budget` bytes. Gives bytes used."""
        used = 0
        while self.buffer and not self.condition.stopped and (budget is None or used < budget):
            try:
                command, length = take(self.buffer)
            except Incomplete:
                break
            del self.buffer[:length]
            used += length
            self._obey(command)
        return used

    def change(self, condition: Condition) -> None:
        """Somebody did something to it."""
        before = self.status_bytes()
        self.condition = condition
        self._tell(before)

    def kick(self, pin: int) -> None:
        """A pulse on a drawer pin; a closed drawer on that pin opens."""
        if pin != self.kind.pin:
            return
        self.kicks += 1
        self.move_drawer(open=True)

    def move_drawer(self, *, open: bool) -> None:
        """The drawer is opened or shut, by a pulse or by hand."""
        before = self.status_bytes()
        self.drawer_open = open
        self._tell(before)

    def tear(self) -> None:
        """Somebody tears off what hangs out."""
        self.head.tear()

    def power_cycle(self) -> None:
        """What was in its memory is gone; what is on the paper stays."""
        self.buffer.clear()
        self.answers.clear()
        self._reset()

    def status_bytes(self) -> bytes:
        """The four bytes of automatic status back."""
        pin = self.drawer_open and self.kind.switch
        state = self.condition
        first = 0x10 | 0x04 * pin | 0x08 * state.stopped | 0x20 * state.cover_open
        second = 0x08 * state.cutter_jammed | 0x20 * state.broken
        return bytes([first, second, self._paper_sensors(), 0x0F])

    def real_time_status(self, what: int) -> bytes:
        """The answer to `DLE EOT what`."""
        state, pin = self.condition, self.drawer_open and self.kind.switch
        answers = {
            1: 0x04 * pin | 0x08 * state.stopped,
            2: 0x04 * state.cover_open | 0x20 * (state.paper == "out") | 0x40 * state.failed,
            3: 0x08 * state.cutter_jammed | 0x20 * state.broken,
            4: 0x0C * (state.paper != "ok") | 0x60 * (state.paper == "out"),
        }
        return bytes([0x12 | answers[what]]) if what in answers else b""

    def _paper_sensors(self) -> int:
        return 0x03 * (self.condition.paper != "ok") | 0x0C * (self.condition.paper == "out")

    def _tell(self, before: bytes) -> None:
        if self.back and self.status_bytes() != before:
            self.answers += self.status_bytes()

    def _roll_ended(self) -> None:
        self.change(replace(self.condition, paper="out"))

    def _obey(self, command: Command) -> None:
        if command.name in ACTIONS:
            ACTIONS[command.name](self.head, command.data)
        elif command.name in _OWN:
            _OWN[command.name](self, command.data)
        elif command.name[:2] != "10":  # those were obeyed on arrival
            self._pass_over(command.name)

    def _pass_over(self, name: str) -> None:
        if name not in self.passed_over:
            self.passed_over.append(name)

    def _reset(self, _: bytes = b"") -> None:
        """`ESC @` also ends the automatic status."""
        self.head.reset()
        self.back = 0

    def _cut(self, data: bytes) -> None:
        if self.kind.cutter:
            self.head.cut(data)

    def _pulse(self, data: bytes) -> None:
        self.kick({0: 0, 48: 0, 1: 1, 49: 1}.get(data[0], -1))

    def _extended(self, data: bytes) -> None:
        """`GS ( X pL pH …`"""
        letters = {b"k": self.head.symbols, b"L": self.head.graphics, b"H": self._process_id}
        action = letters.get(data[:1])
        if action is None:
            self._pass_over(f"1d28{data[:1].hex()}")
        else:
            action(data[3:])

    def _large_graphics(self, data: bytes) -> None:
        """`GS 8 L p1 p2 p3 p4 …`"""
        self.head.graphics(data[5:])

    def _process_id(self, data: bytes) -> None:
        """`GS ( H` after its length: function 48 echoes once everything before is printed."""
        if self.kind.process_id and data[:2] == b"00" and len(data) == 6:
            self.answers += b"\x37\x22" + data[2:] + b"\x00"

    def _status(self, data: bytes) -> None:
        """`GS r`"""
        if not self.kind.status_in_turn:
            return
        if data[0] in (1, 49):
            self.answers.append(self._paper_sensors())
        elif data[0] in (2, 50):
            self.answers.append(int(self.drawer_open and self.kind.switch))

    def _paper_status(self, _: bytes) -> None:
        """`ESC v`"""
        self._status(b"\x01")

    def _drawer_status(self, _: bytes) -> None:
        """`ESC u`"""
        self._status(b"\x02")

    def _status_back(self, data: bytes) -> None:
        """`GS a`"""
        if self.kind.status_back:
            self.back = data[0]
            if self.back:
                self.answers += self.status_bytes()

    def _identity(self, data: bytes) -> None:
        """`GS I`"""
        names = {65: b"1.00", 66: b"STORE EDGE", 67: b"SIMULATED PRINTER", 68: b"0001", 69: b""}
        if data[0] in names:
            self.answers += b"_" + names[data[0]] + b"\x00"
        elif data[0] in (1, 2, 49, 50):
            self.answers.append(0x02 if data[0] in (2, 50) else 0x20)


_OWN: Mapping[str, Callable[[Mechanism, bytes], None]] = {
    "1b40": Mechanism._reset,
    "1b70": Mechanism._pulse,
    "1b69": Mechanism._cut,
    "1b6d": Mechanism._cut,
    "1d56": Mechanism._cut,
    "1d28": Mechanism._extended,
    "1d38": Mechanism._large_graphics,
    "1d61": Mechanism._status_back,
    "1d72": Mechanism._status,
    "1d49": Mechanism._identity,
    "1b76": Mechanism._paper_status,
    "1b75": Mechanism._drawer_status,
}
