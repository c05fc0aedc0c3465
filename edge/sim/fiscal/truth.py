"""What a pretend fiscal device remembers: its truth log, one JSON line per receipt and daily report."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from edge.facts.sale import Evidence
from edge.facts.shift import TaxSum
from edge.pos.fiscal.port import DayReport


class Receipt(msgspec.Struct, frozen=True):
    """`gross` is signed, `counts` is false for copies, training and cash taken out; no buyer's number is kept."""

    key: str
    digest: str
    day: str
    gross: int
    taxes: tuple[TaxSum, ...]
    evidence: Evidence
    counts: bool
    refers_to: str = ""
    """Number of the receipt that a refund gives back."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the log: exactly one member is set."""

    receipt: Receipt | None = None
    report: DayReport | None = None


@dataclass(slots=True)
class Memory:
    """What the log adds up to."""

    receipts: dict[str, Receipt] = field(default_factory=dict)
    """By key, oldest first."""
    days: list[DayReport] = field(default_factory=list)
    open_day: list[Receipt] = field(default_factory=list)
    counted: int = 0
    """Sales and refunds ever made."""

    def learn(self, entry: Entry) -> None:
        if entry.receipt is not None:
            self.receipts[entry.receipt.key] = entry.receipt
            if entry.receipt.counts:
                self.counted += 1
                self.open_day.append(entry.receipt)
        if entry.report is not None:
            self.days.append(entry.report)
            self.open_day.clear()


class TruthLog:
    """Append-only and synced; `memory` is made again from it at every start."""

    def __init__(self, path: Path) -> None:
        self.memory = Memory()
        self._path = path
        if path.exists():
            self._replay()

    def append(self, entry: Entry) -> None:
        """On disk when this returns."""
        with self._path.open("ab") as log:
            log.write(msgspec.json.encode(entry) + b"\n")
            log.flush()
            os.fsync(log.fileno())
        self.memory.learn(entry)

    def _replay(self) -> None:
        """A last line cut off by a crash was never answered, so it never happened: it is cut away."""
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self.memory.learn(msgspec.json.decode(line, type=Entry))
        if len(whole) != len(data):
            os.truncate(self._path, len(whole))
