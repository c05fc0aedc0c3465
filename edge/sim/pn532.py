"""A simulated PN532 on a pseudo-terminal: nfcpy's real chip driver runs against it, with the tags of the UDP field.

Frames are those of the PN532 user manual (UM0701-02): host `D4 cmd …`, chip `D5 cmd+1 …`, after an ACK. The path given
to a reader is a link of its own, as udev makes one: it stays while the terminal behind it changes with every plug.
"""

import asyncio
import os
import termios
import tty
from collections.abc import Callable, Mapping
from pathlib import Path

from edge.sim.field import Spot, Truth

ACK = bytes.fromhex("0000FF00FF00")
_SPEEDS = {9600: termios.B9600, 19200: termios.B19200, 38400: termios.B38400, 57600: termios.B57600}
_SPEEDS |= {115200: termios.B115200, 230400: termios.B230400, 460800: termios.B460800, 921600: termios.B921600}
_RX_MODE, _TX_CONTROL, _FIFO = 0x6303, 0x6304, 0x6339
_CRC_CHECKED = 0x80
_TECHNOLOGIES = {0: "106A", 1: "212F", 2: "424F"}


class Pn532(Spot):
    """A reader on a serial line. `plug()`, then `put` and `take`; `link` is made anew with every plug."""

    def __init__(self, link: Path) -> None:
        super().__init__()
        self._link = link
        self._master = self._slave = -1
        self._speed, self._next_speed = 115200, 0
        self._technology = "106A"
        self._registers: dict[int, int] = {}
        self._heard = bytearray()
        self._commands: Mapping[int, Callable[[bytes], bytes]] = {
            0x00: lambda data: data,  # Diagnose: the line test echoes
            0x02: lambda _: bytes.fromhex("32010607"),
            0x06: self._read_registers,
            0x08: self._write_registers,
            0x10: self._set_speed,
            0x12: lambda _: b"",
            0x14: lambda _: b"",
            0x16: lambda _: b"\x00",
            0x32: self._configure,
            0x42: self._communicate,
            0x4A: self._list_targets,
        }

    @property
    def address(self) -> str:
        """The URL a reader is given."""
        return f"serial://{self._link}"

    def plug(self) -> None:
        """Power on: the chip talks at 115,200 baud."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._speed, self._next_speed = 115200, 0
        self._heard.clear()
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(self._slave))
        asyncio.get_running_loop().add_reader(self._master, self._readable)
        self.truth.append(Truth("plug"))

    def unplug(self) -> None:
        """Out of the socket, in the middle of whatever is going on."""
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._link.unlink(missing_ok=True)
        self.off()
        self.truth.append(Truth("unplug"))

    def _readable(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        speed = termios.tcgetattr(self._slave)[4]
        if self._next_speed and speed == _SPEEDS[self._next_speed]:
            self._speed, self._next_speed = self._next_speed, 0
        if speed != _SPEEDS[self._speed]:
            return  # at the wrong speed a chip hears noise
        self._heard += data
        while (body := self._frame()) is not None:
            self._obey(body)

    def _frame(self) -> bytes | None:
        """The next whole command out of what was heard; ACKs and noise are passed over."""
        while (start := self._heard.find(b"\x00\x00\xff")) >= 0:
            del self._heard[:start]
            head = bytes(self._heard[3:8])
            if len(head) < 2:
                return None
            if head[:2] == b"\x00\xff":
                del self._heard[:5]
                self._acknowledged()
                continue
            extended = head[:2] == b"\xff\xff"
            if extended and len(head) < 5:
                return None
            length, begin = (int.from_bytes(head[2:4], "big"), 8) if extended else (head[0], 5)
            if len(self._heard) < begin + length + 1:
                return None
            body, check = bytes(self._heard[begin : begin + length]), self._heard[begin + length]
            del self._heard[: begin + length + 1]
            if (sum(body) + check) & 0xFF == 0:
                return body
        return None

    def _acknowledged(self) -> None:
        if self._next_speed:
            self._speed, self._next_speed = self._next_speed, 0

    def _obey(self, body: bytes) -> None:
        if len(body) < 2 or body[0] != 0xD4 or body[1] not in self._commands:
            self._send(ACK + _framed(b"\x7f"))
            return
        self._send(ACK + _framed(bytes([0xD5, body[1] + 1]) + self._commands[body[1]](body[2:])))

    def _send(self, data: bytes) -> None:
        if os.write(self._master, data) != len(data):
            raise OSError("the terminal took only a part")

    def _read_registers(self, data: bytes) -> bytes:
        names = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
        return bytes(self._registers.get(name, 0) for name in names)

    def _write_registers(self, data: bytes) -> bytes:
        for at in range(0, len(data), 3):
            self._registers[int.from_bytes(data[at : at + 2], "big")] = data[at + 2]
        return b""

    def _set_speed(self, data: bytes) -> bytes:
        self._next_speed = list(_SPEEDS)[data[0]]
        return b""

    def _configure(self, data: bytes) -> bytes:
        if data[:1] == b"\x01":  # the radio field
            self._registers[_TX_CONTROL] = 0x03 if data[1] & 1 else 0
            if not data[1] & 1:
                self.off()
        return b""

    def _list_targets(self, data: bytes) -> bytes:
        """Find one tag: `count number description`, or `00`."""
        self.off()
        self._registers |= {_RX_MODE: _CRC_CHECKED, _TX_CONTROL: 0x03, _FIFO: 0x26}
        self._technology = _TECHNOLOGIES.get(data[1], "")
        found = self._poll_f(data[2:]) if self._technology.endswith("F") else self._select_a(data[2:])
        return b"\x01\x01" + found if found else b"\x00"

    def _poll_f(self, request: bytes) -> bytes:
        return self.said(self._technology, _counted(request)) or b""

    def _select_a(self, wanted: bytes) -> bytes:
        atqa = self.said(self._technology, b"\x26")
        if atqa is None:
            return b""
        uid, part, sak = b"", b"", 0x04
        for level in (b"\x93", b"\x95", b"\x97"):
            part = self.said("106A", level + b"\x20") or b""
            if not part or (wanted and part[:4] != wanted[:4]):
                return b""
            wanted, sak = wanted[4:], (self.said("106A", level + b"\x70" + part) or b"\x00")[0]
            uid += part[1:4] if sak & 0x04 else part[:4]
            if not sak & 0x04:
                break
        return atqa[::-1] + bytes([sak, len(uid)]) + uid

    def _communicate(self, data: bytes) -> bytes:
        """A frame through to the tag: `00 answer`, or `01` when nothing came back."""
        said = self.said(self._technology, data)
        if said is None:
            return b"\x01"
        raw = self._technology == "106A" and not self._registers.get(_RX_MODE, 0) & _CRC_CHECKED and len(said) > 1
        return b"\x00" + said + (_crc_a(said) if raw else b"")


def _framed(body: bytes) -> bytes:
    """A chip's frame; long ones in the extended form."""
    length = len(body)
    if length < 256:
        head = b"\x00\x00\xff" + bytes([length, -length & 0xFF])
    else:
        head = b"\x00\x00\xff\xff\xff" + length.to_bytes(2, "big")
        head += bytes([-sum(head[-2:]) & 0xFF])
    return head + body + bytes([-sum(body) & 0xFF, 0])


def _counted(request: bytes) -> bytes:
    return bytes([len(request) + 1]) + request


def _crc_a(octets: bytes) -> bytes:
    """The checksum of ISO 14443-3 type A."""
    crc = 0x6363
    for octet in octets:
        low = octet ^ (crc & 0xFF)
        low ^= (low << 4) & 0xFF
        crc = (crc >> 8) ^ (low << 8) ^ (low << 3) ^ (low >> 4)
    return (crc & 0xFFFF).to_bytes(2, "little")
