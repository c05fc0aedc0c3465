"""Inside the writer's transaction: what HQ does with a box's messages other than batches, and what it answers."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from edge.clock import moment, stamp
from edge.sync.wire import Ack, Answer, Ask, FeedPage, Hello, Private, Status, Telemetry, Want, split_identity
from edge.units import Identity
from hq import feed
from hq.branches import cursor, newest_common, others, raise_alarm, standing

SKEW_ALARM_MS = 120_000
_KEEP_SAMPLES = 500
_NODE = "SELECT boot, connection, fenced FROM nodes WHERE identity = ?"
_HELLO = """INSERT INTO nodes (identity, store, node, online, last_seen, boot, connection, version, epoch, head_seq,
oldest_seq, skew_ms) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (identity) DO UPDATE SET online = 1,
last_seen = excluded.last_seen, boot = excluded.boot, connection = excluded.connection, version = excluded.version,
epoch = excluded.epoch, head_seq = excluded.head_seq, oldest_seq = excluded.oldest_seq, skew_ms = excluded.skew_ms"""
_BIRTH = """INSERT INTO nodes (identity, store, node, online, last_seen, boot, connection) VALUES (?, ?, ?, 1, ?, ?, ?)
ON CONFLICT (identity) DO UPDATE SET online = 1, last_seen = excluded.last_seen, boot = excluded.boot,
connection = excluded.connection"""
_GONE = "UPDATE nodes SET online = 0 WHERE identity = ? AND boot = ? AND connection = ?"
_ALL_OFFLINE = "UPDATE nodes SET online = 0"
_HEARD = "UPDATE nodes SET last_seen = ?, online = 1 WHERE identity = ? AND boot = ?"
_BOOT = "SELECT connection FROM boots WHERE identity = ? AND boot = ?"
_SET_BOOT = """INSERT INTO boots (identity, boot, connection, heard_at) VALUES (?, ?, ?, ?)
ON CONFLICT (identity, boot) DO UPDATE SET connection = excluded.connection, heard_at = excluded.heard_at"""
_FENCE = "UPDATE nodes SET fenced = ? WHERE identity = ?"
_UNFENCE = "UPDATE nodes SET fenced = '' WHERE identity = ? AND fenced <> ''"
_FORGET_BOOTS = "DELETE FROM boots WHERE identity = ?"
_DEVICE = """INSERT INTO devices (identity, device, up, since, hint, heard_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (identity, device) DO UPDATE SET up = excluded.up, since = excluded.since, hint = excluded.hint,
heard_at = excluded.heard_at"""
_UNNAMED = "DELETE FROM devices WHERE identity = ? AND heard_at <> ?"
_SAMPLE = "INSERT INTO telemetry (identity, kind, heard_at, data) VALUES (?, ?, ?, ?)"
_FORGET = """DELETE FROM telemetry WHERE identity = ? AND sample <= (SELECT max(sample) FROM telemetry) - ?"""
_POSITION = """INSERT INTO feed_positions (identity, feed, epoch, seq, digest, at) VALUES (?, ?, ?, ?, '', ?)
ON CONFLICT (identity, feed) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, at = excluded.at"""
_PRIVATE = """INSERT INTO private (identity, id, kind, heard_at, data) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (identity, id) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a message is answered: in this transaction, at this moment."""

    db: sqlite3.Connection
    now: datetime
    fresh_epoch: str

    @property
    def at(self) -> str:
        return stamp(self.now)

    def hello(self, identity: Identity, said: Hello, window: int) -> Ack:
        """The answer to a hello: where the box goes on sending."""
        fenced = self._fenced(identity, said.boot, said.connection)
        skew = self._skew(said.clock)
        store, node = split_identity(identity)
        if fenced != said.boot:
            self.db.execute(
                _HELLO,
                (identity, store, node, self.at, said.boot, said.connection, said.version, said.epoch, said.head,
                 said.oldest, skew),
            )  # fmt: skip
        if abs(skew) > SKEW_ALARM_MS:
            text = f"the clock of {identity} is more than two minutes {'ahead' if skew > 0 else 'behind'}"
            raise_alarm(self.db, self.at, identity, "clock", text, "Set the box's clock; sales keep their order.")
        for at in said.feeds:
            self.db.execute(_POSITION, (identity, at.feed, at.epoch, at.seq, self.at))
        self._told_of_fork(identity, said)
        place = standing(self.db, identity, said.epoch, said.lineage)
        return Ack(
            epoch=place.epoch,
            seq=place.seq,
            hash=place.hash.hex(),
            nonce=said.nonce,
            common=newest_common(self.db, identity, said.probe),
            window=window,
            fenced=fenced,
            feeds=feed.positions(self.db, store),
            others=not said.lineage and others(self.db, identity, said.epoch),
        )

    def status(self, identity: Identity, said: Status) -> None:
        """Birth, or the will of the very connection that is the current one."""
        if said.state == "offline":
            self.db.execute(_GONE, (identity, said.boot, said.connection))
            return
        if self._fenced(identity, said.boot, said.connection) == said.boot:
            return
        row = self.db.execute(_NODE, (identity,)).fetchone()
        if row is None or row[0] != said.boot or said.connection >= row[1]:
            self.db.execute(_BIRTH, (identity, *split_identity(identity), self.at, said.boot, said.connection))

    def telemetry(self, identity: Identity, said: Telemetry, payload: bytes) -> None:
        """Device health replaces what was known; the newest samples are kept."""
        self.db.execute(_HEARD, (self.at, identity, said.boot))
        for device in said.devices:
            row = (identity, device.name, int(device.up), device.since, device.hint, self.at)
            self.db.execute(_DEVICE, row)
        if said.devices:
            self.db.execute(_UNNAMED, (identity, self.at))
        if said.gap:
            self.db.execute(_SAMPLE, (identity, "gap", self.at, payload[:4096]))
            self.db.execute(_FORGET, (identity, _KEEP_SAMPLES))

    def want(self, identity: Identity, said: Want) -> FeedPage:
        """The page a box asked for."""
        store = split_identity(identity)[0]
        name = feed.ALL if said.feed == "all" else store
        author = feed.Author("hq", f"want:{said.nonce}", self.at, self.fresh_epoch)
        page, minted = feed.answer(self.db, name, said, author)
        if minted:
            text = f"{identity} had more of feed {name} than headquarters: headquarters was restored from a copy"
            hint = "Enter again what was changed since that copy; every store fetches the whole feed anew."
            raise_alarm(self.db, self.at, identity, "restored", text, hint)
        return page

    def ask(self, said: Ask) -> Answer:
        """This release knows no question; an expired one is never carried out."""
        expires = _moment(said.expires)
        if expires is None or expires < self.now:
            return Answer(id=said.id, refused="The question came too late. Ask again.")
        return Answer(id=said.id, refused=f"Headquarters does not know how to answer {said.kind!r}.")

    def private(self, identity: Identity, said: Private) -> Answer:
        """Kept in the one erasable table; the answer lets the box erase its own copy."""
        self.db.execute(_PRIVATE, (identity, said.id, said.kind, self.at, bytes(said.data)))
        return Answer(id=said.id)

    def _fenced(self, identity: Identity, boot: str, connection: int) -> str:
        """The boot id that must leave the cable: two boxes that live at once give each other away by alternating.

        A birth counts as a hello does, and comes before it.
        """
        row = self.db.execute(_NODE, (identity,)).fetchone()
        before = self.db.execute(_BOOT, (identity, boot)).fetchone()
        self.db.execute(_SET_BOOT, (identity, boot, max(connection, before[0] if before else 0), self.at))
        if row is None or row[2]:
            return str(row[2]) if row else ""
        came_back = before is not None and row[0] not in ("", boot) and connection > before[0]
        if not came_back:
            return ""
        fenced = str(row[0])
        self.db.execute(_FENCE, (fenced, identity))
        text = f"two boxes call themselves {identity}; the one that came later (start {fenced}) was taken off the cable"
        hint = f"Switch one of them off, then run `hq unfence {identity}`. Both keep their sales."
        raise_alarm(self.db, self.at, identity, "two-boxes", text, hint)
        return fenced

    def _told_of_fork(self, identity: Identity, said: Hello) -> None:
        here = cursor(self.db, identity, said.epoch)
        if here is not None and here.seq > said.head:
            text = f"{identity} came back with an older record than headquarters holds"
            hint = "It was restored from an old copy. Nothing is lost; it goes on selling under a new letter."
            raise_alarm(self.db, self.at, identity, "fork", text, hint)

    def _skew(self, clock: str) -> int:
        told = _moment(clock)
        return 0 if told is None else round((told - self.now).total_seconds() * 1000)


def begin(db: sqlite3.Connection) -> None:
    """A receiver starts: nobody is online until it says so."""
    db.execute(_ALL_OFFLINE)


def unfence(db: sqlite3.Connection, identity: Identity) -> bool:
    """Let both boot ids back on the cable; whether anything was fenced."""
    db.execute(_FORGET_BOOTS, (identity,))
    return db.execute(_UNFENCE, (identity,)).rowcount > 0


def _moment(text: str) -> datetime | None:
    try:
        return moment(text)
    except (ValueError, OverflowError):
        return None
