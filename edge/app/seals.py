"""Signs the journal's head: a seal every hour and at every Z, the head file every minute and when the box stops."""

import asyncio
from contextlib import aclosing
from logging import getLogger
from typing import NoReturn

import msgspec

from edge.facts import ShiftClosed, fact_name
from edge.journal.entry import Head
from edge.journal.seal import SealKey, authentic, head_path, read_head, record_seal, write_head
from edge.journal.store import Journal
from edge.units import Key

log = getLogger(__name__)
HOUR, MINUTE = 3600.0, 60.0
_Z = fact_name(ShiftClosed)
_HASH = "SELECT hash FROM entries WHERE seq = ?"


class Seals:
    """`begin`, keep `run` running; `write` once more when nothing is recorded any more."""

    def __init__(self, journal: Journal, key: SealKey) -> None:
        self._journal, self._key = journal, key
        self._one_at_a_time = asyncio.Lock()
        self._written: Head | None = None

    async def begin(self) -> bool:
        """Put a head file aside that this journal does not bear out: it is evidence, and must not be written over.

        Whether it shows that this journal is an old copy: the box itself signed an entry that is not here.
        """
        path = head_path(self._journal.path)
        why, older = await self._contradicted()
        if why:
            aside = path.with_suffix(f".head.before-{self._journal.head.seq + 1}")
            await asyncio.to_thread(path.replace, aside)
            log.error("%s %s; it was kept as %s. Call support.", path, why, aside)
        return older

    async def run(self) -> NoReturn:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hourly(), name="seals: hourly")
            group.create_task(self._minutely(), name="seals: head file")
            await self._at_every_z()

    async def seal(self) -> None:
        """Sign the head, record it, and write a head file that vouches for that record too."""
        cause = Key(f"seal:{self._journal.head.seq}")
        await self._journal.transact(lambda tx: record_seal(tx, self._key), cause=cause)
        await self.write()

    async def write(self) -> None:
        """Sign the head into the file beside the journal, unless it says so already."""
        async with self._one_at_a_time:
            head = self._journal.head
            if head == self._written:
                return
            try:
                await asyncio.to_thread(write_head, self._journal.path, self._key.seal(self._journal.identity, head))
            except OSError as error:  # the journal itself says when nothing can be recorded
                log.warning("the head file could not be written: %s", error)
                return
            self._written = head

    async def _contradicted(self) -> tuple[str, bool]:
        """Why the head file cannot be true of this journal ("" when it can), and whether the journal is an old copy."""
        try:
            held = await asyncio.to_thread(read_head, self._journal.path)
        except msgspec.DecodeError:
            return "is damaged", False
        if held is None or held.seq == 0:
            return "", False
        rows = await self._journal.rows(_HASH, (held.seq,))
        if not rows:
            ours = held.identity == self._journal.identity and authentic(held)
            return f"knows entry {held.seq}, which this journal has lost", ours and held.public_key == self._key.public
        return ("" if rows[0]["hash"].hex() == held.hash else f"says that entry {held.seq} was different"), False

    async def _at_every_z(self) -> NoReturn:
        async with aclosing(self._journal.follow(self._journal.head.seq)) as entries:
            async for entry in entries:
                if entry.type == _Z:
                    await self.seal()
        raise AssertionError("a journal is followed for ever")

    async def _hourly(self) -> NoReturn:
        while True:
            await asyncio.sleep(HOUR)
            await self.seal()

    async def _minutely(self) -> NoReturn:
        while True:
            await asyncio.sleep(MINUTE)
            await self.write()
