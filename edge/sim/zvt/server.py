"""The wire of a pretend payment terminal: ZVT on a loopback port, one order at a time."""

import asyncio
from pathlib import Path

from edge.clock import Clock
from edge.pos.payment.zvt.apdu import Garbled, Reader, write
from edge.pos.payment.zvt.messages import Ack, FromTerminal, Nack, Order, heard, said
from edge.sim.listening import shut
from edge.sim.zvt.terminal import Terminal

BUSY, DID_NOT_UNDERSTAND = 0xA0, 0x9A
ACK_WITHIN = 2.0
"""Seconds a till may take to acknowledge."""


class Line:
    """One till that has called: what is said to it, and whether it acknowledged."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer, self._acked = writer, asyncio.Event()
        self.work: asyncio.Task[None] | None = None
        """What it gave the terminal to do."""

    async def say(self, message: FromTerminal, *, part: int | None = None) -> bool:
        """Send `message`, or only its first `part` bytes; true when the till acknowledged it."""
        self._acked.clear()
        if self._writer.is_closing():
            return False
        try:
            self._writer.write(write(said(message))[:part])
            await self._writer.drain()
            if isinstance(message, Ack | Nack):
                return True
            async with asyncio.timeout(ACK_WITHIN):
                await self._acked.wait()
        except OSError:
            return False
        return not self._writer.is_closing()

    def acked(self) -> None:
        self._acked.set()

    def hang_up(self) -> None:
        self._acked.set()
        self._writer.close()


class ZvtSim:
    """A pretend terminal; unplugged and plugged in again it keeps its address and its memory."""

    def __init__(self, log: Path, clock: Clock, *, serial: str = "52500001") -> None:
        self.terminal = Terminal(log, clock, serial)
        self._server: asyncio.Server | None = None
        self._port = 0
        self._lines: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    @property
    def plugged(self) -> bool:
        return self._server is not None

    @property
    def address(self) -> str:
        return f"zvt://127.0.0.1:{self._port}"

    async def start(self) -> str:
        """Plug it in and get its address."""
        async with self._turn:
            if self._server is None:
                self._server = await asyncio.start_server(self._call, "127.0.0.1", self._port)
                self._port = self._server.sockets[0].getsockname()[1]
        return self.address

    async def stop(self) -> None:
        """Pull the plug: what it was doing ends there."""
        server, self._server = self._server, None
        if server is None:
            return
        await shut(server)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.terminal.busy = False
        await server.wait_closed()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, line = asyncio.current_task(), Line(writer)
        assert task is not None
        self._tasks.add(task)
        self._lines.add(line)
        try:
            await self._serve(reader, line)
        except (OSError, Garbled):
            pass  # a caller who speaks something else is hung up on
        except asyncio.CancelledError:
            pass  # the plug was pulled
        finally:
            self._tasks.discard(task)
            self._lines.discard(line)
            line.hang_up()

    async def _serve(self, reader: asyncio.StreamReader, line: Line) -> None:
        apdus = Reader()
        while data := await reader.read(4096):
            for apdu in apdus.feed(data):
                message = heard(apdu)
                if isinstance(message, Ack | Nack):
                    line.acked()
                elif message.do == "stop":
                    await line.say(Ack())
                    self.terminal.stop()
                elif await self._is_busy(line):
                    await line.say(Nack(BUSY))
                else:
                    self._begin(message, line)

    async def _is_busy(self, line: Line) -> bool:
        """Whoever has just acknowledged the end of an order may give the next one at once."""
        if line.work is not None:
            await asyncio.wait([line.work], timeout=ACK_WITHIN)
        return self.terminal.busy

    def _begin(self, order: Order, line: Line) -> None:
        """Carry the order out whether or not whoever asked still listens."""
        self.terminal.busy = True
        task = asyncio.create_task(self._carry(order, line), name=f"pretend terminal: {order.do}")
        line.work = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, order: Order, line: Line) -> None:
        try:
            await self.terminal.carry(order, line)
        finally:
            self.terminal.busy = False
