"""Inside the writer's transaction: what a fiscal answer makes of its effect, settled when nobody knew before."""

from collections.abc import Sequence

from edge.effects.machine import Event, State
from edge.effects.tables import finish, move, settle, state_of
from edge.facts import Fact
from edge.journal.tx import Tx
from edge.units import EffectId


def made(tx: Tx, effect: EffectId) -> Fact:
    """The device or service has made what it was asked for."""
    if state_of(tx, effect) is State.UNKNOWN:
        return settle(tx, effect, happened=True, by="device")
    return finish(tx, effect, proven=True)


def not_made(tx: Tx, effect: EffectId, why: str) -> Sequence[Fact]:
    """It said no: nothing was made."""
    if state_of(tx, effect) is State.UNKNOWN:
        return [settle(tx, effect, happened=False, by="device")]
    move(tx, effect, Event.REFUSE, why=why)
    return []
