"""One NFC reader as a device: taps in, `TagSeen` and `TagGone` out.

A reader has one thread of its own that opens, looks, reads and closes; only finished events cross over to the event
loop. A look every 50 ms while the field is empty, every 100 ms while a tag lies there.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from edge.clock import Clock
from edge.errors import DeviceLost
from edge.nfc.frontend import LOST, Frontend, Sighting, open_frontend
from edge.nfc.session import Session, TagEvent, TagGone, TagSeen, agreed, track
from edge.nfc.tag import Link, NotOurs, Why, read_message

T = TypeVar("T")
LOOK_EMPTY = 0.05
LOOK_PRESENT = 0.1
HINT = "Check the NFC reader's cable; plug it in again. It comes back by itself."


class Reader:
    """`address`: `udp://host:port`, `serial:///dev/…` or `usb:`; `opening` is another way to the hardware, if any."""

    def __init__(
        self, name: str, address: str, clock: Clock, opening: Callable[[str], Frontend] = open_frontend
    ) -> None:
        self.name = name
        self._address = address
        self._clock = clock
        self._opening = opening
        self._stop = threading.Event()
        self._thread: ThreadPoolExecutor | None = None
        self._frontend: Frontend | None = None

    async def open(self) -> None:
        """Raises DeviceLost when nothing answers at the address."""
        self._stop.clear()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"nfc-{self.name}")
        try:
            await self._call(self._open)
        except BaseException:
            await self.close()
            raise

    async def run(self, emit: Callable[[TagEvent], None]) -> None:
        """Emits on the event loop until the reader is lost."""
        loop = asyncio.get_running_loop()
        await self._call(lambda: self._watch(lambda event: loop.call_soon_threadsafe(emit, event)))

    async def close(self) -> None:
        """Ends the thread and lets go of the reader; harmless when there is nothing to close."""
        self._stop.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        closed = thread.submit(self._close)
        try:
            await asyncio.shield(asyncio.wrap_future(closed))
        finally:
            thread.shutdown(wait=closed.done())

    async def _call(self, work: Callable[[], T]) -> T:
        """Do something on the reader's thread; a caller that gives up tells the thread to stop and waits for it."""
        if self._thread is None:
            raise DeviceLost(f"{self.name}: the reader is not open", hint=HINT)
        done = asyncio.wrap_future(self._thread.submit(work))
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            self._stop.set()
            await asyncio.wait({done})
            if not done.cancelled():
                done.exception()  # looked at: the reader was being given up anyway
            raise

    def _open(self) -> None:
        try:
            self._frontend = self._opening(self._address)
        except LOST as error:
            raise DeviceLost(f"{self.name}: no NFC reader at {self._address}: {error}", hint=HINT) from error

    def _close(self) -> None:
        frontend, self._frontend = self._frontend, None
        if frontend is not None:
            with contextlib.suppress(*LOST):  # one that was pulled out cannot say good-bye
                frontend.close()

    def _watch(self, emit: Callable[[TagEvent], object]) -> None:
        if self._frontend is None:
            raise DeviceLost(f"{self.name}: the reader is not open", hint=HINT)
        session = Session()
        while not self._stop.is_set():
            try:
                sighting = self._frontend.sense()
            except LOST as error:
                raise DeviceLost(f"{self.name}: the NFC reader went away: {error}", hint=HINT) from error
            if sighting is None:
                self._gone(session.missed(), emit)
            else:
                self._meet(self._frontend, session, sighting, emit)
            self._stop.wait(LOOK_EMPTY if sighting is None else LOOK_PRESENT)

    def _meet(
        self, frontend: Frontend, session: Session, sighting: Sighting, emit: Callable[[TagEvent], object]
    ) -> None:
        tag = track(sighting.uid)
        self._gone(session.sighted(tag, self._clock.monotonic()), emit)
        if not session.wanted:
            return
        said = look(frontend, sighting)
        if session.tried(said, self._clock.monotonic()):
            uri, why = (said.uri, None) if isinstance(said, Link) else ("", said.why)
            emit(TagSeen(self.name, tag, uri, why, self._clock.now()))

    def _gone(self, tag: str | None, emit: Callable[[TagEvent], object]) -> None:
        if tag is not None:
            emit(TagGone(self.name, tag, self._clock.now()))


def look(frontend: Frontend, sighting: Sighting) -> Link | NotOurs:
    """What the tag just sensed says; a message that carries no proof of itself is read twice."""
    first = _read(frontend, sighting)
    if isinstance(first, Link) and not first.checked:
        return agreed(first, _read_again(frontend, sighting))
    return first


def _read_again(frontend: Frontend, sighting: Sighting) -> Link | NotOurs:
    """A tag that was read must be woken anew before it can be read once more."""
    try:
        again = frontend.sense()
    except LOST:
        again = None
    return _read(frontend, again) if again is not None and again.uid == sighting.uid else NotOurs(Why.UNREADABLE)


def _read(frontend: Frontend, sighting: Sighting) -> Link | NotOurs:
    """A failed read is no news of the reader: if it is gone, the next look says so."""
    try:
        octets = frontend.read(sighting)
    except LOST:
        return NotOurs(Why.UNREADABLE)
    return NotOurs(Why.UNREADABLE) if octets is None else read_message(octets)
