"""`/healthz` and `/metrics` of headquarters; one registry for each."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, cast

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from edge.clock import Clock, stamp
from edge.health import Health
from edge.web.live import Live
from hq import reports
from hq.config import HqConfig
from hq.store import Store

PATIENCE = 2.0
_COUNTED = ("entries", "sales", "lines", "gross_minor", "duplicates", "lost", "changed", "set_aside")
_ALARMS = "SELECT kind, count(*) FROM alarms WHERE settled_at IS NULL GROUP BY kind"
Counts = Mapping[tuple[str, ...], int]


class Office(Protocol):
    """What is looked at."""

    @property
    def config(self) -> HqConfig: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def health(self) -> Health: ...
    @property
    def live(self) -> Live: ...
    @property
    def vital(self) -> Callable[[float], Awaitable[Mapping[str, str]]]: ...


@dataclass(frozen=True, slots=True)
class Sample:
    """What is read when somebody asks: `held` by what is counted and store, the others by their labels."""

    held: Mapping[str, Counts] = field(default_factory=dict)
    lag: Counts = field(default_factory=dict)
    online: Counts = field(default_factory=dict)
    takings: Counts = field(default_factory=dict)
    sales_today: Counts = field(default_factory=dict)
    alarms: Counts = field(default_factory=dict)
    up: Counts = field(default_factory=dict)
    readers: int = 0


def serve_health(app: FastAPI, office: Office) -> None:
    """`GET /healthz`, `GET /metrics`."""
    registry, sampled = CollectorRegistry(), _Sampled()
    ProcessCollector(registry=registry)
    registry.register(sampled)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        wrong = await office.vital(PATIENCE)
        parts = office.health.as_json()
        good = not wrong and all(part["up"] for part in parts.values())
        told = {"up": good, "at": stamp(office.clock.now()), "wrong": dict(wrong), "parts": parts}
        return JSONResponse(told, status_code=200 if good else 503, headers={"Cache-Control": "no-store"})

    @app.get("/metrics")
    async def metrics() -> Response:
        now = office.clock.now()
        found, wrong = await asyncio.gather(
            office.store.read(lambda db: _read(db, office.config, now)), office.vital(PATIENCE)
        )
        up: dict[tuple[str, ...], int] = {("database",): int("database" not in wrong)}
        up.update({(name,): 0 for name in wrong})
        up.update({(part.name,): int(part.up) for part in office.health.snapshot().values()})
        sampled.now = replace(found, up=up, readers=office.live.readers)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _read(db: sqlite3.Connection, config: HqConfig, now: datetime) -> Sample:
    held: dict[str, dict[tuple[str, ...], int]] = {what: {} for what in _COUNTED}
    online: dict[tuple[str, ...], int] = {}
    takings: dict[tuple[str, ...], int] = {}
    sales: dict[tuple[str, ...], int] = {}
    for store in reports.stores(db, config, now):
        name = str(store["store"])
        for what, value in reports.counts(db, name).items():
            if what in held:
                held[what][(name,)] = int(str(value))
        online[(name,)] = int(bool(store["online"]))
        for day in cast("Sequence[Mapping[str, int]]", store["today"]):
            label = (name, str(day["currency"]))
            takings[label], sales[label] = day["gross_sales"] - day["gross_returns"], day["sales"]
    lag: Counts = {(identity,): behind for identity, behind in reports.lags(db).items()}
    alarms: Counts = {(str(kind),): int(count) for kind, count in db.execute(_ALARMS)}
    return Sample(held, lag, online, takings, sales, alarms)


class _Sampled(Collector):
    """Shows the last sample."""

    def __init__(self) -> None:
        self.now = Sample()

    def collect(self) -> Iterable[Metric]:
        now = self.now
        for what, counts in now.held.items():
            yield _labelled(f"hq_{what}", f"{what} held, by store", ("store",), counts)
        ingested = CounterMetricFamily("hq_facts_ingested", "facts taken in, by store", labels=("store",))
        for labels, value in now.held.get("entries", {}).items():
            ingested.add_metric(labels, value)
        yield ingested
        yield _labelled("hq_lag_entries", "entries a box has and headquarters has not", ("identity",), now.lag)
        yield _labelled("hq_store_online", "1 while a box of the store is on the cable", ("store",), now.online)
        words = "takings of the store's day, returns taken off, in minor units"
        yield _labelled("hq_takings_today_minor", words, ("store", "currency"), now.takings)
        yield _labelled("hq_sales_today", "sales of the store's day", ("store", "currency"), now.sales_today)
        yield _labelled("hq_open_alarms", "alarms nobody has settled", ("kind",), now.alarms)
        yield _labelled("hq_part_up", "1 while a part works", ("part",), now.up)
        yield GaugeMetricFamily("hq_sse_readers", "pages with an open stream", now.readers)


def _labelled(name: str, words: str, labels: tuple[str, ...], values: Counts) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for each, value in values.items():
        family.add_metric(each, value)
    return family
