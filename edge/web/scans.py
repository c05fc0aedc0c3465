"""A scanner of the box rings at its till without the page; what must still be asked goes to the till's next frame."""

import asyncio
from collections.abc import Mapping

from edge.errors import Refused
from edge.pos.receipt.reference import is_reference
from edge.pos.scanner import Code
from edge.pos.shop import Choose
from edge.pos.verbs import Scan
from edge.units import Key, TillId
from edge.web.house import House
from edge.web.problem import problem_body

BACKLOG = 64
"""Codes of one till waiting for their turn; nobody scans so many ahead."""


class Scans:
    """Give `heard` to the supervisor as each scanner's emit; keep `run` running."""

    def __init__(self, house: House, scanners: Mapping[str, TillId]) -> None:
        self._house, self._scanners = house, scanners
        self._codes: asyncio.Queue[Code] = asyncio.Queue(BACKLOG)
        self._seq = 0

    def heard(self, code: Code) -> None:
        """A scanner read something; returns at once. One that belongs to no till rings nowhere."""
        if code.scanner in self._scanners and not self._codes.full():
            self._codes.put_nowait(code)

    async def run(self) -> None:
        """Ring every code in the order it was read, until cancelled."""
        while True:
            code = await self._codes.get()
            await self._ring(self._scanners[code.scanner], code.text)

    async def _ring(self, till: TillId, text: str) -> None:
        house = self._house
        self._seq += 1
        if is_reference(text):  # a receipt: its goods may be coming back
            asked = {"seq": self._seq, "kind": "receipt", "article": None, "code": text, "problem": None}
            house.asked[till] = asked
            house.board.put(f"scan/{till}", self._seq)
            return
        try:
            session = await house.desk.here(till)
            if session is None:
                raise Refused("nobody is signed in", hint="Sign in, then scan again.", code="no-session", status=401)
            with house.metrics.scan():
                await house.door.send(Scan(till, text), key=Key(f"scan:{house.ids.new()}"), actor=session.user)
            house.asked.pop(till, None)
        except Choose as choose:
            house.asked[till] = {"seq": self._seq, "kind": "choose", "article": choose.article, "problem": None}
        except Refused as refused:
            asked = {"seq": self._seq, "kind": "problem", "article": None, "problem": problem_body(refused)}
            house.asked[till] = asked
        house.board.put(f"scan/{till}", self._seq)
