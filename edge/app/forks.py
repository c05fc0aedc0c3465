"""Tells people that this box goes on under a new epoch: headquarters held more than the box did."""

import asyncio
from logging import getLogger
from typing import NoReturn

from edge.commands import Door
from edge.journal.store import Journal
from edge.sync.hello import Forked
from edge.tasks.handlers import FORK, OpenTask
from edge.units import Key

log = getLogger(__name__)
HINT = "This box was restored from an old copy; receipts now carry letter {}. Tell the office."
_FORKS = """SELECT epoch, (SELECT count(*) FROM epochs AS before WHERE before.rowid < epochs.rowid) FROM epochs
WHERE parent_epoch IS NOT NULL ORDER BY rowid"""


class Forks:
    """Give `heard` to the cable, keep `run` running: one task for every fork, also for one before a power cut."""

    def __init__(self, journal: Journal, door: Door, first_letter: str) -> None:
        self._journal, self._door, self._first = journal, door, first_letter
        self._bell = asyncio.Event()

    def heard(self, fork: Forked) -> None:
        """A new epoch began."""
        self._bell.set()

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            self._bell.clear()
            for epoch, place in await self._journal.rows(_FORKS):
                await self._tell(Key(f"fork:{epoch}:told"), chr(ord(self._first) + place))
            await self._bell.wait()

    async def _tell(self, key: Key, letter: str) -> None:
        if await self._journal.rows("SELECT 1 FROM entries WHERE cause = ? LIMIT 1", (key,)):
            return
        log.warning("%s", HINT.format(letter))
        await self._door.send(OpenTask(FORK, letter, HINT.format(letter)), key=key)
