"""Effect rows: they outlive a rebuild, because what happened outside is not replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from edge.effects.machine import Event, State, advance
from edge.errors import Refused
from edge.facts import EffectDone, EffectDropped, EffectIntended, EffectSettled, EffectUnknown, Fact
from edge.journal.room import Room
from edge.journal.tx import Tx
from edge.units import EffectId, EffectKind, Seq

KEEP = """
CREATE TABLE IF NOT EXISTS effects (
    effect      TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    target      TEXT NOT NULL,
    payload     BLOB NOT NULL,   -- emptied when nothing is owed any more (law 10)
    digest      TEXT NOT NULL,
    state       TEXT NOT NULL,
    why         TEXT NOT NULL DEFAULT '',
    proven      INTEGER NOT NULL DEFAULT 0,
    intended_at TEXT NOT NULL,
    place       INTEGER NOT NULL -- the order they were intended in
);
CREATE INDEX IF NOT EXISTS effects_waiting ON effects (target, place) WHERE state = 'intended';
CREATE INDEX IF NOT EXISTS effects_open ON effects (state) WHERE state IN ('intended', 'sent', 'fenced', 'unknown');
CREATE INDEX IF NOT EXISTS effects_refused ON effects (subject) WHERE kind = 'fiscal' AND state = 'not-done';
CREATE INDEX IF NOT EXISTS effects_subject ON effects (subject);
CREATE INDEX IF NOT EXISTS effects_ended ON effects (place) WHERE state IN ('done', 'dropped');
"""
ROOM = Room("effects", keep=KEEP)
REMEMBERED = 100_000
"""Entries of the journal for which an effect that has ended keeps its row; the facts about it stay for ever."""
_ENDED = """SELECT subject, kind, place FROM effects WHERE state IN ('done', 'dropped') AND place < ?
ORDER BY place LIMIT 2"""
_FORGET = """DELETE FROM effects
WHERE subject = ? AND kind = ? AND place <= ? AND state IN ('done', 'dropped', 'not-done')"""
_INSERT = """INSERT INTO effects (effect, kind, subject, target, payload, digest, state, intended_at, place)
VALUES (?, ?, ?, ?, ?, ?, 'intended', ?, ?)"""
_MOVE = "UPDATE effects SET state = ?, why = ?, proven = ? WHERE effect = ?"
_DOUBTFUL = "SELECT effect, kind FROM effects WHERE state = 'intended' AND place <= ? ORDER BY place, rowid"
_ERASE = """UPDATE effects SET payload = x''
WHERE (subject, kind) = (SELECT subject, kind FROM effects WHERE effect = ?)
AND state IN ('done', 'dropped', 'not-done')"""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to happen: `payload` goes to `target` (`till1/printer`) on behalf of `subject` (a sale's id)."""

    effect: EffectId
    kind: EffectKind
    subject: str
    target: str
    payload: bytes


def intend(tx: Tx, intent: Intent) -> EffectIntended:
    """Store the intent with its bytes; the fact is the caller's to record. Wakes the target after commit."""
    digest = sha256(intent.payload).hexdigest()
    tx.db.execute(
        _INSERT,
        (intent.effect, intent.kind, intent.subject, intent.target, intent.payload, digest, tx.at, tx.head.seq),
    )
    _forget_ended(tx)
    tx.ring(bell(intent.target))
    return EffectIntended(intent.effect, intent.kind, intent.subject, intent.target, digest)


def _forget_ended(tx: Tx) -> None:
    """Two old rows go for each that comes; with what ended well go the refused tries before it."""
    for subject, kind, place in tx.db.execute(_ENDED, (tx.head.seq - REMEMBERED,)).fetchall():
        tx.db.execute(_FORGET, (subject, kind, place))


def bell(target: str) -> str:
    """The bell that rings when `target` has work."""
    return f"effects/{target}"


def state_of(tx: Tx, effect: EffectId) -> State:
    """Where an effect stands. Refused when there is none."""
    row = tx.db.execute("SELECT state FROM effects WHERE effect = ?", (effect,)).fetchone()
    if row is None:
        raise Refused(f"no effect {effect}", hint="Reload the page.", code="unknown-effect", status=404)
    return State(row[0])


def move(tx: Tx, effect: EffectId, event: Event, *, why: str = "", proven: bool = False) -> State:
    """Advance the row; Refused when there is no such effect or it cannot."""
    state = advance(state_of(tx, effect), event)
    tx.db.execute(_MOVE, (state, why, proven, effect))
    if state in (State.DONE, State.DROPPED):
        tx.db.execute(_ERASE, (effect,))
    return state


def lose(tx: Tx, effect: EffectId, why: str) -> EffectUnknown:
    """Nobody can say whether it happened."""
    move(tx, effect, Event.LOSE, why=why)
    return EffectUnknown(effect, why)


def finish(tx: Tx, effect: EffectId, *, proven: bool) -> EffectDone:
    """It happened."""
    move(tx, effect, Event.FINISH, proven=proven)
    return EffectDone(effect, proven)


def drop(tx: Tx, effect: EffectId, why: str) -> EffectDropped:
    """It never left and never will."""
    move(tx, effect, Event.DROP, why=why)
    return EffectDropped(effect, why)


def settle(tx: Tx, effect: EffectId, *, happened: bool, by: str) -> EffectSettled:
    """Somebody said what became of an unknown effect."""
    move(tx, effect, Event.HAPPENED if happened else Event.HAPPENED_NOT, proven=happened)
    return EffectSettled(effect, happened, by)


def doubt(tx: Tx, upto: Seq, why: str) -> Sequence[Fact]:
    """What was intended up to entry `upto` may have happened without this box's knowledge: unknown; a drawer is left.

    Record the facts given.
    """
    rows = tx.db.execute(_DOUBTFUL, (upto,)).fetchall()
    return [
        drop(tx, EffectId(effect), why) if kind == EffectKind.DRAWER else lose(tx, EffectId(effect), why)
        for effect, kind in rows
    ]


def recover(tx: Tx) -> Sequence[Fact]:
    """After a start: whatever was on its way when the box stopped is unknown. Record the facts given."""
    rows = tx.db.execute("SELECT effect FROM effects WHERE state IN ('sent', 'fenced') ORDER BY place").fetchall()
    return [lose(tx, EffectId(effect), "the box stopped before the device answered") for (effect,) in rows]
