"""Search, products and pictures: the same on all three doors."""

import asyncio

from fastapi import Request, Response

from edge.catalog.pictures import Gallery
from edge.errors import Refused
from edge.units import ArticleId
from edge.web.asking import language, number
from edge.web.floor import Floor
from edge.web.house import House
from edge.web.problem import answer
from edge.web.views.hits import MOST_HITS

FOREVER = "public, max-age=31536000, immutable"


class CatalogApi:
    """`GET /api/v1/catalog/search`, `GET /api/v1/catalog/articles/{article}`, `GET /media/{sha256}`."""

    def __init__(self, house: House, floor: Floor, gallery: Gallery) -> None:
        self._house, self._floor, self._gallery = house, floor, gallery

    async def search(self, request: Request) -> Response:
        """What can be bought and has every word of `q`."""
        most = number(request, "limit", 20, MOST_HITS)
        query = request.query_params.get("q", "")
        return answer({"hits": await self._floor.search(query, most, language(request, self._house))})

    async def article(self, request: Request) -> Response:
        """`Product`."""
        found = await self._floor.product(ArticleId(request.path_params["article"]), language(request, self._house))
        if found is None:
            raise Refused("this is not sold here", hint="Ask us.", code="unknown-article", status=404)
        return answer(found, headers={"Cache-Control": "no-store", "Vary": "Accept-Language"})

    async def picture(self, request: Request) -> Response:
        """A picture's bytes; its name is its content, so it may be kept for ever."""
        held = await asyncio.to_thread(self._gallery.read, request.path_params["digest"])
        if held is None:
            raise Refused("no such picture", hint="It follows from the office.", code="no-picture", status=404)
        return Response(held.data, media_type=held.type, headers={"Cache-Control": FOREVER})
