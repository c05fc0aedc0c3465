"""Opening a task, and saying that it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from edge.commands import Command, Context, Handler
from edge.errors import Refused
from edge.facts import Fact, TaskDone, TaskOpened
from edge.journal.tx import Tx
from edge.tasks.tables import open_task
from edge.units import TaskId

FORK = "fork"
"""The box was restored from an old copy; its subject is the letter that receipts carry since."""
ITSELF = frozenset({"shelf.recount"})
"""Done by doing it, never by saying so: a recount by the count."""


@dataclass(frozen=True, slots=True)
class OpenTask:
    """The box asks a person to do something."""

    right: ClassVar[str] = ""
    kind: str
    subject: str
    hint: str


@dataclass(frozen=True, slots=True)
class FinishTask:
    """Somebody did it."""

    right: ClassVar[str] = "settle"
    task: TaskId


def open_one(tx: Tx, command: OpenTask, context: Context) -> Sequence[Fact]:
    """Ask once."""
    return [TaskOpened(TaskId(context.ids.new()), command.kind, command.subject, command.hint)]


def finish(tx: Tx, command: FinishTask, context: Context) -> Sequence[Fact]:
    """Who did it is whoever is signed in."""
    task = open_task(tx.db, command.task)
    if task is None:
        raise Refused("there is no such task", hint="Somebody has done it already.", code="unknown-task", status=404)
    if task.kind in ITSELF:
        raise Refused("this task ends by itself", hint=task.hint, code="do-it", status=409)
    return [TaskDone(command.task, context.actor)]


HANDLERS: Mapping[type[Command], Handler] = {OpenTask: open_one, FinishTask: finish}
