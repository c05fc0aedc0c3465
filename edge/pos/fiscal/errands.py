"""Carries fiscal effects to the port: sent once, and asked for by key when nobody knows what became of one."""

from edge.commands import Door
from edge.effects.queue import EffectQueue, Job
from edge.errors import DeviceLost
from edge.pos.fiscal.document import DocumentKind, decode
from edge.pos.fiscal.port import FiscalPort, Issued, OutcomeUnknown, SaysNo, bounded, plain_words
from edge.pos.returns.verbs import CloseRefund, RefuseRefund
from edge.pos.verbs import CloseSale, RefuseSale
from edge.supervise import Emit
from edge.units import Key, SaleId


class FiscalErrands:
    """A `Device` without wires: works through one queue as long as the port answers."""

    def __init__(self, name: str, port: FiscalPort, queue: EffectQueue, door: Door) -> None:
        self._name, self._port, self._queue, self._door = name, port, queue, door

    @property
    def name(self) -> str:
        return self._name

    async def open(self) -> None:
        """Wait for the port to answer. What an earlier run left without an answer is asked for."""
        await self._queue.interrupted()
        await self._port.status()

    async def run(self, emit: Emit[Job]) -> None:
        while True:
            for job in await self._queue.unsettled():
                await self._ask(job)
            job = await self._queue.next()
            await self._issue(job)
            emit(job)

    async def close(self) -> None:
        """Nothing is held."""

    async def _issue(self, job: Job) -> None:
        await self._queue.sent(job.effect)
        try:
            answer = await self._port.issue(decode(job.payload), Key(job.effect))
        except DeviceLost:
            await self._queue.returned(job.effect)
            raise
        except OutcomeUnknown as lost:
            await self._queue.unknown(job.effect, lost.message)
            return
        await self._tell(job, answer)

    async def _ask(self, job: Job) -> None:
        try:
            evidence = await self._port.find(Key(job.effect))
        except OutcomeUnknown as lost:
            raise DeviceLost(lost.message, hint=lost.hint) from lost
        found = SaysNo("it was not made", "Ask for it again.") if evidence is None else Issued(evidence)
        await self._tell(job, found)

    async def _tell(self, job: Job, answer: Issued | SaysNo) -> None:
        key, subject = Key(f"{job.effect}:answer"), SaleId(job.subject)
        back = decode(job.payload).kind in (DocumentKind.REFUND, DocumentKind.CASH_OUT)
        if isinstance(answer, Issued):
            evidence = bounded(answer.evidence)
            done = CloseRefund(subject, job.effect, evidence) if back else CloseSale(subject, job.effect, evidence)
            await self._door.send(done, key=key)
        else:
            why = plain_words(" ".join(part for part in (answer.why, answer.hint) if part))
            no = RefuseRefund if back else RefuseSale
            await self._door.send(no(subject, job.effect, self._name, why), key=key)
