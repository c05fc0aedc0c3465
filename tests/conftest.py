"""What holds for every test.

Warnings are errors. No task, thread, socket or process is left open. Nothing connects or listens beyond loopback. Every
log line formats. Chance is seeded (`--seed`, printed first). `long` tests run with `--all` only, and of a `sampled(n)`
test only n cases without it, drawn by the seed; what is left out is named. A test that takes more than a minute hangs,
unless it says otherwise: `@pytest.mark.seconds(300)`.
"""

import faulthandler
import logging
import random
import signal
from collections.abc import AsyncIterator, Generator, Sequence
from pathlib import Path
from types import FrameType

import hypothesis
import hypothesis.core
import pytest

from hq.broker import EmbeddedBroker
from tests.brokers import Mosquitto
from tests.guards import Open, Watch, left_open, let_go, opened

SECONDS = 60
_seed = pytest.StashKey[int]()
_before = pytest.StashKey[Open]()
_failed = pytest.StashKey[bool]()
_left_out = pytest.StashKey[list[str]]()
_watch = Watch()
_allowed: set[object] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="repeat the chance of an earlier run")
    parser.addoption("--all", action="store_true", help="run the long tests too, and more examples of each property")


def pytest_configure(config: pytest.Config) -> None:
    given: int | None = config.getoption("--seed")
    config.stash[_seed] = random.randrange(2**32) if given is None else given
    vars(hypothesis.core)["global_force_seed"] = config.stash[_seed]
    examples = 500 if config.getoption("--all") else 50
    hypothesis.settings.register_profile("house", max_examples=examples, deadline=None, database=None, print_blob=True)
    hypothesis.settings.load_profile("house")
    for room in ("edge", "hq"):
        logging.getLogger(room).setLevel(logging.DEBUG)
    _watch.install()


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed: {config.stash[_seed]} (repeat with --seed={config.stash[_seed]})"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [] if config.getoption("--all") else [*_long(items), *_not_drawn(items, config.stash[_seed])]
    config.stash[_left_out] = [item.nodeid for item in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _long(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    return [item for item in items if item.get_closest_marker("long")]


def _not_drawn(items: Sequence[pytest.Item], seed: int) -> list[pytest.Item]:
    """Of each `sampled(n)` test's cases all but `n`, drawn by the seed."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled") and not item.get_closest_marker("long"):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    found: list[pytest.Item] = []
    for name, each in cases.items():
        marker = each[0].get_closest_marker("sampled")
        assert marker is not None
        drawn = random.Random(f"{seed} {name}").sample(each, min(marker.args[0], len(each)))
        found += [item for item in each if item not in drawn]
    return found


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    names = config.stash.get(_left_out, [])
    return (
        [f"left out, long or not sampled (make test-all runs them): {len(names)}", *(f"  {name}" for name in names)]
        if names
        else []
    )


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """This test's own seed: differs between tests, repeats with `--seed`."""
    item: pytest.Item = request.node
    return _seed_of(item)


@pytest.fixture
def chance(seed: int) -> random.Random:
    """This test's own chance."""
    return random.Random(seed)


def _seed_of(item: pytest.Item) -> int:
    return random.Random(f"{item.config.stash[_seed]} {item.nodeid}").randrange(2**32)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    marker = item.get_closest_marker("seconds")
    limit = marker.args[0] if marker else SECONDS

    def hangs(number: int, frame: FrameType | None) -> None:
        faulthandler.dump_traceback(file=2, all_threads=True)
        pytest.fail(f"{item.nodeid} hangs: not done in {limit} s (@pytest.mark.seconds(n) allows more)")

    old = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, limit, 5)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    item.stash[_before] = opened()
    random.seed(_seed_of(item))
    _watch.complaints.clear()
    _watch.on = True
    yield


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """What a fixture wider than one test opens may stay open as long as that fixture does."""
    if fixturedef.scope == "function":
        return (yield)
    before = opened()
    value = yield
    _allowed.update(opened().since(before))
    return value


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    yield
    _watch.on = False
    if item.stash.get(_failed, False):  # one reason is enough; a test cut short cannot clean up
        let_go(item.stash[_before])
        return
    complaints = [*_watch.complaints, *(f"left open: {name}" for name in left_open(item.stash[_before], _allowed))]
    if complaints:
        let_go(item.stash[_before])
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    await broker.start()
    try:
        yield broker
    finally:
        broker.kill()


@pytest.fixture
async def amqtt() -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker()
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


@pytest.fixture(params=["mosquitto", "amqtt"])
async def broker_address(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a real broker, of each kind."""
    broker = Mosquitto(tmp_path) if request.param == "mosquitto" else EmbeddedBroker()
    await broker.start()
    try:
        yield broker.address
    finally:
        if isinstance(broker, Mosquitto):
            broker.kill()
        else:
            await broker.stop()
