"""Time in the hands of a test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from edge.clock import Clock


@dataclass(slots=True)
class Time:
    """A clock that moves when it is told to."""

    at: datetime = datetime(2026, 6, 6, 9, 0, tzinfo=UTC)

    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.seconds)

    def seconds(self) -> float:
        return self.at.timestamp()

    def pass_(self, **much: int) -> None:
        self.at += timedelta(**much)
