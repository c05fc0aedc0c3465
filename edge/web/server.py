"""The three doors: staff (signed in), floor (screens, by token) and public (phones); each its own listener."""

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from edge.alive import PATH as ALIVE
from edge.catalog.pictures import Gallery
from edge.errors import Refused
from edge.units import TillId
from edge.web.asking import language
from edge.web.box_api import BoxApi
from edge.web.catalog_api import CatalogApi
from edge.web.floor_api import FloorApi
from edge.web.house import House
from edge.web.office_api import OfficeApi
from edge.web.openapi import document
from edge.web.page import STATIC
from edge.web.phone_api import PhoneApi
from edge.web.problem import answer, guard
from edge.web.qr import svg
from edge.web.screens import Screens
from edge.web.tasks_api import TasksApi
from edge.web.till import api as till_api

Endpoint = Callable[[Request], Awaitable[Response]]
YEAR = 365 * 24 * 3600
FLOOR = frozenset({"display", "wall", "shelf", "catalog"})
"""What screens of the floor may watch."""


class Doors:
    """Builds the applications of one house."""

    def __init__(self, house: House, screens: Screens) -> None:
        self._house, self._screens = house, screens
        self._tills = screens.tills
        gallery = Gallery(Path(house.config.paths.media))
        self._catalog = CatalogApi(house, screens.floor, gallery)
        self._box = BoxApi(house)
        self._floor, self._phones = FloorApi(house, screens.floor), PhoneApi(house, screens.floor)

    def staff(self) -> FastAPI:
        """Tills, search, health; for signed-in staff on the box or the staff network."""
        app, box = self._app(), self._box
        _get(app, "/api/v1/stream", self._stream(self._screens.topics))
        _get(app, "/api/v1/catalog/search", self._catalog.search)
        _get(app, "/api/v1/catalog/articles/{article}", self._catalog.article)
        _get(app, "/till/{id}", self._till_page)
        _get(app, "/api/v1/tills/{till}/state", self._till_state)
        app.add_route("/api/v1/tills/{till}/{verb}", self._till_verb, methods=["POST"])
        app.add_route("/api/v1/plates/{plate}/recount", box.recount, methods=["POST"])
        office = OfficeApi(self._house)
        _get(app, "/office", self._office_page)
        _get(app, "/api/v1/office/state", office.state)
        _get(app, "/api/v1/office/report", office.report)
        _get(app, "/api/v1/office/books", office.books)
        _get(app, "/api/v1/office/z/{name}", office.z)
        app.add_route("/api/v1/office/sign-in", office.sign_in, methods=["POST"])
        app.add_route("/api/v1/office/found", office.found, methods=["POST"])
        _get(app, "/api/v1/openapi.json", self._openapi)
        _get(app, "/healthz", box.healthz)
        _get(app, "/metrics", box.metrics)
        tasks = TasksApi(self._house)
        _get(app, "/api/v1/tasks", tasks.list)
        app.add_route("/api/v1/tasks/{task}/{verb}", tasks.change, methods=["POST"])
        return app

    def floor(self) -> FastAPI:
        """Customer displays, walls, shelves: read-only plus their own buttons, for screens that show the token."""
        app, floor, own = self._app(), self._floor, self.screen_only
        _get(app, "/api/v1/stream", own(self._stream(FLOOR)))
        _get(app, "/display/{id}", own(self._display_page))
        _get(app, "/api/v1/displays/{id}/state", own(self._display_state))
        _get(app, "/wall/{wall}", own(self._wall_page))
        _get(app, "/api/v1/walls/{wall}/state", own(floor.wall))
        app.add_route("/api/v1/walls/{wall}/add-to-list", own(floor.add_to_list), methods=["POST"])
        app.add_route("/api/v1/walls/{wall}/send-to-till", own(floor.send_to_till), methods=["POST"])
        _get(app, "/shelf/{shelf}", own(self._shelf_page))
        _get(app, "/api/v1/shelves/{shelf}/state", own(floor.shelf))
        app.add_route("/api/v1/shelves/{shelf}/shown", own(floor.shown), methods=["POST"])
        _get(app, "/api/v1/catalog/search", own(self._catalog.search))
        _get(app, "/api/v1/catalog/articles/{article}", own(self._catalog.article))
        return app

    def public(self) -> FastAPI:
        """Phones: read, add to a list."""
        app, phones = self._app(), self._phones
        _get(app, "/list/{list}", self._list_page)
        _get(app, "/article/{article}", self._article_page)
        _get(app, "/01/{link:path}", phones.tag)
        _get(app, "/api/v1/lists/{list}", phones.list)
        app.add_route("/api/v1/lists", phones.open, methods=["POST"])
        app.add_route("/api/v1/lists/{list}/{verb}", phones.change, methods=["POST"])
        _get(app, "/api/v1/catalog/search", self._catalog.search)
        _get(app, "/api/v1/catalog/articles/{article}", self._catalog.article)
        return app

    def _app(self) -> FastAPI:
        app = FastAPI(title="Store Edge", docs_url=None, redoc_url=None, openapi_url=None)
        guard(app)
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
        _get(app, ALIVE, self._box.alive)
        _get(app, "/qr.svg", self._qr)
        _get(app, "/media/{digest}", self._catalog.picture)
        return app

    async def _till_page(self, request: Request) -> Response:
        self._house.shop.position(TillId(request.path_params["id"]))
        return self.page(request, "till", request.path_params["id"])

    async def _office_page(self, request: Request) -> Response:
        return self.page(request, "office")

    async def _till_state(self, request: Request) -> Response:
        return answer(await self._tills.state(TillId(request.path_params["till"]), language(request, self._house)))

    async def _till_verb(self, request: Request) -> Response:
        return await till_api.post(request, self._house, self._tills)

    async def _display_page(self, request: Request) -> Response:
        self._house.shop.position(TillId(request.path_params["id"]))
        return self.page(request, "display", request.path_params["id"])

    async def _display_state(self, request: Request) -> Response:
        state = await self._screens.display(request.path_params["id"], language(request, self._house))
        if state is None:
            raise Refused("no such till", hint="Check the page's address.", code="unknown-till", status=404)
        return answer(state)

    async def _openapi(self, request: Request) -> Response:
        return answer(document())

    async def _qr(self, request: Request) -> Response:
        return Response(svg(request.query_params.get("text", "")), media_type="image/svg+xml")

    async def _wall_page(self, request: Request) -> Response:
        await self._floor.wall(request)
        return self.page(request, "wall", request.path_params["wall"])

    async def _shelf_page(self, request: Request) -> Response:
        await self._floor.shelf(request)
        return self.page(request, "shelf", request.path_params["shelf"])

    async def _list_page(self, request: Request) -> Response:
        return self.page(request, "list", request.path_params["list"])

    async def _article_page(self, request: Request) -> Response:
        await self._catalog.article(request)
        return self.page(request, "article", request.path_params["article"])

    def _stream(self, kinds: frozenset[str]) -> Endpoint:
        """A door's own stream: topics of `kinds` and no others."""

        async def stream(request: Request) -> Response:
            topics = [topic for topic in request.query_params.get("topics", "").split(",") if topic]
            for topic in topics:
                if topic.partition(":")[0] not in kinds:
                    raise Refused(f"no topic {topic!r}", hint="Reload the page.", code="unknown-topic", status=404)
            reader = await self._house.live.open(topics, request.headers.get("last-event-id"))
            headers = {"Cache-Control": "no-store"}
            return StreamingResponse(aiter(reader), media_type="text/event-stream", headers=headers)

        return stream

    def page(self, request: Request, screen: str, id: str = "") -> Response:
        """A screen in the reader's language: `?lang=` is remembered, else the cookie, else the store's."""
        asked = request.query_params.get("lang", "")
        look = self._house.look(asked or request.cookies.get("lang", ""))
        response = HTMLResponse(self._house.pages.screen(screen, look, id=id))
        if asked:
            response.set_cookie("lang", quote(look.lang), max_age=YEAR, samesite="strict")
        return response

    def screen_only(self, endpoint: Endpoint) -> Endpoint:
        """Let only screens that show the token in."""
        token = self._house.config.web.screen_token

        async def checked(request: Request) -> Response:
            shown = request.query_params.get("token") or request.cookies.get("screen", "")
            if token and not compare_digest(shown.encode(), token.encode()):
                raise Refused("this is no screen of ours", hint="Open it with its token.", code="no-screen", status=403)
            response = await endpoint(request)
            if token and request.query_params.get("token"):
                response.set_cookie("screen", token, max_age=YEAR, httponly=True, samesite="strict")
            return response

        return checked


def _get(app: FastAPI, path: str, endpoint: Endpoint) -> None:
    app.add_route(path, endpoint, methods=["GET"])
