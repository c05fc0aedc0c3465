"""What a customer's own phone may do: read, put on a list, take off again. No account, no name."""

from urllib.parse import quote

import msgspec
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from edge.commands import Command
from edge.errors import Refused
from edge.facts import ListOpened
from edge.nfc.goods import CatalogGoods
from edge.nfc.handlers import AddToList, RemoveFromList
from edge.nfc.tag import GoodsTag, read_uri
from edge.units import ArticleId, ListId, Origin, Sku
from edge.web.asking import body, key, language
from edge.web.floor import Floor
from edge.web.floor_api import Name
from edge.web.house import House, Json
from edge.web.pace import Pace
from edge.web.problem import answer


class ThingBody(msgspec.Struct):
    article: Name
    sku: Name | None = None


class PhoneApi:
    """`/api/v1/lists/…`, and the links on tags and shelves (GS1 Digital Link)."""

    def __init__(self, house: House, floor: Floor) -> None:
        self._house, self._floor = house, floor
        self._goods = CatalogGoods()
        self._each, self._all = Pace(20, 2.0), Pace(200, 0.2)

    async def list(self, request: Request) -> Response:
        """`ListState`."""
        return answer(await self._list(request, ListId(request.path_params["list"])))

    async def open(self, request: Request) -> Response:
        """A new list with its first thing on it."""
        self._not_too_often(request)
        wanted = await body(request, ThingBody)
        command = AddToList(None, ArticleId(wanted.article), _sku(wanted), Origin.ONLINE)
        reply = await self._house.door.send(command, key=key(request, "phone"))
        opened = next(fact.list for fact in reply.facts() if isinstance(fact, ListOpened))
        return answer(await self._list(request, opened))

    async def change(self, request: Request) -> Response:
        """Add a thing to a list, or take it off."""
        self._not_too_often(request)
        wanted, filled = await body(request, ThingBody), ListId(request.path_params["list"])
        verbs: dict[str, Command] = {
            "add": AddToList(filled, ArticleId(wanted.article), _sku(wanted), Origin.ONLINE),
            "remove": RemoveFromList(filled, ArticleId(wanted.article), _sku(wanted)),
        }
        command = verbs.get(request.path_params["verb"])
        if command is None:
            raise Refused("a list cannot do that", hint="Reload the page.", code="unknown-verb", status=404)
        await self._house.door.send(command, key=key(request, "phone"))
        return answer(await self._list(request, filled))

    async def tag(self, request: Request) -> Response:
        """The link on a tag, opened by a phone: the product's page in this shop."""
        hosts = self._house.config.nfc.hosts
        tag = read_uri(f"https://{hosts[0]}{request.url.path}", frozenset(hosts)) if hosts else None
        if not isinstance(tag, GoodsTag):
            raise _not_here()
        found = await self._house.journal.read(lambda db: self._goods.find(db, tag.gtin))
        if found is None:
            raise _not_here()
        return RedirectResponse(f"/article/{quote(found[0], safe='')}", 302)

    async def _list(self, request: Request, wanted: ListId) -> Json:
        state = await self._floor.list(wanted, language(request, self._house))
        if state is None:
            raise Refused("there is no such list", hint="Start a new list.", code="unknown-list", status=404)
        return state

    def _not_too_often(self, request: Request) -> None:
        """Every press is a fact for ever: one phone, and all phones together, are held to a pace."""
        now = self._house.clock.monotonic()
        self._each.press(request.client.host if request.client else "", now)
        self._all.press("", now)


def _sku(wanted: ThingBody) -> Sku | None:
    return Sku(wanted.sku) if wanted.sku else None


def _not_here() -> Refused:
    return Refused("this is not sold here", hint="Ask us.", code="unknown-article", status=404)
