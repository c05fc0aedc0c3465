"""The wire of a pretend fiscal device: the line protocol of docs/fiscal.md on a loopback port."""

import asyncio
from pathlib import Path

import msgspec

from edge.clock import Clock
from edge.countries.profile import Profile
from edge.pos.fiscal.wire import MAX_LINE, Request, read, write
from edge.sim.fiscal.device import FiscalDevice
from edge.sim.listening import shut


class FiscalSim:
    """A pretend device or service of the profile's regime; its truth log outlives it."""

    def __init__(self, profile: Profile, log: Path, clock: Clock, *, serial: str = "SIM0001") -> None:
        self.device = FiscalDevice(profile, log, clock, serial)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._turn = asyncio.Lock()
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def plugged(self) -> bool:
        return self._server is not None

    async def start(self) -> str:
        """Plug it in and get its address, which stays the same when it is plugged in again."""
        async with self._turn:
            await self._listen()
        return f"tcp://127.0.0.1:{self._port}"

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._call, "127.0.0.1", self._port, limit=MAX_LINE)
            self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Pull the plug: whoever is connected hears nothing more."""
        server, self._server = self._server, None
        if server is None:
            return
        await shut(server)
        calls = tuple(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await server.wait_closed()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
            pass  # a caller who speaks something else is hung up on
        except asyncio.CancelledError:
            pass  # the plug was pulled
        finally:
            self._calls.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        faults = self.device.faults
        while (line := await reader.readline()).endswith(b"\n"):
            request = read(line, Request)
            if faults.swallow and request.do == "issue":
                faults.swallow = False
                continue
            answer = self.device.answer(request)
            if faults.drop_answer and request.do == "issue":
                faults.drop_answer = False
                return
            writer.write(write(answer))
            await writer.drain()
