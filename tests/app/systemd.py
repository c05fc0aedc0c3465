"""Stands in for systemd: the socket it listens on, and a process of ours that talks to it."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Systemd:
    """What one process has said, and when (monotonic seconds)."""

    process: asyncio.subprocess.Process
    said: list[tuple[float, str]] = field(default_factory=list)

    def times(self, word: str, since: float = 0.0) -> int:
        """How often a message had a line beginning so."""
        return sum(at > since and any(line.startswith(word) for line in text.splitlines()) for at, text in self.said)

    def text(self) -> str:
        return "\n".join(text for _, text in self.said)

    async def hears(self, word: str, since: float = 0.0, within: float = 15.0) -> None:
        """Wait until it was said."""
        async with asyncio.timeout(within):
            while not self.times(word, since):
                assert self.process.returncode is None, f"it ended, having said:\n{self.text()}"
                await asyncio.sleep(0.01)


@asynccontextmanager
async def under_systemd(folder: Path, arguments: Sequence[str], watchdog: float) -> AsyncIterator[Systemd]:
    """Start `python -m …` with a notify socket and a watchdog of so many seconds; ended with SIGTERM."""
    address = folder / "notify"
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    channel.bind(str(address))
    told = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": str(int(watchdog * 1_000_000))}
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments, cwd=ROOT, env=os.environ | told, stdout=log, stderr=log
        )
    systemd = Systemd(process)
    loop = asyncio.get_running_loop()
    loop.add_reader(channel, lambda: systemd.said.append((time.monotonic(), channel.recv(4096).decode())))
    try:
        yield systemd
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 10)
        loop.remove_reader(channel)
        channel.close()
