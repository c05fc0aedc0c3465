"""Pure: the one state machine for what happens outside the database (law 13).

intended -> sent -> (fenced ->) done | unknown; unknown is settled by asking, never by repeating. What an old copy of a
journal intends is unknown, too: it may have happened since.
"""

from collections.abc import Mapping
from enum import StrEnum

from edge.errors import Refused


class State(StrEnum):
    """Where an effect stands."""

    INTENDED = "intended"
    SENT = "sent"
    FENCED = "fenced"
    DONE = "done"
    UNKNOWN = "unknown"
    NOT_DONE = "not-done"
    DROPPED = "dropped"


class Event(StrEnum):
    """What became of it."""

    SEND = "send"
    RETURN = "return"
    """Surely nothing of it had left."""
    FENCE = "fence"
    FINISH = "finish"
    REFUSE = "refuse"
    LOSE = "lose"
    DROP = "drop"
    HAPPENED = "happened"
    HAPPENED_NOT = "happened-not"


NEXT: Mapping[tuple[State, Event], State] = {
    (State.INTENDED, Event.SEND): State.SENT,
    (State.INTENDED, Event.DROP): State.DROPPED,
    (State.INTENDED, Event.LOSE): State.UNKNOWN,
    (State.SENT, Event.RETURN): State.INTENDED,
    (State.SENT, Event.FENCE): State.FENCED,
    (State.SENT, Event.FINISH): State.DONE,
    (State.SENT, Event.REFUSE): State.NOT_DONE,
    (State.SENT, Event.LOSE): State.UNKNOWN,
    (State.FENCED, Event.FINISH): State.DONE,
    (State.FENCED, Event.LOSE): State.UNKNOWN,
    (State.UNKNOWN, Event.HAPPENED): State.DONE,
    (State.UNKNOWN, Event.HAPPENED_NOT): State.NOT_DONE,
}
OPEN = frozenset({State.INTENDED, State.SENT, State.FENCED, State.UNKNOWN})
"""States in which something is still owed."""


def advance(state: State, event: Event) -> State:
    """The state after `event`. Refused when it cannot happen in `state`."""
    try:
        return NEXT[state, event]
    except KeyError:
        raise Refused(
            f"an effect that is {state} cannot {event}", hint="Reload the page: it has changed.", code="effect-state"
        ) from None
