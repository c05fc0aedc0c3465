"""The office's page: sign in with the right `office`, the report of some days, each Z and its paper, the books."""

import io
import sqlite3
import zipfile
from collections.abc import Mapping
from datetime import datetime

import msgspec
from fastapi import Request, Response

from edge.clock import moment, stamp
from edge.errors import Refused
from edge.journal.entry import Entry
from edge.pos.books.csv import csv_files
from edge.pos.books.read import books_of, days
from edge.pos.cash.verbs import FindCash
from edge.pos.printer.spool import document_of
from edge.pos.receipt.html import svg
from edge.pos.receipt.json import as_json
from edge.pos.receipt.text import plain_text
from edge.staff.desk import Session
from edge.staff.rights import approvers
from edge.units import Minor, TillId, UserId
from edge.web.asking import body, key
from edge.web.house import House
from edge.web.problem import answer
from edge.web.till.bodies import SignInBody
from edge.web.views.office import office_view

RIGHT = "office"
_PEOPLE = "SELECT user, name, role FROM people WHERE active ORDER BY name"
_NAMES = "SELECT user, name FROM people"
_Z = """SELECT seq, '', time, type, cause, actor, businessdate, data, hash FROM entries
WHERE seq = ? AND type = 'edge.shift.closed.v1'"""


class FoundBody(msgspec.Struct):
    till: str
    z_number: int
    amount_minor: int
    reason: str
    series: str = "A"


class OfficeApi:
    """The office of one house; a session of the office belongs to no till."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def state(self, request: Request) -> Response:
        """Who may sign in here, and what day it is: nothing secret."""
        house = self._house

        def may(db: sqlite3.Connection) -> list[Mapping[str, object]]:
            allowed = set(approvers(db, RIGHT))
            rows = db.execute(_PEOPLE).fetchall()
            return [{"id": user, "name": name, "role": role} for user, name, role in rows if user in allowed]

        users = await house.journal.read(may)
        today = house.shop.today(house.clock.now())
        tills = [{"id": till.id, "name": till.name} for till in house.config.till]
        return answer({"users": users, "today": today, "tills": tills})

    async def sign_in(self, request: Request) -> Response:
        """A session without a till. Refused when the role may not read reports."""
        house, sent = self._house, await body(request, SignInBody)
        user, pressed = UserId(sent.user), key(request, "office")
        await house.desk.approve(user, sent.pin, _desk(user), RIGHT, pressed)
        token, session = await house.desk.sign_in(user, sent.pin, _desk(user), pressed)
        return answer({"session": token, "user": {"id": session.user, "name": session.name, "role": session.role}})

    async def report(self, request: Request) -> Response:
        """`OfficeReport` of the business dates `from` to `to`."""
        await self._session(request)
        first, last = self._days(request)
        house = self._house

        def read(db: sqlite3.Connection) -> Mapping[str, object]:
            people = dict(db.execute(_NAMES).fetchall())
            return office_view(books_of(db, first, last), self._local, people)

        view = await house.journal.read(read)
        return answer({"from": first, "to": last, "at": stamp(house.clock.now()), **view})

    async def books(self, request: Request) -> Response:
        """The books as CSV files, in one archive."""
        await self._session(request)
        first, last = self._days(request)
        found = await self._house.journal.read(lambda db: books_of(db, first, last))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            decimals = self._house.shop.profile.decimals
            for name, data in csv_files(found, decimals, lambda at: self._local(at).isoformat(timespec="seconds")):
                archive.writestr(name, data)
        name = f'attachment; filename="books-{first}-{last}.zip"'
        return Response(out.getvalue(), media_type="application/zip", headers={"Content-Disposition": name})

    async def z(self, request: Request) -> Response:
        """A Z as it was printed: `/api/v1/office/z/{seq}.txt`, `.svg`, `.json`."""
        await self._session(request)
        seq, _, shape = request.path_params["name"].partition(".")
        known = seq.isascii() and seq.isdigit() and len(seq) < 16
        rows = await self._house.journal.rows(_Z, (int(seq),)) if known else []
        letterhead = self._house.letterhead
        document = document_of(Entry(*rows[0]), letterhead) if rows and letterhead is not None else None
        if document is None:
            raise Refused("no such Z", hint="Reload the page.", code="no-z", status=404)
        match shape:
            case "txt":
                return Response(plain_text(document), media_type="text/plain; charset=utf-8")
            case "svg":
                return Response(svg(document), media_type="image/svg+xml")
            case "json":
                return Response(as_json(document), media_type="application/json")
            case _:
                raise Refused("a Z is txt, svg or json", hint="Reload the page.", code="no-z", status=404)

    async def found(self, request: Request) -> Response:
        """Money of an earlier Z has turned up and lies in the safe."""
        session, sent = await self._session(request), await body(request, FoundBody)
        amount = Minor(sent.amount_minor)
        command = FindCash(TillId(sent.till), sent.series, sent.z_number, amount, sent.reason, to_safe=True)
        await self._house.door.send(command, key=key(request, "office"), actor=session.user)
        return answer({})

    async def _session(self, request: Request) -> Session:
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        session = await self._house.desk.session(token)
        if RIGHT not in session.rights:
            raise Refused(f"{session.user} may not {RIGHT}", hint="Ask a manager.", code="not-allowed", status=403)
        return session

    def _days(self, request: Request) -> tuple[str, str]:
        today = self._house.shop.today(self._house.clock.now())
        first = request.query_params.get("from", today)
        return days(first, request.query_params.get("to", first))

    def _local(self, at: str) -> datetime:
        return moment(at).astimezone(self._house.shop.zone)


def _desk(user: UserId) -> TillId:
    """Where a session of the office is kept: one for each person, so that nobody signs another out."""
    return TillId(f"office/{user}")
