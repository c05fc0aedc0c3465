"""The drawer that hangs on a receipt printer: kicked in time or not at all, its switch told as facts."""

import asyncio
from collections import deque
from dataclasses import dataclass

from edge.clock import Clock
from edge.effects.queue import Job
from edge.errors import DeviceLost
from edge.pos.drawer import DrawerLog, Jobs, kick, kick_at_once
from edge.pos.printer.model import PrinterModel
from edge.pos.printer.status import Status
from edge.pos.printer.talk import Talk

KICK_WITHIN = 2.0
"""Seconds after its intent a drawer may still be opened."""


@dataclass(frozen=True, slots=True)
class DrawerPort:
    """The drawer on this printer: its pin (0 or 1), whether it has a switch, and the switch's level when open."""

    pin: int = 0
    switch: bool = False
    open_high: bool = True


class Drawer:
    """Lives as long as the printer's driver, over many connections."""

    def __init__(self, port: DrawerPort, model: PrinterModel, kicks: Jobs, log: DrawerLog, clock: Clock) -> None:
        self._port, self._model, self._kicks, self._log, self._clock = port, model, kicks, log, clock
        self._open: bool | None = None
        self._moves: deque[tuple[bool, bool]] = deque()
        self._kicked_at = float("-inf")

    def see(self, status: Status) -> None:
        """The switch's level; a movement, unless it is the first we see of it."""
        if status.pin3 is None or not self._port.switch:
            return
        now_open = status.pin3 == self._port.open_high
        if self._open is not None and now_open != self._open:
            kicked = self._clock.monotonic() - self._kicked_at <= KICK_WITHIN
            self._moves.append((now_open, kicked))
        self._open = now_open

    async def serve(self, talk: Talk) -> None:
        """Kick when asked to, within two seconds or not at all."""
        while True:
            job = await talk.besides(self._kicks.next)
            left = KICK_WITHIN - self._age(job)
            if left <= 0 or not await talk.until(lambda: self._may(talk), left):
                await self._kicks.dropped(job.effect, "not sent within two seconds")
            else:
                await self._kick(talk, job)

    async def note(self, talk: Talk) -> None:
        """Record every movement."""
        while True:
            await talk.until(lambda: bool(self._moves))
            now_open, kicked = self._moves[0]
            if now_open:
                await self._log.opened(kicked=kicked)
            else:
                await self._log.closed()
            self._moves.popleft()

    async def drop_late(self) -> None:
        """While the printer is away: it opens no drawer later."""
        while True:
            try:
                async with asyncio.timeout(0.05):
                    job = await self._kicks.next()
            except TimeoutError:
                return
            if self._age(job) < KICK_WITHIN:
                return
            await self._kicks.dropped(job.effect, "the printer was away for two seconds")

    def _age(self, job: Job) -> float:
        return (self._clock.now() - job.intended_at).total_seconds()

    def _may(self, talk: Talk) -> bool:
        """Never between the bytes of a paper; out of paper only where the model can."""
        status = talk.status
        return talk.free and (status.ready or (self._model.real_time_pulse and status.heard and not status.failed))

    async def _kick(self, talk: Talk, job: Job) -> None:
        await self._kicks.sent(job.effect)
        self._kicked_at = self._clock.monotonic()
        pin, opened = self._port.pin, False
        try:
            talk.put(kick_at_once(pin) if self._model.real_time_pulse else job.payload or kick(pin))
            await talk.until(lambda: talk.free)
            if self._port.switch:
                opened = await talk.until(lambda: bool(self._open), talk.patience.drawer)
        except DeviceLost as lost:
            await self._kicks.unknown(job.effect, lost.message)
            raise
        await self._kicks.done(job.effect, proven=opened)
