"""A paper that a person says did not come out is printed a second time, marked."""

import sqlite3
from collections.abc import Mapping
from logging import getLogger

from edge.effects.tables import Intent, intend
from edge.facts import EffectSettled, ShiftClosed, fact_name
from edge.journal.entry import Entry
from edge.journal.store import Journal
from edge.journal.tx import Tx
from edge.pos.printer.spool import UNDRAWABLE, TillPrinter, owes, second_for
from edge.pos.receipt.shop import Shop
from edge.units import EffectId, EffectKind, Key, TillId

log = getLogger(__name__)
FOLLOWER = "second paper"
_SETTLED = fact_name(EffectSettled)
_PAPER = "SELECT subject, target FROM effects WHERE effect = ? AND kind = 'paper'"
_SOURCE = """SELECT seq, '', time, type, cause, actor, businessdate, data, hash FROM entries
WHERE seq = coalesce((SELECT closed_seq FROM sales WHERE sale = ?1), (SELECT seq FROM slips WHERE subject = ?1),
(SELECT closed_seq FROM refunds WHERE returned = ?1),
(SELECT max(seq) FROM entries WHERE type = ?2 AND json_extract(CAST(data AS TEXT), '$.shift') = ?1))"""
_TIMES = "SELECT count(*) FROM effects WHERE subject = ? AND kind = 'paper'"


class Reprint:
    """Follows the journal; run one per box."""

    def __init__(self, journal: Journal, shop: Shop, tills: Mapping[TillId, TillPrinter]) -> None:
        self._journal, self._shop = journal, shop
        self._presses = {printer.printer: printer.press for printer in tills.values()}

    async def run(self) -> None:
        """Never ends by itself; cancel it."""
        after = await self._journal.transact(lambda tx: tx.position(FOLLOWER), cause=Key("second paper:position"))
        async for entry in self._journal.follow(after):
            fact = entry.fact() if entry.type == _SETTLED else None
            if isinstance(fact, EffectSettled) and not fact.happened:
                await self._again(entry, fact.effect)

    async def _again(self, settled: Entry, effect: EffectId) -> None:
        def work(tx: Tx) -> None:
            if tx.position(FOLLOWER) < settled.seq:
                self._intend(tx, effect)
                tx.save_position(FOLLOWER, settled.seq)

        await self._journal.transact(work, cause=Key(f"second paper:{settled.epoch}:{settled.seq}"))

    def _intend(self, tx: Tx, effect: EffectId) -> None:
        paper = tx.db.execute(_PAPER, (effect,)).fetchone()
        press = None if paper is None else self._presses.get(paper[1])
        if paper is None or press is None:
            return
        subject, target = paper
        source = _source(tx.db, subject)
        try:
            marked = None if source is None else second_for(source, self._shop, press)
        except UNDRAWABLE:
            log.exception("there is no second paper for %s", subject)
            marked = None
        if marked is not None:
            (times,) = tx.db.execute(_TIMES, (subject,)).fetchone()
            again = Intent(EffectId(f"paper.{subject}.{times + 1}"), EffectKind.PAPER, subject, target, marked)
            tx.record(intend(tx, again))


def _source(db: sqlite3.Connection, subject: str) -> Entry | None:
    row = db.execute(_SOURCE, (subject, fact_name(ShiftClosed))).fetchone()
    if row is None:
        return None
    entry = Entry(*row)
    return entry if owes(entry) else None
