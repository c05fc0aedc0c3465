"""What people must do: `GET /api/v1/tasks`, `POST /api/v1/tasks/{task}/take|done`; staff door, signed in."""

from collections.abc import Callable, Mapping

from fastapi import Request, Response

from edge.clock import moment
from edge.commands import Command
from edge.errors import Refused
from edge.tasks.handlers import FinishTask, TakeTask
from edge.tasks.tables import OPEN
from edge.units import TaskId
from edge.web.asking import key
from edge.web.house import House
from edge.web.problem import answer

MOST = 100
_VERBS: Mapping[str, Callable[[TaskId], Command]] = {"take": TakeTask, "done": FinishTask}


class TasksApi:
    """The tasks of one house."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def list(self, request: Request) -> Response:
        """Open tasks, the oldest first, with their age in seconds."""
        await self._house.desk.session(_token(request))
        now = self._house.clock.now()
        rows = await self._house.journal.rows(OPEN, (MOST,))
        tasks = [{**dict(row), "age": int((now - moment(row["opened_at"])).total_seconds())} for row in rows]
        return answer({"tasks": tasks})

    async def change(self, request: Request) -> Response:
        """Take a task, or say that it is done."""
        session = await self._house.desk.session(_token(request))
        verb = _VERBS.get(request.path_params["verb"])
        if verb is None:
            raise Refused(
                "a task is taken or done",
                hint="Check the address; docs/openapi.json lists every one.",
                code="unknown-verb",
                status=404,
            )
        wanted = verb(TaskId(request.path_params["task"]))
        await self._house.door.send(wanted, key=key(request, "task"), actor=session.user)
        return await self.list(request)


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()
