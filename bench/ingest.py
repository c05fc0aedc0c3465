"""Facts into headquarters' database, without a broker: inflated, hash-checked, validated, folded, committed."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from edge.sync.wire import read_batch
from hq.intake import Intake
from hq.store import connect
from tests.hq.boxes import AALBORG, NOON, Box, packed, sale


def backlog(facts: int) -> Box:
    """A journal of at least `facts` entries: sales of three lines."""
    box, number = Box(), 0
    while len(box.entries) < facts:
        number += 1
        box.record(*sale(f"s{number}", lines=3))
    return box


def ingest(payloads: list[bytes], path: Path, per_commit: int) -> float:
    """Seconds to take all payloads, `per_commit` batches a transaction."""
    db = connect(path)
    begun = time.perf_counter()
    for at in range(0, len(payloads), per_commit):
        db.execute("BEGIN IMMEDIATE")
        intake = Intake(db, NOON)
        for payload in payloads[at : at + per_commit]:
            intake.take(AALBORG, read_batch(payload, AALBORG))
        intake.finish()
        db.execute("COMMIT")
    took = time.perf_counter() - begun
    db.close()
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=100_000)
    arguments = parser.parse_args()
    box = backlog(arguments.facts)
    payloads = list(packed(box))
    for per_commit in (1, 4, 16):
        with tempfile.TemporaryDirectory() as folder:
            took = ingest(payloads, Path(folder) / "hq.db", per_commit)
            print(f"{len(box.entries)} facts, {per_commit:2} batches a commit: {len(box.entries) / took:9,.0f} facts/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
