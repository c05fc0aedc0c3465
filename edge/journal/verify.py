"""Find an edited, removed, re-ordered or cut-off entry, say which, and say what nothing proves."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from edge.facts import JournalSealed, fact_name
from edge.journal.chain import entry_hash, genesis
from edge.journal.entry import Entry
from edge.journal.seal import HeadFile, authentic, read_head
from edge.journal.tx import CAUSED

_ALL = "SELECT seq, time, type, cause, actor, businessdate, data, hash FROM entries ORDER BY seq"


@dataclass(slots=True)
class Findings:
    """`faults` in words, each naming its entry; `proven` is the last seq something outside the chain vouches for."""

    head: int = 0
    proven: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    def words(self) -> str:
        """What a person should read."""
        lines = [*self.faults] or [f"{self.head} entries, every hash right."]
        if self.proven < self.head:
            lines.append(f"Nothing outside the journal proves what came after entry {self.proven}.")
        return "\n".join(lines)


def verify(path: Path) -> Findings:
    """Check the journal at `path` against itself, its seals, its head file, HQ's last ack and the tables' positions.

    The shop may go on meanwhile: the head file is read first, everything else from one moment after it.
    """
    found = Findings()
    head = _head_file(path, found)
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    try:
        db.execute("BEGIN")
        hashes = _walk(db, found)
        if head is not None:
            _compare("the head file", head.seq, head.hash, hashes, found)
        _compare_followers(db, hashes, found)
        return found
    finally:
        db.close()


def _walk(db: sqlite3.Connection, found: Findings) -> dict[int, str]:
    (identity,) = db.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()
    (epoch,) = db.execute("SELECT epoch FROM epochs WHERE parent_epoch IS NULL").fetchone()
    prev, expected, hashes, sealed = (
        genesis(identity, epoch),
        1,
        {0: genesis(identity, epoch).hex()},
        fact_name(JournalSealed),
    )
    for seq, time, kind, cause, actor, date, data, digest in db.execute(_ALL):
        if seq != expected:
            missing = f"entry {expected} is" if seq == expected + 1 else f"entries {expected} to {seq - 1} are"
            found.faults.append(f"{missing} missing.")
        elif not isinstance(data, bytes) or entry_hash(prev, seq, time, kind, cause, actor, date, data) != digest:
            found.faults.append(f"entry {seq} ({kind}, {time}) was changed or stands in another's place.")
        hashes[seq] = digest.hex()
        if kind == sealed and isinstance(data, bytes):
            _check_seal(identity, seq, data, hashes, found)
        prev, expected = digest, seq + 1
    found.head = expected - 1
    return hashes


def _check_seal(identity: str, seq: int, data: bytes, hashes: dict[int, str], found: Findings) -> None:
    seal = msgspec.json.decode(data, type=JournalSealed)
    if not authentic(HeadFile(identity, "", seal.seq, seal.hash, seal.public_key, seal.signature)):
        found.faults.append(f"entry {seq}: the seal over entry {seal.seq} was not signed by the key it names.")
    elif hashes.get(seal.seq) != seal.hash:
        found.faults.append(f"entry {seq}: the seal says entry {seal.seq} was different.")
    else:
        found.proven = max(found.proven, int(seal.seq))


def _head_file(path: Path, found: Findings) -> HeadFile | None:
    """What the head file vouches for; None when there is none that can be believed."""
    try:
        head = read_head(path)
    except msgspec.DecodeError:
        found.faults.append("the head file is damaged.")
        return None
    if head is not None and not authentic(head):
        found.faults.append("the head file was not signed by the key it names.")
        return None
    return head


def _compare_followers(db: sqlite3.Connection, hashes: dict[int, str], found: Findings) -> None:
    for name, position, digest in db.execute("SELECT name, position, hash FROM followers ORDER BY name"):
        if position > found.head:
            found.faults.append(f"cut off after entry {found.head}: {name} had already worked up to entry {position}.")
        elif digest is not None:
            _compare(f"the last ack of {name}", position, digest.hex(), hashes, found)


def _compare(who: str, seq: int, digest: str, hashes: dict[int, str], found: Findings) -> None:
    if seq > found.head:
        found.faults.append(f"cut off after entry {found.head}: {who} knows entry {seq}.")
    elif hashes.get(seq) != digest:
        found.faults.append(f"{who} says entry {seq} was different.")
    else:
        found.proven = max(found.proven, seq)


def explain(path: Path, seq: int) -> list[Entry]:
    """The entry `seq` and all its command caused, in order; empty when there is none."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        row = db.execute("SELECT cause FROM entries WHERE seq = ?", (seq,)).fetchone()
        return [] if row is None else [Entry(*each) for each in db.execute(CAUSED, row)]
    finally:
        db.close()
