"""The first word of a connection, said until it is answered; and where histories differ, the search for the fork."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from logging import getLogger

from edge.clock import stamp
from edge.errors import DeviceLost
from edge.sync import wire
from edge.sync.standing import Publish, Standing
from edge.units import Seq

log = getLogger(__name__)
FENCED = "Two boxes use this one's name. Selling goes on; tell the office at once."


@dataclass(frozen=True, slots=True)
class Forked:
    """HQ holds another history after `parent`; entries from here on carry `epoch`. A human must be told."""

    epoch: str
    parent: wire.Point


@dataclass(frozen=True, slots=True)
class Greeting:
    """Agrees with HQ on a place, on one connection."""

    standing: Standing
    publish: Publish
    connection: int
    forked: Callable[[Forked], None]

    async def agree(self) -> wire.Point:
        """Say hello until HQ's place is one of mine; where histories differ, find the fork and start a new epoch."""
        my, search, attempt, nonce = self.standing, None, 0, self._nonce()
        asked: Sequence[Seq] = ()
        while True:
            ack = await self._say(nonce, asked, attempt)
            attempt += 1
            if ack is None:
                continue
            verdict = await my.judge(ack)
            if not isinstance(verdict, wire.Fork):
                if ack.others and await self._is_new():
                    await self._fork(Seq(my.record.head().seq))
                    attempt, nonce = my.forks, self._nonce()
                    continue
                return await self._settle(ack, verdict)
            if search is None:
                search = wire.ForkSearch(Seq(await my.record.oldest() - 1), Seq(my.record.head().seq + 1))
            else:
                search = search.answered(asked, await self._common(ack))
            asked, attempt, nonce = search.probe(), 0, self._nonce()
            if search.found is not None:
                await self._fork(search.found)
                search, asked, attempt = None, (), my.forks

    def _nonce(self) -> str:
        """Kept while the question is the same, so that an answer slower than our patience still counts."""
        return wire.new_epoch(self.standing.chance.bits())

    async def _say(self, nonce: str, probe: Sequence[Seq], attempt: int) -> wire.Ack | None:
        """One hello; its answer, or None when none came in time."""
        my = self.standing
        await self.publish(wire.Channel.HELLO, wire.write_message(await self._words(nonce, probe)))
        wait = my.pace.answer_time + wire.retry_delay(attempt, my.retry_cap, my.chance.jitter())
        deadline, answer = my.now() + wait, None
        while (left := deadline - my.now()) > 0:
            my.bell.clear()
            answer = next((ack for ack in my.acks if ack.nonce == nonce), None)
            my.acks.clear()
            if answer is not None:
                my.obey(answer)
                break
            await my.ring_within(left)
        if my.fenced:  # hang up: each connection of one box ends that of the other
            raise DeviceLost("headquarters sees two boxes with this identity and has fenced this one off", hint=FENCED)
        return answer

    async def _words(self, nonce: str, probe: Sequence[Seq]) -> wire.Hello:
        my = self.standing
        oldest, lineage, feeds = await my.record.oldest(), await my.record.lineage(), await my.feeds()
        places = [await my.record.point(seq) for seq in probe]
        head = my.record.head()
        return wire.Hello(
            nonce=nonce,
            epoch=head.epoch,
            oldest=oldest,
            head=head.seq,
            hash=head.hash,
            boot=my.me.boot,
            connection=self.connection,
            clock=stamp(my.clock.now()),
            monotonic=int(my.clock.monotonic() * 1000),
            version=my.me.version,
            feeds=feeds,
            lineage=lineage,
            probe=tuple(place for place in places if place is not None),
        )

    async def _settle(self, ack: wire.Ack, verdict: wire.Verdict) -> wire.Point:
        """Where to send from: HQ's place, or the last entry nobody has any more."""
        my, seq = self.standing, Seq(ack.seq)
        my.lost = None
        if isinstance(verdict, wire.Missing):
            my.lost, seq = wire.Lost(verdict.first, verdict.last), verdict.last
            log.error("entries %d to %d are neither here nor at headquarters", verdict.first, verdict.last)
        at = await my.record.point(seq)
        my.at = at if at is not None else wire.Point(ack.epoch, seq, "0" * 64)  # nothing proves what was before
        my.check_due = my.now() + my.pace.check_every * (0.5 + my.chance.jitter())
        for name in [name for name, state in my.receivers.items() if state.state == "down"]:
            del my.receivers[name]  # somebody answered: what the broker kept of this one is old, or of no matter
        return my.at

    async def _is_new(self) -> bool:
        """Headquarters never had anything of this box: it replaces another, whose receipt numbers are not its own."""
        return not await self.standing.record.lineage() and await self.standing.record.acked() == 0

    async def _common(self, ack: wire.Ack) -> Seq | None:
        if ack.common is None:
            return None
        seq = Seq(ack.common.seq)
        mine = (await self.standing.record.point(seq), await self.standing.record.grew(seq))
        return seq if ack.common in mine else None

    async def _fork(self, after: Seq) -> None:
        my = self.standing
        parent = await my.record.point(after)
        if parent is None:
            raise DeviceLost(
                "headquarters shares no entry that is still on this box",
                hint="Selling goes on. Call support: the box and headquarters must be joined by hand.",
            )
        epoch = wire.new_epoch(my.chance.bits())
        await my.record.relabel(after, epoch)
        my.forks += 1
        log.warning("headquarters holds another history after entry %d; going on as epoch %s", after, epoch)
        self.forked(Forked(epoch, parent))
