"""`/metrics`: what a box measures, for Prometheus; one registry for each house."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from edge.clock import Clock
from edge.errors import Refused

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FAST = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_ENTRIES = "SELECT count(*) FROM entries"
_SALES = "SELECT count(*), coalesce(sum(total), 0) FROM sales WHERE closed_seq IS NOT NULL"
_ACKED = "SELECT position FROM followers WHERE name = 'hq'"
_EFFECTS = "SELECT kind, state, count(*) FROM effects GROUP BY kind, state"
_FEEDS = "SELECT feed, state, seq FROM feed_positions"
_TASKS = "SELECT kind, count(*) FROM open_tasks GROUP BY kind"


Counts = Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Sample:
    """What is read when somebody asks; counts of things by their labels."""

    head: int
    entries: int = 0
    acked: int = 0
    sales: int = 0
    gross: int = 0
    effects: Counts = field(default_factory=dict)
    feeds: Counts = field(default_factory=dict)
    tasks: Counts = field(default_factory=dict)
    up: Counts = field(default_factory=dict)
    warnings: Counts = field(default_factory=dict)
    readers: int = 0
    free: int = 0
    cable: bool = False


def sample(db: sqlite3.Connection, head: int) -> Sample:
    """What the tables say."""
    sales, gross = db.execute(_SALES).fetchone()
    acked = db.execute(_ACKED).fetchone()
    return Sample(
        head,
        db.execute(_ENTRIES).fetchone()[0],
        acked[0] if acked else 0,
        sales,
        gross,
        {(kind, state): count for kind, state, count in db.execute(_EFFECTS)},
        {(feed, state): seq for feed, state, seq in db.execute(_FEEDS)},
        {(kind,): count for kind, count in db.execute(_TASKS)},
    )


class Metrics:
    """`commit`, `command` and `scan` are held around what they time; `page` is what Prometheus fetches."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        self._sampled = _Sampled()
        self._registry.register(self._sampled)
        registry = self._registry
        self._commit = Histogram(
            "edge_commit_seconds", "from asking the writer until it is on the disk", buckets=_FAST, registry=registry
        )
        self._seconds = Histogram(
            "edge_command_seconds", "from a command to its answer", ["verb"], buckets=_FAST, registry=registry
        )
        self._commands = Counter(
            "edge_commands", "commands, by what became of them", ["verb", "outcome"], registry=registry
        )
        self._scan = Histogram("edge_scan_seconds", "from a code to its line", buckets=_FAST, registry=registry)

    @contextmanager
    def commit(self) -> Iterator[None]:
        """Around a transaction."""
        began = self._clock.monotonic()
        yield
        self._commit.observe(self._clock.monotonic() - began)

    @contextmanager
    def command(self, name: str) -> Iterator[None]:
        """Around a command called `name` (`OpenShift` becomes `open_shift`)."""
        verb, outcome, began = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), "failed", self._clock.monotonic()
        try:
            yield
            outcome = "done"
        except Refused:
            outcome = "refused"
            raise
        finally:
            self._commands.labels(verb, outcome).inc()
            self._seconds.labels(verb).observe(self._clock.monotonic() - began)

    @contextmanager
    def scan(self) -> Iterator[None]:
        """Around a scan that becomes a line; one that is refused is not counted."""
        began = self._clock.monotonic()
        yield
        self._scan.observe(self._clock.monotonic() - began)

    def page(self, now: Sample) -> bytes:
        """The exposition, with `now` in it."""
        self._sampled.now = now
        return generate_latest(self._registry)


class _Sampled(Collector):
    """Shows the last sample."""

    def __init__(self) -> None:
        self.now = Sample(0)

    def collect(self) -> Iterable[Metric]:
        now = self.now
        counters = (
            ("edge_journal_entries", "entries this journal holds", now.entries),
            ("edge_sales", "sales closed", now.sales),
            ("edge_sales_gross_minor", "what they came to, in minor units", now.gross),
        )
        gauges = (
            ("edge_journal_head", "number of the last durable entry", now.head),
            ("edge_sse_readers", "pages with an open stream", now.readers),
            ("edge_disk_free_bytes", "free bytes where the journal lies", now.free),
        )
        yield from (CounterMetricFamily(name, words, value) for name, words, value in counters)
        yield from (GaugeMetricFamily(name, words, value) for name, words, value in gauges)
        if now.cable:
            yield GaugeMetricFamily("edge_unacked_entries", "entries headquarters has not", now.head - now.acked)
        yield _labelled("edge_part_up", "1 while a part works", ("part",), now.up)
        yield _labelled("edge_part_warning", "1 while somebody should look at it", ("part",), now.warnings)
        yield _labelled("edge_effects", "what is to happen outside, by its state", ("kind", "state"), now.effects)
        yield _labelled("edge_feed_position", "how far headquarters' feed has come", ("feed", "state"), now.feeds)
        yield _labelled("edge_open_tasks", "what people must do", ("kind",), now.tasks)


def _labelled(name: str, words: str, labels: tuple[str, ...], values: Counts) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for each, value in values.items():
        family.add_metric(each, value)
    return family
