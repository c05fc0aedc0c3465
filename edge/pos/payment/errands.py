"""Carries charges and reversals to a terminal: sent once, and asked about when nobody knows what became of one."""

import asyncio
from datetime import timedelta

from edge.clock import Clock
from edge.commands import Door
from edge.effects.queue import EffectQueue, Job
from edge.errors import DeviceLost, Refused
from edge.journal.store import Journal
from edge.pos.payment.errand import decode
from edge.pos.payment.port import Done, OutcomeUnknown, SaysNo, TenderPort
from edge.pos.payment.tables import by_effect
from edge.pos.payment.verbs import SendTender, TellTender
from edge.supervise import Emit
from edge.units import Key

STALE = timedelta(seconds=10)
"""What has waited longer for its terminal is not charged any more: the customer may have paid otherwise, or left."""
ASK_EVERY = 10
"""Seconds between two questions about the same unknown."""


class TenderErrands:
    """A `Device` without wires: works through one terminal's queue as long as it answers."""

    def __init__(
        self, name: str, port: TenderPort, queue: EffectQueue, door: Door, journal: Journal, *, clock: Clock,
        driver: str,
    ) -> None:  # fmt: skip
        self._name, self._port, self._queue, self._door, self._journal = name, port, queue, door, journal
        self._clock, self._driver = clock, driver

    @property
    def name(self) -> str:
        return self._name

    async def open(self) -> None:
        """Wait for the terminal. What an earlier run left without an answer is asked for."""
        await self._queue.interrupted()
        try:
            await self._port.ready()
        except DeviceLost:
            await self._drop_stale()
            raise

    async def run(self, emit: Emit[Job]) -> None:
        while True:
            for job in await self._queue.unsettled():
                await self._ask(job)
            try:
                async with asyncio.timeout(ASK_EVERY):
                    job = await self._queue.next()
            except TimeoutError:
                await self._port.ready()
                continue
            await self._carry(job)
            emit(job)

    async def close(self) -> None:
        """Nothing is held."""

    async def _carry(self, job: Job) -> None:
        errand = decode(job.payload)
        if errand.driver != self._driver:
            return await self._foreign(job)
        if self._stale(job):
            return await self._tell(job, SaysNo("the terminal was not ready in time"))
        await self._port.ready()
        await self._door.send(SendTender(job.effect, self._port.trace), key=Key(f"{job.effect}:sent"))
        try:
            answer = await self._port.carry(errand)
        except DeviceLost as lost:
            await self._tell(job, SaysNo(lost.message))
            raise
        except OutcomeUnknown as lost:
            await self._queue.unknown(job.effect, lost.message)
            return None
        return await self._tell(job, answer)

    async def _ask(self, job: Job) -> None:
        """A terminal that cannot say leaves it to a manager; one that does not answer is lost, and asked again."""
        errand = decode(job.payload)
        tender = await self._journal.read(lambda db: by_effect(db, job.effect))
        if tender is None or errand.driver != self._driver:
            return
        found = await self._port.find(errand, tender.baseline)
        if found is not None:
            await self._tell(job, found)

    async def _tell(self, job: Job, answer: Done | SaysNo) -> None:
        if isinstance(answer, Done):
            it = answer
            told = TellTender(job.effect, True, _plain(it.slip), _plain(it.trace), _plain(it.card), _plain(it.at))
        else:
            told = TellTender(job.effect, False, why=_plain(answer.why, 200))
        try:
            await self._door.send(told, key=Key(f"{job.effect}:told"))
        except Refused as refused:
            if refused.code != "effect-state":  # a manager was quicker: the first word stands
                raise

    async def _foreign(self, job: Job) -> None:
        """It was meant for another kind of terminal, which this one replaced: only a person can say."""
        await self._door.send(SendTender(job.effect, ""), key=Key(f"{job.effect}:sent"))
        await self._queue.unknown(job.effect, "the terminal was replaced meanwhile")

    async def _drop_stale(self) -> None:
        for job in await self._queue.waiting():
            if self._stale(job) and decode(job.payload).driver == self._driver:
                await self._tell(job, SaysNo("the terminal was not ready in time"))

    def _stale(self, job: Job) -> bool:
        """Reversals never grow old: that money is owed."""
        return decode(job.payload).do == "charge" and self._clock.now() - job.intended_at > STALE


def _plain(text: str, most: int = 40) -> str:
    """What a terminal said, as a journal can hold it."""
    return "".join(char for char in text if char.isprintable())[:most]
