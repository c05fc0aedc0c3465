"""One door: an HTTP server on one address, started and stopped with the rest of headquarters."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from edge.errors import Halt

_GRACE_SECONDS = 2


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Door:
    """Serves `app` at host and port; port 0 picks a free one, which `url` then names."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._app, self._host, self._port = app, host, port
        self._server: _Quiet | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""
        return self._host, self._port

    async def start(self) -> None:
        """Listen. Halt when the address is taken."""
        listener = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except OSError as error:
            listener.close()
            raise Halt(
                f"cannot listen on {self._host}:{self._port}: {error.strerror}",
                hint="Headquarters (or something else) already runs there. End it, or choose another port in hq.toml.",
            ) from None
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app, log_config=None, log_level="warning", access_log=False, lifespan="off", server_header=False,
            date_header=False, timeout_graceful_shutdown=_GRACE_SECONDS, ws="none",
        )  # fmt: skip
        self._server = _Quiet(config)
        self._task = asyncio.create_task(self._server.serve([listener]), name=f"door {self._port}")

    async def stop(self) -> None:
        """Answer what is under way, then end."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._server = self._task = None
