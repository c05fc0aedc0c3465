"""nfcpy behind our own three verbs: sense, read, close. The only module that knows the vendor library.

`udp://host:port` (nfcpy's own UDP protocol), `serial:///dev/…` (a PN532 on a serial line) and `usb:` as nfcpy spells
it (`usb:`, `usb:054c:06c3`). `?tech=106A,212F` says what to look for; the default is 106A (NTAG, Type 4A).
We call `sense` and `activate` and never `connect`: that one turns every OSError into False and asks us rarely whether
to stop. All calls block and belong to one thread.
"""

import binascii
import contextlib
import errno
import logging
import re
import select
import socket
import struct
import termios
import time
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import nfc
import nfc.clf
import nfc.clf.device
import nfc.clf.pn53x
import nfc.clf.pn532
import nfc.clf.transport
import nfc.clf.udp
import nfc.tag
import serial
import usb1

PATIENCE, LONGEST = 0.25, 0.5
"""Seconds to wait over UDP: not less (nfcpy's 5 ms takes a late answer for the next block's), and not more."""
SILENT_LOOKS = 3
_DEVICE = re.compile(r"/[A-Za-z0-9_./:-]+")
"""A path that is nothing to a shell: nfcpy hands it to one."""
_Socket = socket.socket
_FAST = (921600, 460800, 230400)
_TECHNOLOGIES = ("106A", "212F", "424F")

LOST = (
    OSError,
    termios.error,
    serial.SerialException,
    usb1.USBError,
    LookupError,
    AttributeError,
    TypeError,
    ValueError,
    RuntimeError,
    AssertionError,
    struct.error,
    nfc.clf.pn53x.Chipset.Error,
    nfc.clf.Error,
    nfc.tag.TagCommandError,
)
"""All that nfcpy has been seen to raise when a reader is pulled out or talks nonsense."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A tag in the field: its UID, and the vendor's handle to talk to it."""

    uid: bytes
    target: "nfc.clf.RemoteTarget"


class Frontend(Protocol):
    """A reader that is open. Every method may raise one of `LOST`; what it means depends on where."""

    def sense(self) -> Sighting | None:
        """One short look; an error here means the reader is gone."""

    def read(self, sighting: Sighting) -> bytes | None:
        """The NDEF message of the tag just sensed; None when there is none or it could not be read."""

    def close(self) -> None: ...


def open_frontend(address: str) -> Frontend:
    """The reader at an address; raises ValueError for an address of no known form, one of `LOST` if it is not there."""
    logging.getLogger("nfc").setLevel(logging.CRITICAL)  # it logs every missed answer; we say it once ourselves
    url = urlsplit(address)
    technologies = tuple(parse_qs(url.query).get("tech", ["106A"])[0].split(","))
    if not set(technologies) <= set(_TECHNOLOGIES):
        raise ValueError(f"{address}: tech is one or more of {', '.join(_TECHNOLOGIES)}")
    if url.scheme == "udp" and url.hostname and url.port:
        return _open_udp(url.hostname, url.port, technologies)
    if url.scheme == "serial" and _DEVICE.fullmatch(url.path):
        return _open_pn532(url.path, technologies)
    if url.scheme == "usb":
        device = nfc.clf.device.connect("usb" + (f":{url.path}" if url.path else ""))
        if device is None:
            raise OSError(errno.ENODEV, "no NFC reader on USB")
        return NfcpyFrontend(device, technologies)
    raise ValueError(f"{address}: an NFC reader is udp://host:port, serial:///dev/… or usb:")


class NfcpyFrontend:
    """Any device nfcpy can drive."""

    def __init__(self, device: "nfc.clf.device.Device", technologies: tuple[str, ...]) -> None:
        self._device = device
        self._clf = nfc.ContactlessFrontend()
        self._clf.device = device
        self._technologies = technologies

    def sense(self) -> Sighting | None:
        for technology in self._technologies:
            target = self._clf.sense(nfc.clf.RemoteTarget(technology))
            if target is not None:
                uid = bytes(target.sensf_res[1:9] if technology.endswith("F") else target.sdd_res or target.rid_res)
                return Sighting(uid, target)
        return None

    def read(self, sighting: Sighting) -> bytes | None:
        tag = nfc.tag.activate(self._clf, sighting.target)
        if tag is None or tag.ndef is None:
            return None
        return bytes(tag.ndef.octets)

    def close(self) -> None:
        self._clf.device = None
        self._device.close()


