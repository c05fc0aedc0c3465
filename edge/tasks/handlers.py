"""Commands about tasks: open, take and finish one. Rooms may also open them by the fact `task.opened`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, TaskDone, TaskOpened, TaskTaken
from edge.journal.tx import Tx
from edge.tasks.tables import kind_of
from edge.units import TaskId

FORK = "fork"
"""The box was restored from an old copy; its subject is the letter that receipts carry since. A manager settles it."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """The box itself asks a person to do something."""

    right: ClassVar[str] = ""
    kind: str
    subject: str
    hint: str


@dataclass(frozen=True, slots=True)
class TakeTask:
    """Whoever sends this says they will do it; a second one takes it over."""

    right: ClassVar[str] = ""
    task: TaskId


@dataclass(frozen=True, slots=True)
class FinishTask:
    """It is done."""

    right: ClassVar[str] = ""
    task: TaskId


@dataclass(frozen=True, slots=True)
class SettleTask:
    """A manager has seen to it."""

    right: ClassVar[str] = "settle"
    task: TaskId


def _open_task(tx: Tx, command: OpenTask, context: Context) -> Sequence[Fact]:
    return [TaskOpened(TaskId(context.ids.new()), command.kind, command.subject, command.hint)]


def _take(tx: Tx, command: TakeTask, context: Context) -> Sequence[Fact]:
    return [] if _open(tx, command.task) == context.actor else [TaskTaken(command.task, context.actor)]


def _finish(tx: Tx, command: FinishTask, context: Context) -> Sequence[Fact]:
    _open(tx, command.task)
    if kind_of(tx.db, command.task) == FORK:
        raise Refused("a manager must see to this", hint="Call a manager.", code="not-allowed", status=403)
    return [TaskDone(command.task, context.actor)]


def _settle(tx: Tx, command: SettleTask, context: Context) -> Sequence[Fact]:
    _open(tx, command.task)
    return [TaskDone(command.task, context.actor)]


def _open(tx: Tx, task: TaskId) -> str | None:
    """Who has taken an open task. Refused when it is not open."""
    row = tx.db.execute("SELECT taken_by FROM open_tasks WHERE task = ?", (task,)).fetchone()
    if row is None:
        raise Refused("that task is not open", hint="Somebody has done it already.", code="unknown-task", status=404)
    return None if row[0] is None else str(row[0])


HANDLERS: Mapping[type[Command], Handler] = {
    OpenTask: _open_task,
    TakeTask: _take,
    FinishTask: _finish,
    SettleTask: _settle,
}
