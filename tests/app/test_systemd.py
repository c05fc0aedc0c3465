"""What systemd is told by a real `edge run` and `hq run`: ready, alive while all that is vital answers, stopping."""

import asyncio
import signal
import sqlite3
import time
from pathlib import Path

from edge.sim.stage.ports import free_ports
from tests.app.systemd import Systemd, under_systemd

WATCHDOG = 0.9
STORE = """[store]
id = "cph"
node = "box"
name = "Fjeld"
address = "Strøget 1"
tax_number = "DK12345678"
country = "dk"
time_zone = "Europe/Copenhagen"
language = "en"
region = "DK"
[paths]
journal = "{folder}/journal.db"
media = "{folder}/media"
[web]
staff = "127.0.0.1:{staff}"
floor = "127.0.0.1:{floor}"
public = "127.0.0.1:{public}"
[[till]]
id = "1"
name = "Till 1"
"""
HQ = """[company]
name = "Fjeld"
country = "DK"
currency = "DKK"
time_zone = "Europe/Copenhagen"
[paths]
database = "{folder}/hq.db"
[broker]
url = "mqtt://127.0.0.1:{staff}"
embedded = true
[web]
page = "127.0.0.1:{floor}"
shop = "127.0.0.1:{public}"
"""


def _written(folder: Path, text: str) -> tuple[str, tuple[int, int, int]]:
    staff, floor, public = free_ports(3)
    path = folder / "config.toml"
    path.write_text(text.format(folder=folder, staff=staff, floor=floor, public=public), encoding="utf-8")
    return str(path), (staff, floor, public)


async def _takes_connections(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def _held(systemd: Systemd, database: Path) -> None:
    """While somebody holds the database, nothing feeds the watchdog; afterwards it is fed again."""
    await systemd.hears("WATCHDOG=1")
    holder = sqlite3.connect(database, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        held = time.monotonic()
        await systemd.hears("STATUS=" if database.name == "hq.db" else "STATUS=journal", since=held)
        await asyncio.sleep(WATCHDOG)
        assert systemd.times("WATCHDOG=1", since=held + WATCHDOG / 3) == 0
    finally:
        holder.close()
    await systemd.hears("WATCHDOG=1", since=time.monotonic())
    assert systemd.times("READY=1") == 1


async def _stopped(systemd: Systemd) -> None:
    systemd.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(systemd.process.wait(), 10) == 0
    await asyncio.sleep(0)
    assert systemd.times("STOPPING=1") == 1
    at = next(at for at, text in systemd.said if "STOPPING=1" in text)
    assert systemd.times("WATCHDOG=1", since=at) == 0


async def test_a_box_is_ready_when_it_can_sell_and_fed_only_while_it_could(tmp_path: Path) -> None:
    path, doors = _written(tmp_path, STORE)
    async with under_systemd(tmp_path, ["edge.cli", "run", "--config", path], WATCHDOG) as systemd:
        await systemd.hears("READY=1")
        assert [await _takes_connections(port) for port in doors] == [True, True, True]
        await systemd.hears("STATUS=all is well")
        await _held(systemd, tmp_path / "journal.db")
        await _stopped(systemd)


async def test_headquarters_is_ready_when_it_answers_and_fed_only_while_its_database_does(tmp_path: Path) -> None:
    path, doors = _written(tmp_path, HQ)
    async with under_systemd(tmp_path, ["hq.cli", "run", "--config", path], WATCHDOG) as systemd:
        await systemd.hears("READY=1")
        assert [await _takes_connections(port) for port in doors] == [True, True, True]
        await _held(systemd, tmp_path / "hq.db")
        await _stopped(systemd)


async def test_a_box_that_cannot_start_is_never_ready(tmp_path: Path) -> None:
    path, (_, floor, _) = _written(tmp_path, STORE)
    taken = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", floor)
    async with taken, under_systemd(tmp_path, ["edge.cli", "run", "--config", path], WATCHDOG) as systemd:
        assert await asyncio.wait_for(systemd.process.wait(), 15) == 1
        assert systemd.times("READY=1") == 0
        assert "Another program uses this port" in (tmp_path / "log").read_text()
