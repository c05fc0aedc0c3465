"""One door, of a box or of headquarters: a uvicorn server on the loop we have, stopped without waiting for streams."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from edge.errors import Halt

GRACE = 2
"""Seconds an open request may take when the door closes."""


class _Server(uvicorn.Server):
    """Signals belong to the process, not to one of its servers; says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """`address` is `host:port`; port 0 takes any free one, `port` tells which."""

    def __init__(self, app: FastAPI, address: str) -> None:
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise Halt(f"{address!r} is no address", hint="Write host:port, for example 127.0.0.1:8080.")
        self._host, self._wanted = host.strip("[]"), int(port)
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=GRACE,
                timeout_keep_alive=30,
                h11_max_incomplete_event_size=32 * 1024,
                ws="none",
            )
        )
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return 0 if self._socket is None else int(self._socket.getsockname()[1])

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""
        return self._host, self.port

    @property
    def url(self) -> str:
        """`http://host:port`."""
        return f"http://{self._host}:{self.port}"

    async def start(self) -> None:
        """Listen; Halt when somebody else does."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((self._host, self._wanted))
        except OSError as error:
            listening.close()
            raise Halt(
                f"{self._host}:{self._wanted} cannot be used: {error.strerror}",
                hint="Another program uses this port: stop it, or name another one under [web].",
            ) from None
        listening.listen(512)
        listening.setblocking(False)
        self._socket = listening
        self._task = asyncio.create_task(self._server.serve([listening]), name=f"web {self.url}")
        await self._server.ready.wait()

    async def stop(self) -> None:
        """Let go of the port; open requests get two seconds."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        if self._socket is not None:
            self._socket.close()
