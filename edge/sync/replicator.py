"""Upwards: follows the journal and brings it to HQ, exactly once, in order; WIRE's "Upwards" 1 to 6.

One `session` per connection. It agrees with HQ on a place (hello, and where histories differ the search for the
last common entry), then streams batches with at most `window` unacked. When nothing advances it agrees again: a
hello costs little, its answer is the truth, and a dead HQ is asked once per capped, jittered retry.
"""

from collections.abc import Callable
from typing import NoReturn

from edge.clock import Clock
from edge.sync import wire
from edge.sync.flight import Flight
from edge.sync.hello import Forked, Greeting
from edge.sync.record import Lag, Record
from edge.sync.standing import Chance, Feeds, Me, Pace, Publish, Standing, no_feeds
from edge.units import Seq

__all__ = ["Chance", "Feeds", "Forked", "Me", "Pace", "Publish", "Replicator"]


class Replicator:
    """Give it acks and receivers' states as they arrive; run one `session` per connection."""

    def __init__(
        self,
        record: Record,
        me: Me,
        clock: Clock,
        chance: Chance,
        *,
        pace: Pace | None = None,
        feeds: Feeds = no_feeds,
        forked: Callable[[Forked], None] = lambda fork: None,
    ) -> None:
        pace = pace or Pace()
        self._my = Standing(record, me, clock, chance, pace, feeds, pace.window)
        self._forked = forked
        self._saved = -1
        self._save_due = 0.0
        self.agreed = False
        """HQ has answered on this connection."""

    @property
    def fenced(self) -> bool:
        """HQ saw two live boxes with this identity and told this one to stay off the cable."""
        return self._my.fenced

    def begin(self) -> None:
        """A new connection: what was heard on the old one is void."""
        self._my.acks.clear()
        self._my.receivers.clear()

    def received_ack(self, ack: wire.Ack) -> None:
        self._my.acks.append(ack)
        self._my.bell.set()

    def received_state(self, state: wire.ReceiverState) -> None:
        """A receiver came, holds or went; one that came may know less than the one before: hello again, soon."""
        my = self._my
        before = my.receivers.get(state.receiver)
        my.receivers[state.receiver] = state
        if state.state == "up" and before is not None and (before.state != "up" or before.clock != state.clock):
            my.check_due = min(my.check_due, my.now() + my.chance.jitter() * my.retry_cap)
        my.bell.set()

    async def lag(self) -> Lag:
        """What exists only on this box."""
        at, record = self._my.at, self._my.record
        return await record.lag(Seq(at.seq) if at else await record.acked())

    async def session(self, publish: Publish, connection: int) -> NoReturn:
        """Replicate until the line is lost (DeviceLost) or the task is cancelled."""
        greeting = Greeting(self._my, publish, connection, self._forked)
        self.agreed = False
        try:
            with self._my.record.ringing(self._my.bell):
                while True:
                    at = await greeting.agree()
                    self.agreed = True
                    await self._stream(publish, at)
        finally:
            self.agreed = False

    async def _stream(self, publish: Publish, at: wire.Point) -> None:
        """Send what HQ lacks, as it comes; returns when HQ must be asked again."""
        my = self._my
        flight = Flight(my, publish, at, frozenset(point.seq for point in await my.record.lineage()))
        try:
            while True:
                my.bell.clear()
                flight.settle()
                if not await self._take_acks(flight):
                    return
                wait = await flight.fill()
                now = my.now()
                if flight.overdue(now):
                    my.stalls += 1
                    return
                if my.fenced or (flight.idle and now >= my.check_due):
                    return
                save = await self._save(now)
                check = max(0.01, my.check_due - now)
                await my.ring_within(min(wait, save, check, flight.due_in(now)))
        finally:
            await flight.land()

    async def _take_acks(self, flight: Flight) -> bool:
        """Judge what HQ said; False when it must be asked (a fork, or entries that are gone)."""
        my = self._my
        while my.acks:
            ack = my.acks.popleft()
            my.obey(ack)
            verdict = flight.known(ack) or await my.judge(ack)
            place = wire.Point(ack.epoch, ack.seq, ack.hash)
            match verdict:
                case wire.Advance():
                    flight.advance(place)
                case wire.Rewind():
                    flight.rewind(place)
                case wire.Fork() | wire.Missing():
                    return False
                case wire.Ignore():
                    continue
            my.at = place
        return True

    async def _save(self, now: float) -> float:
        """The acked place, durably, but not at every ack (HQ's answer to a hello is the truth anyway).

        Gives the seconds until it must be looked at again.
        """
        at = self._my.at
        if at is None or at.seq == self._saved:
            return 3600.0
        if now < self._save_due:
            return self._save_due - now
        self._saved, self._save_due = at.seq, now + self._my.pace.save_every
        await self._my.record.save_acked(at)
        return 3600.0
