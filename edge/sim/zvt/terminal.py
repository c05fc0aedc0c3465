"""The inside of a pretend payment terminal: what it does with an order, and what can go wrong meanwhile."""

import asyncio
from pathlib import Path
from typing import Protocol

from edge.clock import Clock, stamp
from edge.pos.payment.zvt.messages import (
    Aborted,
    Ack,
    Completion,
    FromTerminal,
    Intermediate,
    Nack,
    Order,
    StatusInformation,
)
from edge.sim.zvt.till_slip import slip
from edge.sim.zvt.truth import Transaction, TruthLog
from edge.units import Minor

FAULTS = (
    "decline",
    "silent",
    "drop-answer",
    "half-answer",
    "no-ack",
    "hang-up",
    "gives-back",
    "no-slip",
    "other-amount",
    "declined-then-hangs-up",
)
INSERT_CARD, PIN, BANK = 0x0A, 0x01, 0x04
NO_SUCH, DECLINED, STOPPED, NOT_POSSIBLE, WRONG_PASSWORD = 0x83, 0x05, 0x6C, 0xB5, 0x85


class Voice(Protocol):
    """Who asked, as far as they still listen."""

    async def say(self, message: FromTerminal, *, part: int | None = None) -> bool: ...
    def hang_up(self) -> None: ...


class Terminal:
    """One terminal with its memory, its slips and its faults; `work_ms` is how long a customer takes."""

    def __init__(self, log: Path, clock: Clock, serial: str) -> None:
        self.truth, self.serial, self.next, self.work_ms, self.silent_ms = TruthLog(log), serial, "", 0, 60_000
        self.password, self.busy, self.paying = "000000", False, False
        self.slips: list[tuple[str, ...]] = []
        self._clock, self._stopped = clock, asyncio.Event()

    def stop(self) -> None:
        """The till asks to stop; it does when the customer has not finished yet."""
        self._stopped.set()

    def pay_by_itself(self, amount: int, currency: int = 208) -> None:
        """Somebody keys an amount in at the terminal, without the till."""
        self._note("charge", Order("authorise", amount=Minor(amount), currency=currency))

    async def carry(self, order: Order, voice: Voice) -> None:
        """Do what was asked and tell."""
        self.paying = False
        fault = self._fault() if order.do in ("authorise", "reverse") else ""
        if fault == "no-ack":
            return await self._silence(voice)
        await voice.say(Ack())
        if order.do == "authorise":
            return await self._authorise(order, voice, fault)
        if order.do == "reverse":
            return await self._reverse(order, voice, fault)
        if order.do == "repeat":
            return await self._repeat(voice)
        if order.do in ("register", "log-off", "enquire", "diagnose", "end-of-day"):
            done: FromTerminal = Completion() if order.password in ("", self.password) else Aborted(WRONG_PASSWORD)
            await voice.say(done)
            return None
        await voice.say(Nack(NO_SUCH))
        return None

    async def _authorise(self, order: Order, voice: Voice, fault: str) -> None:
        self._stopped.clear()
        self.paying = True
        for step in (INSERT_CARD, PIN, BANK):
            await voice.say(Intermediate(step))
            if await self._customer_stops():
                return await self._not_done(order, voice, STOPPED)
        if fault == "hang-up":
            return voice.hang_up()
        if fault == "silent":
            return await self._silence(voice)
        if fault in ("decline", "declined-then-hangs-up"):
            if fault != "decline":
                self._note("declined", order, result=DECLINED)
                return voice.hang_up()
            return await self._not_done(order, voice, DECLINED)
        return await self._answer(self._note("charge", order), voice, fault)

    async def _reverse(self, order: Order, voice: Voice, fault: str) -> None:
        original = next((each for each in self.truth.transactions if self._stands(each, order.receipt)), None)
        if original is None or fault in ("decline", "declined-then-hangs-up"):
            await voice.say(StatusInformation(NOT_POSSIBLE, has_amount=False))
            await voice.say(Aborted(NOT_POSSIBLE))
            return None
        if fault == "hang-up":
            return voice.hang_up()
        if fault == "silent":
            return await self._silence(voice)
        again = Order("reverse", amount=Minor(original.amount), currency=original.currency)
        return await self._answer(self._note("reversal", again, original=original.trace), voice, fault)

    async def _repeat(self, voice: Voice) -> None:
        if not self.truth.transactions:
            await voice.say(Aborted(NO_SUCH))
            return
        await voice.say(self._status(self.truth.transactions[-1]))
        await voice.say(Completion())

    async def _answer(self, made: Transaction, voice: Voice, fault: str) -> None:
        """The money has moved; from here on only the telling can fail."""
        if fault == "drop-answer":
            return voice.hang_up()
        if fault == "half-answer":
            await voice.say(self._status(made), part=9)
            return voice.hang_up()
        status = self._status(made)
        if fault == "other-amount":
            status = self._status(made, amount=made.amount + 1)
        heard = fault == "no-slip" or await voice.say(status)
        if fault == "gives-back":
            voice.hang_up()
            heard = False
        if not heard and made.kind == "charge" and fault == "gives-back":
            again = Order("reverse", amount=Minor(made.amount), currency=made.currency)
            self._note("reversal", again, original=made.trace)
            return None
        await voice.say(Completion())
        return None

    async def _not_done(self, order: Order, voice: Voice, result: int) -> None:
        made = self._note("declined", order, result=result)
        await voice.say(self._status(made))
        await voice.say(Aborted(result))

    async def _silence(self, voice: Voice) -> None:
        """Dead to the world for a while, then the line is gone."""
        await asyncio.sleep(self.silent_ms / 1000)
        voice.hang_up()

    async def _customer_stops(self) -> bool:
        try:
            async with asyncio.timeout(self.work_ms / 3000):
                await self._stopped.wait()
        except TimeoutError:
            return self._stopped.is_set()
        return True

    def _fault(self) -> str:
        fault, self.next = self.next, ""
        return fault

    def _note(self, kind: str, order: Order, *, original: int = 0, result: int = 0) -> Transaction:
        done = [each for each in self.truth.transactions if each.kind != "declined"]
        trace, receipt = (done[-1].trace + 1, done[-1].receipt + 1) if done else (1, 1)
        if kind == "declined":
            trace, receipt = 0, 0
        at = stamp(self._clock.now())
        made = Transaction(kind, order.amount, order.currency, trace, receipt, at, original, result)
        self.truth.append(made)
        self.slips.append(slip(made))
        return made

    def _stands(self, each: Transaction, receipt: str) -> bool:
        return each.kind == "charge" and each.receipt == int(receipt or 0) and each.trace in self.truth.standing()

    def _status(self, made: Transaction, *, amount: int | None = None) -> StatusInformation:
        numbered = made.kind != "declined"
        return StatusInformation(
            result=made.result,
            amount=Minor(made.amount if amount is None else amount),
            currency=f"{made.currency:04}",
            trace=f"{made.trace:06}" if numbered else "",
            original=f"{made.original:06}" if made.original else "",
            receipt=f"{made.receipt:04}" if numbered else "",
            time=made.at[11:19].replace(":", ""),
            date=made.at[5:10].replace("-", ""),
            terminal=self.serial,
            card="Pretend Debit" if numbered else "",
        )
