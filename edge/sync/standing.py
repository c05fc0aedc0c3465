"""Where a box stands with headquarters: shared by what says hello, what flies and the replicator above them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from edge.clock import Clock
from edge.sync import wire
from edge.sync.record import Record
from edge.units import Seq

Publish = Callable[[wire.Channel, bytes], Awaitable[None]]
"""Sends on one of this box's channels; returns when the broker has it, raises DeviceLost."""
Feeds = Callable[[], Awaitable[tuple[wire.FeedPosition, ...]]]


@dataclass(frozen=True, slots=True)
class Me:
    """What a hello says about this process; `boot` is new for every start."""

    boot: str
    version: str


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, and batches in `window`; HQ may change window and retry cap."""

    window: int = 4
    retry_cap: float = 2.0
    patience: float = 1.0
    """How long unacked batches may stand before HQ is asked again."""
    answer_time: float = 0.3
    """How long HQ has at least to answer a hello."""
    check_every: float = 60.0
    """An idle line says hello this often, so that nothing stays wrong."""
    save_every: float = 0.25
    fenced_every: float = 60.0


@dataclass(frozen=True, slots=True)
class Chance:
    """Where jitter (in [0, 1)) and fresh random bits come from."""

    jitter: Callable[[], float]
    bits: Callable[[], int]


async def no_feeds() -> tuple[wire.FeedPosition, ...]:
    """A box without feeds."""
    return ()


@dataclass(slots=True)
class Standing:
    """What this box knows of HQ, and what it was built with."""

    record: Record
    me: Me
    clock: Clock
    chance: Chance
    pace: Pace
    feeds: Feeds
    window: int
    at: wire.Point | None = None
    """HQ has everything up to here; None before the first answer."""
    lost: wire.Lost | None = None
    """Entries neither here nor there, to be named with the next batch."""
    fenced: bool = False
    forks: int = 0
    stalls: int = 0
    """Times in a row that nothing advanced."""
    check_due: float = 0.0
    acks: deque[wire.Ack] = field(default_factory=lambda: deque(maxlen=256))
    receivers: dict[str, wire.ReceiverState] = field(default_factory=dict)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> float:
        return self.clock.monotonic()

    def patience(self) -> float:
        """How long to wait for the next advance."""
        return self.pace.patience + wire.retry_delay(self.stalls, self.retry_cap, self.chance.jitter())

    @property
    def retry_cap(self) -> float:
        """Seconds; the largest that a living receiver asks for."""
        caps = [state.retry_cap_ms / 1000 for state in self.receivers.values() if state.state != "down"]
        return max(caps, default=self.pace.retry_cap)

    @property
    def held(self) -> bool:
        """Every receiver we know of asks us to wait, or is gone."""
        return bool(self.receivers) and all(state.state != "up" for state in self.receivers.values())

    @property
    def rate(self) -> int:
        """Entries per second HQ wants at most; 0 when it does not care."""
        return min((state.rate for state in self.receivers.values() if state.rate and state.state == "up"), default=0)

    def obey(self, ack: wire.Ack) -> None:
        """Window and fence, as HQ wants them; an answer to a hello also lifts the fence."""
        if ack.window:
            self.window = ack.window
        if ack.nonce or ack.fenced == self.me.boot:
            self.fenced = ack.fenced == self.me.boot

    async def judge(self, ack: wire.Ack) -> wire.Verdict:
        """The rule for acks, applied to what this box holds."""
        seq, head = Seq(ack.seq), Seq(self.record.head().seq)
        acked = Seq(self.at.seq) if self.at else await self.record.acked()
        mine, grew = await self.record.point(seq), await self.record.grew(seq)
        return wire.judge_ack(ack, acked=acked, oldest=await self.record.oldest(), head=head, mine=mine, grew=grew)

    async def ring_within(self, seconds: float) -> None:
        """Wait until something happened, at most `seconds`."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self.bell.wait()
        except TimeoutError:
            return
