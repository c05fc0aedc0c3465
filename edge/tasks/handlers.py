"""Commands about tasks: take one, finish one. Rooms open them by the fact `task.opened`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, TaskDone, TaskTaken
from edge.journal.tx import Tx
from edge.units import TaskId


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


def _take(tx: Tx, command: TakeTask, context: Context) -> Sequence[Fact]:
    return [] if _open(tx, command.task) == context.actor else [TaskTaken(command.task, context.actor)]


def _finish(tx: Tx, command: FinishTask, context: Context) -> Sequence[Fact]:
    _open(tx, command.task)
    return [TaskDone(command.task, context.actor)]


def _open(tx: Tx, task: TaskId) -> str | None:
    """Who has taken an open task. Refused when it is not open."""
    row = tx.db.execute("SELECT taken_by FROM open_tasks WHERE task = ?", (task,)).fetchone()
    if row is None:
        raise Refused("that task is not open", hint="Somebody has done it already.", code="unknown-task", status=404)
    return None if row[0] is None else str(row[0])


HANDLERS: Mapping[type[Command], Handler] = {TakeTask: _take, FinishTask: _finish}
