"""The search for the last entry two histories share: head, -1, -2, -4 … until HQ names it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from edge.units import Seq

_MAX_PROBE = 64


@dataclass(frozen=True, slots=True)
class ForkSearch:
    """The histories agree at `low` and differ at `high` (a hash that agrees proves everything before it)."""

    low: Seq
    """A place known to be common: 0 (the genesis), or the oldest one held."""
    high: Seq
    """The lowest place known to differ; head + 1 at first."""

    @property
    def found(self) -> Seq | None:
        """The last common place, once nothing lies between."""
        return self.low if self.high <= self.low + 1 else None

    def probe(self) -> Sequence[Seq]:
        """The places to ask HQ about next, newest first."""
        return [Seq(place) for place in self._places()][:_MAX_PROBE]

    def _places(self) -> Iterator[int]:
        top, step = self.high - 1, 0
        while top - step > self.low:
            yield top - step
            step = step * 2 or 1

    def answered(self, asked: Sequence[Seq], common: Seq | None) -> "ForkSearch":
        """The search after HQ named the newest common place of those asked (None: it holds none of them)."""
        low = self.low if common is None or common not in asked else common
        high = min((place for place in asked if place > low), default=self.high)
        return replace(self, low=low, high=high)
