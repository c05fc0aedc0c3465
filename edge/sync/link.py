"""The line to the broker: MQTT 3.1.1 over paho, driven by the event loop, a new client object per connection.

Shaped as a device: `open` connects, subscribes and announces; `run` hands over what arrives until the line is lost.
Addresses are `mqtt://[user:password@]host:port` and `mqtts://host:port` (with `Tls`).
"""

import asyncio
import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from edge.errors import DeviceLost
from edge.supervise import Emit
from edge.sync.line import LinkSetup, Message, Presence, Tls, context

__all__ = ["Link", "LinkSetup", "Message", "Presence", "Tls"]
_HINT = "Check the network cable and the router; selling goes on, nothing is lost."
_REFUSED = "The broker refuses this box. Check its name, certificate and the broker's access list."
_TICK = 0.5
_EARLY = 1000


@dataclass(slots=True)
class _Sent:
    done: "asyncio.Future[None]"
    at: float


@dataclass(slots=True)
class _Line:
    """One connection: its client object and what hangs on it."""

    client: Client
    lost: "asyncio.Future[None]"
    connected: "asyncio.Future[None]"
    subscribed: "asyncio.Future[None]"
    sent: dict[int, _Sent] = field(default_factory=dict)
    sock: socket.socket | None = None
    descriptor: int = -1
    abandoned: bool = False
    """Nobody waits for this connection any more; the thread that makes it must close it."""

    def drop(self, why: str, hint: str = _HINT) -> None:
        """Everybody who waits for this connection hears that it is gone."""
        for future in (self.lost, self.connected, self.subscribed):
            if not future.done():
                future.set_exception(DeviceLost(why, hint=hint))
                future.exception()
        for sent in self.sent.values():
            if not sent.done.done():
                sent.done.set_exception(DeviceLost(why, hint=hint))
                sent.done.exception()
        self.sent.clear()


