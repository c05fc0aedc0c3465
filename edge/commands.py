"""The one door: find the handler, decide, record, in one transaction; refusals come back as Refused.

A command is a frozen dataclass. The same command sent twice under one key does it once and answers the same: the
answer is the facts recorded under that key, read from the journal itself. A person's command that changes nothing is
recorded too: its key, used again after others changed things, must not do it then.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Protocol

import msgspec

from edge.approvals import Action, Allowed, Approvals, Need, Pass
from edge.errors import Refused
from edge.facts import Fact, NothingChanged
from edge.ids import Ids
from edge.journal.chain import canonical
from edge.journal.entry import Entry
from edge.journal.store import SYSTEM, Journal
from edge.journal.tx import Tx
from edge.units import Key, Seq, TillId, UserId

MAX_KEY = 128
MAX_WHAT = 500
"""Characters of a command that an approval writes down."""


class Command(Protocol):
    """A frozen dataclass; `right` names what its actor must be allowed, "" when anybody signed in may.

    A class may name `carried` fields: what the box itself adds when the command comes in (a device's state, whose
    approval was checked). They are not what was asked, so the same request sent again may carry others.
    """

    right: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may know besides the state: who asks, under which key, and where identities come from."""

    actor: UserId
    key: Key
    ids: Ids
    door: Pass

    def demand(self, tx: Tx, need: Need) -> UserId:
        """Who lets it be done: the actor, or whoever approved exactly this command. Refused when nobody did."""
        return self.door.demand(tx, need)


Handler = Callable[[Tx, Any, Context], Sequence[Fact]]
"""Load state, decide, and give the facts that follow, or raise Refused. Runs on the writer's thread."""
Timed = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command did: its entries, and the seq a screen must have seen to show it."""

    seq: Seq
    entries: tuple[Entry, ...]
    repeated: bool

    def facts(self) -> tuple[Fact, ...]:
        """The facts, in order."""
        return tuple(fact for entry in self.entries if (fact := entry.fact()) is not None)


class Door:
    """Give it commands; it is safe to send the same one again. `timed` is held around each, by its name."""

    def __init__(
        self,
        journal: Journal,
        handlers: Mapping[type[Command], Handler],
        ids: Ids,
        allowed: Allowed,
        timed: Timed = lambda name: nullcontext(),
        approvals: Approvals | None = None,
    ) -> None:
        self._journal, self._handlers, self._ids, self._allowed = journal, handlers, ids, allowed
        self._timed, self._approvals = timed, approvals

    async def send(self, command: Command, *, key: Key, actor: UserId = SYSTEM) -> Reply:
        """Do `command` once. Raises Refused when it may not be done; then nothing was recorded."""
        with self._timed(type(command).__name__):
            return await self._send(command, key, actor)

    async def _send(self, command: Command, key: Key, actor: UserId) -> Reply:
        handler = self._handlers.get(type(command))
        if handler is None:
            raise Refused(
                f"{type(command).__name__} is not a command here",
                hint="Restart the box; it runs an older program.",
                code="unknown-command",
                status=404,
            )
        if not 0 < len(key) <= MAX_KEY or not key.isprintable() or not key.isascii():
            raise Refused("no usable Idempotency-Key", hint="Send 1 to 128 printable characters.", status=400)
        asked = _asked(command)
        request = _digest(command, asked)
        action = _action(command, request, asked)

        def work(tx: Tx) -> Reply:
            done = tx.caused(key)
            if done:
                return _repeated(tx, key, request, done)
            door = Pass(actor, action, self._allowed, self._approvals)
            if command.right:
                door.demand(tx, Need(command.right))
            tx.request = request
            decided = handler(tx, command, Context(actor, key, self._ids, door))
            facts = [*door.used, *decided]  # what the handler itself demanded is in `used` only now
            if not facts and actor != SYSTEM:
                facts = [NothingChanged(type(command).__name__)]
            entries = tx.record_all(facts)
            return Reply(tx.head.seq, tuple(entries), repeated=False)

        return await self._journal.transact(work, cause=key, actor=actor)


def fingerprint(command: Command) -> bytes:
    """SHA-256 over the command's name and what was asked."""
    return _digest(command, _asked(command))


def _asked(command: Command) -> bytes:
    asked: dict[str, object] = msgspec.to_builtins(command)
    for carried in getattr(type(command), "carried", ()):
        asked.pop(carried, None)
    return canonical(asked)


def _digest(command: Command, asked: bytes) -> bytes:
    """Over the canonical list of both."""
    return sha256(b'["%b",%b]' % (type(command).__name__.encode(), asked)).digest()


def _action(command: Command, request: bytes, asked: bytes) -> Action | None:
    """What an approval would be bound to; None for what is done at no till."""
    till: TillId | None = getattr(command, "till", None)
    if till is None:
        return None
    return Action(till, request.hex(), f"{type(command).__name__} {asked.decode()}"[:MAX_WHAT])


def _repeated(tx: Tx, key: Key, request: bytes, done: Sequence[Entry]) -> Reply:
    (held,) = tx.db.execute("SELECT request FROM entries WHERE seq = ?", (done[0].seq,)).fetchone()
    if held != request:
        raise Refused(
            "this key was used for another command",
            hint="Make a new key for every command.",
            code="key-reused",
            status=422,
        )
    return Reply(tx.head.seq, tuple(done), repeated=True)
