"""The driver for fiscal devices and services that speak the line protocol over TCP (docs/fiscal.md)."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from edge.errors import DeviceLost, Halt
from edge.facts.sale import Evidence
from edge.pos.fiscal.document import FiscalDocument
from edge.pos.fiscal.port import DayReport, DeviceTax, FiscalStatus, Issued, OutcomeUnknown, SaysNo
from edge.pos.fiscal.wire import MAX_LINE, Answer, No, Request, expect, read, write
from edge.supervise import Emit
from edge.units import Key

T = TypeVar("T", Evidence, DayReport)
ANSWER_WITHIN = 5.0
"""Seconds."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the device's status."""
_HINT = "Switch the fiscal device on and check its cable."
_TAXES = "Its taxes are not the law's: call the fiscal device's service, then switch it off and on."


class LineFiscal:
    """A `Device` that emits its status when it changes, and a `FiscalPort` while it is open.

    One request at a time. After a missing or wrong answer the connection is dropped, so that a late answer can never
    be taken for another request's. `objects` says what is wrong with the device's tax table: with anything to say, the
    device does not count as open.
    """

    def __init__(
        self,
        name: str,
        address: str,
        *,
        objects: Callable[[Sequence[DeviceTax]], Sequence[str]] | None = None,
        within: float = ANSWER_WITHIN,
        every: float = LOOK_EVERY,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme != "tcp" or not parts.hostname or not parts.port:
            raise Halt(f"{name}: {address!r} is no address", hint="Write it as tcp://host:port.")
        self._name, self._objects, self._within, self._every = name, objects, within, every
        self._host, self._port = parts.hostname, parts.port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()
        self._lost = asyncio.Event()
        self._last_id = 0

    @property
    def name(self) -> str:
        return self._name

    async def open(self) -> None:
        self._lost.clear()
        try:
            async with asyncio.timeout(self._within):
                self._streams = await asyncio.open_connection(self._host, self._port, limit=MAX_LINE)
        except OSError as error:
            raise DeviceLost(f"the fiscal device does not answer: {error}", hint=_HINT) from error
        wrong = self._objects(await self.taxes()) if self._objects else ()
        if wrong:
            raise DeviceLost(f"the fiscal device's tax table is wrong: {'; '.join(wrong)}", hint=_TAXES)

    async def run(self, emit: Emit[FiscalStatus]) -> None:
        before: FiscalStatus | None = None
        while True:
            status = await self.status()
            if status != before:
                emit(status)
                before = status
            try:
                async with asyncio.timeout(self._every):
                    await self._lost.wait()
            except TimeoutError:
                continue
            raise DeviceLost("the fiscal device went away", hint=_HINT)

    async def close(self) -> None:
        self._drop()

    async def status(self) -> FiscalStatus:
        return expect((await self._ask(self._request("status"))).status, "its status")

    async def taxes(self) -> tuple[DeviceTax, ...]:
        return expect((await self._ask(self._request("taxes"))).taxes, "its taxes")

    async def issue(self, document: FiscalDocument, key: Key) -> Issued | SaysNo:
        return self._made(await self._do(self._request("issue", key=key, document=document)))

    async def find(self, key: Key) -> Evidence | None:
        answer = await self._ask(self._request("find", key=key))
        return None if answer.missing else expect(answer.evidence, "a receipt")

    async def copy(self, of: str) -> Issued | SaysNo:
        return self._made(await self._do(self._request("copy", of=of)))

    async def close_day(self) -> DayReport | SaysNo:
        answer = await self._do(self._request("close-day"))
        return _says_no(answer.no) if answer.no else _unknown_unless(answer.day)

    async def report(self, first: date, last: date) -> tuple[DayReport, ...]:
        request = self._request("report", first=first.isoformat(), last=last.isoformat())
        return expect((await self._ask(request)).days, "its reports")

    def _request(
        self,
        do: str,
        *,
        key: str = "",
        document: FiscalDocument | None = None,
        of: str = "",
        first: str = "",
        last: str = "",
    ) -> Request:
        self._last_id += 1
        return Request(self._last_id, do, key=key, document=document, of=of, first=first, last=last)

    def _made(self, answer: Answer) -> Issued | SaysNo:
        return _says_no(answer.no) if answer.no else Issued(_unknown_unless(answer.evidence))

    async def _ask(self, request: Request) -> Answer:
        """A question may be lost without harm."""
        try:
            return await self._do(request)
        except OutcomeUnknown as silent:
            raise DeviceLost(silent.message, hint=silent.hint) from silent

    async def _do(self, request: Request) -> Answer:
        """Send and wait: DeviceLost when nothing has left, OutcomeUnknown when it has and no good answer came."""
        async with self._turn:
            if self._streams is None or self._streams[0].at_eof() or self._streams[1].is_closing():
                self._drop()
                raise DeviceLost("the fiscal device is not connected", hint=_HINT)
            reader, writer = self._streams
            answered = False
            try:
                writer.write(write(request))
                async with asyncio.timeout(self._within):
                    await writer.drain()
                    line = await reader.readline()
                answer = _read(line, request)
                answered = True
            except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
                why = str(error) or "no answer in time"
                raise OutcomeUnknown(f"the fiscal device did not answer {request.do}: {why}", hint=_HINT) from error
            finally:
                if not answered:
                    self._drop()
        return answer

    def _drop(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
            self._lost.set()


def _read(line: bytes, request: Request) -> Answer:
    if not line.endswith(b"\n"):
        raise OSError("the line broke off")
    answer = read(line, Answer)
    if answer.id != request.id:
        raise ValueError(f"answer {answer.id} to request {request.id}")
    return answer


def _says_no(no: No) -> SaysNo:
    return SaysNo(no.why[:200], no.hint[:200], no.code[:40])


def _unknown_unless(made: T | None) -> T:
    if made is None:
        raise OutcomeUnknown("the fiscal device answered, but not with a receipt", hint=_HINT)
    return made
