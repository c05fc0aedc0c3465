"""One press of a button at a till, as its verb sees it."""

from dataclasses import dataclass
from typing import TypeVar

from edge.facts import Fact
from edge.staff.desk import Session
from edge.units import Key, TillId
from edge.web.asking import fitted
from edge.web.house import House
from edge.web.till.tills import Tills

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One press of a button: who, where, under which key."""

    house: House
    tills: Tills
    till: TillId
    key: Key
    body: bytes
    token: str

    def read(self, shape: type[T]) -> T:
        """The body as `shape`. Refused when it does not fit."""
        return fitted(self.body, shape)

    async def session(self) -> Session:
        return await self.house.desk.session(self.token, self.till)

    async def do(self, command: object) -> tuple[Fact, ...]:
        """Send a command as whoever is signed in; gives the facts that followed."""
        session = await self.session()
        reply = await self.house.door.send(command, key=self.key, actor=session.user)  # type: ignore[arg-type]
        return reply.facts()