class Link:
    """One line to one broker; `publish` from anywhere on the event loop, also while `run` runs."""

    def __init__(self, setup: LinkSetup, name: str = "broker") -> None:
        self.name = name
        self.connection = 0
        self._setup = setup
        self._line: _Line | None = None
        self._emit: Emit[Message] | None = None
        self._early: list[Message] = []
        self._slots = asyncio.Semaphore(setup.window)

    @property
    def up(self) -> bool:
        """Whether the line is open as far as anybody knows."""
        return self._line is not None and not self._line.lost.done()

    async def open(self) -> None:
        """Connect, subscribe, announce. Raises DeviceLost when the broker is away or refuses."""
        await self.close()
        self.connection += 1
        self._early, self._emit, self._slots = [], None, asyncio.Semaphore(self._setup.window)
        presence = self._setup.presence(self.connection) if self._setup.presence else None
        line = self._line = self._new_line(presence)
        await self._connect(line)
        try:
            async with asyncio.timeout(self._setup.connect_timeout):
                await line.connected
                if self._setup.subscriptions:
                    line.client.subscribe(list(self._setup.subscriptions))
                    await line.subscribed
                if presence:
                    await self.publish(presence.topic, presence.birth, retain=True)
        except TimeoutError:
            raise DeviceLost("the broker does not answer", hint=_HINT) from None

    async def run(self, emit: Emit[Message]) -> None:
        """Hand over every message; returns only by raising DeviceLost."""
        line = self._line
        if line is None:
            raise DeviceLost("the line is not open", hint=_HINT)
        early, self._early, self._emit = self._early, [], emit
        for message in early:
            emit(message)
        while True:
            await asyncio.wait({line.lost}, timeout=_TICK)
            if line.lost.done():
                await line.lost
            self._check(line)

    async def publish(self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False) -> None:
        """Send; returns when the broker acknowledged (QoS 1) or the bytes are written (QoS 0). DeviceLost if not."""
        line = self._line
        async with self._slots:
            if line is None or line is not self._line or line.lost.done():
                raise DeviceLost("the line is down", hint=_HINT)
            info = line.client.publish(topic, payload, qos, retain)
            if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                line.drop(f"cannot send: {info.rc.name}")
                raise DeviceLost("the line is down", hint=_HINT)
            sent = _Sent(asyncio.get_running_loop().create_future(), self._setup.clock.monotonic())
            line.sent[info.mid] = sent
            await sent.done

    async def close(self) -> None:
        """Say farewell where that is possible, and let go."""
        line, presence = self._line, self._setup.presence
        if line is None:
            return
        if not line.lost.done() and line.subscribed.done() and presence:
            farewell = presence(self.connection)
            try:
                async with asyncio.timeout(1.0):
                    await self.publish(farewell.topic, farewell.will, retain=True)
            except (TimeoutError, DeviceLost):
                pass  # then the broker's last will says it
        self._line = None
        if not line.lost.done():
            line.client.disconnect()
            line.client.loop_write()
        line.drop("the line was closed")
        self._detach(line)

    # -- one connection ------------------------------------------------------------------------------------------

    def _new_line(self, presence: Presence | None) -> _Line:
        loop, setup = asyncio.get_running_loop(), self._setup
        client = Client(CallbackAPIVersion.VERSION2, setup.client_id, clean_session=True, protocol=MQTTv311)
        client.connect_timeout = setup.connect_timeout
        client.max_inflight_messages_set(max(20, setup.window))
        url = urlsplit(setup.address)
        if url.username:
            client.username_pw_set(unquote(url.username), unquote(url.password or ""))
        if presence:
            client.will_set(presence.topic, presence.will, qos=1, retain=True)
        line = _Line(client, loop.create_future(), loop.create_future(), loop.create_future())
        client.on_connect = lambda _client, _data, flags, code, _props: _on_connect(line, flags, code)
        client.on_subscribe = lambda _client, _data, _mid, codes, _props: _on_subscribe(line, codes)
        client.on_disconnect = lambda _client, _data, flags, code, _props: _on_disconnect(line, flags, code)
        client.on_publish = lambda _client, _data, mid, _code, _props: _on_publish(line, mid)
        client.on_message = lambda _client, _data, message: self._on_message(message)
        return line

    async def _connect(self, line: _Line) -> None:
        """TCP and TLS in a thread: name look-up and handshake block."""
        attempt = asyncio.get_running_loop().run_in_executor(None, self._reach, line)
        try:
            await asyncio.shield(attempt)
        except asyncio.CancelledError:
            line.abandoned = True
            if attempt.done():
                _hang_up(line.client)
            raise
        except (OSError, ValueError) as error:
            raise DeviceLost(f"no broker at {_shown(self._setup.address)}: {error}", hint=_HINT) from error
        self._attach(line)

    def _reach(self, line: _Line) -> None:
        client, setup, url = line.client, self._setup, urlsplit(self._setup.address)
        if url.scheme not in ("mqtt", "mqtts") or not url.hostname:
            raise ValueError("an address is mqtt://host:port or mqtts://host:port")
        if url.scheme == "mqtts":
            client.tls_set_context(context(setup.tls))
        client.connect(url.hostname, url.port or (8883 if url.scheme == "mqtts" else 1883), setup.keepalive)
        if line.abandoned:
            _hang_up(client)

    def _attach(self, line: _Line) -> None:
        sock = line.client.socket()
        if not isinstance(sock, socket.socket):
            raise DeviceLost("the broker hung up at once", hint=_HINT)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        line.sock, line.descriptor = sock, sock.fileno()
        loop.add_reader(line.descriptor, self._readable, line)
        line.client.on_socket_register_write = lambda _client, _data, _sock: self._want_write(line)
        line.client.on_socket_unregister_write = lambda _client, _data, _sock: self._stop_write(line)
        if line.client.want_write():
            self._want_write(line)

    def _readable(self, line: _Line) -> None:
        code = line.client.loop_read()
        while code == MQTTErrorCode.MQTT_ERR_SUCCESS and isinstance(line.sock, ssl.SSLSocket) and line.sock.pending():
            code = line.client.loop_read()  # what TLS has already taken in, no selector will report
        self._settle(line, code)

    def _want_write(self, line: _Line) -> None:
        if line.descriptor >= 0:
            asyncio.get_running_loop().add_writer(line.descriptor, self._writable, line)

    def _stop_write(self, line: _Line) -> None:
        if line.descriptor >= 0:
            asyncio.get_running_loop().remove_writer(line.descriptor)

    def _writable(self, line: _Line) -> None:
        code = line.client.loop_write()
        if code == MQTTErrorCode.MQTT_ERR_AGAIN:
            return
        if not line.client.want_write():
            self._stop_write(line)
        self._settle(line, code)

    def _settle(self, line: _Line, code: MQTTErrorCode) -> None:
        if code not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_AGAIN):
            line.drop(f"the line broke: {code.name}")
        if line.lost.done():
            self._detach(line)

    def _check(self, line: _Line) -> None:
        """Keepalive, and our own ack time-out for a line that is only half open."""
        self._settle(line, line.client.loop_misc())
        oldest = min((sent.at for sent in line.sent.values()), default=None)
        if oldest is not None and self._setup.clock.monotonic() - oldest > self._setup.ack_timeout:
            line.drop(f"the broker acknowledged nothing for {self._setup.ack_timeout:g} s")
            self._detach(line)

    def _detach(self, line: _Line) -> None:
        if line.descriptor >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(line.descriptor)
            loop.remove_writer(line.descriptor)
            line.descriptor = -1
        if line.sock is not None:
            line.sock.close()
            line.sock = None

    def _on_message(self, message: MQTTMessage) -> None:
        arrived = Message(message.topic, bytes(message.payload), message.retain)
        if self._emit is not None:
            self._emit(arrived)
        elif len(self._early) < _EARLY:
            self._early.append(arrived)


def _on_connect(line: _Line, _flags: ConnectFlags, code: ReasonCode) -> None:
    if code.is_failure:
        line.drop(f"the broker says: {code}", _REFUSED)
    elif not line.connected.done():
        line.connected.set_result(None)


def _on_subscribe(line: _Line, codes: list[ReasonCode]) -> None:
    if any(code.is_failure for code in codes):
        line.drop("the broker refuses a subscription", _REFUSED)
    elif not line.subscribed.done():
        line.subscribed.set_result(None)


def _on_disconnect(line: _Line, _flags: DisconnectFlags, code: ReasonCode) -> None:
    line.drop(f"the line ended: {code}")


def _on_publish(line: _Line, mid: int) -> None:
    sent = line.sent.pop(mid, None)
    if sent and not sent.done.done():
        sent.done.set_result(None)


def _hang_up(client: Client) -> None:
    """The caller is gone; whatever was reached is closed."""
    sock = client.socket()
    if isinstance(sock, socket.socket):
        sock.close()


def _shown(address: str) -> str:
    """The address without its password."""
    url = urlsplit(address)
    return f"{url.scheme}://{url.hostname}:{url.port}" if url.hostname else "a malformed address"
