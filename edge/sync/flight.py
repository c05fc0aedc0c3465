"""The batches under way on one connection."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from edge.sync import wire
from edge.sync.standing import Publish, Standing
from edge.units import Seq

_AGE_MS = 200


@dataclass(frozen=True, slots=True)
class _Batch:
    end: wire.Point
    task: "asyncio.Task[None]"


class Flight:
    """Sends from `at` on; knows what is unacked, and for how long."""

    def __init__(self, standing: Standing, publish: Publish, at: wire.Point, forks: frozenset[int]) -> None:
        self._my, self._publish, self._sent, self._forks = standing, publish, at, forks
        self._unacked: deque[_Batch] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._deadline = 0.0
        self._seen_since: float | None = None
        self._not_before = 0.0
        self._rewound = -1e9

    @property
    def idle(self) -> bool:
        """Nothing is unacked."""
        return not self._unacked

    def overdue(self, now: float) -> bool:
        """Nothing advanced for too long."""
        return not self.idle and now >= self._deadline

    def due_in(self, now: float) -> float:
        """Seconds until it would be overdue."""
        return 3600.0 if self.idle else max(0.0, self._deadline - now)

    def known(self, ack: wire.Ack) -> wire.Advance | None:
        """The common case, without a look into the journal: a whole batch of ours is acknowledged."""
        place = wire.Point(ack.epoch, ack.seq, ack.hash)
        return wire.Advance(Seq(ack.seq)) if any(batch.end == place for batch in self._unacked) else None

    def advance(self, to: wire.Point) -> None:
        """HQ has everything up to `to`."""
        while self._unacked and self._unacked[0].end.seq <= to.seq:
            self._unacked.popleft()
        self._my.stalls = 0
        self._deadline = self._my.now() + self._my.patience()
        if to.seq > self._sent.seq:
            self._sent = to

    def rewind(self, to: wire.Point) -> None:
        """Send again after `to`. The batches behind a lost one all report the same gap: that counts once."""
        now = self._my.now()
        again = self._my.at is not None and to.seq == self._my.at.seq
        if again and now - self._rewound < self._my.pace.answer_time:
            return
        self._rewound = now
        self._unacked.clear()
        self._sent = to

    async def fill(self) -> float:
        """Send what the window allows; gives the seconds until there may be more to do."""
        my = self._my
        while not (my.held or my.fenced) and len(self._unacked) < my.window and len(self._tasks) < my.window:
            now = my.now()
            if now < self._not_before:
                return self._not_before - now
            entries = await my.record.entries(Seq(self._sent.seq), wire.MAX_ENTRIES)
            if not entries:
                self._seen_since = None
                break
            self._seen_since = self._seen_since if self._seen_since is not None else now
            age = (now - self._seen_since) * 1000
            if not wire.close_now(len(entries), age, len(self._unacked)):
                return max(0.001, (_AGE_MS - age) / 1000)
            await self._send(entries)
        return my.pace.check_every

    async def _send(self, entries: Sequence[wire.Recorded]) -> None:
        my, prev = self._my, self._sent
        parent = await my.record.point(Seq(prev.seq)) if prev.seq in self._forks else None
        lost, my.lost = my.lost, None
        packed = wire.pack_batch(my.record.identity, entries, bytes.fromhex(prev.hash), parent=parent, lost=lost)
        now = my.now()
        if self.idle:
            self._deadline = now + my.patience()
        self._not_before = now + packed.count / my.rate if my.rate else 0.0
        self._sent, self._seen_since = wire.Point(entries[0].epoch, packed.last, packed.head.hex()), None
        task = asyncio.create_task(self._carry(packed.payload), name="cable batch")
        self._tasks.add(task)
        self._unacked.append(_Batch(self._sent, task))
        await asyncio.sleep(0)  # tasks begin in the order they were made: so do the batches leave

    async def _carry(self, payload: bytes) -> None:
        try:
            await self._publish(wire.Channel.JOURNAL, payload)
        finally:
            self._my.bell.set()

    def settle(self) -> None:
        """Forget what the broker has; raise the line's loss as soon as one batch met it."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.result()

    async def land(self) -> None:
        """Let go of what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
