"""A pretend server for the pages' own tests: it speaks docs/screens.md from memory and has no place in the product."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from edge.clock import stamp
from edge.errors import Refused
from edge.web import qr
from edge.web.live import Frame, Live
from edge.web.page import HEADERS, STATIC, Card, Choice, Look, Pages
from edge.web.words import choose

Json = dict[str, object]
MONEY = {"DK": ("DKK", 2), "PL": ("PLN", 2), "RO": ("RON", 2), "RS": ("RSD", 2), "KR": ("KRW", 0)}
SIZES = ["40", "41", "42", "43", "44", "45"]


def device(name: str, state: str = "up", cause: str = "") -> Json:
    return {"name": name, "state": state, "since": stamp(datetime.now(UTC)), "cause": cause, "hint": ""}


def count(n: int | None, where: str = "") -> Json:
    return {"count": n, "few": False, "as_of": stamp(datetime.now(UTC)), "where": where}


def review(stars: int, title: str, text: str, author: str, days: int) -> Json:
    at = stamp(datetime.now(UTC) - timedelta(days=days))
    return {"id": title, "stars": stars, "title": title, "text": text, "author": author, "at": at, "verified": days % 2 == 0}


REVIEWS = [
    review(5, "Dry feet for a week", "Walked from Skagen to Hirtshals in the rain. Not one blister, not one wet sock.", "Mette", 12),
    review(1, "The sole came off", "After two months the left sole came loose. The shop took it back, but on a mountain it "
           "would have been the end of the trip.", "Jens", 40),
    review(4, "Runs small", "Take one size more than usual. Otherwise a wonderful boot.", "Aleksandra", 75),
    review(5, "Third pair", "My third pair in ten years. They have not changed a thing, thank you.", "Ion", 130),
    review(4, "Warm", "Warm enough for the winter, a little heavy for the summer.", "김지우", 200),
    review(2, "Laces", "Good boot, poor laces: both broke in the first month.", "Ewa", 260),
]
RATING: Json = {"count": 6, "tenths": 35}


def product(article: str, unit: int) -> Json:
    colours = [
        {"code": "brown", "name": "Brown", "swatch": "#6b4a2f", "picture": "/media/boot-brown.svg"},
        {"code": "moss", "name": "Moss", "swatch": "#56663a", "picture": "/media/boot-moss.svg"},
        {"code": "slate", "name": "Slate", "swatch": "#4b5560", "picture": "/media/boot-slate.svg"},
    ]
    cells = [
        {"sku": f"{article}-{c['code']}-{s}", "colour": c["code"], "size": s, "price_minor": 1299 * unit,
         "here": count((i * 2 + j) % 5), "other": count((i + j * 3) % 4, "Aarhus"), "online": count(9 + i)}
        for j, c in enumerate(colours) for i, s in enumerate(SIZES) if not (j == 2 and i == 0)
    ]
    similar = [
        {"id": f"s{i}", "name": name, "picture": f"/media/boot-{colour}.svg", "price_minor": price * unit,
         "rating": {"count": n, "tenths": tenths}}
        for i, (name, colour, price, n, tenths) in enumerate([
            ("Fjeld Low", "slate", 899, 12, 44), ("Klit Sandal", "brown", 549, 3, None), ("Skov Mid", "moss", 1099, 31, 41),
            ("Hede Winter", "slate", 1599, 8, 38)])
    ]
    return {
        "id": article, "name": "Ridge Mid boot", "brand": "Nordvej",
        "text": "A leather boot for long days on wet ground: waterproof, resoleable, at home on grass, gravel and granite.",
        "pictures": ["/media/boot-brown.svg"], "price_minor": 1299 * unit, "one_price": True,
        "lowest_30_days_minor": None, "price_version": 7, "as_of": stamp(datetime.now(UTC)),
        "specifications": [{"name": "Upper", "value": "Nubuck leather"}, {"name": "Sole", "value": "Rubber, resoleable"},
                           {"name": "Weight", "value": "620 g"}, {"name": "Waterproof", "value": "Yes"}],
        "colours": colours, "sizes": SIZES, "cells": cells, "others": [{"store": "aarhus", "name": "Aarhus"}],
        "rating": RATING, "reviews": REVIEWS, "reviews_checked": "Only customers who bought the product can review it.",
        "similar": similar,
    }  # fmt: skip


def boot_picture(colour: str) -> str:
    ink = {"brown": "#6b4a2f", "moss": "#56663a", "slate": "#4b5560"}.get(colour, "#7a6a55")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><rect width="400" height="400" fill="#e9e4d6"/>'
        f'<path d="M120 70h92l6 120c50 20 108 30 118 78v22H112z" fill="{ink}"/>'
        '<path d="M108 288h232l-4 34H108z" fill="#2a2622"/><path d="M150 110h50M152 140h52M156 170h54" stroke="#f2c14e" '
        'stroke-width="8" stroke-linecap="round"/></svg>'
    )


@dataclass
class Shop:
    """One till's memory."""

    country: str = "DK"
    seq: int = 1
    boot: str = "boot-1"
    user: Json | None = None
    shift: Json | None = None
    lines: list[Json] = field(default_factory=list)
    last: Json | None = None
    papers: list[Json] = field(default_factory=list)
    unfinished: list[Json] = field(default_factory=list)
    lists: list[Json] = field(default_factory=list)
    devices: dict[str, Json] = field(default_factory=lambda: {
        "printer": device("Printer"), "fiscal": device("Fiscal", "none"), "drawer": device("Drawer"), "hq": device("HQ")})  # fmt: skip
    only_here: Json = field(default_factory=lambda: {"sales": 0, "since": None})
    answers: dict[str, tuple[int, Json]] = field(default_factory=dict)
    cut: int = 0
    """How many commands go unanswered (done all the same): a line that loses answers."""
    done: list[str] = field(default_factory=list)
    scanned: list[str] = field(default_factory=list)
    tap: Json | None = None
    live: Live | None = None
    wall_list: list[tuple[str, str | None]] = field(default_factory=list)
    number: int = 0
    blind: str = ""

    @property
    def unit(self) -> int:
        currency, decimals = MONEY[self.country]
        return 100 if currency == "KRW" else 10**decimals

    def total(self) -> int:
        return sum(int(str(line["gross_minor"])) for line in self.lines)

    def state(self) -> Json:
        total = self.total()
        currency, decimals = MONEY[self.country]
        notes = [50, 100, 200, 500, 1000, 2000, 5000, 10000]
        basket = None if not self.lines else {
            "id": "b1", "opened_at": stamp(datetime.now(UTC)), "units": sum(int(str(x["quantity"])) for x in self.lines),
            "total_minor": total, "cash": {"payable_minor": total, "rounding_minor": 0},
            "notes": [n * self.unit for n in notes if n * self.unit >= total][:4],
            "taxes": [{"label": "A", "rate": 2500, "gross_minor": total, "tax_minor": total // 5}], "lines": self.lines}  # fmt: skip
        buyer = {"kind": "cash-receipt", "required_from_minor": 100000, "pattern": r"\d{10,11}", "example": "01012345678", "ways": []}
        return {
            "seq": self.seq, "at": stamp(datetime.now(UTC)), "boot": self.boot, "till": {"id": "1", "name": "Till 1"},
            "user": self.user, "users": [{"id": "mette", "name": "Mette", "role": "cashier"}, {"id": "anders", "name": "Anders", "role": "manager"}],
            "shift": self.shift, "basket": basket, "last_sale": self.last, "unfinished": self.unfinished,
            "papers": self.papers, **self.devices, "only_here": self.only_here, "lists": self.lists, "asked": None,
            "profile": {"country": self.country, "currency": currency, "decimals": decimals, "time_zone": "Europe/Copenhagen",
                        "denominations": [n * self.unit for n in (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)],
                        "fiscal": "device" if self.country == "PL" else "none", "buyer": buyer if self.country == "KR" else None},
        }  # fmt: skip

    def display(self) -> Json:
        phase = "basket" if self.lines else "paid" if self.last else "idle" if self.shift else "closed"
        total = self.total() if self.lines else int(str(self.last["total_minor"])) if self.last else 0
        paid = self.last if phase == "paid" and self.last else {"tendered_minor": None, "change_minor": None}
        return {"seq": self.seq, "at": stamp(datetime.now(UTC)), "phase": phase, "lines": self.lines,
                "newest": self.lines[-1]["line"] if self.lines else None, "total_minor": total, "payable_minor": total,
                "rounding_minor": 0, "tendered_minor": paid["tendered_minor"], "change_minor": paid["change_minor"]}  # fmt: skip

    def wall(self) -> Json:
        return {"seq": self.seq, "at": stamp(datetime.now(UTC)), "name": "Boots", "reader": device("Reader"), "tap": self.tap,
                "tills": [{"id": "1", "name": "Till 1"}], "list_base": "http://127.0.0.1/list/",
                "highlights": product("b1", self.unit)["similar"]}  # fmt: skip

    def shelf(self) -> Json:
        now = datetime.now(UTC)
        seen = {"count": None if self.blind else 4, "blind": self.blind, "as_of": stamp(now)}
        return {"seq": self.seq, "at": stamp(now), "as_of": stamp(now), "expires_at": stamp(now + timedelta(seconds=60)),
                "hash": "h", "article": "b1", "name": "Ridge Mid boot", "variant": "brown · 43", "picture": "/media/boot-brown.svg",
                "price_minor": 1299 * self.unit, "lowest_30_days_minor": None, "on_shelf": seen,
                "on_hand": {"count": 6, "as_of": stamp(now)}, "rating": RATING, "reviews": REVIEWS}  # fmt: skip

    def sim(self) -> Json:
        now = stamp(datetime.now(UTC))
        return {
            "seq": self.seq, "at": now, "country": self.country,
            "countries": [{"code": c, "name": n} for c, n in (("DK", "Danmark"), ("PL", "Polska"), ("RO", "România"), ("RS", "Srbija"), ("KR", "대한민국"))],
            "counters": {"store": 1204, "hq": 1204, "sales_store": 41, "sales_hq": 41, "only_here": 0, "line_up": True},
            "power": "on",
            "printers": [{"id": "p1", "till": "1", "paper": "ok", "cover_open": False, "plugged": True, "drawer_open": True, "kicks": 7,
                          "papers": [{"id": "1", "picture": "/media/paper.svg", "at": now}, {"id": "0", "picture": "/media/paper.svg", "at": now}]}],
            "scanners": [{"till": "1", "codes": [{"code": f"570000000000{i}", "name": n, "picture": "/media/boot-moss.svg"}
                                                 for i, n in enumerate(("Ridge Mid boot, display shoe", "Wool socks 40–43", "Rain jacket, blue, M", "Laces"))]}],
            "readers": [{"id": "r1", "wall": "1", "plugged": True, "tags": [{"id": f"t{i}", "name": n, "picture": f"/media/boot-{c}.svg"}
                                                                              for i, (n, c) in enumerate((("Ridge Mid boot", "brown"), ("Fjeld Low", "slate"), ("A bus ticket", "x")))]}],
            "plates": [{"id": "a1", "shelf": "1", "name": "Ridge Mid boot", "variant": "brown · 43", "picture": "/media/boot-brown.svg", "units": 4, "plugged": True}],
            "fiscal": [{"till": "1", "kind": "device", "plugged": True, "receipts": 12}], "proof": "/sim/proof",
        }  # fmt: skip


def refuse(status: int, code: str, title: str, **more: object) -> "Refusal":
    return Refusal(status, {"type": "about:blank", "title": title, "status": status, "detail": title, "hint": "", "code": code, **more})


class Refusal(Exception):
    def __init__(self, status: int, body: Json) -> None:
        super().__init__(body["title"])
        self.status, self.body = status, body


def line(shop: Shop, sku: str, quantity: int, name: str = "", variant: str = "") -> Json:
    same = next((each for each in shop.lines if each["sku"] == sku), None)
    if same is None:
        price = (1299 if "b1" in sku else 89) * shop.unit
        same = {"line": max((int(str(x["line"])) for x in shop.lines), default=0) + 1, "sku": sku, "article": "b1",
                "name": name or "Ridge Mid boot", "variant": variant or " · ".join(sku.split("-")[1:]), "quantity": 0,
                "unit_price_minor": price, "gross_minor": 0, "picture": "/media/boot-brown.svg" if "b1" in sku else None,
                "on_hand": 3, "over_hold": False}  # fmt: skip
        shop.lines.append(same)
    same["quantity"] = int(str(same["quantity"])) + quantity
    same["gross_minor"] = int(str(same["quantity"])) * int(str(same["unit_price_minor"]))
    return {"line": same["line"]}


def carry_out(shop: Shop, verb: str, body: Mapping[str, object]) -> Json:
    shop.seq += 1
    match verb:
        case "sign-in":
            if body["pin"] != "1234":
                raise refuse(401, "wrong-pin", "wrong PIN")
            role = "manager" if body["user"] == "anders" else "cashier"
            shop.user = {"id": body["user"], "name": str(body["user"]).title(), "role": role, "rights": []}
            return {"session": "s", "user": shop.user}
        case "sign-out":
            shop.user = None
            return {}
        case "open-shift":
            shop.shift = {"id": "z", "opened_at": stamp(datetime.now(UTC)), "business_date": "2026-07-01", "counts": 0,
                          "float_minor": body["float_minor"], "sales": 0, "counted": False, "agrees": None}  # fmt: skip
            return {"shift": shop.shift}
        case "scan":
            shop.scanned.append(str(body["code"]))
            if body["code"] == "5700000000000":
                return {"kind": "choose", "article": "b1"}
            if body["code"] == "5700000000001":
                return {"kind": "line", **line(shop, "sock-40", 1, "Wool socks", "grey · 40–43")}
            raise refuse(404, "unknown-code", "unknown code")
        case "add":
            if body["sku"] == "b1-moss-45" and not body.get("override_hold"):
                held = {"sku": body["sku"], "name": "Ridge Mid boot", "variant": "moss · 45", "wanted": 1, "on_hand": 2, "held": 2, "available": 0}
                raise refuse(409, "held", "held", held=held)
            return line(shop, str(body["sku"]), int(str(body["quantity"])))
        case "set-quantity" | "void-line":
            found = next((each for each in shop.lines if each["line"] == body["line"]), None)
            if found is None:
                raise refuse(404, "unknown-line", "no such line")
            if verb == "void-line":
                shop.lines.remove(found)
            else:
                line(shop, str(found["sku"]), int(str(body["quantity"])) - int(str(found["quantity"])))
            return {"line": body["line"]}
        case "void-basket":
            shop.lines = []
            return {}
        case "pay":
            return paid(shop, body)
        case "settle-paper":
            shop.papers = []
            return {}
        case "take-list":
            shop.lists = []
            return {"lines": [line(shop, "b1-brown-43", 1)["line"]], "choose": []}
        case "count":
            assert shop.shift is not None
            pieces = body["pieces"]
            assert isinstance(pieces, list)
            total = sum(int(p["value"]) * int(p["count"]) for p in pieces)
            expected = int(str(shop.shift["float_minor"])) + int(str(shop.shift.get("takings", 0)))
            shop.shift |= {"counts": int(str(shop.shift["counts"])) + 1, "counted": True, "agrees": total == expected, "total": total, "expected": expected}
            return {"total_minor": total, "agrees": total == expected, "recount": total != expected and shop.shift["counts"] == 1}
        case "variance":
            if not body.get("manager") and (shop.user or {}).get("role") != "manager":
                raise refuse(403, "manager-needed", "manager")
            assert shop.shift is not None
            total, expected = int(str(shop.shift["total"])), int(str(shop.shift["expected"]))
            return {"expected_minor": expected, "counted_minor": total, "variance_minor": total - expected,
                    "candidates": [{"kind": "void", "count": 1, "amount_minor": 8900}, {"kind": "no-sale", "count": 2, "amount_minor": None}]}  # fmt: skip
        case "close-shift":
            assert shop.shift is not None
            total, expected = int(str(shop.shift["total"])), int(str(shop.shift["expected"]))
            shop.shift = None
            tax = {"label": "A", "rate": 2500, "net_minor": 800, "tax_minor": 200, "gross_minor": 1000}
            return {"z": {"z_number": 12, "business_date": "2026-07-01", "sales": 1, "returns": 0, "gross_sales_minor": expected,
                          "gross_returns_minor": 0, "taxes": [tax], "tenders": [], "rounding_minor": 0, "float_minor": 0,
                          "expected_minor": expected, "counted_minor": total, "variance_minor": total - expected,
                          "reason": body.get("reason", "")}}  # fmt: skip
    return {}


def paid(shop: Shop, body: Mapping[str, object]) -> Json:
    tenders = body["tenders"]
    assert isinstance(tenders, list)
    total, tendered = shop.total(), int(tenders[0]["tendered_minor"])
    if body["total_minor"] != total:
        raise refuse(409, "total-changed", "total changed")
    shop.number += 1
    now = stamp(datetime.now(UTC))
    paper = {"effect": f"e{shop.number}", "what": "receipt", "number": f"1-1A-{shop.number}", "total_minor": total, "at": now,
             "state": "done", "copy_of_unknown": False}  # fmt: skip
    shop.last = {"sale": f"sale{shop.number}", "number": f"1-1A-{shop.number}", "units": len(shop.lines), "total_minor": total,
                 "rounding_minor": 0, "payable_minor": total, "tendered_minor": tendered, "change_minor": tendered - total,
                 "paid_at": now, "closed": True, "fiscal": {"state": "none", "device": "", "number": "", "hint": ""}, "paper": paper}  # fmt: skip
    if shop.shift:
        shop.shift["takings"] = int(str(shop.shift.get("takings", 0))) + total
        shop.shift["sales"] = int(str(shop.shift["sales"])) + 1
    shop.lines = []
    return {"sale": shop.last["sale"], "payable_minor": total, "tendered_minor": tendered, "change_minor": tendered - total}


def build(shop: Shop) -> FastAPI:
    pages = Pages()

    async def snapshot(topic: str) -> Frame | None:
        makers = {"till": shop.state, "display": shop.display, "wall": shop.wall, "shelf": shop.shelf, "sim": shop.sim}
        kind = topic.split(":")[0]
        if kind == "catalog":
            return Frame(topic, shop.seq, {"seq": shop.seq, "at": stamp(datetime.now(UTC))})
        return Frame(topic, shop.seq, makers[kind]()) if kind in makers else None

    live = shop.live = Live(snapshot, heartbeat=2)

    def tell() -> None:
        for topic in live.watched():
            kind = topic.split(":")[0]
            if kind != "catalog":
                live.publish(Frame(topic, shop.seq, {"till": shop.state, "display": shop.display, "wall": shop.wall, "shelf": shop.shelf, "sim": shop.sim}[kind]()))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await live.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    def look(request: Request) -> Look:
        currency, decimals = MONEY[shop.country]
        lang = choose(request.query_params.get("lang"), request.cookies.get("lang"), default="en")
        return Look(lang, shop.country, currency, decimals, "Europe/Copenhagen", "cph", "Nordvej København", start="/")

    @app.get("/")
    async def start(request: Request) -> Response:
        cards = [Card("till", "/till/1", "Till 1"), Card("display", "/display/1"), Card("wall", "/wall/1"), Card("shelf", "/shelf/1"),
                 Card("hq", "/hq"), Card("shop", "/shop"), Card("simulators", "/simulators")]  # fmt: skip
        countries = [Choice("DK", "Danmark", "/country"), Choice("PL", "Polska", "/country"), Choice("RO", "România", "/country"),
                     Choice("RS", "Srbija", "/country"), Choice("KR", "대한민국", "/country")]  # fmt: skip
        return HTMLResponse(pages.screen("start", look(request), cards=cards, countries=countries), headers=dict(HEADERS))

    def screen(name: str) -> None:
        @app.get(f"/{name}/{{id}}" if name != "simulators" else "/simulators")
        async def page(request: Request, id: str = "") -> Response:
            return HTMLResponse(pages.screen(name, look(request), id=id), headers=dict(HEADERS))

    for name in ("till", "display", "wall", "shelf", "list", "article", "simulators"):
        screen(name)

    @app.get("/favicon.ico")
    async def nothing() -> Response:
        return Response(status_code=204)

    @app.get("/media/{name}")
    async def media(name: str) -> Response:
        if name == "paper.svg":
            return Response('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 320"><rect width="200" height="320" fill="#fff"/>'
                            '<g fill="#222"><rect x="60" y="20" width="80" height="10"/><rect x="20" y="60" width="160" height="6"/>'
                            '<rect x="20" y="80" width="140" height="6"/><rect x="20" y="100" width="150" height="6"/>'
                            '<rect x="70" y="200" width="60" height="60"/></g></svg>', media_type="image/svg+xml")  # fmt: skip
        return Response(boot_picture(name.removeprefix("boot-").removesuffix(".svg")), media_type="image/svg+xml")

    @app.get("/qr.svg")
    async def code(text: str) -> Response:
        return Response(qr.svg(text), media_type="image/svg+xml")

    @app.get("/api/v1/stream")
    async def stream(request: Request, topics: str) -> Response:
        try:
            reader = await live.open(topics.split(","), request.headers.get("last-event-id"))
        except Refused as refused:
            return JSONResponse({"title": refused.message, "code": refused.code}, refused.status)
        return StreamingResponse(reader, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.get("/api/v1/tills/{till}/state")
    async def state(till: str) -> Response:
        return JSONResponse(shop.state())

    @app.post("/api/v1/tills/{till}/{verb}")
    async def command(request: Request, verb: str) -> Response:
        key, body = request.headers["idempotency-key"], await request.json()
        if key not in shop.answers:
            if verb != "sign-in" and (not shop.user or request.headers.get("authorization") != "Bearer s"):
                return JSONResponse({"title": "", "code": "no-session"}, 401)
            try:
                shop.answers[key] = (200, carry_out(shop, verb, body))
            except Refusal as refusal:
                shop.answers[key] = (refusal.status, refusal.body)
            shop.done.append(verb)
            tell()
        if shop.cut > 0:
            shop.cut -= 1
            return Response(status_code=504)
        status, answer = shop.answers[key]
        if status != 200:
            return JSONResponse(answer, status, media_type="application/problem+json")
        return JSONResponse({"result": answer, "state": shop.state()})

    @app.get("/api/v1/catalog/search")
    async def search(q: str) -> Response:
        hits = [{"article": "b1", "sku": None, "name": "Ridge Mid boot", "variant": "", "price_minor": 1299 * shop.unit, "picture": "/media/boot-brown.svg", "code": "5700000000000"},
                {"article": "sock", "sku": "sock-40", "name": "Wool socks", "variant": "grey · 40–43", "price_minor": 89 * shop.unit, "picture": None, "code": "5700000000001"}]  # fmt: skip
        return JSONResponse({"hits": [hit for hit in hits if q.casefold() in str(hit["name"]).casefold()]})

    @app.get("/api/v1/catalog/articles/{article}")
    async def articles(article: str) -> Response:
        return JSONResponse(product(article, shop.unit))

    @app.get("/api/v1/{kind}/{id}/state")
    async def other(kind: str, id: str) -> Response:
        return JSONResponse({"displays": shop.display, "walls": shop.wall, "shelves": shop.shelf}[kind]())

    @app.post("/api/v1/walls/{wall}/{verb}")
    async def wall(request: Request, verb: str) -> Response:
        body = await request.json()
        shop.done.append(verb)
        if verb == "add-to-list":
            shop.wall_list.append((body["article"], body["sku"]))
            return JSONResponse({"list": "L1", "count": len(shop.wall_list)})
        items = [{"article": "b1", "sku": "b1-brown-43", "name": "Ridge Mid boot", "variant": "brown · 43", "price_minor": 1299 * shop.unit, "picture": "/media/boot-brown.svg"}]
        shop.lists = [{"list": "L1", "wall": "1", "at": stamp(datetime.now(UTC)), "items": items}]
        tell()
        return JSONResponse({})

    @app.get("/api/v1/lists/{id}")
    async def list_state(id: str) -> Response:
        return JSONResponse(the_list(shop, id))

    @app.post("/api/v1/lists/{id}/{verb}")
    async def list_verb(request: Request, id: str, verb: str) -> Response:
        body = await request.json()
        if verb == "remove":
            shop.wall_list = [each for each in shop.wall_list if each != (body["article"], body["sku"])]
        return JSONResponse(the_list(shop, id))

    @app.post("/api/v1/shelves/{id}/shown")
    async def shown(request: Request, id: str) -> Response:
        shop.done.append(f"shown {(await request.json())['level']}")
        return JSONResponse({})

    @app.get("/sim/state")
    async def sim() -> Response:
        return JSONResponse(shop.sim())

    @app.post("/sim/{verb}")
    async def sim_verb(verb: str) -> Response:
        shop.done.append(f"sim {verb}")
        return JSONResponse(shop.sim())

    @app.post("/fixture")
    async def fixture(request: Request) -> Response:
        """Put the shop into a state a test wants to see."""
        for name, value in (await request.json()).items():
            if name == "tap":
                value = {"seq": shop.seq + 1, "at": stamp(datetime.now(UTC)), "kind": "ours", "article": value, "sku": None, "product": product(value, shop.unit)}
            if name in shop.devices:
                shop.devices[name] = device(shop.devices[name]["name"], *value)  # type: ignore[arg-type]
            else:
                setattr(shop, name, value)
        shop.seq += 1
        tell()
        return JSONResponse({})

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def the_list(shop: Shop, id: str) -> Json:
    items = [{"article": article, "sku": sku, "name": "Ridge Mid boot", "variant": " · ".join((sku or "").split("-")[1:]), "price_minor": 1299 * shop.unit,
              "picture": "/media/boot-brown.svg", "here": count(3)} for article, sku in shop.wall_list]  # fmt: skip
    return {"list": id, "at": stamp(datetime.now(UTC)), "sent_to": None, "items": items}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--set", type=json.loads, default={})
    options = parser.parse_args()
    shop = Shop(**options.set)
    config = uvicorn.Config(build(shop), host="127.0.0.1", port=options.port, log_level="warning", timeout_graceful_shutdown=1)
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
