"""A simulated NFC field, speaking nfcpy's UDP protocol, with faults and a log of what physically happened.

One ASCII datagram per radio frame, `106A <hex>`; `RFOFF` when the reader drops its field. The answer to a frame no
tag answers is the bare technology (`106A`): a reader knows within milliseconds that nothing came back, and so does
ours. One socket for life, bound to 127.0.0.1.
"""

import asyncio
import binascii
from dataclasses import dataclass, field
from random import Random

from edge.sim.tag import Tag


@dataclass(slots=True)
class Faults:
    """What is wrong with the wire; shares are of answers, 0 to 1. `chance` is seeded: the same faults every time."""

    chance: Random = field(default_factory=lambda: Random(1))
    latency: float = 0.0
    """Seconds before every answer."""
    corrupt: float = 0.0
    """Share with one byte changed."""
    late: float = 0.0
    """Share that comes after `lateness` seconds."""
    lateness: float = 0.4
    lost: float = 0.0
    half: float = 0.0
    """Share cut off in the middle."""
    silent: bool = False
    """Nothing is answered at all."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What physically happened: `put`, `take`, `unplug`, `plug` and the tag concerned."""

    what: str
    uid: bytes = b""


class Spot:
    """Where at most one tag lies."""

    def __init__(self) -> None:
        self.truth: list[Truth] = []
        self.tag: Tag | None = None

    def put(self, tag: Tag) -> None:
        """Lay a tag down; the one that lay there is taken away first."""
        self.take()
        tag.reset()
        self.tag = tag
        self.truth.append(Truth("put", tag.uid))

    def take(self) -> None:
        """Take the tag away."""
        if self.tag is not None:
            self.truth.append(Truth("take", self.tag.uid))
            self.tag = None

    def off(self) -> None:
        """The radio field goes off: the tag loses its power."""
        if self.tag is not None:
            self.tag.reset()

    def said(self, technology: str, frame: bytes) -> bytes | None:
        """What the tag answers to a frame; None when there is none of this technology, or it stays mute."""
        return self.tag.answer(frame) if self.tag is not None and self.tag.technology == technology else None


class Field(Spot, asyncio.DatagramProtocol):
    """A reader's field behind nfcpy's UDP protocol. `await plug()`, then `put` and `take`."""

    def __init__(self, faults: Faults | None = None) -> None:
        super().__init__()
        self.faults = faults or Faults()
        self._port = 0
        self._wire: asyncio.DatagramTransport | None = None
        self._peer: tuple[str, int] | None = None
        self._pending: set[asyncio.TimerHandle] = set()
        self._closed = asyncio.Event()

    @property
    def address(self) -> str:
        """The URL a reader is given."""
        return f"udp://127.0.0.1:{self._port}"

    async def plug(self) -> None:
        """Begin to answer; after the first time at the same port."""
        loop = asyncio.get_running_loop()
        self._closed.clear()
        self._wire, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", self._port))
        self._port = self._wire.get_extra_info("sockname")[1]
        self.truth.append(Truth("plug"))

    async def unplug(self) -> None:
        """Stop in the middle of whatever is going on."""
        for timer in self._pending:
            timer.cancel()
        self._pending.clear()
        if self._wire is not None:
            wire, self._wire = self._wire, None
            wire.close()
            await self._closed.wait()
            self.truth.append(Truth("unplug"))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr != self._peer:  # a reader that opens a new socket has dropped its field before
            self._peer = addr
            self.off()
        answer = self._answer(data)
        if answer is not None and not self.faults.silent:
            self._send(answer, addr)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()

    def _answer(self, data: bytes) -> bytes | None:
        if data.startswith(b"RFOFF"):
            self.off()
            return None
        words = data.split()
        try:
            technology, frame = words[0].decode("ascii"), binascii.unhexlify(words[1])
        except (IndexError, ValueError):
            return None
        said = self.said(technology, frame)
        return words[0] + b" " + binascii.hexlify(said) if said else words[0]

    def _send(self, answer: bytes, addr: tuple[str, int]) -> None:
        faults, delay = self.faults, self.faults.latency
        if faults.chance.random() < faults.lost:
            return
        if faults.chance.random() < faults.corrupt and b" " in answer:
            answer = _spoiled(answer, faults.chance)
        if faults.chance.random() < faults.half:
            answer = answer[: len(answer) // 2]
        if faults.chance.random() < faults.late:
            delay += faults.lateness
        if delay:
            self._later(delay, answer, addr)
        else:
            self._write(answer, addr)

    def _later(self, delay: float, answer: bytes, addr: tuple[str, int]) -> None:
        def send() -> None:
            self._pending.discard(timer)
            self._write(answer, addr)

        timer = asyncio.get_running_loop().call_later(delay, send)
        self._pending.add(timer)

    def _write(self, answer: bytes, addr: tuple[str, int]) -> None:
        if self._wire is not None:
            self._wire.sendto(answer, addr)


def _spoiled(answer: bytes, chance: Random) -> bytes:
    """One byte of the frame changed, the datagram still well formed."""
    technology, digits = answer.split()
    frame = bytearray(binascii.unhexlify(digits))
    frame[chance.randrange(len(frame))] ^= chance.randrange(1, 256)
    return technology + b" " + binascii.hexlify(frame)
