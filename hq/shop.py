"""The online shop: articles with price and stock per store, reviews, and for staff the price.

Pages work without JavaScript (forms that answer 303); the same deeds are JSON under `/api/v1`.
"""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from edge.clock import stamp
from edge.errors import Refused
from edge.feedwords import ArticleValue, PriceValue, VariantValue, plain, say
from edge.ids import Ids
from edge.web.page import STATIC, Look
from hq import feed, pricing, reports, reviewing, rows
from hq.doorman import check_staff, dress, is_staff, keep_language, serve_media, serve_staff
from hq.feed import Author
from hq.reviewing import Draft, Writer
from hq.web import HERE, Office

WRITER = "writer"
_A_PAGE = 48
_YEAR = 365 * 86400
Words = Annotated[str, Form(max_length=8000)]
Short = Annotated[str, Form(max_length=200)]
Stars = Annotated[int, Form(ge=1, le=5)]


class ReviewIn(BaseModel):
    """A review as a program sends it."""

    article: str = Field(max_length=64)
    rating: int = Field(ge=1, le=5)
    title: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=8000)
    author: str = Field(default="", max_length=100)


class PriceIn(BaseModel):
    """A price as a program sends it; in minor units. Without `valid_from` it begins now."""

    sku: str = Field(max_length=64)
    amount_minor: int = Field(ge=0, le=10**12)
    list: str = Field(default="", max_length=64)
    currency: str = Field(default="", max_length=3)
    tax_label: str = Field(default="", max_length=16)
    valid_from: str = Field(default="", max_length=40)


@dataclass(frozen=True, slots=True)
class Counter:
    """Does the shop's deeds: each is one transaction, and the feed hears of it at once."""

    office: Office
    ids: Ids

    def author(self, who: str, why: str) -> Author:
        return Author(who, why, stamp(self.office.clock.now()), self.ids.new())

    async def write(self, article: str, draft: Draft, writer: Writer) -> str:
        """A new review's id."""
        review, author = self.ids.new(), self.author("shop", "review")
        since = stamp(self.office.clock.now() - timedelta(hours=1))
        await self.office.store.transact(lambda db: reviewing.write(db, review, article, draft, writer, author, since))
        self.office.pulse.beat()
        return review

    async def change(self, id: str, draft: Draft, writer: Writer) -> str:
        author = self.author("shop", "review")
        article = await self.office.store.transact(lambda db: reviewing.change(db, id, draft, writer, author))
        self.office.pulse.beat()
        return article

    async def delete(self, id: str, writer: Writer) -> str:
        author = self.author("shop", "review")
        article = await self.office.store.transact(lambda db: reviewing.delete(db, id, writer, author))
        self.office.pulse.beat()
        return article

    async def price(self, wanted: PriceIn) -> PriceValue:
        """A new price in the feed."""
        author = self.author("staff", "price")
        price = await self.office.store.transact(lambda db: self._price(db, wanted, author))
        self.office.pulse.beat()
        return price

    def _price(self, db: sqlite3.Connection, wanted: PriceIn, author: Author) -> PriceValue:
        if not isinstance(feed.value(db, f"variant/{wanted.sku}"), VariantValue):
            raise Refused(f"there is no variant {wanted.sku!r}", code="unknown-sku", status=404)
        price_list = wanted.list or self.office.config.shop.price_list
        before = pricing.current(db, price_list, wanted.sku, author.at)
        currency = wanted.currency or (before.currency if before else self.office.config.company.currency)
        label = wanted.tax_label or (before.tax_label if before else "")
        if not label:
            raise Refused(
                "a first price needs a tax label", hint="A, B, … as the country's profile names it.", status=422
            )
        try:
            begins = rows.when(wanted.valid_from, author.at)
            price = pricing.priced(db, price_list, wanted.sku, wanted.amount_minor, currency, label, begins)
        except ValueError as error:
            raise Refused(str(error), hint="Write a day like 2026-03-01.", code="bad-price", status=422) from None
        feed.put(db, feed.ALL, [price], author)
        return price


