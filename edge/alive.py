"""Signs of life: whether doors answer, and what systemd is told: ready, still alive, stopping."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from logging import getLogger
from typing import NoReturn

log = getLogger(__name__)
PATH = "/alive"
"""What every door answers with 204, to anybody, and says nothing by it."""
_QUESTION = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # what a door may be bound to
RETRY = 1.0
"""Seconds until a part that did not answer is asked again."""
Address = tuple[str, int]
Look = Callable[[float], Awaitable[Mapping[str, str]]]
"""Asks every vital part, each within so many seconds; gives what is wrong by part, nothing when all answer."""


def notify(state: str) -> bool:
    """Tell systemd (`READY=1`, `WATCHDOG=1`, `STOPPING=1`, `STATUS=…`); False when nobody hears it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    target = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as channel:
        try:
            channel.sendto(state.encode(), target)
        except OSError as error:
            log.warning("systemd could not be told %s: %s", state.partition("\n")[0], error)
            return False
    return True


def watchdog_seconds() -> float | None:
    """What systemd allows between two signs of life; None when it does not watch."""
    allowed = os.environ.get("WATCHDOG_USEC", "")
    return int(allowed) / 1_000_000 if allowed.isdigit() and int(allowed) > 0 else None


async def knock(door: Address, within: float) -> str:
    """Ask a door of this machine whether it answers: "" when it does, else what happened."""
    host, port = door
    try:
        async with asyncio.timeout(within):
            reader, writer = await asyncio.open_connection(_EVERYWHERE.get(host, host), port)
            try:
                writer.write(_QUESTION)
                words = (await reader.readline()).split()
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return "does not answer"
    return "" if words[1:2] == [b"204"] else "answers something else"


async def knock_at(doors: Mapping[str, Address], within: float) -> dict[str, str]:
    """Ask several doors at once; gives those that do not answer as they should."""
    answers = await asyncio.gather(*(knock(address, within) for address in doors.values()))
    return {name: wrong for name, wrong in zip(doors, answers, strict=True) if wrong}


@dataclass(slots=True)
class Heart:
    """Says READY once every vital part has answered, and feeds the watchdog only while all of them do.

    A third of what systemd allows is the pause between two looks, and the most a look may take.
    """

    look: Look
    words: Callable[[], str]
    """One line for `systemctl status`, while all is well."""
    ready: bool = False

    async def run(self) -> NoReturn:
        """Until cancelled."""
        pause = (watchdog_seconds() or 30.0) / 3
        said: Mapping[str, str] = {}
        while True:
            wrong = await self.look(pause)
            if wrong and wrong != said:
                log.error("no sign of life: %s", _sentence(wrong))
            elif said and not wrong:
                log.info("every vital part answers again")
            said = wrong
            self._tell(wrong)
            await asyncio.sleep(min(pause, RETRY) if wrong else pause)

    def _tell(self, wrong: Mapping[str, str]) -> None:
        if wrong:
            notify(f"STATUS={_line(_sentence(wrong))}")
            return
        first, self.ready = not self.ready, True
        notify(("READY=1\n" if first else "") + f"WATCHDOG=1\nSTATUS={_line(self.words())}")


def _line(text: str) -> str:
    return " ".join(text.split())


def _sentence(wrong: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {what}" for name, what in wrong.items())
