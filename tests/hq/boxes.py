"""A box that records: entries chained as a store's journal chains them, and batches of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge.facts import (
    BasketOpened,
    Evidence,
    Fact,
    LineAdded,
    SaleClosed,
    SaleLine,
    SalePaid,
    StockReceived,
    TaxSum,
    Tender,
    fact_name,
)
from edge.journal.chain import entry_hash, fact_data, genesis
from edge.journal.entry import Entry
from edge.sync.wire import Batch, Lost, Point, pack_batch, read_batch
from edge.units import (
    ArticleId,
    BasisPoints,
    Identity,
    Key,
    LineId,
    Minor,
    Origin,
    SaleId,
    Seq,
    ShiftId,
    Sku,
    TenderKind,
    TillId,
    UserId,
)
from hq.intake import Intake, Outcome
from hq.store import connect

EPOCH = "00000000000000e1"
OTHER_EPOCH = "00000000000000e2"
AALBORG = Identity("aalborg_box1")
NOON = "2026-03-01T12:00:00.000Z"


@dataclass
class Box:
    """Records facts onto a chain; `fork_after` copies it as an old disk image would."""

    identity: Identity = AALBORG
    epoch: str = EPOCH
    entries: list[Entry] = field(default_factory=list)

    def record(self, *facts: Fact) -> list[Entry]:
        return [self.raw(fact_name(type(fact)), fact_data(fact)) for fact in facts]

    def raw(self, kind: str, data: bytes, *, hash: bytes | None = None) -> Entry:
        """An entry of any type and bytes; with a false `hash` where one is given."""
        seq = Seq(len(self.entries) + 1)
        row = (seq, NOON, kind, Key(f"c{seq}"), UserId("ida"), "2026-03-01", data)
        digest = hash or entry_hash(self.hash_at(len(self.entries)), *row)
        entry = Entry(seq, self.epoch, *row[1:], digest)
        self.entries.append(entry)
        return entry

    def hash_at(self, seq: int) -> bytes:
        return self.entries[seq - 1].hash if seq else genesis(self.identity, EPOCH)

    def point(self, seq: int) -> Point:
        epoch = self.entries[seq - 1].epoch if seq else EPOCH
        return Point(epoch, seq, self.hash_at(seq).hex())

    def payload(self, first: int, last: int, *, parent: Point | None = None, lost: Lost | None = None) -> bytes:
        """The bytes of a batch with entries `first`..`last`."""
        packed = pack_batch(
            self.identity, self.entries[first - 1 : last], self.hash_at(first - 1), parent=parent, lost=lost
        )
        assert packed.last == last
        return packed.payload

    def batch(self, first: int, last: int, *, parent: Point | None = None, lost: Lost | None = None) -> Batch:
        return read_batch(self.payload(first, last, parent=parent, lost=lost), self.identity)

    def restored(self, after: int) -> "Box":
        """The box as an image of its disk, taken after entry `after`, would bring it back."""
        return replace(self, entries=self.entries[:after])


def send(path: Path, identity: Identity, *batches: Batch) -> Outcome:
    """Take batches in one transaction of a database of their own connection."""
    db = connect(path)
    try:
        db.execute("BEGIN IMMEDIATE")
        intake = Intake(db, NOON)
        for batch in batches:
            intake.take(identity, batch)
        outcome = intake.finish()
        db.execute("COMMIT")
        return outcome
    finally:
        db.close()


def received(sku: str, quantity: int) -> StockReceived:
    return StockReceived(Sku(sku), quantity, "delivery-1")


def sale(name: str, *, lines: int = 2, unit: int = 10_000, training: bool = False) -> list[Fact]:
    """The facts of one cash sale of `lines` lines, one unit each."""
    sale_id, till, shift, ida = SaleId(name), TillId("till1"), ShiftId("shift1"), UserId("ida")
    total = Minor(unit * lines)
    tax = Minor(total // 5)
    tender = Tender(TenderKind.CASH, total, total)
    rows = tuple(
        SaleLine(
            LineId(n), Sku(f"RB-{40 + n}"), ArticleId("boot"), f"Ridge støvle {40 + n}", 1, Minor(unit), Minor(0),
            Minor(unit), "A",
        )
        for n in range(1, lines + 1)
    )  # fmt: skip
    opened = BasketOpened(sale_id, till, shift, ida, Seq(7))
    added = [
        LineAdded(sale_id, row.line, row.sku, row.article, row.name, 1, row.unit_price, "A", "05712345000029")
        for row in rows
    ]
    paid = SalePaid(sale_id, till, shift, ida, total, Minor(0), total, (tender,), Minor(0))
    closed = SaleClosed(
        sale_id, f"aalborg-1A-{name}", till, shift, ida, Origin.STORE, "DK", "DKK", "2026-03-01", NOON, NOON, rows,
        (TaxSum("A", BasisPoints(2500), Minor(total - tax), tax, total),), total, Minor(0), total, (tender,), Minor(0),
        Evidence("none"), Seq(7), training=training,
    )  # fmt: skip
    return [opened, *added, paid, closed]


def batches(box: Box, size: int = 100) -> Iterator[Batch]:
    """The whole journal, in batches."""
    for first in range(1, len(box.entries) + 1, size):
        yield box.batch(first, min(first + size - 1, len(box.entries)))


def packed(box: Box, after: int = 0) -> Sequence[bytes]:
    """The journal above `after` as payloads of full batches."""
    payloads, done = [], after
    while done < len(box.entries):
        one = pack_batch(box.identity, box.entries[done : done + 100], box.hash_at(done))
        payloads.append(one.payload)
        done += one.count
    return payloads
