"""The guards of conftest.py catch what they say they catch: each of these tests fails for its own reason."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CULPRITS = """
import asyncio, atexit, gc, logging, random, socket, subprocess, threading, time, warnings
import hypothesis, hypothesis.strategies as st, pytest

held = []

async def test_leaves_a_task():
    held.append(asyncio.create_task(asyncio.sleep(30), name="forgotten"))

def test_leaves_a_thread():
    threading.Thread(target=time.sleep, args=(8,), name="forgotten", daemon=True).start()

def test_leaves_a_socket():
    held.append(socket.create_server(("127.0.0.1", 0)))

def test_leaves_a_process():
    held.append(subprocess.Popen(["sleep", "8"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    atexit.register(held[-1].kill)

def test_connects_beyond_loopback():
    with socket.socket() as s, pytest.raises(AssertionError):
        s.connect(("192.0.2.1", 80))

async def test_connects_beyond_loopback_with_asyncio():
    with pytest.raises(AssertionError):
        await asyncio.open_connection("192.0.2.1", 80)

def test_asks_a_name_server():
    with pytest.raises(AssertionError):
        socket.getaddrinfo("shop.example", 80)

def test_sends_a_datagram_beyond_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, pytest.raises(AssertionError):
        s.sendto(b"x", ("192.0.2.1", 9))

def test_listens_to_the_world():
    with socket.socket() as s, pytest.raises(AssertionError):
        s.bind(("0.0.0.0", 0))
        s.listen()

def test_hears_datagrams_of_the_world():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, pytest.raises(AssertionError):
        s.bind(("", 0))

def test_warns():
    warnings.warn("old", DeprecationWarning)

def test_logs_what_does_not_format():
    with pytest.raises(TypeError):
        logging.getLogger("edge.somewhere").debug("%d pairs", "two")

def test_drops_an_open_socket():
    s = socket.socket()
    del s

def test_fails_with_a_socket_in_hand():
    s = socket.create_server(("127.0.0.1", 0))
    held.append(s)
    raise ValueError("for a reason")

def test_innocent_after_a_failure():
    held.pop()
    gc.collect()

@pytest.mark.seconds(0.2)
async def test_hangs():
    await asyncio.sleep(8)

@pytest.mark.unheard
def test_innocent_but_for_its_marker():
    pass
"""
INNOCENTS = """
import asyncio, logging, random, socket, threading
import hypothesis, hypothesis.strategies as st, pytest

@pytest.fixture(scope="module")
def server():
    with socket.create_server(("127.0.0.1", 0)) as s:
        yield s

async def test_innocent(server):
    async def served(reader, writer):
        writer.write(await reader.readline())
        writer.close()
    async with await asyncio.start_server(served, "127.0.0.1", 0) as asked:
        reader, writer = await asyncio.open_connection(*asked.sockets[0].getsockname())
        writer.write(b"hello\\n")
        assert await reader.read() == b"hello\\n"
        writer.close()
        await writer.wait_closed()
    await asyncio.to_thread(logging.getLogger("edge").info, "%d pairs", 2)

def test_innocent_after(server):
    thread = threading.Thread(target=print)
    thread.start()
    near, far = socket.socketpair()
    near.close()
    far.close()

@pytest.mark.long
def test_of_an_hour():
    pass

drawn = []

@hypothesis.given(st.integers())
def test_draws(number):
    drawn.append(number)

def test_says_what_was_drawn(seed, chance):
    print("drawn", drawn, seed, chance.random(), random.random())
"""


SAMPLED = """
import pytest

@pytest.mark.sampled(2)
@pytest.mark.parametrize("number", range(6))
def test_one_of(number):
    pass
"""


def run(folder: Path, tests: str, *options: str) -> str:
    (folder / "conftest.py").write_text("from tests.conftest import *\n")
    (folder / "test_them.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={folder}", *options]
    done = subprocess.run(
        [*command, "test_them.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    culprits = CULPRITS.replace("@pytest.mark.unheard", "")
    return run(tmp_path_factory.mktemp("culprits"), culprits, "--seed=7", "-rA", "--tb=short")


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ("leaves_a_task", "task left open: forgotten"),
        ("leaves_a_thread", "left open: thread 'forgotten'"),
        ("leaves_a_socket", "left open: socket AF_INET SOCK_STREAM at ('127.0.0.1', "),
        ("leaves_a_process", "left open: process"),
        ("connects_beyond_loopback", "socket.connect '192.0.2.1'"),
        ("connects_beyond_loopback_with_asyncio", "'192.0.2.1'"),
        ("asks_a_name_server", "socket.getaddrinfo 'shop.example'"),
        ("sends_a_datagram_beyond_loopback", "socket.sendto '192.0.2.1'"),
        ("listens_to_the_world", "socket.listen '0.0.0.0'"),
        ("hears_datagrams_of_the_world", "socket.bind ''"),
        ("warns", "DeprecationWarning: old"),
        ("logs_what_does_not_format", "does not format"),
        ("drops_an_open_socket", "ResourceWarning"),
        ("hangs", "hangs: not done in 0.2 s"),
    ],
)
def test_a_culprit_fails_for_its_own_reason(verdict: str, test: str, reason: str) -> None:
    told = [line for line in verdict.splitlines() if re.match(rf"(FAILED|ERROR) test_them.py::test_{test}\b", line)]
    assert told, verdict
    section = re.split(rf"_ (?:ERROR at \w+ of )?test_{test} _", verdict)[1].split("\n____")[0]
    assert reason in section


def test_what_a_failed_test_leaves_is_not_blamed_on_the_next(verdict: str) -> None:
    assert "FAILED test_them.py::test_fails_with_a_socket_in_hand" in verdict
    assert "PASSED test_them.py::test_innocent_after_a_failure" in verdict


def test_an_unheard_marker_is_an_error(tmp_path: Path) -> None:
    assert "'unheard' not found" in run(tmp_path, CULPRITS)


def test_the_innocent_pass_and_the_long_are_named(tmp_path: Path) -> None:
    told = run(tmp_path, INNOCENTS)
    assert "4 passed, 1 deselected" in told
    assert "left out, long or not sampled (make test-all runs them): 1\n  test_them.py::test_of_an_hour" in told
    assert "5 passed" in run(tmp_path, INNOCENTS, "--all")


def test_of_a_sampled_test_some_cases_are_drawn_by_the_seed_and_with_all_none_is_left_out(tmp_path: Path) -> None:
    def ran(*options: str) -> set[str]:
        return set(re.findall(r"PASSED \S*(test_one_of\[\d\])", run(tmp_path, SAMPLED, "-rA", *options)))

    assert len(ran("--seed=1")) == 2
    assert ran("--seed=1") == ran("--seed=1")
    assert len({frozenset(ran(f"--seed={seed}")) for seed in range(4)}) > 1
    assert len(ran("--all")) == 6


def test_chance_repeats_with_its_seed_and_differs_without(tmp_path: Path) -> None:
    def drawn(*options: str) -> str:
        told = run(tmp_path, INNOCENTS, "-s", "-k", "draw", *options)
        return next(line for line in told.splitlines() if "drawn" in line)

    assert drawn("--seed=7") == drawn("--seed=7") != drawn("--seed=8")
