"""What a pretend terminal remembers: its truth log, one JSON line a transaction."""

import os
from pathlib import Path

import msgspec


class Transaction(msgspec.Struct, frozen=True, omit_defaults=True):
    """`kind` is `charge`, `reversal` or `declined`; `original` is the trace number that a reversal gives back."""

    kind: str
    amount: int
    currency: int
    trace: int
    receipt: int
    at: str
    original: int = 0
    result: int = 0


class TruthLog:
    """Append-only and synced; read again at every start."""

    def __init__(self, path: Path) -> None:
        self.transactions: list[Transaction] = []
        self._path = path
        if path.exists():
            self._replay()

    def append(self, transaction: Transaction) -> None:
        """On disk when this returns."""
        with self._path.open("ab") as log:
            log.write(msgspec.json.encode(transaction) + b"\n")
            log.flush()
            os.fsync(log.fileno())
        self.transactions.append(transaction)

    def standing(self) -> dict[int, int]:
        """The customers' money it holds: trace number -> amount of every charge that was not given back."""
        held = {each.trace: each.amount for each in self.transactions if each.kind == "charge"}
        for each in self.transactions:
            if each.kind == "reversal":
                held.pop(each.original, None)
        return held

    def _replay(self) -> None:
        """A last line cut off by a crash never happened: it is cut away."""
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        self.transactions = [msgspec.json.decode(line, type=Transaction) for line in whole.splitlines()]
        if len(whole) != len(data):
            os.truncate(self._path, len(whole))
