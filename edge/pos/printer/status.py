"""Pure: what a printer says about itself, byte by byte, in causes a cashier can act on."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

ASK = tuple(b"\x10\x04" + bytes([what]) for what in (1, 2, 3, 4))
"""`DLE EOT 1` printer, `2` why it is offline, `3` error, `4` paper; answered at once, also when it is stopped."""
HINTS: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "silent": "The printer does not answer. Check its cable and that it is switched on.",
        "error": "The printer has failed. Switch it off and on; if it fails again, call support.",
        "cutter": "The cutter is stuck. Open the cover, take out the jammed paper, close it.",
        "cover": "Close the printer's cover.",
        "paper-end": "Put in a new roll. Printing goes on by itself.",
        "offline": "Press the printer's feed button, or switch it off and on.",
        "paper-near-end": "The roll is nearly at its end. Have a new one ready.",
    }
)


@dataclass(frozen=True, slots=True)
class Status:
    """All that is known. Nothing heard is not ready: silence is never fine."""

    heard: bool = False
    offline: bool = False
    cover_open: bool = False
    paper_end: bool = False
    paper_near_end: bool = False
    cutter_error: bool = False
    recoverable_error: bool = False
    fatal_error: bool = False
    pin3: bool | None = None
    """Level of the drawer's switch, once known."""

    @property
    def failed(self) -> bool:
        return self.fatal_error or self.recoverable_error or self.cutter_error

    @property
    def ready(self) -> bool:
        """It answered and nothing keeps it from printing."""
        return self.heard and not (self.failed or self.offline or self.cover_open or self.paper_end)

    @property
    def cause(self) -> str:
        """The first thing to do something about: a key of `HINTS`."""
        causes = {
            "silent": not self.heard,
            "error": self.fatal_error or (self.recoverable_error and not self.cutter_error),
            "cutter": self.cutter_error,
            "cover": self.cover_open,
            "paper-end": self.paper_end,
            "offline": self.offline,
            "paper-near-end": self.paper_near_end,
        }
        return next((cause for cause, true in causes.items() if true), "")

    @property
    def hint(self) -> str:
        """What the cashier does now; a message to translate."""
        return HINTS[self.cause]

    @property
    def level(self) -> str:
        """`up`, `warn` (prints, but not for long) or `down`."""
        if not self.ready:
            return "down"
        return "warn" if self.paper_near_end else "up"


class Decoder:
    """Sorts a printer's answers: automatic status, answers to `DLE EOT`, answers in turn, echoed process ids.

    The kinds differ in fixed bits (bit 0, 1, 4, 7), so they may come in any order, in any pieces.
    """

    def __init__(self) -> None:
        self.status = Status()
        self.turns = 0
        """How many `GS r 1` were answered."""
        self.echoes: set[bytes] = set()
        """Process ids that came back."""
        self.unasked: deque[int] = deque()
        self._back: bytearray | None = None
        self._block: bytearray | None = None

    def ask(self) -> bytes:
        """The four questions; their answers come in this order."""
        self.unasked.extend((1, 2, 3, 4))
        return b"".join(ASK)

    def feed(self, data: bytes) -> None:
        for byte in data:
            self._byte(byte)

    def _byte(self, byte: int) -> None:
        if self._block is not None:
            self._in_block(byte)
        elif byte & 0x93 == 0x12:
            self._answer(byte)
        elif self._back is not None and byte & 0x90 == 0:
            self._in_back(byte)
        elif byte & 0x93 == 0x10:
            self._back = bytearray([byte])
        elif byte in (0x37, 0x5F):
            self._block = bytearray([byte])
        elif byte & 0x90 == 0:
            self.turns += 1
            self._paper(near=bool(byte & 0x03), end=bool(byte & 0x0C))

    def _in_block(self, byte: int) -> None:
        """A block ends with NUL; only `37 22` and four characters is a process id."""
        block = self._block or bytearray()
        if byte == 0:
            if block[:2] == b"\x37\x22" and len(block) == 6:
                self.echoes.add(bytes(block[2:]))
            self._block = None
            return
        block.append(byte)
        if len(block) > 80:
            self._block = None

    def _in_back(self, byte: int) -> None:
        back = self._back or bytearray()
        back.append(byte)
        if len(back) < 4:
            return
        self._back = None
        first, second, third, _ = back
        self.status = replace(
            self.status,
            heard=True,
            pin3=bool(first & 0x04),
            offline=bool(first & 0x08),
            cover_open=bool(first & 0x20),
            recoverable_error=bool(second & 0x44),
            cutter_error=bool(second & 0x08),
            fatal_error=bool(second & 0x20),
        )
        self._paper(near=bool(third & 0x03), end=bool(third & 0x0C))

    def _paper(self, *, near: bool, end: bool) -> None:
        self.status = replace(self.status, heard=True, paper_near_end=near or end, paper_end=end)

    def _answer(self, byte: int) -> None:
        if not self.unasked:
            return
        match self.unasked.popleft():
            case 1:
                self.status = replace(self.status, offline=bool(byte & 0x08), pin3=bool(byte & 0x04))
            case 2:
                self.status = replace(self.status, cover_open=bool(byte & 0x04))
            case 3:
                self.status = replace(
                    self.status,
                    recoverable_error=bool(byte & 0x44),
                    cutter_error=bool(byte & 0x08),
                    fatal_error=bool(byte & 0x20),
                )
            case _:
                self._paper(near=bool(byte & 0x0C), end=bool(byte & 0x60))
