"""A visitor who does by program what a person does on the demo's pages: plain HTTP, no shortcut into the processes."""

import asyncio
import http.client
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

import msgspec

from edge.sim.stage.cashier import Cashier, Json, Problem
from edge.sim.stage.texts import STAFF_TOKEN
from edge.sim.stage.theatre import Theatre
from edge.sim.stage.world import CASHIER, CASHIER_PIN, MAIN, MANAGER, PIN, World

T = TypeVar("T")


class Late(Exception):
    """What was to happen did not happen in time."""


class Visitor:
    """Hands on the first shop of the theatre's country."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre

    @property
    def world(self) -> World:
        return self.theatre.world

    def cashier(self, till: str = "1", *, manager: bool = False) -> Cashier:
        """Somebody who has signed in at a till."""
        cashier = Cashier(self.theatre.ports.stores[MAIN][0], till)
        cashier.sign_in(*((MANAGER, PIN) if manager else (CASHIER, CASHIER_PIN)))
        return cashier

    def floor(self, path: str) -> Json:
        """What a floor screen shows."""
        return request(self.theatre.ports.stores[MAIN][1], "GET", path)

    def shelf(self, name: str) -> Json:
        return self.floor(f"/api/v1/shelves/{name}/state")

    def wall(self) -> Json:
        return self.floor("/api/v1/walls/1/state")

    def shop(self, method: str, path: str, body: object = None, secret: str = STAFF_TOKEN) -> Json:
        """The online shop's own interface."""
        return request(self.theatre.ports.hq_shop, method, path, body, {"Authorization": f"Bearer {secret}"})

    def hq(self, path: str) -> Json:
        """Headquarters' interface."""
        return request(self.theatre.ports.hq_page, "GET", path, None, {"Authorization": f"Bearer {STAFF_TOKEN}"})

    async def soon(self, what: str, look: Callable[[], T | None], within: float) -> tuple[T, float]:
        """The first thing `look` gives that is not None or False, and the seconds it took; Late when none in time."""
        began = time.monotonic()
        while (took := time.monotonic() - began) <= within:
            found = await asyncio.to_thread(look)
            if found:
                return found, time.monotonic() - began
            await asyncio.sleep(0.02)
        raise Late(f"{what}: not within {within:g} s ({took:.1f} s)")


async def calmly(work: Callable[..., T], *arguments: object) -> T:
    """Run something that blocks without holding the simulators up."""
    return await asyncio.to_thread(work, *arguments)


Step = Callable[[Visitor], Awaitable[str]]


def request(port: int, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Json:
    """One HTTP request with a JSON answer. Raises Problem."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        given = {"Content-Type": "application/json", **(headers or {})}
        line.request(method, path, None if body is None else msgspec.json.encode(body), given)
        response = line.getresponse()
        answer = msgspec.json.decode(response.read() or b"{}")
    finally:
        line.close()
    if response.status >= 400:
        raise Problem(response.status, cast("Json", answer))
    return cast("Json", answer)
