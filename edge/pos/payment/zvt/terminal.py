"""The driver for payment terminals that speak ZVT over TCP (`zvt://host:port`, usually port 20007)."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from edge.errors import DeviceLost, Halt
from edge.pos.payment.errand import Errand
from edge.pos.payment.port import Done, OutcomeUnknown, SaysNo, TerminalStatus
from edge.pos.payment.zvt.apdu import Garbled, Reader, write
from edge.pos.payment.zvt.codes import CURRENCIES, doing, why
from edge.pos.payment.zvt.messages import (
    ECR_CONTROLS_PAYMENT,
    INTERMEDIATE_STATUS,
    STATUS_WITHOUT_PRINTING,
    Aborted,
    Ack,
    Completion,
    FromTerminal,
    Intermediate,
    Nack,
    Order,
    StatusInformation,
    order,
    understood,
)
from edge.supervise import Emit

_HINT = "Switch the card terminal on and check its cable."
NEVER: Final = "never"
"""The mark of a terminal that has made no transaction."""
NOTHING_STORED = frozenset({0x83, 0xB1, 0xFE})
"""What a terminal without a last transaction answers when it is asked for it; anything else decides nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Milliseconds: for the first word of an answer, for any word while a customer is busy, between two questions
    whether it still answers, between two looks whether it has hung up."""

    answer: int = 5_000
    customer: int = 90_000
    enquire: int = 15_000
    look: int = 500


PATIENT = Patience()


class ZvtTerminal:
    """A `Device` that emits its `TerminalStatus` when it changes, and a `TenderPort` while it is open.

    One order at a time. Whatever ends an order without the terminal's own last word drops the connection, so that a
    late word is never taken for another order's.
    """

    def __init__(self, name: str, address: str, currency: str, password: str, patience: Patience = PATIENT) -> None:
        parts = urlsplit(address)
        if parts.scheme != "zvt" or not parts.hostname or not parts.port:
            raise Halt(f"{name}: {address!r} is no address", hint="Write it as zvt://host:port.")
        if currency not in CURRENCIES:
            raise Halt(f"{name}: no ZVT number for {currency}", hint="Ask for this currency to be added.")
        self._name, self._host, self._port = name, parts.hostname, parts.port
        self._currency, self._password, self._patience = CURRENCIES[currency], password, patience
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._reader = Reader()
        self._turn, self._lost, self._busy = asyncio.Lock(), asyncio.Event(), False
        self._status, self._changed = TerminalStatus(), asyncio.Event()

    @property
    def name(self) -> str:
        return self._name

    @property
    def trace(self) -> str:
        return self._status.trace

    async def open(self) -> None:
        self._lost.clear()
        self._reader = Reader()
        try:
            async with asyncio.timeout(self._patience.answer / 1000):
                self._streams = await asyncio.open_connection(self._host, self._port)
        except OSError as error:
            raise DeviceLost(f"the card terminal does not answer: {error}", hint=_HINT) from error
        config = INTERMEDIATE_STATUS | ECR_CONTROLS_PAYMENT
        register = Order("register", self._password, config, self._currency)
        last = await self._ask(register)
        if not isinstance(last, Completion):
            raise DeviceLost(f"the card terminal refused: {_why(last)}", hint="Check its password in store.toml.")
        await self._look_back()

    async def run(self, emit: Emit[TerminalStatus]) -> None:
        shown: TerminalStatus | None = None
        looks, every = 0, self._patience.enquire // self._patience.look
        while True:
            self._changed.clear()
            if self._status != shown:
                shown = self._status
                emit(shown)
            if self._lost.is_set():
                raise DeviceLost("the card terminal went away", hint=_HINT)
            try:
                async with asyncio.timeout(self._patience.look / 1000):
                    await self._changed.wait()
            except TimeoutError:
                looks = 0 if self._busy else looks + 1
                if not self._busy and self._hung_up():
                    self._drop()
                elif looks > every:
                    looks = 0
                    await self._ask(Order("enquire"))

    async def close(self) -> None:
        self._drop()

    async def ready(self) -> None:
        if self._streams is None:
            raise DeviceLost("the card terminal is not connected", hint=_HINT)

    async def carry(self, errand: Errand) -> Done | SaysNo:
        """Charge or reverse: Done only on the terminal's own *finished* after a good result for this very amount."""
        if errand.do == "charge":
            asked = Order("authorise", amount=errand.amount, currency=self._currency)
        else:
            asked = Order("reverse", self._password, receipt=errand.slip)
        results: list[StatusInformation] = []
        last = await self._do(asked, results.append)
        result = results[-1] if results else None
        if isinstance(last, Nack | Aborted) and (result is None or result.result != 0):
            return SaysNo(why(last.code if result is None else result.result, result.words if result else ""))
        if isinstance(last, Completion) and result is not None and result.result != 0:
            return SaysNo(why(result.result, result.words))
        if not isinstance(last, Completion) or result is None or not _fits(result, errand):
            raise OutcomeUnknown("the card terminal's answer does not fit what it was asked", hint=_HINT)
        return _done(result)

    async def find(self, errand: Errand, baseline: str) -> Done | SaysNo | None:
        """Compare the last transaction with the mark from before; without one, or with a stranger's, it cannot say."""
        result = await self._look_back()
        if not baseline:
            return None
        if self.trace == baseline:
            return SaysNo("the terminal made no transaction")
        if result is None:
            return None
        if errand.do == "charge" and _gave_back(result, errand, baseline):
            return SaysNo("the terminal gave it back by itself")
        if not _kind_fits(result, errand) or result.amount != errand.amount:
            return None
        return _done(result) if result.result == 0 else SaysNo(why(result.result, result.words))

    async def give_up(self) -> None:
        if self._streams is not None and self._busy:
            self._streams[1].write(write(order(Order("stop"))))

    async def _look_back(self) -> StatusInformation | None:
        """The last transaction; sets the mark by it. DeviceLost when the terminal is busy or does not say."""
        results: list[StatusInformation] = []
        try:
            last = await self._do(Order("repeat", self._password, service=STATUS_WITHOUT_PRINTING), results.append)
        except OutcomeUnknown as silent:
            raise DeviceLost(silent.message, hint=silent.hint) from silent
        if results:
            return results[-1]
        if isinstance(last, Nack | Aborted) and last.code in NOTHING_STORED:
            self._show(trace=NEVER)
            return None
        raise DeviceLost(
            f"the card terminal does not say what it did last: {_why(last)}", hint="Wait until it is free."
        )

    async def _ask(self, asked: Order) -> FromTerminal:
        """An order that may be lost without harm."""
        try:
            return await self._do(asked, lambda result: None)
        except OutcomeUnknown as silent:
            raise DeviceLost(silent.message, hint=silent.hint) from silent

    async def _do(self, asked: Order, result: Callable[[StatusInformation], None]) -> FromTerminal:
        """Give an order and hear its last word. DeviceLost when nothing has left, OutcomeUnknown when it has."""
        async with self._turn:
            if self._streams is None or self._hung_up():
                self._drop()
                raise DeviceLost("the card terminal is not connected", hint=_HINT)
            finished, self._busy = False, True
            try:
                async with aclosing(self._words(asked)) as words:
                    async for word in words:
                        if isinstance(word, StatusInformation):
                            self._seen(word)
                            result(word)
                        elif isinstance(word, Intermediate):
                            self._show(doing=doing(word.code))
                        elif isinstance(word, Completion | Aborted | Nack):
                            finished = True
                            return word
                raise OutcomeUnknown("the card terminal hung up", hint=_HINT)
            except (OSError, Garbled) as error:
                why_not = str(error) or "no answer in time"
                raise OutcomeUnknown(f"the card terminal did not finish: {why_not}", hint=_HINT) from error
            finally:
                self._busy = False
                self._show(doing="")
                if not finished:
                    self._drop()

    async def _words(self, asked: Order) -> AsyncGenerator[FromTerminal]:
        """Everything the terminal says to an order; what wants it is acknowledged when it is given."""
        assert self._streams is not None
        reader, writer = self._streams
        writer.write(write(order(asked)))
        await writer.drain()
        wait = self._patience.answer
        while True:
            async with asyncio.timeout(wait / 1000):
                data = await reader.read(4096)
            if not data:
                return
            for apdu in self._reader.feed(data):
                word = understood(apdu)
                if not isinstance(word, Ack | Nack):
                    writer.write(write(order(Ack())))
                    await writer.drain()
                wait = self._patience.customer
                yield word

    def _seen(self, result: StatusInformation) -> None:
        self._show(trace=_mark(result))

    def _show(self, trace: str | None = None, doing: str | None = None) -> None:
        now = self._status
        self._status = TerminalStatus(now.trace if trace is None else trace, now.doing if doing is None else doing)
        if self._status != now:
            self._changed.set()

    def _hung_up(self) -> bool:
        return self._streams is not None and (self._streams[0].at_eof() or self._streams[1].is_closing())

    def _drop(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
            self._lost.set()
            self._changed.set()


def _mark(result: StatusInformation) -> str:
    """What tells a transaction from the one before; one that came to nothing has no numbers, but a time."""
    numbers = f"{result.trace}/{result.receipt}"
    return numbers if numbers.strip("0/") else f"{result.date}{result.time}-{result.result:02X}"


def _gave_back(result: StatusInformation, errand: Errand, baseline: str) -> bool:
    """The last transaction reverses one that came after the mark, of this amount: the terminal undid our charge."""
    newer = result.original.strip("0") and result.original != baseline.partition("/")[0]
    return bool(newer) and result.result == 0 and result.amount == errand.amount


def _done(result: StatusInformation) -> Done:
    return Done(result.receipt or result.trace, _mark(result), result.card[:40], result.time)


def _fits(result: StatusInformation, errand: Errand) -> bool:
    return _kind_fits(result, errand) and (not result.has_amount or result.amount == errand.amount)


def _kind_fits(result: StatusInformation, errand: Errand) -> bool:
    """A payment is no reversal; a reversal, where the terminal names the original, is of that one."""
    if errand.do == "charge":
        return not result.original.strip("0")
    return not result.original.strip("0") or result.original == errand.trace.partition("/")[0]


def _why(last: FromTerminal) -> str:
    return why(last.code) if isinstance(last, Nack | Aborted) else "no answer"
