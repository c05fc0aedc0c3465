"""One plate's stream of weights -> the weight it has come to rest at."""

from collections import deque

from edge.shelf.plate import Milligrams

WINDOW = 0.8
HOLD = 0.5
FEWEST = 4
"""Samples a window needs before anything is believed; when they come in lumps or seldom, it reaches further back."""
LEAST_SPREAD = 6000
SPREAD_IN_NOISE = 8
_EARLY = 1e-6


class Plateau:
    """Median of three, flat for WINDOW seconds, then unchanged for HOLD seconds: at rest."""

    def __init__(self, noise: Milligrams) -> None:
        self.limit = max(LEAST_SPREAD, SPREAD_IN_NOISE * noise)
        self.rest: Milligrams | None = None
        """The weight at rest, None while it moves."""
        self.left = 0.0
        """When it last began to move."""
        self._last: deque[int] = deque(maxlen=3)
        self._window: deque[tuple[float, int]] = deque()
        self._flat: tuple[float, int] | None = None

    def forget(self, at: float) -> None:
        """Nothing heard so far counts any more."""
        self.rest, self._flat, self.left = None, None, at
        self._last.clear()
        self._window.clear()

    def add(self, at: float, weight: Milligrams) -> None:
        """One good sample."""
        self._last.append(weight)
        if len(self._last) < 3:
            return
        self._window.append((at, sorted(self._last)[1]))
        while len(self._window) > FEWEST and self._window[1][0] <= at - WINDOW + _EARLY:
            self._window.popleft()
        mean = self._mean(at)
        if mean is None:
            self._moves(at, None)
        elif self._flat is None:
            self._flat = (at, mean)
        elif abs(mean - self._flat[1]) > self.limit // 4:
            self._moves(at, (at, mean))
        elif at - self._flat[0] >= HOLD - _EARLY:
            self.rest = Milligrams(mean)

    def _mean(self, at: float) -> int | None:
        weights = [weight for _, weight in self._window]
        if len(weights) < FEWEST or self._window[0][0] > at - WINDOW + _EARLY:
            return None
        if max(weights) - min(weights) >= self.limit:
            return None
        return round(sum(weights) / len(weights))

    def _moves(self, at: float, flat: tuple[float, int] | None) -> None:
        if self.rest is not None:
            self.rest, self.left = None, at
        self._flat = flat
