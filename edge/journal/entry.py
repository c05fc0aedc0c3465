"""One line of the record."""

from dataclasses import dataclass

from edge.facts import Fact, read_fact
from edge.units import Key, Seq, UserId


@dataclass(frozen=True, slots=True)
class Entry:
    """`data` is canonical JSON, `hash` 32 bytes, `time` RFC 3339 in UTC with milliseconds."""

    seq: Seq
    epoch: str
    time: str
    type: str
    cause: Key
    actor: UserId
    businessdate: str
    data: bytes
    hash: bytes

    def fact(self) -> Fact | None:
        """The fact it holds, or None when this release does not know its type."""
        return read_fact(self.type, self.data)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a journal ends; seq 0 and the genesis hash when it is empty."""

    epoch: str
    seq: Seq
    hash: bytes
