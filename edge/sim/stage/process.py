"""A part of the pretend shop that runs as its own process, so that the plug can be pulled for real."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from edge.errors import Halt

PATIENCE = 1.5
"""Seconds a process gets to stop before it is killed."""


class Process:
    """`python -m module …`; dies with us, writes its log to a file, is ready when its port answers."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path, port: int = 0) -> None:
        self.name, self._arguments, self._log, self._port = name, arguments, log, port
        self._running: asyncio.subprocess.Process | None = None

    @property
    def up(self) -> bool:
        return self._running is not None and self._running.returncode is None

    @property
    def pid(self) -> int:
        return 0 if self._running is None else self._running.pid

    async def start(self) -> None:
        """Start it; `ready` waits until it answers."""
        leash = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        with self._log.open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *leash, sys.executable, "-m", *self._arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    async def ready(self, within: float = 15.0) -> None:
        """Wait until its port takes connections; Halt with the end of its log when it does not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.up:
                    with suppress(OSError):
                        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                        writer.close()
                        await writer.wait_closed()
                        return
                    await asyncio.sleep(0.02)
        raise Halt(f"{self.name} did not start:\n{self.last_words()}", hint="Run it by hand to see more.")

    async def through(self) -> None:
        """Start a process that does one thing, and wait for it; Halt with its words when it failed."""
        try:
            await self.start()
            if self._running is not None and await self._running.wait() != 0:
                raise Halt(f"{self.name} failed:\n{self.last_words()}", hint="Run it by hand to see more.")
        finally:
            await self.kill()  # where nobody waits any more

    async def stop(self) -> None:
        """Ask it to stop; kill it when it does not."""
        running = self._running
        if running is None or running.returncode is not None:
            return
        with suppress(ProcessLookupError):
            running.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(running.wait(), PATIENCE)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """Pull the plug: kill -9."""
        running = self._running
        if running is not None and running.returncode is None:
            with suppress(ProcessLookupError):
                running.kill()
            await running.wait()

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        text = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
