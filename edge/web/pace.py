"""Pure: how often strangers may press a button; a bucket that refills with time."""

from collections import OrderedDict

from edge.errors import Refused

MOST_KNOWN = 4096
"""Callers remembered; the one heard of longest ago is forgotten first."""


class Pace:
    """`burst` presses at once, then one every `seconds`, for each caller."""

    def __init__(self, burst: int, seconds: float) -> None:
        self._burst, self._seconds = burst, seconds
        self._spent: OrderedDict[str, float] = OrderedDict()

    def press(self, caller: str, now: float) -> None:
        """Count a press at `now` (monotonic seconds). Refused with `wait` when there were too many."""
        full = max(self._spent.pop(caller, now), now) + self._seconds
        if full - now > self._burst * self._seconds:
            self._spent[caller] = full - self._seconds
            raise Refused("too fast", hint="Wait a moment, then try again.", code="wait", status=429)
        self._spent[caller] = full
        while len(self._spent) > MOST_KNOWN:
            self._spent.popitem(last=False)
