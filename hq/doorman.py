"""What every door of headquarters does alike: headers, bounds, refusals in words, staff, pictures."""

import hashlib
import hmac
import re
from html import escape
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.alive import PATH as ALIVE
from edge.errors import Refused
from edge.web.page import HEADERS
from hq import media
from hq.store import Store
from hq.wording import catalogue, language_of

MAX_BODY = 64 * 1024
"""Bytes a request may carry."""
STAFF = "staff"
SPOKEN = ("that is not the staff secret", "Ask whoever runs headquarters.")
"""The refusal people meet, and its hint; they are in the catalogues."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_YEAR = 365 * 86400


def dress(app: FastAPI) -> None:
    """Security headers, bounded bodies, no posting from other sites, refusals as problem details."""

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        by_person = "text/html" in request.headers.get("accept", "")
        return page_of(error, request) if by_person else problem(error)

    app.add_middleware(Guard)
    app.add_exception_handler(Refused, refuse)

    @app.get(ALIVE, status_code=204)
    async def alive() -> None:
        """This door answers."""


class Guard:
    """Stands before every route (as plain ASGI, so that a stream ends when its reader goes)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = _guarded(Request(scope))
        await (problem(refused) if refused else self._app)(scope, receive, dressed)


def problem(refused: Refused) -> Response:
    """RFC 9457."""
    body = {
        "type": f"urn:store-edge:problem:{refused.code}",
        "title": refused.message,
        "status": refused.status,
        "detail": refused.message,
        "hint": refused.hint,
        "code": refused.code,
    }
    return JSONResponse(body, status_code=refused.status, media_type="application/problem+json")


def page_of(refused: Refused, request: Request) -> HTMLResponse:
    """The refusal as a page a person reads, in their language where it has the words, with the way back."""
    lang = language_of(None, request.cookies.get("lang"), "en")
    words = catalogue(lang)
    title, hint, back = [escape(words.get(text, (text,))[0]) for text in (refused.message, refused.hint, "Back")]
    came = urlsplit(request.headers.get("referer", ""))
    to = escape(local(came.path) if came.netloc == request.headers.get("host") else "/")
    return HTMLResponse(
        f'<!doctype html><html lang="{lang[:2]}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="/static/mark.svg">'
        '<link rel="stylesheet" href="/static/edge.css"><main class="phone" role="alert">'
        f'<h1>{title}</h1><p class="lead">{hint}</p><a class="button go" href="{to}">{back}</a></main></html>',
        refused.status,
    )


def _guarded(request: Request) -> Refused | None:
    if request.method in ("GET", "HEAD"):
        return None
    chunked = "transfer-encoding" in request.headers
    length = request.headers.get("content-length", "" if chunked else "0")
    if not length.isdecimal() or int(length) > MAX_BODY:
        return Refused("that is too much at once", hint=f"At most {MAX_BODY} bytes.", code="too-large", status=413)
    if _foreign(request):
        return Refused("another site may not do this", hint="Open the page itself.", code="foreign", status=403)
    return None


def _foreign(request: Request) -> bool:
    """Whether another site's page sends this; browsers say so, other programs say nothing and have no cookies."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")


def sign(token: str) -> str:
    """What a signed-in browser keeps instead of the secret itself."""
    return hmac.new(token.encode(), b"store-edge staff", hashlib.sha256).hexdigest()


def is_staff(request: Request, token: str) -> bool:
    """Whether the request comes from somebody who knows the staff secret (by cookie, or as a bearer)."""
    if not token:
        return False
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    by_bearer = scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())
    return by_bearer or hmac.compare_digest(request.cookies.get(STAFF, "").encode(), sign(token).encode())


def check_staff(request: Request, token: str) -> None:
    """Refused when nobody of the staff asks."""
    if not token:
        raise Refused("no staff secret is set", hint="Set shop.staff_token in hq.toml.", code="no-staff", status=403)
    if not is_staff(request, token):
        raise Refused("only staff may do this", hint="Sign in with the staff secret.", code="no-session", status=401)


def serve_staff(app: FastAPI, token: str) -> None:
    """`POST /staff`: sign in with the secret, or out with an empty one; back to where one came from."""

    @app.post("/staff")
    async def staff(
        secret: Annotated[str, Form(max_length=200)] = "", back: Annotated[str, Form(max_length=200)] = "/"
    ) -> Response:
        answer = RedirectResponse(local(back), status_code=303)
        if not secret:
            answer.delete_cookie(STAFF)
            return answer
        if not token or not hmac.compare_digest(secret.encode(), token.encode()):
            raise Refused(SPOKEN[0], hint=SPOKEN[1], status=403)
        answer.set_cookie(STAFF, sign(token), max_age=12 * 3600, httponly=True, samesite="strict")
        return answer


def local(path: str) -> str:
    """`path` when it is one of our own pages, else the first page."""
    return path if re.fullmatch(r"/[A-Za-z0-9/?=&._~%:+-]*", path) and not path.startswith("//") else "/"


def keep_language(answer: HTMLResponse, request: Request, language: str) -> HTMLResponse:
    """Remember the language that was asked for."""
    if request.query_params.get("lang") == language:
        answer.set_cookie("lang", language, max_age=_YEAR, samesite="lax")
    return answer


def serve_media(app: FastAPI, store: Store) -> None:
    """`GET /media/{sha256}`: a kept picture; its name is its content, so it may be cached for ever."""

    @app.get("/media/{digest}")
    async def picture(digest: str) -> Response:
        found = await store.read(lambda db: media.find(db, digest)) if _DIGEST.fullmatch(digest) else None
        if found is None:
            raise Refused("there is no such picture", code="unknown-picture", status=404)
        return Response(
            found.data,
            media_type=found.type,
            headers={"Cache-Control": "public, max-age=31536000, immutable", "ETag": f'"{digest}"'},
        )
