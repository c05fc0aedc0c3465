"""A person who is refused reads a page; a program gets a problem."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI

from hq.doorman import dress, serve_staff


async def refused(headers: Mapping[str, str]) -> httpx.Response:
    """What `POST /staff` answers to a wrong secret."""
    app = FastAPI()
    dress(app)
    serve_staff(app, "a-very-long-secret")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hq.example") as client:
        return await client.post("/staff", data={"secret": "wrong"}, headers=headers)


async def test_a_wrong_staff_secret_is_told_to_a_person_in_their_language_with_the_way_back() -> None:
    answer = await refused({"Accept": "text/html", "Referer": "http://hq.example/article/boot", "Cookie": "lang=da"})
    assert answer.status_code == 403
    assert "Det er ikke personalets kode" in answer.text
    assert 'href="/article/boot"' in answer.text


async def test_the_way_back_never_leads_to_another_site_and_no_word_becomes_markup() -> None:
    answer = await refused({"Accept": "text/html", "Referer": 'http://evil.example/"><script>', "Cookie": "lang=xx"})
    assert "evil" not in answer.text
    assert "<script>" not in answer.text


async def test_a_program_gets_a_problem() -> None:
    answer = await refused({"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"
