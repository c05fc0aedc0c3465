"""What moved in one till's drawer without a sale (a pure fold)."""

from dataclasses import dataclass, field

from edge.facts import Fact, MoveSum
from edge.pos.cash.moves import in_drawer, moved
from edge.units import Minor, MoveKind, TillId


@dataclass(slots=True)
class Moves:
    """Sums by kind since the last Z."""

    till: TillId
    _sums: dict[MoveKind, tuple[int, int]] = field(default_factory=dict)

    def add(self, fact: Fact) -> None:
        """Fold one fact."""
        found = moved(fact)
        if found is None or found[0] != self.till:
            return
        amount, count = self._sums.get(found[1], (0, 0))
        self._sums[found[1]] = (amount + found[2], count + 1)

    def sums(self) -> tuple[MoveSum, ...]:
        """One row for each kind that happened, in a fixed order."""
        return tuple(MoveSum(kind, Minor(self._sums[kind][0]), self._sums[kind][1]) for kind in sorted(self._sums))

    def drawer(self) -> Minor:
        """What all of it did to the cash in the drawer."""
        return in_drawer(self.sums())
