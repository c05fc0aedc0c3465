"""The three doors: staff (signed in), floor (screens, by token) and public (phones); each its own listener."""

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from edge.errors import Refused
from edge.units import TillId
from edge.web import till_api
from edge.web.house import House
from edge.web.page import STATIC
from edge.web.problem import answer, guard
from edge.web.qr import svg
from edge.web.screens import Screens

Endpoint = Callable[[Request], Awaitable[Response]]
YEAR = 365 * 24 * 3600


class Doors:
    """Builds the applications of one house."""

    def __init__(self, house: House, screens: Screens) -> None:
        self._house, self._screens = house, screens
        self._tills = screens.tills

    def staff(self) -> FastAPI:
        """Tills, search, health; for signed-in staff on the box or the staff network."""
        app = self._app()
        _get(app, "/till/{id}", self._till_page)
        _get(app, "/api/v1/tills/{till}/state", self._till_state)
        app.add_route("/api/v1/tills/{till}/{verb}", self._till_verb, methods=["POST"])
        _get(app, "/healthz", self._healthz)
        return app

    def floor(self) -> FastAPI:
        """Customer displays, walls, shelves: read-only plus their own buttons, for screens that show the token."""
        app = self._app()
        _get(app, "/display/{id}", self.screen_only(self._display_page))
        _get(app, "/api/v1/displays/{id}/state", self.screen_only(self._display_state))
        return app

    def public(self) -> FastAPI:
        """Phones: read, add to a list."""
        return self._app()

    def _app(self) -> FastAPI:
        app = FastAPI(title="Store Edge", docs_url=None, redoc_url=None, openapi_url=None)
        guard(app)
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
        _get(app, "/qr.svg", self._qr)
        _get(app, "/api/v1/stream", self._stream)
        return app

    async def _till_page(self, request: Request) -> Response:
        self._house.shop.position(TillId(request.path_params["id"]))
        return self.page(request, "till", request.path_params["id"])

    async def _till_state(self, request: Request) -> Response:
        return answer(await self._tills.state(TillId(request.path_params["till"])))

    async def _till_verb(self, request: Request) -> Response:
        return await till_api.post(request, self._house, self._tills)

    async def _display_page(self, request: Request) -> Response:
        self._house.shop.position(TillId(request.path_params["id"]))
        return self.page(request, "display", request.path_params["id"])

    async def _display_state(self, request: Request) -> Response:
        state = await self._screens.display(request.path_params["id"])
        if state is None:
            raise Refused("no such till", hint="Check the page's address.", code="unknown-till", status=404)
        return answer(state)

    async def _healthz(self, request: Request) -> Response:
        parts = self._house.health.as_json()
        head = self._house.journal.head
        journal = {"epoch": head.epoch, "seq": head.seq, "hash": head.hash.hex()}
        return answer({"up": all(part["up"] for part in parts.values()), "journal": journal, "parts": parts})

    async def _qr(self, request: Request) -> Response:
        return Response(svg(request.query_params.get("text", "")), media_type="image/svg+xml")

    async def _stream(self, request: Request) -> Response:
        topics = [topic for topic in request.query_params.get("topics", "").split(",") if topic]
        reader = await self._house.live.open(topics, request.headers.get("last-event-id"))
        return StreamingResponse(aiter(reader), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

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
