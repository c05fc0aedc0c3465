"""firmware-config/mosquitto.conf and .acl under a real Mosquitto: it starts, and each rule lets in and keeps out."""

import getpass
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from queue import Queue
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.sync.wire.topics import Channel, Topics
from edge.units import Identity
from tests.brokers import MOSQUITTO, free_port

CONFIG = Path(__file__).parents[1] / "firmware-config"
TOPICS = Topics()
BOX, OTHER = Identity("aalborg_1"), Identity("ribe_1")
UP = (Channel.JOURNAL, Channel.HELLO, Channel.TELEMETRY, Channel.WANT, Channel.ASK, Channel.PRIVATE, Channel.STATUS)
DOWN = (Channel.ACK, Channel.FEED, Channel.ANSWER)
FOR_ALL = (TOPICS.of(Channel.ALL_FEED), TOPICS.of(Channel.HQ_STATE, "receiver-1"))


class Authority:
    """A certificate authority of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = _name("test authority")
        self.issue("ca")

    def issue(self, name: str) -> None:
        """`{name}.crt` and `{name}.key` in the folder, signed by this authority; `ca` is itself."""
        key = self._key if name == "ca" else ec.generate_private_key(ec.SECP256R1())
        builder = x509.CertificateBuilder().subject_name(self._name if name == "ca" else _name(name))
        now = datetime.now(UTC)
        certificate = (
            builder.issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=name == "ca", path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        plain = serialization.NoEncryption()
        (self.folder / f"{name}.crt").write_bytes(certificate.public_bytes(pem))
        (self.folder / f"{name}.key").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Guest:
    """Somebody at the broker; `heard` is what came in, in order."""

    def __init__(self, port: int, folder: Path, name: str) -> None:
        self.heard: Queue[str] = Queue()
        self._up, self._subscribed = Event(), Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"{name}-test")
        self._client.tls_set(
            str(folder / "ca.crt"),
            str(folder / f"{name}.crt") if name else None,
            str(folder / f"{name}.key") if name else None,
            tls_version=ssl.PROTOCOL_TLS_CLIENT,
        )
        self._client.on_connect = lambda *_: self._up.set()
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = lambda _client, _data, message: self.heard.put(message.topic)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._up.wait(5)

    def listen(self) -> None:
        self._client.subscribe("retail/#", 1)
        assert self._subscribed.wait(5)

    def say(self, topic: str) -> None:
        self._client.publish(topic, b"x", 1).wait_for_publish(5)

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._client._reset_sockets()  # paho keeps its wake-up pair until the collector comes by


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broker")
    authority = Authority(folder)
    for name in ("broker", "hq", BOX, OTHER):
        authority.issue(name)
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The shipped configuration on a port of its own, with the test's certificates."""
    port = free_port()
    text = (CONFIG / "mosquitto.conf").read_text(encoding="utf-8")
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1")
    text = text.replace("/etc/mosquitto/certs/", f"{folder}/").replace("/etc/mosquitto/", f"{CONFIG}/")
    config = folder / f"{port}.conf"
    config.write_text(f"user {getpass.getuser()}\nlog_dest stderr\n{text}", encoding="utf-8")
    with subprocess.Popen([MOSQUITTO, "-c", str(config)], stderr=subprocess.PIPE, text=True) as process:
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _wait(port: int, process: "subprocess.Popen[str]") -> None:
    """Until it listens; it fails with what it said when it ended instead."""
    for _ in range(500):
        assert process.poll() is None, process.stderr and process.stderr.read()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError("mosquitto does not listen")


@contextmanager
def guests(folder: Path, port: int, *names: str) -> Iterator[list[Guest]]:
    there: list[Guest] = []
    try:
        there.extend(Guest(port, folder, name) for name in names)
        yield there
    finally:
        for guest in there:
            guest.leave()


def test_a_box_may_say_what_is_its_own_and_nothing_else(room: Path) -> None:
    allowed = [TOPICS.of(channel, BOX) for channel in UP]
    forbidden = [TOPICS.of(channel, OTHER) for channel in (*UP, *DOWN)] + [TOPICS.of(channel, BOX) for channel in DOWN]
    with serving(room) as port, guests(room, port, "hq", BOX) as (hq, box):
        hq.listen()
        for topic in (*forbidden, *FOR_ALL, *allowed):
            box.say(topic)
        assert [hq.heard.get(timeout=5) for _ in allowed] == allowed
        assert hq.heard.empty()


def test_a_box_hears_what_is_for_it_or_for_all_and_nothing_else(room: Path) -> None:
    allowed = [*(TOPICS.of(channel, BOX) for channel in DOWN), *FOR_ALL]
    forbidden = [TOPICS.of(channel, OTHER) for channel in (*UP, *DOWN)] + [TOPICS.of(channel, BOX) for channel in UP]
    with serving(room) as port, guests(room, port, "hq", BOX) as (hq, box):
        box.listen()
        for topic in (*forbidden, *allowed):
            hq.say(topic)
        assert [box.heard.get(timeout=5) for _ in allowed] == allowed
        assert box.heard.empty()


def test_nobody_enters_without_a_certificate_of_ours(room: Path, tmp_path: Path) -> None:
    Authority(tmp_path).issue(BOX)
    (tmp_path / "ca.crt").write_bytes((room / "ca.crt").read_bytes())  # he knows us; we do not know him
    with serving(room) as port:
        for stranger in ("", BOX):
            client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="stranger")
            files = (str(tmp_path / f"{stranger}.crt"), str(tmp_path / f"{stranger}.key")) if stranger else (None, None)
            client.tls_set(str(room / "ca.crt"), *files)
            answers: list[bool] = []
            client.on_connect = lambda _c, _d, _f, reason, _p, answers=answers: answers.append(reason.is_failure)
            try:
                client.connect("127.0.0.1", port)
                while client.loop(0.2) == mqtt.MQTT_ERR_SUCCESS and not answers:
                    pass
            except (ssl.SSLError, ConnectionError):
                pass
            assert answers != [False], "a stranger was let in"
            client.disconnect()
