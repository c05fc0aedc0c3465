"""The watchdog is fed only while every vital part answers."""

import asyncio
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from edge.alive import Heart, knock, knock_at, notify, watchdog_seconds
from tests.waiting import until


async def _door(answer: bytes) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer:
            writer.write(answer)
            await writer.drain()
        else:
            await reader.read()
        writer.close()
        await writer.wait_closed()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", ""),
        (b"HTTP/1.1 500 Oh\r\n\r\n", "answers something else"),
        (b"220 mail\r\n", "answers something else"),
        (b"\r\n", "answers something else"),
        (b"", "does not answer"),
    ],
)
async def test_a_door_is_alive_when_it_says_so(answer: bytes, wrong: str) -> None:
    door = await _door(answer)
    async with door:
        assert await knock(("0.0.0.0", door.sockets[0].getsockname()[1]), 0.2) == wrong


async def test_a_door_nobody_opens_does_not_answer() -> None:
    door = await _door(b"HTTP/1.1 204 No Content\r\n\r\n")
    port = door.sockets[0].getsockname()[1]
    assert await knock_at({"staff": ("127.0.0.1", port)}, 1) == {}
    door.close()
    await door.wait_closed()
    assert await knock_at({"staff": ("127.0.0.1", port)}, 1) == {"staff": "does not answer"}


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "list[str]":
    """What systemd hears."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "60000")
    return []


async def test_it_says_ready_once_and_is_silent_while_something_is_wrong(ear: list[str], tmp_path: Path) -> None:
    wrong: dict[str, str] = {"journal": "does not answer"}
    looks = 0

    async def look(within: float) -> Mapping[str, str]:
        nonlocal looks
        looks += 1
        return dict(wrong)

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
        channel.bind(str(tmp_path / "notify"))
        asyncio.get_running_loop().add_reader(channel, lambda: ear.append(channel.recv(4096).decode()))
        heart = asyncio.create_task(Heart(look, lambda: "all is\nwell").run())
        await until(lambda: looks >= 3)
        assert set(ear) == {"STATUS=journal: does not answer"}
        wrong.clear()
        await until(lambda: len(ear) > 5 and "READY" not in ear[-1] and "WATCHDOG" in ear[-1])
        assert sum("READY=1" in text for text in ear) == 1
        assert "STATUS=all is well" in ear[-1]
        wrong["door/staff"] = "does not answer"
        await until(lambda: ear[-1] == "STATUS=door/staff: does not answer")
        heart.cancel()
        await asyncio.gather(heart, return_exceptions=True)
        asyncio.get_running_loop().remove_reader(channel)


def test_where_nobody_listens_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    assert not notify("READY=1")
    assert watchdog_seconds() is None
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    assert not notify("READY=1")
