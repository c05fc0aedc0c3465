"""Saying yes to one exact action: granted by a PIN at the till, used once, within a minute."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.approvals import Action, Need
from edge.clock import moment
from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import ApprovalGranted, ApprovalUsed, Fact
from edge.journal.entry import Entry
from edge.journal.room import Room
from edge.journal.tx import Tx
from edge.rights import Role
from edge.staff.rights import approvers, role_of
from edge.units import ApprovalId, TillId, UserId

GOOD_FOR = 60
"""Seconds."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS approvals (
    approval TEXT PRIMARY KEY, till TEXT NOT NULL, by TEXT NOT NULL, right TEXT NOT NULL, action TEXT NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS approvals_action ON approvals (action);
"""
_GIVEN = "SELECT approval, by, at FROM approvals WHERE action = ? AND till = ? AND right = ? ORDER BY at DESC"


@dataclass(frozen=True, slots=True)
class Approve:
    """`by` has shown their PIN at `till` and says yes to the command of this fingerprint, which needs `needed`."""

    right: ClassVar[str] = ""
    till: TillId
    by: UserId
    needed: str
    action: str


class StaffApprovals:
    """Satisfies `Approvals` from this room's tables."""

    def role(self, tx: Tx, user: UserId) -> Role:
        return role_of(tx.db, user)

    def given(self, tx: Tx, action: Action, right: str) -> Sequence[tuple[ApprovalId, UserId]]:
        rows = tx.db.execute(_GIVEN, (action.digest, action.till, right)).fetchall()
        return [(ApprovalId(approval), UserId(by)) for approval, by, at in rows if _fresh(tx, at)]

    def people(self, tx: Tx, need: Need) -> Sequence[UserId]:
        return [user for user in approvers(tx.db, need.right) if need.met_by(role_of(tx.db, user))]


def _fresh(tx: Tx, at: str) -> bool:
    return 0 <= (tx.now - moment(at)).total_seconds() <= GOOD_FOR


def _approve(tx: Tx, command: Approve, context: Context) -> Sequence[Fact]:
    if command.needed not in role_of(tx.db, command.by).rights:
        raise Refused(f"{command.by} may not {command.needed}", hint="Ask a manager.", code="not-allowed", status=403)
    approval = ApprovalId(context.ids.new())
    return [ApprovalGranted(approval, command.till, command.by, command.needed, command.action)]


def _granted(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ApprovalGranted)
    row = (fact.approval, fact.till, fact.by, fact.right, fact.action, entry.time)
    db.execute("INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?)", row)


def _used(db: sqlite3.Connection, entry: Entry, fact: Fact) -> None:
    assert isinstance(fact, ApprovalUsed)
    db.execute("DELETE FROM approvals WHERE approval = ?", (fact.approval,))


HANDLERS: Mapping[type[Command], Handler] = {Approve: _approve}
ROOM = Room("approvals", schema=SCHEMA, project={ApprovalGranted: _granted, ApprovalUsed: _used})
