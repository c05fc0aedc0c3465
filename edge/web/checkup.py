"""How every part of the box is, with what to do: for `/healthz`, `/metrics`, headquarters and systemd's watchdog."""

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from edge.alive import knock_at
from edge.clock import moment, stamp
from edge.errors import StoreEdgeError
from edge.health import Part
from edge.pos.fiscal.port import FiscalStatus
from edge.sync import wire
from edge.sync.cable import CableState
from edge.sync.hello import FENCED
from edge.tasks.handlers import FORK
from edge.tasks.tables import Task, open_tasks
from edge.units import Key
from edge.web.house import House

UP, WARN, DOWN = "up", "warn", "down"
PATIENCE = 2.0
"""Seconds the journal and the doors have to answer when a person asks."""
LITTLE, NOTHING = 2 * 1024**3, 64 * 1024**2
"""Bytes of free disk below which somebody should look, and below which nothing can be recorded much longer."""
OLD = timedelta(minutes=15)
"""So long a sale may exist on this box alone before somebody should know."""
_FULL = "Free space on the box: remove what does not belong to the shop, or call support."
_OFFLINE = "Selling goes on. Everything is sent as soon as headquarters answers."
_BLIND = "Look at this shelf: press nothing and lean on nothing. If it stays, count it by hand and enter the number."


@dataclass(frozen=True, slots=True)
class State:
    """One part: `up`, `warn` (works, but somebody should look) or `down`, since when, and what to do."""

    name: str
    state: str
    since: str
    hint: str = ""
    detail: str = ""

    def as_json(self) -> dict[str, object]:
        """As `/healthz` shows it."""
        told = {"state": self.state, "up": self.state != DOWN, "since": self.since}
        return {**told, "hint": self.hint, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Report:
    """The whole box. It is `up` while it can sell: the journal writes, the doors answer, the disk has room."""

    parts: tuple[State, ...]
    tasks: tuple[Task, ...]
    free: int

    @property
    def up(self) -> bool:
        return not any(part.state == DOWN and _vital(part.name) for part in self.parts)


class Checkup:
    """Looks at one house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._turned: dict[str, State] = {}

    async def vital(self, within: float) -> Mapping[str, str]:
        """What is wrong with the parts without which nothing can be sold: the journal's writer and the doors."""
        journal, doors = await asyncio.gather(self._journal(within), knock_at(self._house.doors, within))
        return {**({"journal": journal} if journal else {}), **{f"door/{name}": wrong for name, wrong in doors.items()}}

    def sentence(self) -> str:
        """One line for `systemctl status`."""
        wrong = [part for part in self.parts() if part.state != UP]
        return "; ".join(f"{part.name}: {part.hint or part.state}" for part in wrong) or "all is well"

    def parts(self) -> list[State]:
        """Every part that can be told without asking anybody."""
        found = [self._device(part) for part in self._house.health.snapshot().values()]
        return [*found, *self._plates(), *self._only_here(), self._disk(self._free())]

    def report(self) -> tuple[wire.DeviceHealth, ...]:
        """The same, for headquarters' page."""
        return tuple(
            wire.DeviceHealth(name=part.name[:64], up=part.state != DOWN, since=part.since, hint=part.hint[:500])
            for part in self.parts()
        )

    async def whole(self) -> Report:
        """Everything, after asking the journal and the doors."""
        wrong = await self.vital(PATIENCE)
        tasks = await self._house.journal.read(open_tasks) if "journal" not in wrong else []
        head = self._house.journal.head
        states = [
            self._own("journal", wrong.get("journal", ""), "Restart the box. If it stays, call support.", head.seq)
        ]
        for name in self._house.doors:
            states.append(self._own(f"door/{name}", wrong.get(f"door/{name}", ""), "Restart the box.", ""))
        forks = [State(FORK, WARN, task.at, task.hint, task.subject) for task in tasks if task.kind == FORK]
        return Report((*states, *self.parts(), *forks), tuple(tasks), self._free())

    async def _journal(self, within: float) -> str:
        try:
            async with asyncio.timeout(within):
                await self._house.journal.transact(lambda tx: None, cause=Key("sign of life"))
        except TimeoutError:
            return "does not answer"
        except StoreEdgeError as error:
            return error.message
        return ""

    def _own(self, name: str, wrong: str, hint: str, detail: object) -> State:
        return self._since(State(name, DOWN, "", hint, wrong) if wrong else State(name, UP, "", "", str(detail)))

    def _since(self, now: State) -> State:
        """With the time it turned; for parts that do not keep it themselves."""
        old = self._turned.get(now.name)
        at = old.since if old is not None and old.state == now.state else stamp(self._house.clock.now())
        self._turned[now.name] = turned = replace(now, since=at)
        return turned

    def _device(self, part: Part) -> State:
        """What the supervisor knows; a device that answers may say itself that it cannot work."""
        shown = State(part.name, UP if part.up else DOWN, stamp(part.since), part.hint, part.detail)
        live = self._house.board.get("cable" if part.name == "hq" else part.name)
        if not part.up or live is None:
            return shown
        if isinstance(live.value, CableState):
            return _cable(shown, live.value)
        state, cause, hint = _said(live.value)
        return shown if state == UP else State(part.name, state, stamp(live.at), hint, cause)

    def _plates(self) -> Iterator[State]:
        for plate in self._house.config.plate:
            live = self._house.board.get(f"shelf/plate/{plate.id}")
            why = "" if live is None else str(cast("Mapping[str, object]", live.value)["blind"])
            if live is not None:
                shown = State(f"plate/{plate.id}", WARN, "", _BLIND, why) if why else State(f"plate/{plate.id}", UP, "")
                yield self._since(shown)

    def _only_here(self) -> Iterator[State]:
        live = self._house.board.get("cable")
        if live is None or not isinstance(live.value, CableState):
            return
        sales, since = live.value.sales, live.value.since
        old = bool(since) and self._house.clock.now() - moment(since) > OLD
        shown = State("only-here", WARN if old else UP, "", _OFFLINE if old else "", f"{sales} sales since {since}")
        yield replace(shown, since=since) if sales else self._since(replace(shown, detail="0 sales"))

    def _disk(self, free: int) -> State:
        state = DOWN if free < NOTHING else WARN if free < LITTLE else UP
        return self._since(State("disk", state, "", "" if state == UP else _FULL, f"{free} bytes free"))

    def _free(self) -> int:
        return shutil.disk_usage(self._house.journal.path.parent).free


def _said(value: object) -> tuple[str, str, str]:
    """State, cause and hint of a device that speaks for itself."""
    if isinstance(value, FiscalStatus):
        return (UP, "", "") if value.ready and not value.cause else (DOWN, value.cause, value.hint)
    if isinstance(value, Mapping) and {"state", "cause", "hint"} <= value.keys():
        return str(value["state"]), str(value["cause"]), str(value["hint"])
    return UP, "", ""


def _cable(shown: State, cable: CableState) -> State:
    detail = f"headquarters has {cable.acked} of {cable.head} entries"
    if cable.fenced:
        return State(shown.name, DOWN, shown.since, FENCED, detail)
    if not cable.answered:
        return State(shown.name, WARN, shown.since, _OFFLINE, detail)
    return State(shown.name, UP, shown.since, "", detail)


def _vital(name: str) -> bool:
    return name in {"journal", "disk"} or name.startswith("door/")