def shop_app(office: Office, ids: Ids) -> FastAPI:
    """The online shop."""
    app = FastAPI(title="Online shop", docs_url=None, redoc_url=None, openapi_url=None)
    dress(app)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.mount("/own", StaticFiles(directory=HERE / "static"))
    counter = Counter(office, ids)
    _pages(app, office)
    _forms(app, counter)
    _api(app, counter)
    serve_media(app, office.store)
    serve_staff(app, office.config.shop.staff_token)
    return app


def _pages(app: FastAPI, office: Office) -> None:
    @app.get("/")
    async def front(
        request: Request,
        search: Annotated[str, Query(max_length=100)] = "",
        first: Annotated[int, Query(ge=0, le=10**6)] = 0,
    ) -> HTMLResponse:
        look = office.look(request)
        goods = await office.store.read(lambda db: _goods(db, office, look, search, first))
        turn = {"search": search, "before": max(0, first - _A_PAGE), "after": first + _A_PAGE, "first": first}
        more, goods = len(goods) > _A_PAGE, goods[:_A_PAGE]
        common = _common(office, request, look) | turn
        page = office.pages.screen("shop", look, id="shop", **common, goods=goods, more=more)
        return keep_language(HTMLResponse(page), request, look.lang)

    @app.get("/article/{article}")
    async def one(article: str, request: Request, edit: str = "") -> HTMLResponse:
        look = office.look(request)
        writer = Writer(request.cookies.get(WRITER, ""))
        good = await office.store.read(lambda db: _good(db, office, look, article, writer))
        if good is None:
            raise Refused(f"there is no article {article!r}", code="unknown-article", status=404)
        page = office.pages.screen(
            "shop_article", look, id=article, **_common(office, request, look), **good, edit=edit
        )
        return keep_language(HTMLResponse(page), request, look.lang)


def _common(office: Office, request: Request, look: Look) -> dict[str, object]:
    config = office.config
    about = {"shop_name": config.shop.name, "staff": is_staff(request, config.shop.staff_token)}
    return about | {"may": bool(config.shop.staff_token)} | office.wording(look).values()


def _goods(db: sqlite3.Connection, office: Office, look: Look, search: str, first: int) -> list[dict[str, object]]:
    """One page of articles, and one more to know whether there are more."""
    shown = reports.articles(db, look.lang, search, first, _A_PAGE + 1)
    return [_summary(db, office, look, str(one["article"])) | one for one in shown]


def _summary(db: sqlite3.Connection, office: Office, look: Look, article: str) -> dict[str, object]:
    at = stamp(office.clock.now())
    variants = [one for one in feed.below(db, "variant", article) if isinstance(one, VariantValue)]
    found = (pricing.current(db, office.config.shop.price_list, one.sku, at) for one in variants)
    prices = [price for price in found if price is not None]
    stars = [review.rating for review in reports.reviews(db, article)]
    return {
        "lowest": min(prices, key=lambda price: price.amount, default=None),
        "one_price": len({price.amount for price in prices}) <= 1,
        "rating": (20 * sum(stars) + len(stars)) // (2 * len(stars)) if stars else 0,
        "reviewed": len(stars),
    }


def _good(db: sqlite3.Connection, office: Office, look: Look, article: str, writer: Writer) -> dict[str, object] | None:
    value = feed.value(db, f"article/{article}")
    if not isinstance(value, ArticleValue):
        return None
    at = stamp(office.clock.now())
    variants = [one for one in feed.below(db, "variant", article) if isinstance(one, VariantValue)]
    variants.sort(key=lambda one: (one.colour, one.position, one.size))
    stocked = [reports.available(db, one.sku) for one in variants]
    price_list = office.config.shop.price_list
    return _summary(db, office, look, article) | {
        "article": value,
        "name": value.title(look.lang),
        "description": say(value.description, look.lang),
        "attributes": [
            (reports.attribute(db, each.name, look.lang), say(each.value, look.lang)) for each in value.attributes
        ],
        "rows": [
            {
                "variant": one,
                "colour": reports.colour(db, one.colour, look.lang),
                "price": pricing.current(db, price_list, one.sku, at),
                "stock": stock,
            }
            for one, stock in zip(variants, stocked, strict=True)
        ],
        "places": [(store, office.config.called(store)) for store in reports.store_ids(stocked, office.config)],
        "carried": {store for stock in stocked for store in stock},
        "reviews": reports.reviews(db, article),
        "mine": reviewing.mine(db, writer),
    }


