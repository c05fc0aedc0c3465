"""The box itself: `/healthz`, `/metrics`, a shelf counted by hand. At the staff door."""

from dataclasses import asdict, replace
from typing import Annotated

import msgspec
from fastapi import Request, Response
from msgspec import Meta

from edge import VERSION
from edge.clock import stamp
from edge.errors import Refused
from edge.facts import ShelfRestored
from edge.staff.desk import Session
from edge.units import PlateId
from edge.web.asking import body, key
from edge.web.checkup import DOWN, WARN
from edge.web.house import House
from edge.web.metrics import CONTENT_TYPE, Counts, sample
from edge.web.problem import answer


class CountBody(msgspec.Struct):
    count: Annotated[int, Meta(ge=0, le=100_000)]


class BoxApi:
    """Endpoints of one house."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def alive(self, request: Request) -> Response:
        """Whether this door answers; says nothing else."""
        return Response(status_code=204)

    async def healthz(self, request: Request) -> Response:
        """Every part; 200 while the box can sell, else 503."""
        house, report = self._house, await self._house.checkup.whole()
        head = house.journal.head
        told = {
            "up": report.up,
            "at": stamp(house.clock.now()),
            "store": house.config.store.id,
            "node": house.config.store.node,
            "version": VERSION,
            "boot": house.boot,
            "journal": {"epoch": head.epoch, "seq": head.seq, "hash": head.hash.hex()},
            "free_bytes": report.free,
            "tasks": [asdict(task) for task in report.tasks],
            "parts": {part.name: part.as_json() for part in report.parts},
        }
        return answer(told, 200 if report.up else 503, {"Cache-Control": "no-store"})

    async def metrics(self, request: Request) -> Response:
        """For Prometheus."""
        house, head = self._house, self._house.journal.head.seq
        now = await house.journal.read(lambda db: sample(db, head))
        report = await house.checkup.whole()
        up: Counts = {(part.name,): int(part.state != DOWN) for part in report.parts}
        warnings: Counts = {(part.name,): int(part.state == WARN) for part in report.parts}
        now = replace(now, up=up, warnings=warnings, readers=house.live.readers, free=report.free)
        now = replace(now, cable=house.cable is not None)
        return Response(house.metrics.page(now), media_type=CONTENT_TYPE)

    async def recount(self, request: Request) -> Response:
        """A person counted a plate (right `stock`)."""
        session, house = await self._session(request), self._house
        plate, counted = PlateId(request.path_params["plate"]), await body(request, CountBody)
        if house.watch is None or plate not in {each.id for each in house.config.plate}:
            raise Refused(f"no plate {plate} here", hint="Check its name.", code="unknown-plate", status=404)
        facts = await house.watch.recount(plate, counted.count, key=key(request, "plate"), actor=session.user)
        restored = next(fact for fact in facts if isinstance(fact, ShelfRestored))
        return answer({"plate": plate, "count": restored.count})

    async def _session(self, request: Request) -> Session:
        return await self._house.desk.session(request.headers.get("authorization", "").removeprefix("Bearer ").strip())
