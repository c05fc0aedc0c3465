"""Real brokers for tests: Debian's Mosquitto as a process that may be killed, and amqtt inside ours."""

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from edge.sim.stage.ports import free_ports

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def free_port() -> int:
    """A port nobody listens on just now."""
    (port,) = free_ports(1)
    return port


class Mosquitto:
    """One Mosquitto on one port; it stores nothing, so every restart is a wiped broker."""

    def __init__(self, folder: Path, extra: Sequence[str] = ("allow_anonymous true",)) -> None:
        self.port = free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence false",
            "set_tcp_nodelay true",
            "log_type error",
            *extra,
        ]
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start, and wait until it listens."""
        self._spawn()
        for _ in range(500):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.transport.abort()
                return
        raise AssertionError("mosquitto does not listen")

    def _spawn(self) -> None:
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([MOSQUITTO, "-c", str(self._config)], stdout=quiet, stderr=quiet)

    def kill(self) -> None:
        """kill -9, by its own id."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