def _forms(app: FastAPI, counter: Counter) -> None:
    @app.post("/article/{article}/reviews")
    async def write(
        article: str, request: Request, rating: Stars, title: Short = "", text: Words = "", author: Short = ""
    ) -> Response:
        secret = request.cookies.get(WRITER, "") or counter.ids.secret()
        await counter.write(article, Draft(rating, title, text, author), Writer(secret))
        answer = RedirectResponse(f"/article/{article}#reviews", status_code=303)
        answer.set_cookie(WRITER, secret, max_age=_YEAR, httponly=True, samesite="strict")
        return answer

    @app.post("/reviews/{id}")
    async def change(
        id: str, request: Request, rating: Stars, title: Short = "", text: Words = "", author: Short = ""
    ) -> Response:
        article = await counter.change(id, Draft(rating, title, text, author), _writer(counter, request))
        return RedirectResponse(f"/article/{article}#reviews", status_code=303)

    @app.post("/reviews/{id}/delete")
    async def delete(id: str, request: Request) -> Response:
        article = await counter.delete(id, _writer(counter, request))
        return RedirectResponse(f"/article/{article}#reviews", status_code=303)

    @app.post("/article/{article}/price")
    async def price(article: str, request: Request, sku: Short, amount: Short) -> Response:
        office = counter.office
        check_staff(request, office.config.shop.staff_token)
        before = await office.store.read(
            lambda db: pricing.current(db, office.config.shop.price_list, sku, stamp(office.clock.now()))
        )
        currency = before.currency if before else office.config.company.currency
        try:
            minor = rows.amount(amount, currency)
        except ValueError as error:
            raise Refused(str(error), hint="Go back and write the price again.", code="bad-price", status=422) from None
        await counter.price(PriceIn(sku=sku, amount_minor=minor, currency=currency))
        return RedirectResponse(f"/article/{article}", status_code=303)


def _writer(counter: Counter, request: Request) -> Writer:
    """Who asks: by cookie from a page, by bearer from a program."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    secret = given if scheme.lower() == "bearer" else request.cookies.get(WRITER, "")
    return Writer(secret, is_staff(request, counter.office.config.shop.staff_token))


def _api(app: FastAPI, counter: Counter) -> None:
    office = counter.office

    @app.get("/api/v1/articles/{article}/reviews")
    async def reviews(article: str) -> JSONResponse:
        found = await office.store.read(lambda db: reports.reviews(db, article))
        return JSONResponse({"reviews": [plain(review) for review in found]})

    @app.post("/api/v1/reviews")
    async def write(review: ReviewIn, request: Request) -> JSONResponse:
        secret = _writer(counter, request).secret or counter.ids.secret()
        draft = Draft(review.rating, review.title, review.text, review.author)
        written = await counter.write(review.article, draft, Writer(secret))
        return JSONResponse({"id": written, "secret": secret}, status_code=201)

    @app.put("/api/v1/reviews/{id}")
    async def change(id: str, review: ReviewIn, request: Request) -> JSONResponse:
        draft = Draft(review.rating, review.title, review.text, review.author)
        return JSONResponse({"id": id, "article": await counter.change(id, draft, _writer(counter, request))})

    @app.delete("/api/v1/reviews/{id}")
    async def delete(id: str, request: Request) -> JSONResponse:
        return JSONResponse({"id": id, "article": await counter.delete(id, _writer(counter, request))})

    @app.post("/api/v1/prices")
    async def price(wanted: PriceIn, request: Request) -> JSONResponse:
        check_staff(request, office.config.shop.staff_token)
        return JSONResponse(plain(await counter.price(wanted)), status_code=201)
