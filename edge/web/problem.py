"""Refusals as RFC 9457 problem details, and the headers every answer carries."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.errors import Halt, Refused
from edge.web.page import HEADERS

_HEADERS = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
Handler = Callable[[Request], Awaitable[Response]]


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` as JSON."""
    return Response(msgspec.json.encode(value), status, dict(headers or {}), "application/json")


def problem_body(refused: Refused) -> dict[str, object]:
    """What a program and a person can make of a refusal."""
    return {
        "type": f"about:store-edge/{refused.code}",
        "title": refused.message,
        "status": refused.status,
        "detail": refused.message,
        "hint": refused.hint,
        "code": refused.code,
        **({refused.code: refused.details} if refused.details else {}),
    }


def problem(refused: Refused) -> Response:
    """A refusal as `application/problem+json`."""
    headers = {"Retry-After": "5"} if refused.status == 429 else {}
    return Response(msgspec.json.encode(problem_body(refused)), refused.status, headers, "application/problem+json")


def guard(app: FastAPI) -> None:
    """Give `app` the security headers and problem details."""

    @app.exception_handler(Refused)
    async def refuse(request: Request, refused: Exception) -> Response:
        assert isinstance(refused, Refused)
        return problem(refused)

    @app.exception_handler(Halt)
    async def halt(request: Request, stopped: Exception) -> Response:
        assert isinstance(stopped, Halt)
        return problem(Refused(stopped.message, hint=stopped.hint, code="halted", status=503))

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, raised: Exception) -> Response:
        assert isinstance(raised, HTTPException)
        known = {404: "not-found", 405: "bad-method"}.get(raised.status_code, "bad-request")
        hint = "Check the address; docs/openapi.json lists every one."
        return problem(Refused(raised.detail, hint=hint, code=known, status=raised.status_code))

    app.add_middleware(Headers)


class Headers:
    """Puts the security headers on every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in _HEADERS if each[0] not in own)]
            await send(message)

        await self._app(scope, receive, with_headers)


def bad_request(what: str) -> Refused:
    """The caller's words do not fit."""
    return Refused(what, hint="Reload the page.", code="bad-request", status=422)
