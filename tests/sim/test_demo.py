"""`edge demo` opens, says where, and leaves nothing behind, whenever it is told to stop."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
URL = re.compile(r"The shop is open: (http://127\.0\.0\.1:\d+/)")


@asynccontextmanager
async def demo(folder: Path, port: int = 0) -> AsyncIterator[asyncio.subprocess.Process]:
    """`edge demo`, whose temporary folders lie in `folder`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "edge.cli", "demo", "--port", str(port), cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def left(folder: Path) -> list[str]:
    """Folders and processes that are still there."""
    found = [str(each) for each in folder.iterdir()]
    for each in Path("/proc").glob("[0-9]*"):
        try:
            command = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(folder) in command:
            found.append(command)
    return found


async def stopped(process: asyncio.subprocess.Process, folder: Path) -> None:
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert left(folder) == []


async def test_it_says_where_and_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        where = URL.match(line.decode())
        assert where, line
        async with httpx.AsyncClient(timeout=10) as client:
            assert (await client.get(where[1])).status_code == 200
        assert len(left(tmp_path)) >= 4, "a folder, two shops, headquarters"
        await stopped(process, tmp_path)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.6])
async def test_told_to_stop_while_it_opens_it_leaves_nothing_behind_either(tmp_path: Path, seconds: float) -> None:
    async with demo(tmp_path) as process:
        async with asyncio.timeout(20):
            while not left(tmp_path):  # noqa: ASYNC110  # another process's folder
                await asyncio.sleep(0.01)
        await asyncio.sleep(seconds)
        await stopped(process, tmp_path)


async def test_a_port_that_is_taken_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with taken, demo(tmp_path, taken.sockets[0].getsockname()[1]) as process:
        assert process.stderr is not None
        said = (await asyncio.wait_for(process.stderr.read(), 30)).decode()
        assert await process.wait() == 1
        assert "Another program uses this port" in said
        assert left(tmp_path) == []
