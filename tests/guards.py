"""What a test may not leave behind or reach for; `tests/conftest.py` asks after every test."""

import asyncio
import asyncio.runners
import gc
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path

GRACE = 1.0
"""Seconds in which what is already ending may end."""
_FDS = Path("/proc/self/fd")
_TASKS = Path("/proc/self/task")


@dataclass(frozen=True, slots=True)
class Open:
    """What this process holds open: a name for people by identity."""

    things: Mapping[object, str]

    def since(self, before: "Open") -> dict[object, str]:
        """What was opened since `before`."""
        return {key: name for key, name in self.things.items() if key not in before.things}


def opened() -> Open:
    """Sockets, threads and child processes open now (sockets and processes on Linux only)."""
    things: dict[object, str] = {thread: f"thread {thread.name!r}" for thread in threading.enumerate()}
    if _FDS.exists():
        things |= {inode: _socket_name(fd) for fd, inode in _sockets().items()}
        things |= {("process", pid): f"process {pid}: {_command(pid)}" for pid in _children()}
    return Open(things)


def left_open(before: Open, allowed: set[object]) -> list[str]:
    """Names of what was opened since `before`, is not `allowed` and does not end within `GRACE`."""
    deadline = time.monotonic() + GRACE
    while True:
        left = {key: name for key, name in opened().since(before).items() if key not in allowed}
        if not left or time.monotonic() > deadline:
            return sorted(left.values())
        time.sleep(0.01)


def let_go(before: Open) -> None:
    """Close the sockets a failed test left, so that the collector does not blame a later one."""
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.fileno() >= 0:
            inode = _sockets().get(thing.fileno())
            if inode is not None and inode not in before.things:
                thing.close()


def _sockets() -> dict[int, str]:
    found: dict[int, str] = {}
    for link in _FDS.iterdir():
        try:
            target = os.readlink(link)
        except FileNotFoundError:  # the descriptor of this very listing
            continue
        if target.startswith("socket:"):
            found[int(link.name)] = target
    return found


def _socket_name(fd: int) -> str:
    try:
        with socket.socket(fileno=os.dup(fd)) as copy:
            family, kind, here = copy.family.name, copy.type.name, copy.getsockname()
            try:
                there = f" to {copy.getpeername()}"
            except OSError:
                there = ""
            return f"socket {family} {kind} at {here!r}{there}"
    except OSError as gone:
        return f"socket {fd} ({gone})"


def _children() -> set[int]:
    found: set[int] = set()
    for task in _TASKS.iterdir():
        try:
            found |= {int(pid) for pid in (task / "children").read_text().split()}
        except (FileNotFoundError, ProcessLookupError):  # a thread that ended, or a kernel without the list
            continue
    return {pid for pid in found if _lives(pid)}


def _lives(pid: int) -> bool:
    """Whether it still runs, rather than having ended without anybody having asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()[:120]
    except (FileNotFoundError, ProcessLookupError):
        return "has just ended"


@dataclass(slots=True)
class Watch:
    """Hears, while `on`, of connections beyond loopback, log lines that do not format and tasks nobody ended."""

    on: bool = False
    complaints: list[str] = field(default_factory=list)

    def install(self) -> None:
        """Begin to listen: once in a process, for good."""
        sys.addaudithook(self._audit)
        socket.socket.listen = self._listen(socket.socket.listen)  # type: ignore[method-assign]  # has no audit event
        logging.setLogRecordFactory(self._records(logging.getLogRecordFactory()))
        cancel_all: Callable[[asyncio.AbstractEventLoop], None] = vars(asyncio.runners)["_cancel_all_tasks"]

        def ask_and_cancel(loop: asyncio.AbstractEventLoop) -> None:
            self._tasks(loop)
            cancel_all(loop)

        vars(asyncio.runners)["_cancel_all_tasks"] = ask_and_cancel

    def _audit(self, event: str, args: tuple[object, ...]) -> None:
        if not self.on or not event.startswith("socket."):
            return
        if event in {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}:
            owner, address = args[0], args[1]
            if not isinstance(owner, socket.socket) or owner.family not in {socket.AF_INET, socket.AF_INET6}:
                return
            if event != "socket.bind" or owner.type == socket.SOCK_DGRAM:  # a stream hears nobody before it listens
                self._only_loopback(event, address[0] if isinstance(address, tuple) else None)
        elif event == "socket.getaddrinfo" and args[0]:
            self._only_loopback(event, args[0])

    def _listen(self, listen: Callable[..., None]) -> Callable[..., None]:
        def guarded(owner: socket.socket, *backlog: int) -> None:
            if self.on and owner.family in {socket.AF_INET, socket.AF_INET6}:
                self._only_loopback("socket.listen", owner.getsockname()[0])
            listen(owner, *backlog)

        return guarded

    def _only_loopback(self, event: str, host: object) -> None:
        if host is None or is_loopback(host.decode() if isinstance(host, bytes) else str(host)):
            return
        complaint = f"{event} {host!r}: a test stays on 127.0.0.1, ::1 or a unix socket"
        self.complaints.append(complaint)
        raise AssertionError(complaint)

    def _records(self, make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
        def record(*args: object, **more: object) -> logging.LogRecord:
            made = make(*args, **more)
            try:
                made.getMessage()
            except (TypeError, ValueError, LookupError, AttributeError) as wrong:
                where = f"{made.pathname}:{made.lineno}"
                self.complaints.append(f"log line {made.msg!r} with {made.args!r} does not format: {wrong} ({where})")
            return made

        return record

    def _tasks(self, loop: asyncio.AbstractEventLoop) -> None:
        tasks = asyncio.all_tasks(loop)
        if not self.on or not tasks:
            return
        _, pending = loop.run_until_complete(asyncio.wait(tasks, timeout=GRACE))
        self.complaints += [f"task left open: {task.get_name()} {task.get_coro()!r}" for task in pending]


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
