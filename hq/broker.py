"""The broker of a demo or a single shop: amqtt inside our process, on a thread and an event loop of its own.

It keeps nothing across a restart, which the cable does not need. On its own loop it can neither hold up our loop
nor leave a task behind on it. For more than a few shops run Mosquitto (`firmware-config/mosquitto.conf`).
"""

import asyncio
import threading
from concurrent.futures import Future
from logging import ERROR, getLogger

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig, ListenerType

from edge.errors import Halt

_LISTENER = "default"
_PLUGINS = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
_NOISY = ("amqtt", "transitions")
_STOP_SECONDS = 2.0


class EmbeddedBroker:
    """`start`, then `address`; `stop` ends every connection, task and thread it made. Port 0 picks a free one."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host, self._port = host, port
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    @property
    def address(self) -> str:
        """`mqtt://host:port`, once started."""
        return f"mqtt://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen. Halt when the port is taken."""
        for name in _NOISY:
            getLogger(name).setLevel(ERROR)
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._main, args=(ready,), name="broker", daemon=True)
        self._thread.start()
        try:
            self._port = await asyncio.wrap_future(ready)
        except OSError as error:
            await self.stop()
            raise Halt(
                f"cannot listen on {self._host}:{self._port}: {error}",
                hint="Another broker is running; stop it, or give this one another port.",
            ) from error

    async def stop(self) -> None:
        """End; safe to call twice."""
        thread, loop, end = self._thread, self._loop, self._end
        self._thread = self._loop = self._end = None
        if loop and end:
            loop.call_soon_threadsafe(end.set)
        if thread:
            await asyncio.to_thread(thread.join)

    def _main(self, ready: "Future[int]") -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve(ready))

    async def _serve(self, ready: "Future[int]") -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        end = self._end
        config = BrokerConfig(listeners={_LISTENER: ListenerConfig(type=ListenerType.EXTERNAL)}, plugins=dict(_PLUGINS))
        broker = Broker(config, loop=self._loop)
        await broker.start()

        writers: set[asyncio.StreamWriter] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.add(writer)
            try:
                await broker.external_connected(StreamReaderAdapter(reader), StreamWriterAdapter(writer), _LISTENER)
            finally:
                writer.transport.abort()
                writers.discard(writer)

        try:
            server = await asyncio.start_server(connected, self._host, self._port)
        except OSError as error:
            await broker.shutdown()
            ready.set_exception(error)
            return
        ready.set_result(server.sockets[0].getsockname()[1])
        await end.wait()
        server.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await broker.shutdown()
        except TimeoutError:
            getLogger(__name__).warning("the broker did not end by itself")
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # an aborted transport closes its socket in the next round
