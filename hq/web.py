"""The headquarters page and its JSON: stores, takings, stock of an article everywhere, alarms; live by SSE."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from edge.clock import Clock, stamp
from edge.errors import Refused
from edge.health import Health
from edge.web.live import Frame, Live
from edge.web.page import STATIC, Look, Pages
from hq import reports
from hq.config import HqConfig
from hq.doorman import check_staff, dress, is_staff, keep_language, serve_media, serve_staff
from hq.measures import serve_health
from hq.pulse import Pulse
from hq.rows import decimals
from hq.store import Store
from hq.wording import Wording, language_of

HERE = Path(__file__).parent
_SETTLE = "UPDATE alarms SET settled_at = ?, settled_by = ? WHERE alarm = ? AND settled_at IS NULL"
_SHOWN = 60
LIVE_TOPIC = "hq"


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages stand on; `shop_url` gives the online shop's address once its door is open."""

    config: HqConfig
    store: Store
    pulse: Pulse
    clock: Clock
    health: Health
    live: Live
    pages: Pages
    shop_url: Callable[[], str]
    vital: Callable[[float], Awaitable[Mapping[str, str]]]

    def look(self, request: Request) -> Look:
        """Whose page it is."""
        company = self.config.company
        language = language_of(request.query_params.get("lang"), request.cookies.get("lang"), company.language)
        return Look(
            language,
            company.country,
            company.currency,
            decimals(company.currency),
            company.time_zone,
            "hq",
            company.name,
            self.config.web.start or None,
        )

    def wording(self, look: Look) -> Wording:
        return Wording(look.lang, self.config.zone(""), self.clock.now())


async def snapshot(topic: str, clock: Clock) -> Frame | None:
    """The page is told that something changed; it fetches the part it shows."""
    now = clock.now()
    return Frame(topic, int(now.timestamp() * 1000), {"at": stamp(now)}) if topic == LIVE_TOPIC else None


async def keep_live(office: Office) -> None:
    """Publish every beat, at most five times a second; and a slow one, so that ages stay true."""
    seen = office.pulse.count
    while True:
        seen = await office.pulse.wait(seen, 5.0)
        frame = await snapshot(LIVE_TOPIC, office.clock)
        if frame is not None:
            office.live.publish(frame)
        await asyncio.sleep(0.2)


def office_app(office: Office) -> FastAPI:
    """The headquarters page."""
    app = FastAPI(title="Store Edge headquarters", docs_url=None, redoc_url=None, openapi_url=None)
    dress(app)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.mount("/own", StaticFiles(directory=HERE / "static"))
    _page(app, office)
    _api(app, office)
    serve_health(app, office)
    serve_media(app, office.store)
    serve_staff(app, office.config.shop.staff_token)
    return app


def _page(app: FastAPI, office: Office) -> None:
    @app.get("/")
    async def whole(request: Request, article: str = "") -> HTMLResponse:
        look = office.look(request)
        board = await _board(office, request, look, article)
        return keep_language(HTMLResponse(office.pages.screen("hq", look, id="hq", **board)), request, look.lang)

    @app.get("/board")
    async def part(request: Request, article: str = "") -> HTMLResponse:
        look = office.look(request)
        return HTMLResponse(
            office.pages.screen("board", look, id="board", **await _board(office, request, look, article))
        )

    @app.get("/api/v1/stream")
    async def stream(topics: str, last_event_id: Annotated[str | None, Header()] = None) -> StreamingResponse:
        reader = await office.live.open(topics.split(","), last_event_id)

        async def events() -> AsyncIterator[bytes]:
            async for event in reader:
                yield event

        return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _board(office: Office, request: Request, look: Look, article: str) -> dict[str, object]:
    now, config, wording = office.clock.now(), office.config, office.wording(look)

    def work(db: sqlite3.Connection) -> dict[str, object]:
        shown = reports.articles(db, look.lang, limit=_SHOWN)
        chosen = article or (str(shown[0]["article"]) if shown else "")
        return {
            "stores": reports.stores(db, config, now),
            "alarms": reports.alarms(db),
            "articles": shown,
            "chosen": chosen,
            "stock": reports.stock(db, chosen, look.lang) if chosen else None,
            "names": {store.id: store.name for store in config.store},
            "reports": {store.id: reports.z_reports(db, store.id, 3) for store in config.store},
        }

    board = await office.store.read(work)
    parts = [part for part in office.health.snapshot().values() if not part.up]
    staff = is_staff(request, config.shop.staff_token)
    about = {"parts": parts, "shop_url": office.shop_url(), "staff": staff, "may": bool(config.shop.staff_token)}
    return board | about | wording.values()


def _api(app: FastAPI, office: Office) -> None:
    config, read = office.config, office.store.read

    @app.get("/api/v1/stores")
    async def stores() -> JSONResponse:
        now = office.clock.now()
        return JSONResponse({"stores": await read(lambda db: reports.stores(db, config, now)), "at": stamp(now)})

    @app.get("/api/v1/counts")
    async def counts(store: str) -> JSONResponse:
        return JSONResponse(await read(lambda db: reports.counts(db, store)))

    @app.get("/api/v1/takings")
    async def takings(store: str, date: str = "") -> JSONResponse:
        day = date or reports.today(config, store, office.clock.now())
        return JSONResponse(await read(lambda db: reports.takings(db, store, day)))

    @app.get("/api/v1/z-reports")
    async def z_reports(store: str, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> JSONResponse:
        return JSONResponse({"reports": await read(lambda db: reports.z_reports(db, store, limit))})

    @app.get("/api/v1/articles")
    async def articles(
        request: Request,
        search: Annotated[str, Query(max_length=100)] = "",
        first: Annotated[int, Query(ge=0, le=10**6)] = 0,
    ) -> JSONResponse:
        language = office.look(request).lang
        return JSONResponse({"articles": await read(lambda db: reports.articles(db, language, search, first))})

    @app.get("/api/v1/stock")
    async def stock(request: Request, article: Annotated[str, Query(max_length=64)]) -> JSONResponse:
        language = office.look(request).lang
        found = await read(lambda db: reports.stock(db, article, language))
        if found is None:
            raise Refused(f"there is no article {article!r}", code="unknown-article", status=404)
        return JSONResponse(found)

    @app.get("/api/v1/alarms")
    async def alarms() -> JSONResponse:
        return JSONResponse({"alarms": await read(reports.alarms)})

    @app.post("/alarms/{alarm}")
    async def seen(alarm: int, request: Request) -> RedirectResponse:
        await settle(alarm, request)
        return RedirectResponse("/", status_code=303)

    @app.post("/api/v1/alarms/{alarm}/settle")
    async def settle(alarm: int, request: Request) -> JSONResponse:
        check_staff(request, config.shop.staff_token)
        at = stamp(office.clock.now())
        done = await office.store.transact(lambda db: db.execute(_SETTLE, (at, "staff", alarm)).rowcount)
        if not done:
            raise Refused(f"alarm {alarm} is not open", code="not-open", status=404)
        office.pulse.beat()
        return JSONResponse({"alarm": alarm, "settled_at": at})
