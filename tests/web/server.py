"""The pretend shop behind docs/screens.md; `python -m tests.web.server` shows every screen on port 8123."""

import asyncio
from collections.abc import AsyncIterator, Callable

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from edge.errors import Refused
from edge.web import qr
from edge.web.live import Frame, Live
from edge.web.page import HEADERS, STATIC, Card, Choice, Look, Pages, Person
from edge.web.words import choose
from tests.web import rooms
from tests.web.goods import Json, boot_picture, now, paper_picture, product
from tests.web.shop import MONEY, Refusal, Shop

CARDS = ("till", "office", "display", "wall", "shelf", "hq", "shop", "simulators")
COUNTRIES = (("DK", "Danmark"), ("PL", "Polska"), ("RO", "România"), ("RS", "Srbija"), ("KR", "대한민국"))


def build(shop: Shop) -> FastAPI:
    """The server of one shop."""
    app = FastAPI(openapi_url=None)
    live = shop.live = Live(lambda topic: snapshot(shop, topic), heartbeat=2)

    def tell() -> None:
        for topic in live.watched():
            live.publish(frame(shop, topic))

    shop.tell = tell
    pages(app, shop)
    streams(app, shop, live)
    till(app, shop)
    floor(app, shop)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def frame(shop: Shop, topic: str) -> Frame:
    makers: dict[str, Callable[[Shop], Json]] = {
        "till": Shop.state,
        "display": rooms.display,
        "wall": rooms.wall,
        "shelf": rooms.shelf,
        "sim": rooms.sim,
        "catalog": lambda shop: {"seq": shop.seq, "at": now()},
    }
    return Frame(topic, shop.seq, makers[topic.split(":", maxsplit=1)[0]](shop))


async def snapshot(shop: Shop, topic: str) -> Frame | None:
    return frame(shop, topic)


def pages(app: FastAPI, shop: Shop) -> None:
    kit = Pages()

    def look(request: Request) -> Look:
        lang = choose(request.query_params.get("lang"), request.cookies.get("lang"))
        return Look(
            lang, shop.country, *MONEY[shop.country], "Europe/Copenhagen", "cph", "Nordvej København", start="/"
        )

    def screen(name: str, path: str) -> None:
        @app.get(path)
        async def page(request: Request, id: str = "") -> Response:
            return HTMLResponse(kit.screen(name, look(request), id=id), headers=dict(HEADERS))

    for name in ("till", "display", "wall", "shelf", "list", "article"):
        screen(name, f"/{name}/{{id}}")
    screen("simulators", "/simulators")

    @app.get("/")
    async def start(request: Request) -> Response:
        cards = [Card(key, "/simulators" if key == "simulators" else f"/{key}/1") for key in CARDS]
        countries = [Choice(code, name, "/country") for code, name in COUNTRIES]
        people = [Person("Mette", "cashier", "1234"), Person("Anders", "manager", "1234")]
        html = kit.screen("start", look(request), cards=cards, countries=countries, people=people)
        return HTMLResponse(html, headers=dict(HEADERS))

    @app.get("/media/{name}")
    async def media(name: str) -> Response:
        drawn = (
            paper_picture() if name == "paper.svg" else boot_picture(name.removeprefix("boot-").removesuffix(".svg"))
        )
        return Response(drawn, media_type="image/svg+xml")

    @app.get("/qr.svg")
    async def code(text: str) -> Response:
        return Response(qr.svg(text), media_type="image/svg+xml")


def streams(app: FastAPI, shop: Shop, live: Live) -> None:
    @app.get("/api/v1/stream")
    async def stream(request: Request, topics: str) -> Response:
        try:
            reader = await live.open(topics.split(","), request.headers.get("last-event-id"))
        except Refused as refused:
            return JSONResponse({"code": refused.code}, refused.status)

        async def counted() -> AsyncIterator[bytes]:
            shop.streams += 1
            try:
                async for chunk in reader:
                    yield chunk
            finally:
                shop.streams -= 1

        return StreamingResponse(counted(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def till(app: FastAPI, shop: Shop) -> None:
    @app.get("/api/v1/tills/{id}/state")
    async def state(id: str) -> Response:
        return JSONResponse(shop.state())

    @app.post("/api/v1/tills/{id}/{verb}")
    async def command(request: Request, verb: str) -> Response:
        key, body = request.headers["idempotency-key"], await request.json()
        if verb not in {"sign-in", "unlock"} and (not shop.user or request.headers.get("authorization") != "Bearer s"):
            return JSONResponse({"title": "", "code": "no-session"}, 401)
        if key not in shop.answers:
            try:
                shop.answers[key] = (200, shop.carry_out(verb, body))
            except Refusal as refusal:
                shop.answers[key] = (refusal.status, refusal.body)
            shop.tell()
        if shop.cut > 0:
            shop.cut -= 1
            return Response(status_code=504)
        status, answer = shop.answers[key]
        if status != 200:
            return JSONResponse(answer, status, media_type="application/problem+json")
        return JSONResponse({"result": answer, "state": shop.state()})

    @app.get("/api/v1/catalog/search")
    async def search(q: str) -> Response:
        boot = {"article": "b1", "sku": None, "name": "Ridge Mid boot", "variant": "", "price_minor": 1299 * shop.unit,
                "picture": "/media/boot-brown.svg", "code": "5700000000000"}  # fmt: skip
        sock = {**boot, "sku": "sock-grey-40", "name": "Wool socks", "variant": "grey · 40", "picture": None}
        return JSONResponse({"hits": [hit for hit in (boot, sock) if q.casefold() in str(hit["name"]).casefold()]})


def floor(app: FastAPI, shop: Shop) -> None:
    @app.get("/api/v1/catalog/articles/{article}")
    async def articles(article: str) -> Response:
        return JSONResponse(product(article, shop.unit))

    @app.post("/api/v1/walls/{id}/{verb}")
    async def wall(request: Request, verb: str) -> Response:
        body = await request.json()
        shop.done.append(verb)
        if verb == "add-to-list":
            shop.wall_list.append((body["article"], body["sku"]))
            return JSONResponse({"list": "L1", "count": len(shop.wall_list)})
        shop.send_list()
        shop.tell()
        return JSONResponse({})

    @app.get("/api/v1/lists/{id}")
    async def list_state(id: str) -> Response:
        return JSONResponse(rooms.the_list(shop, id))

    @app.post("/api/v1/lists/{id}/{verb}")
    async def list_verb(request: Request, id: str, verb: str) -> Response:
        body = await request.json()
        shop.wall_list = [each for each in shop.wall_list if each != (body["article"], body["sku"])]
        if verb == "add":
            shop.wall_list.append((body["article"], body["sku"]))
        return JSONResponse(rooms.the_list(shop, id))

    @app.post("/api/v1/lists")
    async def open_list(request: Request) -> Response:
        return await list_verb(request, "L1", "add")

    @app.post("/api/v1/shelves/{id}/shown")
    async def shown(request: Request, id: str) -> Response:
        shop.done.append(f"shown {(await request.json())['level']}")
        return JSONResponse({})

    @app.post("/sim/{verb}")
    async def sim(request: Request, verb: str) -> Response:
        shop.done.append(f"{verb} {await request.json()}")
        return JSONResponse(rooms.sim(shop))


if __name__ == "__main__":
    asyncio.run(uvicorn.Server(uvicorn.Config(build(Shop()), port=8123, log_level="warning")).serve())
