"""The demo's own pages: the start page, the simulators, the papers that came out."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from edge.errors import Refused
from edge.pos.printer.raster import Fonts
from edge.sim.paper import png
from edge.sim.stage.texts import COUNTRIES, STAFF_TOKEN, STORES
from edge.sim.stage.theatre import Theatre
from edge.sim.stage.world import CASHIER_PIN, MAIN, OTHER, PICTURES, PIN
from edge.web.live import Frame, Live
from edge.web.page import STATIC, Card, Choice, Look, Pages, Person
from edge.web.problem import answer, bad_request, guard
from edge.web.words import choose

TICK = 0.25
"""Seconds between two looks at the counters."""


class Stage:
    """The application of the start page; keep `run` running."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre
        self._pages, self._fonts = Pages(), Fonts()
        self._seq = 0
        self._shown: dict[str, object] = {}
        self.live = Live(self._snapshot)

    def app(self) -> FastAPI:
        """The demo's own door."""
        app = FastAPI(title="Store Edge demo", docs_url=None, redoc_url=None, openapi_url=None)
        guard(app)
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
        app.mount("/sim/pictures", StaticFiles(directory=PICTURES), name="pictures")
        for path, endpoint, method in (
            ("/", self._start, "GET"),
            ("/country", self._country, "POST"),
            ("/simulators", self._simulators, "GET"),
            ("/sim/state", self._state, "GET"),
            ("/sim/proof", self._proof, "GET"),
            ("/sim/papers/{printer}/{paper}.png", self._paper, "GET"),
            ("/sim/{verb}", self._verb, "POST"),
            ("/api/v1/stream", self._stream, "GET"),
        ):
            app.add_route(path, endpoint, methods=[method])
        return app

    async def run(self) -> None:
        """Show what changed, until cancelled."""
        before: object = None
        while True:
            if self.live.watched():
                state = await self._now()
                shown = {name: value for name, value in state.items() if name not in ("seq", "at")}
                if shown != before:
                    self.live.publish(Frame("sim", int(str(state["seq"])), state))
                    before = shown
            await asyncio.sleep(TICK)

    def _look(self, request: Request, response_to: str = "") -> Look:
        profile, language = self._theatre.world.profile, self._theatre.language
        lang = choose(request.query_params.get("lang"), request.cookies.get("lang"), default=language)
        code = self._theatre.world.country.upper()
        return Look(
            lang,
            code,
            profile.currency,
            profile.decimals,
            self._theatre.time_zone,
            MAIN,
            "Fjeld & Fod",
            response_to or None,
        )

    async def _start(self, request: Request) -> Response:
        ports = self._theatre.ports
        staff, floor, _ = ports.stores[MAIN]
        cards = [
            Card("till", f"http://127.0.0.1:{staff}/till/1", "1"),
            Card("till", f"http://127.0.0.1:{staff}/till/2", "2"),
            Card("till", f"http://127.0.0.1:{ports.stores[OTHER][0]}/till/1", dict(STORES)[OTHER]),
            Card("office", f"http://127.0.0.1:{staff}/office"),
            Card("display", f"http://127.0.0.1:{floor}/display/1"),
            Card("wall", f"http://127.0.0.1:{floor}/wall/1"),
            Card("shelf", f"http://127.0.0.1:{floor}/shelf/1"),
            Card("hq", f"http://127.0.0.1:{ports.hq_page}/"),
            Card("shop", f"http://127.0.0.1:{ports.hq_shop}/"),
            Card("simulators", "/simulators"),
        ]
        choices = [Choice(code.upper(), name, "/country") for code, name in COUNTRIES.items()]
        look = self._look(request)
        people = [Person("Anna", "cashier", CASHIER_PIN), Person("Bo", "manager", PIN)]
        page = self._pages.screen("start", look, cards=cards, countries=choices, people=people, secret=STAFF_TOKEN)
        return _remember(request, HTMLResponse(page), look)

    async def _simulators(self, request: Request) -> Response:
        look = self._look(request, "/")
        return _remember(request, HTMLResponse(self._pages.screen("simulators", look)), look)

    async def _country(self, request: Request) -> Response:
        form = await request.form()
        await self._theatre.switch(str(form.get("country", "")).lower())
        return RedirectResponse("/", status_code=303)

    async def _state(self, request: Request) -> Response:
        return answer(await self._now())

    async def _verb(self, request: Request) -> Response:
        body = await request.body()
        try:
            given = msgspec.json.decode(body or b"{}", type=dict[str, object])
        except msgspec.DecodeError:
            raise bad_request("that is no JSON") from None
        await self._act(request.path_params["verb"], given)
        state = await self._now()
        self.live.publish(Frame("sim", int(str(state["seq"])), state))
        return answer(state)

    async def _act(self, verb: str, body: Mapping[str, object]) -> None:
        if verb == "pull-plug":
            await self._theatre.pull_plug()
        elif verb == "country":
            await self._theatre.switch(str(body.get("country", "")).lower())
        else:
            await self._theatre.hands.do(verb, body)

    async def _proof(self, request: Request) -> Response:
        proof = await self._theatre.proof()
        return Response(proof, media_type="application/zip", headers={
            "Content-Disposition": 'attachment; filename="store-edge-proof.zip"'})  # fmt: skip

    async def _paper(self, request: Request) -> Response:
        with suppress(ValueError, IndexError):
            number = int(request.path_params["printer"].removeprefix("p"))
            paper = self._theatre.world.printers[number - 1].papers[int(request.path_params["paper"])]
            return Response(await asyncio.to_thread(png, paper, self._fonts), media_type="image/png")
        raise Refused("no such paper", code="unknown-paper", status=404)

    async def _stream(self, request: Request) -> Response:
        reader = await self.live.open(["sim"], request.headers.get("last-event-id"))
        return StreamingResponse(aiter(reader), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _now(self) -> dict[str, object]:
        """The shop on stage or, while another is put there, the one that was."""
        self._seq += 1
        to = self._theatre.switching
        if to and self._shown:
            return {**self._shown, "seq": self._seq, "switching": to}
        self._shown = {"seq": self._seq, **await asyncio.to_thread(self._theatre.hands.state)}
        return self._shown

    async def _snapshot(self, topic: str) -> Frame | None:
        if topic != "sim":
            return None
        state = await self._now()
        return Frame("sim", int(str(state["seq"])), state)


def _remember(request: Request, response: Response, look: Look) -> Response:
    if request.query_params.get("lang"):
        response.set_cookie("lang", look.lang, max_age=365 * 24 * 3600, samesite="strict")
    return response