class _Pn532Frontend(NfcpyFrontend):
    """A PN532 on a serial line: closed through pyserial, never through the chip's PowerDown."""

    def __init__(self, device: "nfc.clf.pn532.Device", tty: "nfc.clf.transport.TTY", technologies: tuple[str, ...]):
        super().__init__(device, technologies)
        self._tty = tty

    def close(self) -> None:
        self._clf.device = None
        with contextlib.suppress(*LOST):  # unplugged: it wakes up at that speed anyway
            self._device.chipset.set_serial_baudrate(115200)  # where the next opening looks for the chip
        _close_serial(self._tty)


def _open_udp(host: str, port: int, technologies: tuple[str, ...]) -> Frontend:
    device = _UdpDevice(host, port)
    frontend = NfcpyFrontend(device, technologies)
    try:
        frontend.sense()
        while device.silent:  # raises at the third
            frontend.sense()
    except LOST:
        frontend.close()
        raise
    return frontend


def _open_pn532(path: str, technologies: tuple[str, ...]) -> Frontend:
    tty = _PatientTty(path)
    try:
        try:
            device = nfc.clf.pn532.init(tty)
        except OSError:
            _slow_down(tty)
            device = nfc.clf.pn532.init(tty)
    except LOST:
        _close_serial(tty)
        raise
    return _Pn532Frontend(device, tty, technologies)


class _PatientTty(nfc.clf.transport.TTY):  # type: ignore[misc]  # the library is untyped
    """A serial line on a box that may be busy: nfcpy gives up an acknowledgement after 100 ms."""

    def read(self, timeout: int) -> bytearray | None:
        """At least half a second for a chip that says nothing; one that answers is heard at once."""
        frame: bytearray | None = super().read(max(timeout, int(1000 * LONGEST)))
        return frame


def _slow_down(tty: "nfc.clf.transport.TTY") -> None:
    """Bring a chip that was left at a high speed (we were killed) back to the one it is looked for at."""
    for speed in _FAST:
        tty.open(tty.port, speed)
        with contextlib.suppress(*LOST):
            nfc.clf.pn532.Chipset(tty, logging.getLogger("nfc")).set_serial_baudrate(115200)
            return


def _close_serial(tty: "nfc.clf.transport.TTY") -> None:
    line, tty.tty = tty.tty, None
    if line is not None:
        line.close()


class _UdpDevice(nfc.clf.udp.Device):  # type: ignore[misc]  # the library is untyped
    """nfcpy's UDP device that waits long enough, listens to its peer only, and never takes a late answer for another.

    After a time-out nothing more is heard until the next look, which is made from a new port: whatever comes late
    comes to a closed door. An empty field answers with the bare technology (`106A`); silence is not an empty field.
    """

    socket: _Socket | None
    _heard = _stale = False

    def __init__(self, host: str, port: int) -> None:
        self._vendor_name, self._device_name, self._chipset_name = "udp", "udp", "udp"
        self.silent = 0
        """Looks in a row that nobody answered."""
        super().__init__(host, port)

    def mute(self) -> None:
        if self.socket is None:
            return
        try:
            if self._heard:
                self.socket.send(b"RFOFF")
        finally:
            self.socket.close()
            self.socket = None

    def _create_socket(self) -> None:
        if self.socket is not None:
            return
        self.socket = _Socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._heard = self._stale = False
        self.socket.connect(self.addr)  # so that a closed port shows as an error, not as silence

    def _send_data(self, brty: str, data: bytes, addr: object) -> None:
        self._open_socket().send(b"%s %s" % (brty.encode("ascii"), binascii.hexlify(data)))

    def _open_socket(self) -> _Socket:
        if self.socket is None:
            raise OSError(errno.ENOTCONN, "the field is off")
        return self.socket

    def _recv_data(self, timeout: float | None, *technologies: str) -> tuple[str, bytearray, tuple[str, int]]:
        if self._stale:
            raise nfc.clf.TimeoutError("an answer is missing; waiting for the next look")
        wire = self._open_socket()
        until = time.monotonic() + min(max(timeout or 0, PATIENCE), LONGEST)
        while (left := until - time.monotonic()) > 0:
            if not select.select([wire], [], [], left)[0]:
                break
            words = wire.recv(1024).split()
            self._heard, self.silent = True, 0
            if words[:1] == [b"RFOFF"]:
                raise nfc.clf.TransmissionError("the field went away")
            try:
                technology, data = words[0].decode("ascii"), bytearray(binascii.unhexlify(words[1]))
            except (IndexError, ValueError):
                raise nfc.clf.TransmissionError("no data") from None
            if technology in technologies and data:
                return technology, data, self.addr
        self._stale = True
        self._missed_an_answer()
        raise nfc.clf.TimeoutError("no answer")

    def _missed_an_answer(self) -> None:
        if self._heard:
            return
        self.silent += 1
        if self.silent >= SILENT_LOOKS:
            raise OSError(errno.ETIMEDOUT, "the reader does not answer")
