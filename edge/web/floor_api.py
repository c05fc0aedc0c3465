"""Walls and shelves: their states and their own buttons. No session; screens show the token (`Doors.screen_only`)."""

from typing import Annotated, Literal

import msgspec
from fastapi import Request, Response
from msgspec import Meta

from edge.errors import Refused
from edge.facts import ListOpened
from edge.nfc.handlers import AddToList, SendListToTill
from edge.units import ArticleId, ListId, Sku, TillId, WallId
from edge.web.asking import body, key, language
from edge.web.floor import Floor
from edge.web.house import House
from edge.web.problem import answer

Name = Annotated[str, Meta(min_length=1, max_length=64)]


class AddBody(msgspec.Struct):
    article: Name
    list: Name | None = None
    sku: Name | None = None


class SendBody(msgspec.Struct):
    list: Name
    till: Name


class ShownBody(msgspec.Struct):
    hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{1,64}\Z")]
    level: Literal["live", "stale", "price"]


class FloorApi:
    """`/api/v1/walls/…` and `/api/v1/shelves/…`."""

    def __init__(self, house: House, floor: Floor) -> None:
        self._house, self._floor = house, floor

    async def wall(self, request: Request) -> Response:
        """`WallState`."""
        state = await self._floor.wall(request.path_params["wall"], language(request, self._house))
        if state is None:
            raise _unknown_wall(request.path_params["wall"])
        return answer(state)

    async def add_to_list(self, request: Request) -> Response:
        """Put a thing on a list; without one, open it."""
        wall, wanted = self._wall(request), await body(request, AddBody)
        command = AddToList(
            ListId(wanted.list) if wanted.list else None,
            ArticleId(wanted.article),
            Sku(wanted.sku) if wanted.sku else None,
            wall=wall,
        )
        reply = await self._house.door.send(command, key=key(request, "wall"))
        self._house.walls.touch(wall)
        opened = [fact.list for fact in reply.facts() if isinstance(fact, ListOpened)]
        filled = opened[0] if opened else command.list
        assert filled is not None, "a list is named or opened"
        return answer({"list": filled, "count": await self._floor.count(filled)})

    async def send_to_till(self, request: Request) -> Response:
        """Show a list at a till this wall sends to."""
        wall, wanted = self._wall(request), await body(request, SendBody)
        near = next(each.tills for each in self._house.config.wall if each.id == wall)
        if near and TillId(wanted.till) not in near:
            raise Refused("this wall does not send there", hint="Choose a till.", code="unknown-till", status=404)
        command = SendListToTill(ListId(wanted.list), TillId(wanted.till))
        await self._house.door.send(command, key=key(request, "wall"))
        self._house.walls.touch(wall)
        return answer({})

    async def shelf(self, request: Request) -> Response:
        """`ShelfState`."""
        state = await self._floor.shelf(request.path_params["shelf"], language(request, self._house))
        if state is None:
            raise unknown_shelf(request.path_params["shelf"])
        return answer(state)

    async def shown(self, request: Request) -> Response:
        """A display says what customers see there: kept on the board, to be held against the till."""
        shelf = request.path_params["shelf"]
        if not self._floor.plates(shelf):
            raise unknown_shelf(shelf)
        said = await body(request, ShownBody)
        self._house.board.put(f"shown:{shelf}", {"hash": said.hash, "level": said.level})
        return answer({})

    def _wall(self, request: Request) -> WallId:
        wall = WallId(request.path_params["wall"])
        if wall not in {each.id for each in self._house.config.wall}:
            raise _unknown_wall(wall)
        return wall


def _unknown_wall(wall: str) -> Refused:
    return Refused(f"no wall {wall} here", hint="Check the page's address.", code="unknown-wall", status=404)


def unknown_shelf(shelf: str) -> Refused:
    """No such shelf, or nothing on it has a price."""
    hint = "Check the page's address, and that what lies there has a price."
    return Refused(f"no shelf {shelf} here", hint=hint, code="unknown-shelf", status=404)
