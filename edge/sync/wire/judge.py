"""The rule for acks, and how long to wait before trying again."""

from dataclasses import dataclass

from edge.sync.wire.messages import Ack, Point
from edge.units import Seq

_FIRST_WAIT = 0.2


@dataclass(frozen=True, slots=True)
class Advance:
    """HQ has everything up to `to`."""

    to: Seq


@dataclass(frozen=True, slots=True)
class Rewind:
    """HQ has less than it said (it was restored, or a batch was lost): send again after `to`."""

    to: Seq


@dataclass(frozen=True, slots=True)
class Missing:
    """HQ lacks entries that are no longer here: `first`..`last` are lost; send on after `last`."""

    first: Seq
    last: Seq


@dataclass(frozen=True, slots=True)
class Fork:
    """HQ holds another history than mine."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing new."""


Verdict = Advance | Rewind | Missing | Fork | Ignore


def judge_ack(
    ack: Ack, *, acked: Seq, oldest: Seq, head: Seq, mine: Point | None, grew: Point | None = None
) -> Verdict:
    """What an ack means to a node that holds `oldest`..`head` and believed HQ to be at `acked`.

    `mine` is the node's own place at `ack.seq` (the genesis at 0), None where it holds none. `grew`, the same place
    under the label of the epoch that grew from it, is given where a fork began there: HQ may name it either way.
    """
    if ack.seq > head:
        return Fork()
    if ack.seq < oldest - 1:
        return Missing(Seq(ack.seq + 1), Seq(oldest - 1))
    if not any(place == Point(ack.epoch, ack.seq, ack.hash) for place in (mine, grew) if place):
        return Fork()
    if ack.seq > acked:
        return Advance(Seq(ack.seq))
    if ack.seq < acked or ack.gap:
        return Rewind(Seq(ack.seq))
    return Ignore()


def retry_delay(attempt: int, cap: float, chance: float) -> float:
    """Full jitter: seconds before try number `attempt` (from 0); `chance` is random in [0, 1)."""
    return chance * min(cap, _FIRST_WAIT * 2.0 ** min(attempt, 20))
