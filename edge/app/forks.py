"""Tells people that this box goes on under a new epoch: more was recorded under its name than it knows.

What an old copy still meant to print, or to ask a device for, may have happened since: nobody can say, so it is asked.
"""

import asyncio
from logging import getLogger
from typing import NoReturn

from edge.commands import Door
from edge.effects.tables import doubt
from edge.journal.store import Journal
from edge.pos.series import series_of
from edge.sync.hello import Forked
from edge.tasks.handlers import FORK, OpenTask
from edge.units import Key, Seq

log = getLogger(__name__)
HINT = "This box was restored from an old copy or replaces another one; receipts now carry {}. Tell the office."
DOUBT = "the box was restored from an old copy"
_FORKS = "SELECT epoch, parent_seq FROM epochs WHERE parent_epoch IS NOT NULL ORDER BY rowid"


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
            for epoch, parent in await self._journal.rows(_FORKS):
                await self._tell(Key(f"fork:{epoch}:told"), series_of(epoch, self._first), Seq(parent))
            await self._bell.wait()

    async def _tell(self, key: Key, letter: str, parent: Seq) -> None:
        if await self._journal.rows("SELECT 1 FROM entries WHERE cause = ? LIMIT 1", (key,)):
            return
        log.warning("%s", HINT.format(letter))
        await self._journal.transact(lambda tx: tx.record_all(doubt(tx, parent, DOUBT)), cause=Key(f"{key}:doubt"))
        await self._door.send(OpenTask(FORK, letter, HINT.format(letter)), key=key)


async def go_on_anew(journal: Journal, fresh_epoch: str) -> None:
    """The head file knows entries that this journal has lost: it is an old copy, and goes on under a new epoch at once.

    Nobody has to be asked, so no number is issued twice even while headquarters is away.
    """
    parent = journal.head.seq
    await journal.relabel(parent, fresh_epoch)
    await journal.transact(lambda tx: tx.record_all(doubt(tx, parent, DOUBT)), cause=Key(f"fork:{fresh_epoch}:doubt"))
