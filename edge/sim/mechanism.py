"""Pure: the inside of a receipt printer: buffer, print head, cutter, paper, drawer; what comes out is `papers`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from edge.pos.raster import Bitmap
from edge.sim.escpos import Command, Incomplete, take
from edge.sim.paper import Feed, Item, Paper, Piece, Raster, Splice, Style, Symbol, TextLine

PAGES: Mapping[int, str] = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859-7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    39: "iso8859-2",
    40: "iso8859-15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    51: "cp1257",
}
"""`ESC t` of the maker's table -> codec."""
_KOREA = {"\\": "₩"}
_NATIONAL: Mapping[int, Mapping[str, str]] = {8: {"\\": "¥", "~": "‾"}, 13: _KOREA, 4: {"[": "Æ", "\\": "Ø", "]": "Å"}}


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
        self.buffer = bytearray()
        self.answers = bytearray()
        self.papers: list[Paper] = []
        self.current = Paper(kind.dots)
        self.drawer_open = False
        self.kicks = 0
        self.lost = 0
        """Bytes that found the buffer full."""
        self.back = 0
        """What `GS a` asked to be told."""
        self.roll: int | None = None
        """Dots left on the roll, when it is to end by itself."""
        self._reset()

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

    def power_cycle(self) -> None:
        """What was in its memory is gone; what is on the paper stays."""
        self.buffer.clear()
        self.answers.clear()
        self.back = 0
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

    def _reset(self) -> None:
        self._style = Style()
        self._page, self._kanji, self._nation, self._align, self._spacing = 0, False, 0, 0, 30
        self._line: list[Piece] = []
        self._half = b""
        self._symbol, self._scale = b"", 3
        self._stored: Bitmap | None = None

    def _obey(self, command: Command) -> None:
        action = _ACTIONS.get(command.name)
        if action is not None:
            action(self, command.data)

    def _text(self, data: bytes) -> None:
        text = self._decode(data)
        if self._line and self._line[-1].style == self._style:
            self._line[-1] = Piece(self._line[-1].text + text, self._style)
        else:
            self._line.append(Piece(text, self._style))

    def _decode(self, data: bytes) -> str:
        data, self._half = self._half + data, b""
        if self._kanji and self.kind.kanji:
            if sum(byte >= 0x80 for byte in data) % 2:
                data, self._half = data[:-1], data[-1:]
            text = data.decode(self.kind.kanji, "replace")
        else:
            text = data.decode(self.kind.pages.get(self._page, "ascii"), "replace")
        table = {ord(old): new for old, new in _NATIONAL.get(self._nation, {}).items()}
        if self.kind.kanji == "euc_kr":
            table |= {ord(old): new for old, new in _KOREA.items()}
        return text.translate(table)

    def _put(self, item: Item, dots: int) -> None:
        self.current.items.append(item)
        self._use(dots)

    def _use(self, dots: int) -> None:
        if self.roll is None:
            return
        self.roll -= dots
        if self.roll <= 0:
            self.roll = None
            self.current.items.append(Splice())
            self.change(replace(self.condition, paper="out"))

    def _end_line(self, _: bytes = b"") -> None:
        self._put(TextLine(tuple(self._line), self._align, self._spacing), self._spacing)
        self._line = []

    def _flush(self) -> None:
        if self._line:
            self._end_line()

    def _feed_dots(self, data: bytes) -> None:
        self._flush()
        self._put(Feed(data[0]), data[0])

    def _feed_lines(self, data: bytes) -> None:
        self._flush()
        self._put(Feed(data[0] * self._spacing), data[0] * self._spacing)

    def _cut(self, _: bytes = b"") -> None:
        self._flush()
        if not self.kind.cutter:
            return
        if self.current.items:
            self.current.cut = True
            self.papers.append(self.current)
        self.current = Paper(self.kind.dots)

    def tear(self) -> None:
        """Somebody tears off what hangs out."""
        self._flush()
        if self.current.items:
            self.papers.append(self.current)
        self.current = Paper(self.kind.dots)

    def _pulse(self, data: bytes) -> None:
        self.kick({0: 0, 48: 0, 1: 1, 49: 1}.get(data[0], -1))

    def _print_mode(self, data: bytes) -> None:
        bits = data[0]
        self._style = replace(
            self._style,
            font="B" if bits & 1 else "A",
            bold=bool(bits & 8),
            high=2 if bits & 16 else 1,
            wide=2 if bits & 32 else 1,
            underline=bool(bits & 128),
        )

    def _size(self, data: bytes) -> None:
        self._style = replace(self._style, wide=(data[0] >> 4 & 7) + 1, high=(data[0] & 7) + 1)

    def _raster(self, data: bytes) -> None:
        """`GS v 0 m xL xH yL yH d`"""
        stride, high = int.from_bytes(data[2:4], "little"), int.from_bytes(data[4:6], "little")
        if stride and high and not self._line:
            self.current.add_raster(Bitmap(stride * 8, high, data[6:]), self._align)
            self._use(high)

    def _extended(self, data: bytes) -> None:
        """`GS ( X pL pH …`"""
        letters = {b"k": self._symbols, b"L": self._graphics, b"H": self._process_id}
        action = letters.get(data[:1])
        if action is not None:
            action(data[3:])

    def _large_graphics(self, data: bytes) -> None:
        """`GS 8 L p1 p2 p3 p4 …`"""
        self._graphics(data[5:])

    def _graphics(self, data: bytes) -> None:
        """`GS ( L` and `GS 8 L`, after their length: store a raster picture (112), print it (2, 50)."""
        what = data[1] if len(data) > 1 else 0
        if what == 112:
            wide, high = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
            self._stored = Bitmap(wide, high, data[10:])
        elif what in (2, 50) and self._stored is not None:
            self._flush()
            self._put(Raster(self._stored, self._align), self._stored.height)
            self._stored = None

    def _columns(self, data: bytes) -> None:
        """`ESC * m nL nH d`: dots by column, 8 or 24 high; each is a picture of its own."""
        high = 24 if data[0] in (32, 33) else 8
        count, columns = int.from_bytes(data[1:3], "little"), data[3:]
        deep = high // 8
        rows = bytearray((count + 7) // 8 * high)
        for at in range(count):
            for row in range(high):
                if columns[at * deep + row // 8] & (0x80 >> row % 8):
                    rows[row * ((count + 7) // 8) + at // 8] |= 0x80 >> at % 8
        self.current.add_raster(Bitmap(count, high, bytes(rows)), self._align)
        self._use(high)

    def _symbols(self, data: bytes) -> None:
        """`GS ( k` after its length: QR (49) size, data, print."""
        if data[:1] != b"1":
            return
        what, value = data[1], data[2:]
        if what == 67:
            self._scale = value[0]
        elif what == 80:
            self._symbol = value[1:]
        elif what == 81 and self._symbol:
            self._flush()
            text = self._symbol.decode("utf-8", "replace")
            self._put(Symbol("qr", text, self._scale, self._align), 100)

    def _barcode(self, data: bytes) -> None:
        content = data[2:] if data[0] >= 65 else data[1:-1]
        self._put(Symbol(f"barcode-{data[0]}", content.decode("latin-1"), 1, self._align), 60)

    def _process_id(self, data: bytes) -> None:
        """`GS ( H` after its length: function 48 echoes once everything before is printed."""
        if self.kind.process_id and data[:2] == b"00" and len(data) == 6:
            self.answers += b"\x37\x22" + data[2:] + b"\x00"

    def _status(self, data: bytes) -> None:
        if not self.kind.status_in_turn:
            return
        if data[0] in (1, 49):
            self.answers.append(self._paper_sensors())
        elif data[0] in (2, 50):
            self.answers.append(int(self.drawer_open and self.kind.switch))

    def _status_back(self, data: bytes) -> None:
        if self.kind.status_back:
            self.back = data[0]
            if self.back:
                self.answers += self.status_bytes()

    def _identity(self, data: bytes) -> None:
        names = {66: b"STORE EDGE", 67: b"SIMULATED PRINTER", 68: b"0001"}
        if data[0] in names:
            self.answers += b"_" + names[data[0]] + b"\x00"
        elif data[0] in (1, 2, 49, 50):
            self.answers.append(0x02 if data[0] in (2, 50) else 0x20)

    def _begin_kanji(self, _: bytes) -> None:
        self._kanji = True

    def _end_kanji(self, _: bytes) -> None:
        self._kanji, self._half = False, b""

    def _set_page(self, data: bytes) -> None:
        self._page = data[0]

    def _set_nation(self, data: bytes) -> None:
        self._nation = data[0]

    def _set_align(self, data: bytes) -> None:
        self._align = data[0] % 48 if data[0] % 48 < 3 else 0

    def _set_spacing(self, data: bytes) -> None:
        self._spacing = data[0] if data else 30

    def _set_bold(self, data: bytes) -> None:
        self._style = replace(self._style, bold=bool(data[0] & 1))

    def _set_underline(self, data: bytes) -> None:
        self._style = replace(self._style, underline=data[0] % 48 > 0)

    def _set_reverse(self, data: bytes) -> None:
        self._style = replace(self._style, reverse=bool(data[0] & 1))

    def _set_font(self, data: bytes) -> None:
        self._style = replace(self._style, font="B" if data[0] % 48 == 1 else "A")

    def _initialise(self, _: bytes) -> None:
        self._reset()

    def _tab(self, data: bytes) -> None:
        if data == b"\t":
            column = sum(len(piece.text) for piece in self._line)
            self._text(b" " * (8 - column % 8))


_ACTIONS: Mapping[str, Callable[[Mechanism, bytes], None]] = {
    "text": Mechanism._text,
    "lf": Mechanism._end_line,
    "control": Mechanism._tab,
    "1b40": Mechanism._initialise,
    "1b21": Mechanism._print_mode,
    "1b2d": Mechanism._set_underline,
    "1b45": Mechanism._set_bold,
    "1b47": Mechanism._set_bold,
    "1b4d": Mechanism._set_font,
    "1b52": Mechanism._set_nation,
    "1b74": Mechanism._set_page,
    "1b61": Mechanism._set_align,
    "1b64": Mechanism._feed_lines,
    "1b4a": Mechanism._feed_dots,
    "1b32": Mechanism._set_spacing,
    "1b33": Mechanism._set_spacing,
    "1b70": Mechanism._pulse,
    "1b69": Mechanism._cut,
    "1b6d": Mechanism._cut,
    "1b2a": Mechanism._columns,
    "1d21": Mechanism._size,
    "1d42": Mechanism._set_reverse,
    "1d56": Mechanism._cut,
    "1d76": Mechanism._raster,
    "1d28": Mechanism._extended,
    "1d38": Mechanism._large_graphics,
    "1d6b": Mechanism._barcode,
    "1d61": Mechanism._status_back,
    "1d72": Mechanism._status,
    "1d49": Mechanism._identity,
    "1c26": Mechanism._begin_kanji,
    "1c2e": Mechanism._end_kanji,
}
